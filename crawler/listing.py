"""What a polled page says: the links that it lists."""

from __future__ import annotations

from pydantic import AwareDatetime

from spacepact.article import Link
from spacepact.noun import Noun


class Listed(Noun):
    """A link with what the list says about its page; the page itself knows better."""

    link: Link
    title: str | None = None
    published: AwareDatetime | None = None


class Listing(Noun):
    """The links of one polled page, the most important first, and further lists that it names."""

    items: tuple[Listed, ...] = ()
    lists: tuple[str, ...] = ()


class NotAListing(Noun):
    """Why a polled page could not be understood, in words for people."""

    reason: str
