"""esa.int: the date stands as day/month/year, without metadata; captions stand between paragraphs."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from bs4 import BeautifulSoup

from crawler.sites.base import Site, line, lines

_DATE = re.compile(r"\b(\d{2})/(\d{2})/(\d{4})\b")


class Esa(Site):
    """The European Space Agency's own articles."""

    def title(self, soup: BeautifulSoup) -> str | None:
        return line(soup, "h1.heading--headline, .article__header h1, article h1")

    def text(self, soup: BeautifulSoup) -> str | None:
        return lines(
            soup, ".article__tagline, .abstract p, .article__block p:not(.article__image *), .article__block li, .article__block h2"
        )

    def published(self, soup: BeautifulSoup) -> datetime | None:
        """Read the day before the month: a date here is never month first."""
        found = _DATE.search(line(soup, ".article__header .meta, .meta") or "")
        try:
            return datetime(int(found[3]), int(found[2]), int(found[1]), tzinfo=UTC) if found else None
        except ValueError:
            return None
