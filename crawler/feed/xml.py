"""XML feeds: what is safe of them goes to feedparser, and only so much that time stays in proportion."""

from __future__ import annotations

import calendar
import io
import itertools
import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import feedparser

from crawler.address import resolve
from crawler.extract.dates import parse_date
from crawler.feed.items import Feed, FeedItem, NotAFeed
from crawler.feed.markup import text_of
from crawler.feed.prolog import decode_xml, read_prolog
from spacepact.heard import Hints

MOST_ITEMS = 1000
"""A feed lists the newest first; what follows is an archive."""
MOST_CHARACTERS = 3_000_000
MOST_OPEN = 3000
"""Elements that are open at once: feedparser takes quadratic time over them, and a feed has a dozen."""
_ITEM = re.compile(r"<(?:\w+:)?(?:item|entry)[\s>]")
_TAG = re.compile(r"<(/?)[a-zA-Z][^<>]*?(/?)>")
_HOUR, _DAY = re.compile(r"<hour>\s*(\d{1,2})\s*</hour>"), re.compile(r"<day>\s*(\w+)\s*</day>")
_SKIPPED = re.compile(r"<skip(?:Hours|Days)>.*?</skip(?:Hours|Days)>", re.DOTALL)
_NUMERIC = re.compile(r"\s*(\w{3},\s*)?\d")
_PERIODS = {"hourly": 1, "daily": 24, "weekly": 168, "monthly": 720, "yearly": 8760}


def read_xml_feed(body: bytes, url: str, content_type: str | None = None) -> Feed | NotAFeed:
    """Return what an XML feed says, well-formed or not."""
    text = decode_xml(body, content_type)
    prolog = read_prolog(text)
    if prolog.danger:
        return NotAFeed(reason=f"the feed declares {prolog.danger}, for which feeds have no use")
    if prolog.html:
        return NotAFeed(reason="the answer is HTML, not a feed")
    text = _newest(text[prolog.root :])
    parsed = _parse(text, prolog.entities, url)
    if not parsed.entries and not parsed.version:
        return NotAFeed(reason="the answer is not a feed")
    links = {link.get("rel", "").lower(): link.get("href") for link in reversed(parsed.feed.get("links", []))}
    return Feed(
        items=tuple(_item(entry, url) for entry in parsed.entries),
        title=text_of(parsed.feed.get("title") or "", html=True),
        hints=_hints(parsed.feed, text),
        hub=resolve(links.get("hub") or "", url),
        topic=resolve(links.get("self") or "", url),
    )


def _newest(text: str) -> str:
    items = itertools.islice(_ITEM.finditer(text, 0, MOST_CHARACTERS), MOST_ITEMS, None)
    end = next((item.start() for item in items), MOST_CHARACTERS)
    opened = 0
    for tag in _TAG.finditer(text, 0, end):
        opened += -1 if tag[1] else not tag[2]
        if opened > MOST_OPEN:
            return text[: tag.start()]
    return text[:end]


def _parse(text: str, entities: dict[str, str], url: str) -> Any:
    plain = {name: value.replace('"', "'") for name, value in entities.items()}
    declared = "".join(f'<!ENTITY {name} "{value}">\n' for name, value in plain.items())
    head = "<?xml version='1.0' encoding='utf-8'?>\n" + (f"<!DOCTYPE feed [\n{declared}]>\n" if declared else "")
    headers = {"content-location": url, "content-type": "application/xml; charset=utf-8"}
    return feedparser.parse(
        io.BytesIO((head + text).encode("utf-8", "replace")), response_headers=headers, sanitize_html=False, resolve_relative_uris=False
    )


def _item(entry: Any, base: str) -> FeedItem:
    summary = entry.get("summary") or next((c.get("value") for c in entry.get("content", [])), "") or ""
    return FeedItem(
        id=entry.get("id") or "",
        link=resolve(entry.get("feedburner_origlink") or entry.get("link") or "", base, fragment=True),
        title=text_of(entry.get("title") or "", html=_is_html(entry, "title")),
        summary=text_of(summary, html=_is_html(entry, "summary")),
        published=_date(entry, "published"),
        updated=_date(entry, "updated"),
    )


def _is_html(entry: Any, field: str) -> bool:
    return bool(entry.get(f"{field}_detail", {}).get("type") != "text/plain")


def _date(entry: Any, field: str) -> datetime | None:
    """Read a date our way, which knows more zones; one in words perhaps by feedparser, which knows more languages."""
    if field not in entry.keys():  # noqa: SIM118 - feedparser lets `updated` stand for `published` in `in` and `get`
        return None
    if found := parse_date(entry[field]):
        return found
    parts = None if _NUMERIC.match(entry[field]) else entry.get(f"{field}_parsed")
    return parse_date(datetime.fromtimestamp(calendar.timegm(parts), UTC).isoformat()) if parts and 1990 <= parts[0] <= 2200 else None


def _hints(feed: Any, text: str) -> Hints:
    """Read `ttl` (minutes), `skipHours`, `skipDays` (RSS 2.0) and `sy:updatePeriod` (RSS 1.0 syndication)."""
    pauses = [timedelta(minutes=n) for n in _numbers([feed.get("ttl")], 1, 525_600)]
    if hours := _PERIODS.get((feed.get("sy_updateperiod") or "").strip().lower()):
        often = next(iter(_numbers([feed.get("sy_updatefrequency")], 1, 10_000)), 1)
        pauses.append(timedelta(hours=hours) / often)
    skipped = "".join(m[0] for m in _SKIPPED.finditer(text, 0, 100_000))
    days = [name.lower() for name in calendar.day_name]
    return Hints(
        pause=max(pauses, default=None),
        skip_hours=tuple(sorted({n % 24 for n in _numbers(_HOUR.findall(skipped), 0, 24)})),
        skip_days=tuple(sorted({days.index(d.lower()) for d in _DAY.findall(skipped) if d.lower() in days})),
    )


def _numbers(values: Iterable[str | None], least: int, most: int) -> list[int]:
    found = [int(v) for v in values if v and v.strip().isdecimal() and len(v) < 8]
    return [n for n in found if least <= n <= most]
