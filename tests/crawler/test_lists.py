"""Feeds, sitemaps and listings as pure functions: what they list, and in what words they fail."""

from __future__ import annotations

import gzip
import re
import time
import warnings
from pathlib import Path

import pytest

from crawler.listing import Listing, NotAListing
from crawler.spiders.feed import read_feed
from crawler.spiders.listing import read_listing
from crawler.spiders.sitemap import MOST_BYTES, MOST_PAGES, read_sitemap
from tests.crawler.pages import rss, sitemap, source

BASE = "https://orbit.example/feed"
SITE = source("sitemap", "https://orbit.example/sitemap.xml")


def links(found: Listing | NotAListing) -> list[str]:
    assert isinstance(found, Listing), found
    return [i.link.url.removeprefix("https://orbit.example/") for i in found.items]


@pytest.mark.parametrize(
    "body",
    [
        '<rss version="0.91"><channel><item><title>R</title><link>/a</link></item></channel></rss>',
        '<rss version="2.0"><channel><item><title>R</title><guid isPermaLink="true">https://orbit.example/a</guid></item></channel></rss>',
        '<r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"><item><link>/a</link></item></r:RDF>',
        '<feed xmlns="http://www.w3.org/2005/Atom"><entry><link href="/a"/><updated>2026-11-02T08:00:00Z</updated></entry></feed>',
        '<rss version="2.0"><channel><item><title>A & B</title><link>/a</link></item></channel>',
        '<rss version="2.0"><channel><item><title>R\x0b</title><x:y>z</x:y><link>/a</link></item></channel></rss>',
        '{"version": "https://jsonfeed.org/version/1", "items": [{"id": "x", "url": "a", "title": 3}, null, {"id": 4}]}',
    ],
)
def test_every_kind_of_feed_is_read_even_if_broken(body: str) -> None:
    assert links(read_feed(body.encode(), BASE)) == ["a"]


def test_an_empty_feed_is_a_feed() -> None:
    assert read_feed(rss().encode(), BASE) == Listing()


def test_the_version_changes_with_the_item_and_only_with_it() -> None:
    def version(title: str, summary: str) -> str:
        found = read_feed(rss((title, "/a"), summary=summary).encode(), BASE)
        assert isinstance(found, Listing)
        return found.items[0].link.version

    assert version("Relay", "one") == version("Relay", "one")
    assert len({version("Relay", "one"), version("Relay", "two"), version("Relays", "one")}) == 3


@pytest.mark.parametrize(
    "head",
    [
        "<!DOCTYPE rss [" + "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10 if i else "lol"}">' for i in range(12)) + "]>",
        f'<!DOCTYPE rss [<!ENTITY l11 "{"x" * 100_000}">]>',
        '<!DOCTYPE rss [<!ENTITY l11 SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE rss [<!ENTITY % p SYSTEM "http://127.0.0.1:9/p.dtd"> %p;]>',
    ],
)
@pytest.mark.parametrize("read", ["feed", "sitemap"])
def test_entities_do_not_blow_up_and_fetch_nothing(head: str, read: str) -> None:
    start = time.process_time()
    if read == "feed":
        found = read_feed(rss(("&l11;" * 1000, "/a"), head=head).encode(), BASE)
    else:
        found = read_sitemap((head + sitemap(("https://orbit.example/a&l11;", ""))).encode(), BASE, SITE)
    assert time.process_time() - start < 1
    assert "root:" not in str(found)
    assert len(str(found)) < 200_000


def test_sitemaps_list_the_newest_first() -> None:
    entries = [(f"https://orbit.example/{i}", f"2026-{1 + i % 12:02}-{1 + i // 12 % 28:02}") for i in range(2000)]
    found = links(read_sitemap(sitemap(*entries).encode(), BASE, SITE))
    assert len(found) == MOST_PAGES
    assert int(found[0]) % 12 == 11


def test_news_sitemaps_have_titles_and_dates() -> None:
    body = (
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:n="http://www.google.com/schemas/sitemap-news/0.9"><url>'
        "<loc>https://orbit.example/a</loc><n:news><n:publication_date>2026-11-02T08:00Z</n:publication_date><n:title>Relay</n:title></n:news></url></urlset>"
    )
    found = read_sitemap(body.encode(), BASE, SITE)
    assert isinstance(found, Listing)
    assert (found.items[0].title, str(found.items[0].published)) == ("Relay", "2026-11-02 08:00:00+00:00")


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"<html><body></body></html>", "the answer is HTML, not a sitemap"),
        (b"<rss/>", "the answer is not a sitemap"),
        (b"", "the answer is not a sitemap"),
        (b"\x1f\x8bxx", "the answer's compression is broken"),
        (gzip.compress(b" " * (MOST_BYTES + 1)), "the sitemap is larger than 16 MB"),
    ],
)
def test_what_is_no_sitemap_is_told(body: bytes, words: str) -> None:
    assert read_sitemap(body, BASE, SITE) == NotAListing(reason=words)


def test_counters_and_ages_in_a_listing_are_no_change() -> None:
    listing = source("listing", "https://orbit.example/")

    def version(text: str) -> str:
        found = read_listing(f'<body><a href="/a">{text}</a></body>', "https://orbit.example/", listing)
        assert isinstance(found, Listing)
        return found.items[0].link.version

    assert version("A lunar relay is built, 3 hours ago") == version("A lunar relay is built, an hour ago")
    assert version("A lunar relay is built") != version("A lunar relay is cancelled")


def test_feeds_of_the_public_suite_never_raise_and_list_web_addresses_only(shared: Path) -> None:
    files = [
        f for kind in ("wellformed", "illformed", "encoding", "entities") for f in (shared / "suites/feedparser" / kind).rglob("*.xml")
    ]
    assert len(files) > 500
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = [read_feed(f.read_bytes(), BASE) for f in files]
    assert all(isinstance(f, Listing | NotAListing) for f in found)
    assert all(re.match("https?://", item.link.url) for f in found if isinstance(f, Listing) for item in f.items)
