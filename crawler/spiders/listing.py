"""HTML pages that list articles: where an outlet offers neither feed nor sitemap."""

from __future__ import annotations

import re

from lxml.html import HtmlElement

from crawler.address import canonical, same_site
from crawler.extract import parse
from crawler.extract.charset import decode
from crawler.listing import Listed, Listing, NotAListing, listed
from crawler.source import Source
from crawler.spiders.base import SourceSpider
from spacepact.noun import stable_id
from spacepact.text import clean_line

SHORTEST_TITLE = 8
"""Characters: links with shorter texts are navigation, unless a selector names them."""
_CHANGING = re.compile(r"\d+|\b(an?|minutes?|mins?|hours?|hrs?|days?|ago|today|yesterday)\b", re.IGNORECASE)
_MAIN = "//main | //*[@role='main']"
_AROUND = "ancestor::nav or ancestor::header[not(ancestor::article)] or ancestor::footer or ancestor::aside"


class ListingSpider(SourceSpider):
    """Polls pages for links."""

    accept = "text/html,application/xhtml+xml;q=0.9,*/*;q=0.5"

    @staticmethod
    def read(body: bytes, url: str, content_type: str | None, source: Source) -> Listing | NotAListing:
        """Return the links that the source's selector names, or those of the main content."""
        return read_listing(decode(body, content_type), url, source)


def read_listing(markup: str, url: str, source: Source) -> Listing | NotAListing:
    """Return the links of a page in its own order, each address once."""
    tree = parse(markup)
    if tree is None:
        return NotAListing(reason="the answer is empty, not a page")
    base = next((b.get("href") for b in tree.iter("base") if b.get("href")), "")
    found: dict[str, Listed] = {}
    for anchor in _anchors(tree, source.links):
        item = _item(anchor, canonical(base or "", url) or url)
        if item and item.link.url != canonical(url) and (source.links or same_site(item.link.url, url)):
            known = found.setdefault(item.link.url, item)
            found[item.link.url] = max(known, item, key=lambda i: len(i.title or ""))
    if not found:
        return NotAListing(reason="no links where they were expected" + (f" (links: {source.links})" if source.links else ""))
    return Listing(items=tuple(i for i in found.values() if source.links or len(i.title or "") >= SHORTEST_TITLE))


def _anchors(tree: HtmlElement, selector: str | None) -> list[HtmlElement]:
    if selector:
        return [a for found in tree.cssselect(selector) for a in ([found] if found.tag == "a" else found.iter("a"))]
    places = tree.xpath(_MAIN) or [tree]
    return [a for place in places for a in place.xpath(f".//a[@href and not({_AROUND})]")]


def _title(anchor: HtmlElement) -> str:
    headings = anchor.xpath(".//h1 | .//h2 | .//h3 | .//h4 | .//h5")
    return clean_line((headings[0] if headings else anchor).text_content())


def _item(anchor: HtmlElement, base: str) -> Listed | None:
    """Counters and "3 hours ago" in a link's text are no change of its page."""
    title = _title(anchor)
    return listed(anchor.get("href") or "", base, stable_id(_CHANGING.sub("", title)), title=title)
