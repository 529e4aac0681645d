"""What a feed says, whatever its format."""

from __future__ import annotations

from pydantic import AwareDatetime

from spacepact.heard import Hints
from spacepact.noun import Noun


class FeedItem(Noun):
    """One entry: clean text without markup; `link` is absolute, None where the entry names no web page.

    `published` and `updated` are aware, and None where the feed gives none that a calendar knows.
    """

    id: str = ""
    link: str | None = None
    title: str = ""
    summary: str = ""
    published: AwareDatetime | None = None
    updated: AwareDatetime | None = None


class Feed(Noun):
    """A feed's entries in its own order, what it says about polling, and where it can be subscribed to.

    `hub` and `topic` are WebSub's (https://www.w3.org/TR/websub/, 4), as the document itself names them.
    """

    items: tuple[FeedItem, ...] = ()
    title: str = ""
    hints: Hints = Hints()
    hub: str | None = None
    topic: str | None = None


class NotAFeed(Noun):
    """Why an answer is no feed that can be read, in words for people."""

    reason: str
