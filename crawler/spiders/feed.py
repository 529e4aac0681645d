"""Feeds: what `crawler.feed` reads, as a listing."""

from __future__ import annotations

from crawler.feed import FeedItem, NotAFeed, read_feed_document
from crawler.listing import Listed, Listing, NotAListing, listed
from crawler.source import Source
from crawler.spiders.base import SourceSpider
from spacepact.noun import stable_id


class FeedSpider(SourceSpider):
    """Polls feeds."""

    accept = "application/atom+xml,application/rss+xml,application/feed+json,application/xml;q=0.9,*/*;q=0.5"

    @staticmethod
    def read(body: bytes, url: str, content_type: str | None, source: Source) -> Listing | NotAListing:  # noqa: ARG004
        """Return the items of a feed in its own order."""
        return read_feed(body, url, content_type)


def read_feed(body: bytes, url: str, content_type: str | None = None) -> Listing | NotAListing:
    """Return the items of a feed that lead to a web page, each page once, and what the feed says about polling."""
    feed = read_feed_document(body, url, content_type)
    if isinstance(feed, NotAFeed):
        return NotAListing(reason=feed.reason)
    once: dict[str, Listed] = {}
    for item in map(_listed, feed.items):
        if item:
            once.setdefault(item.link.url, item)
    return Listing(items=tuple(once.values()), hints=feed.hints, hub=feed.hub, topic=feed.topic)


def _listed(item: FeedItem) -> Listed | None:
    """An item's id is no part of its version: outlets that change all ids change no page by it. A new date asks to look again."""
    changed = item.updated or item.published
    version = stable_id(item.title, item.summary, changed.isoformat() if changed else "")
    return listed(item.link or "", "", version, title=item.title, published=item.published or item.updated)
