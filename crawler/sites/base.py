"""What a site's class may say; every method is a selector or two."""

from __future__ import annotations

import re
from datetime import datetime

from bs4 import BeautifulSoup, Tag

from spacepact.text import clean_line


class Site:
    """The general way for everything; a site overrides what it knows better."""

    hosts: tuple[str, ...] = ()

    def title(self, soup: BeautifulSoup) -> str | None:  # noqa: ARG002
        """Return the title."""
        return None

    def text(self, soup: BeautifulSoup) -> str | None:  # noqa: ARG002
        """Return the text, one paragraph a line."""
        return None

    def authors(self, soup: BeautifulSoup) -> tuple[str, ...] | None:  # noqa: ARG002
        """Return the names of the authors; empty where it is known that there are none."""
        return None

    def published(self, soup: BeautifulSoup) -> datetime | None:  # noqa: ARG002
        """Return when the page was published, aware."""
        return None


def line(soup: BeautifulSoup | Tag, selector: str) -> str | None:
    """Return the text of the first element that a selector finds."""
    found = soup.select_one(selector)
    return clean_line(found.get_text(" ")) or None if found else None


def lines(soup: BeautifulSoup | Tag, selector: str) -> str | None:
    """Return the texts of all elements that a selector finds, one a line."""
    texts = [clean_line(re.sub(r"\s+", " ", e.get_text())) for e in soup.select(selector)]
    return "\n".join(t for t in texts if t) or None
