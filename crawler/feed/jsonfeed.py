"""JSON Feed 1.0 and 1.1 (https://www.jsonfeed.org/version/1.1/)."""

from __future__ import annotations

import json
from typing import Any

from crawler.address import resolve
from crawler.extract.charset import decode
from crawler.extract.dates import parse_date
from crawler.feed.items import Feed, FeedItem, NotAFeed
from crawler.feed.markup import text_of
from crawler.feed.xml import MOST_ITEMS


def read_json_feed(body: bytes, url: str) -> Feed | NotAFeed:
    """Return what a JSON Feed says; entries that are no objects are passed over."""
    try:
        feed = json.loads(decode(body, None))
    except (ValueError, RecursionError):
        return NotAFeed(reason="the answer is broken JSON, not a feed")
    if not isinstance(feed, dict) or not isinstance(feed.get("items"), list) or "jsonfeed.org/version/" not in str(feed.get("version")):
        return NotAFeed(reason="the answer is JSON, but not a JSON Feed")
    hubs = [h for h in feed.get("hubs") or [] if isinstance(h, dict) and str(h.get("type")).lower() == "websub"]
    said = _texts(feed)
    return Feed(
        items=tuple(_item(_texts(i), url) for i in feed["items"][:MOST_ITEMS] if isinstance(i, dict)),
        title=text_of(said.get("title", ""), html=False),
        hub=resolve(_texts(hubs[0]).get("url", ""), url) if hubs else None,
        topic=resolve(said.get("feed_url", ""), url),
    )


def _item(said: dict[str, str], base: str) -> FeedItem:
    identity = said.get("id", "")
    address = said.get("url") or (identity if identity.startswith(("http://", "https://")) else "")
    plain = said.get("summary") or said.get("content_text")
    return FeedItem(
        id=identity,
        link=resolve(address, base, fragment=True),
        title=text_of(said.get("title", ""), html=False),
        summary=text_of(plain or said.get("content_html", ""), html=not plain),
        published=parse_date(said.get("date_published")),
        updated=parse_date(said.get("date_modified")),
    )


def _texts(thing: dict[str, Any]) -> dict[str, str]:
    """Keep the strings; version 1.0 allows an `id` that is a number."""
    texts = {k: v for k, v in thing.items() if isinstance(v, str)}
    return texts | ({"id": str(thing["id"])} if isinstance(thing.get("id"), int) else {})
