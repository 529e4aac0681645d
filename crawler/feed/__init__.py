"""Feeds, read: RSS 0.9x, 1.0 (RDF) and 2.0, Atom, CDF (by feedparser), and JSON Feed (jsonfeed.org)."""

from crawler.feed.items import Feed, FeedItem, NotAFeed
from crawler.feed.jsonfeed import read_json_feed
from crawler.feed.markup import text_of
from crawler.feed.xml import read_xml_feed

__all__ = ["Feed", "FeedItem", "NotAFeed", "read_feed_document", "text_of"]


def read_feed_document(body: bytes, url: str, content_type: str | None = None) -> Feed | NotAFeed:
    """Return what a feed says, whatever its format; broken markup yields what can be read of it.

    `url` resolves relative links; never raises, and takes time in proportion to the length.
    """
    if not body.strip():
        return NotAFeed(reason="the answer is empty, not a feed")
    if body.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"{":
        return read_json_feed(body, url)
    return read_xml_feed(body, url, content_type)
