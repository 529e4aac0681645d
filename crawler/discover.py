"""Where an outlet lists its news: the feed that its page names, the usual places, its sitemap, or the page itself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Literal, NamedTuple
from urllib.parse import urljoin, urlsplit

from crawler.address import resolve, same_site
from crawler.extract import parse
from crawler.extract.charset import decode
from crawler.listing import Listing
from crawler.source import Kind
from crawler.spiders.errand import Get, NoPage, Page, errand_source
from crawler.spiders.feed import read_feed
from crawler.spiders.listing import read_listing
from crawler.spiders.sitemap import read_sitemap
from spacepact.text import clean_line

FEED_TYPES = frozenset({"application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml"})
USUAL_FEEDS = ("feed/", "rss.xml", "feed.xml", "atom.xml", "index.xml", "rss", "feed.json")
USUAL_SITEMAPS = ("/news-sitemap.xml", "/sitemap-news.xml", "/sitemap_index.xml", "/sitemap.xml")
FEWEST_LINKS = 3
"""A page that lists fewer is no list of news."""
_SIDE = re.compile(r"comment|podcast|/tag/|oembed", re.IGNORECASE)
_SITEMAP_LINE = re.compile(r"^\s*sitemap\s*:\s*(\S+)", re.IGNORECASE | re.MULTILINE)


class Found(NamedTuple):
    """A list of news: `how` it was found, in words; `posted`, newest first, where it says so."""

    kind: Kind
    url: str
    how: str
    items: int
    posted: tuple[datetime, ...]


class Outlet(NamedTuple):
    """What an outlet's page says of itself, its lists of news (the best first), and what was tried in vain, with the reason."""

    name: str
    language: str | None
    lists: tuple[Found, ...]
    tried: tuple[NoPage, ...]


async def discover(url: str, get: Get) -> Outlet:
    """Look at an address and find what is to be polled there; never more than two dozen requests."""
    page = await get(url)
    if isinstance(page, NoPage):
        return Outlet("", None, (), (page,))
    if found := understood(page, "the address itself"):
        return Outlet("", None, (found,), ())
    name, language = _about(page)
    lists: list[Found] = []
    tried: list[NoPage] = []
    for wanted in ("feed", "sitemap"):
        for address, how in dict(_places(page, wanted)).items():
            answer = await get(address)
            found = None if isinstance(answer, NoPage) else understood(answer, how)
            if found:
                lists.append(found)
            elif isinstance(answer, NoPage):
                tried.append(answer)
            if found and "usual" in how:
                break
    if (links := _links(page)) >= FEWEST_LINKS:
        lists.append(Found("listing", page.url, "the links of the page", links, ()))
    return Outlet(name, language, tuple(sorted(lists, key=_worth)), tuple(tried))


def understood(page: Page, how: str) -> Found | None:
    """Return what an answer lists, where it is a feed or a sitemap that lists anything."""
    kind: Literal["feed", "sitemap"]
    for kind in ("feed", "sitemap"):
        read = read_feed if kind == "feed" else lambda b, u, _: read_sitemap(b, u, errand_source(u))
        listing = read(page.body, page.url, page.content_type)
        if isinstance(listing, Listing) and (listing.items or listing.lists):
            posted = sorted((i.published for i in listing.items if i.published), reverse=True)
            return Found(kind, page.url, how, len(listing.items) + len(listing.lists), tuple(posted[:30]))
    return None


def _places(page: Page, wanted: str) -> Iterator[tuple[str, str]]:
    if wanted == "sitemap":
        named = [address for line in _SITEMAP_LINE.findall(page.robots) if (address := resolve(line, page.url))]
        for address in sorted(named, key=lambda a: "news" not in a)[:4]:
            yield address, "robots.txt names it"
        if not named:
            yield from ((urljoin(page.url, path), "a usual place") for path in USUAL_SITEMAPS)
        return
    declared = list(_declared(page))
    yield from ((address, "the page names it (link rel=alternate)") for address in declared[:6])
    if not declared:
        bases = dict.fromkeys((page.url.rstrip("/") + "/", urljoin(page.url, "/")))
        yield from ((urljoin(base, path), "a usual place") for base in bases for path in USUAL_FEEDS)


def _declared(page: Page) -> Iterator[str]:
    tree = parse(decode(page.body, page.content_type))
    for link in [] if tree is None else tree.iter("link"):
        kind = (link.get("type") or "").partition(";")[0].strip().lower()
        address = resolve(link.get("href") or "", page.url)
        if address and kind in FEED_TYPES and "alternate" in (link.get("rel") or "").lower().split():
            yield address


def _worth(found: Found) -> tuple[int, bool, bool, int]:
    """A feed before a sitemap before a listing; no comments and podcasts; what names dates; what lists more."""
    order = ("feed", "sitemap", "listing").index(found.kind)
    return order, bool(_SIDE.search(urlsplit(found.url).path)), not found.posted, -found.items


def _links(page: Page) -> int:
    listing = read_listing(decode(page.body, page.content_type), page.url, errand_source(page.url))
    return sum(same_site(i.link.url, page.url) for i in listing.items) if isinstance(listing, Listing) else 0


def _about(page: Page) -> tuple[str, str | None]:
    tree = parse(decode(page.body, page.content_type))
    if tree is None:
        return "", None
    names = [*tree.xpath("//meta[@property='og:site_name']/@content"), *tree.xpath("//head/title/text()")]
    found = re.match(r"[a-zA-Z]{2}", tree.get("lang") or "")
    return next(filter(None, map(clean_line, names)), ""), found[0].lower() if found else None
