"""global.jaxa.jp: plain pages; the title is that of the press release, the date names Japan's time."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone

from bs4 import BeautifulSoup

from crawler.extract.dates import parse_date
from crawler.sites.base import Site, line, lines

_JST = timezone(timedelta(hours=9), "JST")
_DATE = re.compile(r"\b[A-Z][a-z]+ \d{1,2}, \d{4}\b")


class Jaxa(Site):
    """The Japan Aerospace Exploration Agency's press releases and topics in English."""

    hosts = ("jaxa.jp",)

    def title(self, soup: BeautifulSoup) -> str | None:
        return line(soup, "#contents h1, #main h1, main h1")

    def text(self, soup: BeautifulSoup) -> str | None:
        return lines(soup, "#contents p:not(.date, .caption, figure *), #contents li:not(nav *), #main p:not(.date, .caption, figure *)")

    def published(self, soup: BeautifulSoup) -> datetime | None:
        """Read the day of the release, which begins at midnight in Japan."""
        found = _DATE.search(line(soup, ".date, #contents, #main") or "")
        day = parse_date(found[0]) if found else None
        return day.replace(tzinfo=_JST) if day else None
