"""What a polled page says: the links that it lists."""

from __future__ import annotations

from datetime import datetime

from pydantic import AwareDatetime

from crawler.address import canonical, resolve
from spacepact.article import Link
from spacepact.heard import Hints
from spacepact.noun import Noun
from spacepact.text import clean_line


class Listed(Noun):
    """A link with what the list says about its page; the page itself knows better.

    `link.url` is the one spelling by which the page is known; `address` is what the list wrote, and
    what is asked for: some servers answer to no other spelling.
    """

    link: Link
    address: str
    title: str | None = None
    published: AwareDatetime | None = None


def listed(address: str, base: str, version: str, *, title: str = "", published: datetime | None = None) -> Listed | None:
    """Return a link as a list wrote it, resolved against `base`; None where it leads to no web page."""
    asked = resolve(address, base)
    known = canonical(asked) if asked else None
    if not asked or not known:
        return None
    return Listed(link=Link(url=known, version=version), address=asked, title=clean_line(title) or None, published=published)


class Listing(Noun):
    """The links of one polled page, the most important first, and further lists that it names.

    `hints` is what it says about polling; `hub` and `topic` say where it can be subscribed to (WebSub).
    """

    items: tuple[Listed, ...] = ()
    lists: tuple[str, ...] = ()
    hints: Hints = Hints()
    hub: str | None = None
    topic: str | None = None


class NotAListing(Noun):
    """Why a polled page could not be understood, in words for people."""

    reason: str
