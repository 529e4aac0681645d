"""Nothing leads from the open web into a private network."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

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
def test_links_into_private_space_are_refused(website: Website, canary: Website, crawls: Crawls, address: str) -> None:
    target = canary.url.replace("127.0.0.2", address)
    website.pages["/feed"] = Reply(rss(("Secret", f"{target}/admin"), ("Relay", f"{website.url}/a")))
    website.pages["/a"] = Reply(page("Two agencies build a lunar relay"))
    result = crawls.round(source("feed", f"{website.url}/feed"))
    assert result.outcomes["new"] == 1
    assert canary.asked == []


def test_redirects_into_private_space_are_refused_in_words(website: Website, canary: Website, crawls: Crawls) -> None:
    website.pages["/feed"] = Reply(rss(("Moved", f"{website.url}/a")))
    website.pages["/a"] = Reply(status=302, headers={"Location": f"{canary.url}/admin"})
    result = crawls.round(source("feed", f"{website.url}/feed"))
    assert canary.asked == []
    told = [*crawls.shelf.rejected.values(), *(f.reason for f in result.failures)]
    assert "the address leads into a private network" in " ".join(told)


def test_robots_redirects_into_private_space_are_refused(website: Website, canary: Website, crawls: Crawls) -> None:
    website.pages["/robots.txt"] = Reply(status=302, headers={"Location": f"{canary.url}/robots.txt"})
    website.pages["/feed"] = Reply(rss())
    crawls.round(source("feed", f"{website.url}/feed"))
    assert canary.asked == []


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1", "255.255.255.255",
        "198.18.0.1", "192.0.2.1", "192.88.99.1", "240.0.0.1", "::1", "::", "::127.0.0.1", "::ffff:10.0.0.1", "fc00::1", "fe80::1",
        "fe80::1%eth0", "fec0::1", "ff02::1", "2002:7f00:1::",
        "64:ff9b::a00:1", "2001:db8::1", "2001::1", "5f00::1",
    ],
)  # fmt: skip
def test_private_addresses(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "93.184.216.34", "2606:4700::1111", "::ffff:8.8.8.8", "172.32.0.1"])
def test_public_addresses(address: str) -> None:
    assert is_public(address)


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
