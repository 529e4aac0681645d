"""One page's content, and the link under which it was found."""

from __future__ import annotations

from typing import Literal

from pydantic import AwareDatetime

from spacepact.noun import Noun
from spacepact.substance import fingerprint

Tier = Literal["official", "wire", "trade", "blog"]
TIERS: tuple[Tier, ...] = ("official", "wire", "trade", "blog")
"""From the most to the least authoritative: the best tier among its articles heads a story."""


class Link(Noun):
    """An address that a source lists, with an opaque version: another version means "look again"."""

    url: str
    version: str = ""


class Article(Noun):
    """One page's content, cleaned.

    `url` is canonical; `language` an ISO 639-1 code; `published` and `modified` are aware and None
    where the page does not say; `image` is the address of its lead image; `method` names how the text
    was found; `fetched` is when. `backlog`: it is undated and stood in a source's list when that was
    first visited: nobody knows how old it is.
    """

    url: str
    source: str
    tier: Tier = "trade"
    title: str
    text: str
    authors: tuple[str, ...] = ()
    published: AwareDatetime | None = None
    modified: AwareDatetime | None = None
    language: str | None = None
    site_name: str | None = None
    image: str | None = None
    method: str = ""
    fetched: AwareDatetime
    revision: int = 1
    backlog: bool = False

    @property
    def fingerprint(self) -> str:
        """A hash of the words that count; another one makes a new revision."""
        return fingerprint(self.title, self.text)
