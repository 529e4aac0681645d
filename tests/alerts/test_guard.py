"""Nothing that somebody writes as an address of a webhook leads into a private network."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from itertools import cycle
from threading import Thread
from typing import Any

import pytest
from pydantic import SecretStr

import alerts.guard
from alerts.channels.webhook import Webhook, WebhookOptions
from alerts.guard import RefusedError, check_url, lookup, reachable
from alerts.http import post
from spacepact.demo.server import QuietServer
from spacepact.errors import SendError
from spacepact.settings import Outbound, Settings

OPEN = Outbound()
SECRET = SecretStr("whsec_" + "YWJj" * 8)
REFUSED = {
    "http://0x7f.1/": "number in disguise",
    "http://0x7f000001/": "number in disguise",
    "http://2130706433/": "number in disguise",
    "http://0177.0.0.1/": "not an http or https address",
    "http://127.1/": "number in disguise",
    "http://0/": "number in disguise",
    "http://127.0.0.1/": "private network",
    "http://127.0.0.1./": "number in disguise",
    "http://[::1]/": "private network",
    "http://[::ffff:7f00:1]/": "private network",
    "http://[::ffff:169.254.169.254]/": "private network",
    "http://[64:ff9b::7f00:1]/": "private network",
    "http://169.254.169.254/latest/meta-data/": "private network",
    "http://localhost/": "private network",
    "http://localhost./": "private network",
    "http://LOCALHOST/": "private network",
    "http://printer.local/": "private network",
    "http://db.internal/": "private network",
    "http://intranet/": "private network",
    "http://user@example.org/": "name or password",
    "http://user:canary@example.org/": "name or password",
    "http://example.org@127.0.0.1/": "name or password",
    "http://example.org:22/": "port 22",
    "http://example.org:25/": "port 25",
    "http://example.org:6379/": "port 6379",
    "http://8.8.8.8:11211/": "port 11211",
    "file:///etc/passwd": "not an http or https address",
    "gopher://example.org/": "not an http or https address",
    "ftp://example.org/": "not an http or https address",
    "//example.org/": "not an http or https address",
    "http:///example.org": "not an http or https address",
    "http://example.org\\@127.0.0.1/": "not an http or https address",
    "http://exam ple.org/": "not an http or https address",
    "http://example.org/\r\nHost: x": "not an http or https address",
}


@pytest.mark.parametrize("url", REFUSED)
def test_f2_addresses_that_are_refused_when_they_are_written(url: str) -> None:
    with pytest.raises(RefusedError, match=REFUSED[url]) as caught:
        check_url(url, OPEN)
    assert "canary" not in str(caught.value)
    with pytest.raises(ValueError, match=r"."):
        Webhook("partner", WebhookOptions(url=SecretStr(url), secret=SECRET), Settings())


@pytest.mark.parametrize(
    "url",
    ["https://example.org/x", "http://example.org:8080/", "https://8.8.8.8/", "https://[2606:4700::1111]/x", "https://bücher.example/"],
)
def test_addresses_of_the_open_internet(url: str) -> None:
    assert check_url(url, OPEN) == url


@pytest.mark.parametrize("url", ["http://127.0.0.1:49999/", "http://mattermost.lan/", "http://[::1]:1/"])
def test_a_host_that_settings_name_may_be_private(url: str) -> None:
    assert check_url(url, Outbound(private_hosts=("127.0.0.1", "mattermost.lan", "::1"))) == url


@pytest.mark.parametrize("address", ["127.0.0.1", "10.0.0.1", "169.254.169.254", "::1", "::ffff:10.0.0.1", "fe80::1%eth0", "100.64.0.1"])
def test_f2_a_name_that_resolves_into_private_space_is_refused(address: str) -> None:
    for answer in ([address], ["8.8.8.8", address]):

        async def resolve(host: str, port: int, answer: list[str] = answer) -> list[str]:
            return answer

        with pytest.raises(RefusedError, match="leads into a private network"):
            asyncio.run(reachable("https://rebind.example/", OPEN, resolve))


def test_the_resolver_of_the_machine() -> None:
    assert "127.0.0.1" in asyncio.run(lookup("localhost", 80))


class _Counting(QuietServer):
    def __init__(self, address: tuple[str, int]) -> None:
        super().__init__(address, _Handler)
        self.hosts: list[str] = []
        self.connections = 0

    def verify_request(self, request: Any, client_address: Any) -> bool:
        self.connections += 1
        return True


class _Handler(BaseHTTPRequestHandler):
    server: _Counting

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        self.server.hosts.append(self.headers["host"])
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, *args: Any) -> None:
        """Say nothing."""


@pytest.fixture
def servers() -> Iterator[tuple[_Counting, _Counting]]:
    """A server that stands for the open internet, and a canary at the same port of another address."""
    public = _Counting(("127.0.0.2", 0))
    canary = _Counting(("127.0.0.1", public.server_port))
    for server in (public, canary):
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    yield public, canary
    for server in (public, canary):
        server.shutdown()
        server.server_close()


def test_f3_a_name_that_resolves_differently_the_second_time_leads_nowhere_else(
    servers: tuple[_Counting, _Counting], monkeypatch: pytest.MonkeyPatch
) -> None:
    public, canary = servers
    monkeypatch.setattr(alerts.guard, "is_public", lambda address: address == "127.0.0.2")
    for variable in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(variable, f"http://127.0.0.1:{canary.server_port}")
    answers = cycle([["127.0.0.2"], ["127.0.0.1"]])

    async def resolve(host: str, port: int) -> list[str]:
        return next(answers)

    async def tries() -> list[str]:
        outbound, said = Outbound(ports=(public.server_port,)), []
        for _ in range(1000):
            try:
                url = f"http://rebind.example:{public.server_port}/hook"
                answer = await post("partner", url, b"{}", {}, outbound=outbound, resolve=resolve)
                said.append(answer.words)
            except SendError as error:
                said.append(str(error))
        return said

    said = asyncio.run(tries())
    assert (said.count("200 ok"), len(public.hosts), canary.connections) == (500, 500, 0)
    why = "the name leads into a private network; name it under outbound.private_hosts in settings.yaml if it is yours"
    assert {s for s in said if s != "200 ok"} == {f"partner: rebind.example is refused: {why}"}
    assert set(public.hosts) == {f"rebind.example:{public.server_port}"}


def test_an_address_that_does_not_listen_is_passed_over_for_the_next(servers: tuple[_Counting, _Counting]) -> None:
    public, _ = servers

    async def resolve(host: str, port: int) -> list[str]:
        return ["127.0.0.3", "127.0.0.2"]

    outbound = Outbound(private_hosts=("hook.lan",))
    url = f"http://hook.lan:{public.server_port}/"
    assert asyncio.run(post("partner", url, b"{}", {}, outbound=outbound, resolve=resolve)).words == "200 ok"
