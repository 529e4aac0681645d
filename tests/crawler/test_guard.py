"""Nothing leads from the open web into a private network."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import pytest
from twisted.internet.address import IPv4Address

from crawler.address import resolve
from crawler.guard import GuardedResolver
from spacepact.addresses import is_public, private_host
from tests.crawler.loopback import Crawls, Reply, Website
from tests.crawler.pages import page, rss, source


@pytest.fixture
def canary() -> Iterator[Website]:
    """A server on another address of the loopback, which no source names."""
    server = Website("127.0.0.2")
    yield server
    server.close()


@pytest.mark.parametrize("address", ["127.0.0.2", "2130706434", "0x7f.2", "127.2"])
def test_f4_links_into_private_space_are_refused(website: Website, canary: Website, crawls: Crawls, address: str) -> None:
    target = canary.url.replace("127.0.0.2", address)
    website.pages["/feed"] = Reply(rss(("Secret", f"{target}/admin"), ("Relay", f"{website.url}/a")))
    website.pages["/a"] = Reply(page("Two agencies build a lunar relay"))
    result = crawls.round(source("feed", f"{website.url}/feed"))
    assert result.outcomes["new"] == 1
    assert canary.asked == []


def test_f4_redirects_into_private_space_are_refused_in_words(website: Website, canary: Website, crawls: Crawls) -> None:
    website.pages["/feed"] = Reply(rss(("Moved", f"{website.url}/a")))
    website.pages["/a"] = Reply(status=302, headers={"Location": f"{canary.url}/admin"})
    result = crawls.round(source("feed", f"{website.url}/feed"))
    assert canary.asked == []
    told = [*crawls.shelf.rejected.values(), *(f.reason for f in result.failures)]
    assert "the address leads into a private network" in " ".join(told)


def test_f4_robots_redirects_into_private_space_are_refused(website: Website, canary: Website, crawls: Crawls) -> None:
    website.pages["/robots.txt"] = Reply(status=302, headers={"Location": f"{canary.url}/robots.txt"})
    website.pages["/feed"] = Reply(rss())
    crawls.round(source("feed", f"{website.url}/feed"))
    assert canary.asked == []


PRIVATE = """
    0.0.0.0 0.1.2.3 10.0.0.1 10.255.255.255 100.64.0.1 100.127.255.255 127.0.0.1 127.255.255.254 169.254.0.1 169.254.169.254 172.16.0.1
    172.31.255.255 192.0.0.1 192.0.0.8 192.0.0.170 192.0.2.1 192.88.99.1 192.168.0.1 192.168.255.255 198.18.0.1 198.19.255.255 198.51.100.1
    203.0.113.1 224.0.0.1 239.255.255.255 240.0.0.1 255.255.255.255 100.100.100.200 168.63.129.16 :: ::1 ::7f00:1 ::127.0.0.1
    ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::ffff:169.254.169.254 ::ffff:0:7f00:1 64:ff9b::7f00:1 64:ff9b::a00:1 64:ff9b:1::1 100::1 100:0:0:1::1
    2001::1 2001:0:4136:e378:: 2001:2::1 2001:10::1 2001:20::1 2001:30::1 2001:db8::1 2002:7f00:1:: 2002:a00:1:: 3fff::1 3fff:fff::1 5f00::1
    fc00::1 fd00:ec2::254 fe80::1 fe80::1%eth0 fe80::5efe:7f00:1 febf::1 fec0::1 ff02::1 ff0e::1
"""
"""One of every block of the special-purpose registries (IANA; RFC 6890, 8190, 9637, 9780), and their edges."""
PUBLIC = """
    8.8.8.8 93.184.216.34 9.255.255.255 11.0.0.1 100.63.255.255 100.128.0.1 126.255.255.255 128.0.0.1 169.253.255.255 169.255.0.1
    172.15.255.255 172.32.0.1 192.0.3.1 192.167.255.255 192.169.0.1 198.17.255.255 198.20.0.1 223.255.255.255 ::ffff:8.8.8.8
    2001:200::1 2001:4860:4860::8888 2003::1 2400:cb00::1 2606:4700::1111 2a00:1450::1
