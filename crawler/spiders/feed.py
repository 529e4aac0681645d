"""RSS 0.9x, 1.0 (RDF) and 2.0, Atom, and JSON Feed 1.0 and 1.1 (jsonfeed.org)."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from typing import Any

import feedparser

from crawler.extract.charset import decode
from crawler.extract.dates import parse_date
from crawler.listing import Listed, Listing, NotAListing, listed
from crawler.source import Source
from crawler.spiders.base import SourceSpider
from spacepact.noun import stable_id

_HTML = re.compile(rb"\s*(<!--.*?-->\s*)*<(!doctype\s+html|html|head|body)\b", re.IGNORECASE | re.DOTALL)

_DECLARATIONS = re.compile(rb"<!DOCTYPE[^>\[]*\[.*?\]\s*>", re.IGNORECASE | re.DOTALL)
"""Feeds need no entities of their own; those that declare some mean harm."""


class FeedSpider(SourceSpider):
    """Polls feeds."""

    accept = "application/atom+xml,application/rss+xml,application/feed+json,application/xml;q=0.9,*/*;q=0.5"

    @staticmethod
    def read(body: bytes, url: str, content_type: str | None, source: Source) -> Listing | NotAListing:  # noqa: ARG004
        """Return the items of a feed in its own order."""
        return read_feed(body, url, content_type)


def read_feed(body: bytes, url: str, content_type: str | None = None) -> Listing | NotAListing:
    """Return the items of a feed; broken markup yields what can be read of it."""
    if not body.strip():
        return NotAListing(reason="the answer is empty, not a feed")
    if looks_like_html(body):
        return NotAListing(reason="the answer is HTML, not a feed")
    if body.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"{":
        return _read_json(body, url)
    headers = {"content-location": url} | ({"content-type": content_type} if content_type else {})
    feed = feedparser.parse(io.BytesIO(_DECLARATIONS.sub(b"", body, count=1)), response_headers=headers, sanitize_html=False)
    if not feed.entries and not feed.version:
        return NotAListing(reason="the answer is not a feed")
    return Listing(items=tuple(_once(_entry(e, url) for e in feed.entries)))


def looks_like_html(body: bytes) -> bool:
    """Return whether an answer starts like an HTML page."""
    return bool(_HTML.match(body.removeprefix(b"\xef\xbb\xbf")))


def _entry(entry: Any, base: str) -> Listed | None:
    updated = entry.get("updated", "") if "updated" in entry else ""
    version = stable_id(entry.get("title", ""), entry.get("summary", ""), updated)
    when = parse_date(entry.get("published") or updated)
    address = entry.get("feedburner_origlink") or entry.get("link") or ""
    return listed(address, base, version, title=entry.get("title") or "", published=when)


def _read_json(body: bytes, url: str) -> Listing | NotAListing:
    try:
        feed = json.loads(decode(body, None))
    except (ValueError, RecursionError):
        return NotAListing(reason="the answer is broken JSON, not a feed")
    if not isinstance(feed, dict) or not isinstance(feed.get("items"), list) or "jsonfeed.org/version/" not in str(feed.get("version")):
        return NotAListing(reason="the answer is JSON, but not a JSON Feed")
    return Listing(items=tuple(_once(_json_item(i, url) for i in feed["items"] if isinstance(i, dict))))


def _json_item(item: dict[str, Any], base: str) -> Listed | None:
    said = {k: v for k, v in item.items() if isinstance(v, str)}
    identity = said.get("id", "")
    address = said.get("url") or (identity if identity.startswith(("http://", "https://")) else "")
    title, modified = said.get("title", ""), said.get("date_modified", "")
    version = stable_id(title, said.get("summary") or said.get("content_text") or said.get("content_html", ""), modified)
    return listed(address, base, version, title=title, published=parse_date(said.get("date_published") or modified))


def _once(items: Iterator[Listed | None]) -> Iterator[Listed]:
    seen: set[str] = set()
    for item in items:
        if item and item.link.url not in seen:
            seen.add(item.link.url)
            yield item
