"""The fictional outlets as real web servers on loopback, one port each."""

from __future__ import annotations

from datetime import datetime
from email.utils import format_datetime, parsedate_to_datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from threading import Thread
from typing import NamedTuple
from urllib.parse import urlsplit

import yaml

from spacepact.demo.content import Expectation, Outlet, RoundNumber, expected, load_lists, load_outlets
from spacepact.demo.rendering import Answer, website
from spacepact.demo.server import QuietServer


class Request(NamedTuple):
    """What an outlet was asked, and the status that it answered."""

    outlet: str
    path: str
    status: int


class Outlets:
    """All outlets; `requests` is what they were asked so far, in order of arrival."""

    def __init__(self) -> None:
        self.outlets = load_outlets()
        self.requests: list[Request] = []
        self._servers: dict[str, _Server] = {}
        self._now: datetime | None = None

    def start(self, now: datetime) -> None:
        """Open a port for each outlet and serve the first round; ages are counted back from `now` (UTC)."""
        self._now = now
        self._servers = {outlet.id: _Server(outlet, self.requests) for outlet in self.outlets}
        self._serve(1)
        for server in self._servers.values():
            Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, name="outlet", daemon=True).start()

    def stop(self) -> None:
        """Close every port."""
        for server in self._servers.values():
            server.shutdown()
            server.server_close()
        self._servers = {}

    def url(self, outlet_id: str) -> str:
        """Return the address of an outlet without a slash at the end; KeyError if it does not run."""
        return self._servers[outlet_id].base

    def next_round(self) -> None:
        """Serve the second versions and the late articles from now on."""
        self._serve(2)

    def source_files(self, directory: Path, every: str = "10m") -> None:
        """Write `<id>.yaml` for each running outlet, as the crawler reads them in config/sources."""
        directory.mkdir(parents=True, exist_ok=True)
        for server in self._servers.values():
            text = yaml.safe_dump(_source(server.outlet, server.base, every), allow_unicode=True, sort_keys=False)
            (directory / f"{server.outlet.id}.yaml").write_text(text, "utf-8")

    def expected(self) -> tuple[Expectation, ...]:
        """Return the alerts that must arrive, and no others, over both rounds."""
        return expected(self.outlets, load_lists(), lambda outlet, page: self.url(outlet.id) + outlet.address(page))

    def _serve(self, number: RoundNumber) -> None:
        if self._now is None:
            raise RuntimeError("start the outlets first")
        for server in self._servers.values():
            server.answers = website(server.outlet, number, now=self._now, base=server.base)


def _source(outlet: Outlet, base: str, every: str) -> dict[str, object]:
    source: dict[str, object] = {
        "name": outlet.name,
        "kind": outlet.kind,
        "urls": [base + outlet.index],
        "language": outlet.language,
        "country": outlet.country,
        "tier": outlet.tier,
        "every": every,
        "verified": True,
    }
    return source | ({"links": outlet.links} if outlet.links else {})


class _Server(QuietServer):
    def __init__(self, outlet: Outlet, requests: list[Request]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.outlet, self.requests = outlet, requests
        self.base = f"http://127.0.0.1:{self.server_port}"
        self.answers: dict[str, Answer] = {}


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "spacepact-demo", ""
    server: _Server

    def do_GET(self) -> None:
        answer = self.server.answers.get(urlsplit(self.path).path)
        if answer is None:
            self._send(HTTPStatus.NOT_FOUND, b"There is no such page.\n", {"Content-Type": "text/plain"})
            return
        stamp = {"ETag": answer.etag, "Last-Modified": format_datetime(answer.modified, usegmt=True)}
        if _known(answer, self.headers.get("If-None-Match"), self.headers.get("If-Modified-Since")):
            self._send(HTTPStatus.NOT_MODIFIED, b"", stamp)
        else:
            self._send(HTTPStatus.OK, answer.body, stamp | {"Content-Type": answer.content_type})

    def _send(self, status: HTTPStatus, body: bytes, headers: dict[str, str]) -> None:
        self.server.requests.append(Request(self.server.outlet.id, self.path, status))
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if status is not HTTPStatus.NOT_MODIFIED:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """Keep the terminal for the demonstration; `requests` remembers."""


def _known(answer: Answer, etags: str | None, since: str | None) -> bool:
    """Say whether the client's copy is fresh; an ETag decides alone where one is sent (RFC 9110, 13.2.2)."""
    if etags is not None:
        return etags.strip() == "*" or answer.etag in (tag.strip().removeprefix("W/") for tag in etags.split(","))
    try:
        return since is not None and answer.modified <= parsedate_to_datetime(since)
    except (ValueError, TypeError):
        return False
