"""The date of a page that has no structured data: what readers see, or what the address says."""

from __future__ import annotations

from datetime import datetime

import htmldate
from lxml.html import HtmlElement

from crawler.extract.dates import parse_date


def shown_date(tree: HtmlElement, url: str) -> datetime | None:
    """Return the first `<time>` of the article, else the day that htmldate finds; None if neither."""
    for path in ("//article//time[@datetime]", "//main//time[@datetime]", "//time[@datetime]"):
        for element in tree.xpath(path)[:1]:
            if found := parse_date(element.get("datetime")):
                return found
    return parse_date(htmldate.find_date(tree, original_date=True, url=url, outputformat="%Y-%m-%d"))