"""


@pytest.mark.parametrize("address", PRIVATE.split())
def test_f1_private_addresses(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", PUBLIC.split())
def test_f1_public_addresses(address: str) -> None:
    assert is_public(address)


class Scripted:
    """A resolver that answers what the test says, a set of addresses at each call."""

    def __init__(self, answers: Iterator[list[str]]) -> None:
        self.answers = answers

    def resolveHostName(self, receiver: Any, name: str, port: int = 0, types: Any = None, transport: str = "TCP") -> object:  # noqa: N802
        receiver.resolutionBegan(object())
        for address in next(self.answers):
            receiver.addressResolved(IPv4Address("TCP", address, port))
        receiver.resolutionComplete()
        return object()


class Collected:
    """Whom a connection would go to."""

    def __init__(self) -> None:
        self.hosts: list[str] = []

    def resolutionBegan(self, _: object) -> None:  # noqa: N802
        pass

    def addressResolved(self, address: Any) -> None:  # noqa: N802
        self.hosts.append(address.host)

    def resolutionComplete(self) -> None:  # noqa: N802
        pass


def test_f3_a_name_that_answers_otherwise_the_second_time_leads_nowhere() -> None:
    answers = itertools.cycle([["93.184.216.34"], ["127.0.0.1"], ["127.0.0.1", "93.184.216.34"], ["10.0.0.1"]])
    refused: set[str] = set()
    resolver = GuardedResolver(Scripted(answers), {"localhost"}, refused)
    found: Any = Collected()
    for _ in range(1000):
        resolver.resolveHostName(found, "rebind.example", 80)
    assert (set(found.hosts), len(found.hosts), refused) == ({"93.184.216.34"}, 500, {"rebind.example"})


def test_f3_a_rebinding_name_never_reaches_the_canary(canary: Website, crawls: Crawls, monkeypatch: pytest.MonkeyPatch) -> None:
    from twisted.internet import reactor  # noqa: PLC0415 - the engine has installed it by now

    guard: Any = reactor
    monkeypatch.setattr(guard.nameResolver, "inner", Scripted(itertools.repeat(["127.0.0.2"])))
    port = canary.url.rpartition(":")[2]
    for _ in range(20):
        result = crawls.round(source("feed", f"http://rebind.example:{port}/feed"))
        assert "the address leads into a private network" in result.failures[0].reason
    assert canary.asked == []


@pytest.mark.parametrize("shape", ["http://0:{}/", "http://[::ffff:7f00:2]:{}/", "http://2130706434:{}/", "http://user@127.0.0.2:{}/"])
def test_f4_what_a_feed_names_meets_the_same_guard(website: Website, canary: Website, crawls: Crawls, shape: str) -> None:
    target = shape.format(canary.url.rpartition(":")[2])
    parts = f'<title>Secret</title><link>{target}</link><enclosure url="{target}" type="text/html"/><comments>{target}</comments>'
    body = f'<rss version="2.0"><channel><image><url>{target}</url></image><item>{parts}</item></channel></rss>'
    website.pages["/feed"] = Reply(body)
    crawls.round(source("feed", f"{website.url}/feed"))
    assert canary.asked == []
    assert crawls.shelf.articles == []


@pytest.mark.parametrize("address", ["file:///etc/passwd", "gopher://orbit.example/", "ftp://orbit.example/", "javascript:alert(1)"])
def test_f2_a_link_that_is_no_web_page_is_none(address: str) -> None:
    assert resolve(address, "https://orbit.example/") is None


@pytest.mark.parametrize(
    ("address", "host"),
    [
        ("http://127.0.0.1:8080/feed", "127.0.0.1"),
        ("http://[::1]/", "::1"),
        ("http://localhost/", "localhost"),
        ("http://feeds.internal/", "feeds.internal"),
        ("https://orbit.example/", None),
        ("https://8.8.8.8/", None),
    ],
)
def test_only_hosts_that_plainly_are_private_may_be_trusted(address: str, host: str | None) -> None:
    assert private_host(address) == host
