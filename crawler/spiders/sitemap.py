"""Sitemaps and indexes of sitemaps (sitemaps.org 0.9), news sitemaps, plain or gzipped."""

from __future__ import annotations

import zlib
from datetime import UTC, datetime

from lxml import etree

from crawler.extract.dates import parse_date
from crawler.feed.prolog import looks_like_html
from crawler.listing import Listed, Listing, NotAListing, listed
from crawler.source import Source
from crawler.spiders.base import SourceSpider

MOST_BYTES = 16_000_000
"""Decompressed; more of it is refused."""
MOST_PAGES = 500
"""Of a dated sitemap only the newest are looked at: an archive is not news."""
MOST_LISTS = 20
"""Of an index only the newest sitemaps are polled."""
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


class SitemapSpider(SourceSpider):
    """Polls sitemaps; those that an index names are polled like the index itself."""

    accept = "application/xml,text/xml;q=0.9,*/*;q=0.5"

    @staticmethod
    def read(body: bytes, url: str, content_type: str | None, source: Source) -> Listing | NotAListing:  # noqa: ARG004
        """Return the newest pages that the source wants, or the newest sitemaps of an index."""
        return read_sitemap(body, url, source)


def read_sitemap(body: bytes, url: str, source: Source) -> Listing | NotAListing:
    """Return what a sitemap lists, newest first; the undated follow in their own order."""
    plain = _gunzip(body) if body.startswith(b"\x1f\x8b") else body
    if isinstance(plain, NotAListing):
        return plain
    if looks_like_html(plain):
        return NotAListing(reason="the answer is HTML, not a sitemap")
    root = _parse(plain)
    if root is None or etree.QName(root).localname not in ("urlset", "sitemapindex"):
        return NotAListing(reason="the answer is not a sitemap")
    entries = {e.link.url: e for e in (_entry(node, url) for node in root) if e}
    newest = sorted(entries.values(), key=lambda e: e.published or _LONG_AGO, reverse=True)
    if etree.QName(root).localname == "sitemapindex":
        return Listing(lists=tuple(e.link.url for e in newest if e.link.url != url)[:MOST_LISTS])
    wanted = [e for e in newest if source.wants(e.link.url)]
    dated = sum(e.published is not None for e in wanted)
    return Listing(items=tuple(wanted if dated < len(wanted) else wanted[:MOST_PAGES]))


def _gunzip(body: bytes) -> bytes | NotAListing:
    machine = zlib.decompressobj(31)
    try:
        plain = machine.decompress(body, MOST_BYTES + 1)
    except zlib.error:
        return NotAListing(reason="the answer's compression is broken")
    if len(plain) > MOST_BYTES:
        return NotAListing(reason=f"the sitemap is larger than {MOST_BYTES / 1_000_000:g} MB")
    return plain


def _parse(body: bytes) -> etree._Element | None:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, recover=True, huge_tree=False)
    try:
        return etree.fromstring(body.strip(), parser)
    except etree.XMLSyntaxError:
        return None


def _entry(node: etree._Element, base: str) -> Listed | None:
    said = {etree.QName(e).localname: (e.text or "").strip() for e in node.iter() if isinstance(e.tag, str) and not len(e)}
    when = said.get("lastmod") or said.get("publication_date") or ""
    return listed(said.get("loc", ""), base, when, title=said.get("title", ""), published=parse_date(when))
