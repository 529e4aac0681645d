"""The lead image of a page: what it names for sharing, else the first big picture of its article."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml.html import HtmlElement

from crawler.address import resolve
from crawler.extract.structured import Structured

_BIG = 300
"""Pixels: narrower pictures are logos, portraits and buttons."""
_NO_PICTURE = re.compile(r"\.svg($|\?)|\b(logo|placeholder|sprite|avatar|blank|pixel|spacer|icon)s?\b", re.IGNORECASE)
_LONGEST = 2_000
"""Characters of an address that anybody would store."""


def lead_image(page: HtmlElement, said: Structured, base: str) -> str | None:
    """Return the absolute http(s) address of the lead image; None where the page has none."""
    found = [address for claim in [*said.images, *_shown(page)] if len(claim) <= _LONGEST and (address := resolve(claim, base))]
    return next((a for a in found if not _NO_PICTURE.search(a)), None)


def _shown(page: HtmlElement) -> Iterator[str]:
    for path in ("//article//img", "//main//img"):
        for picture in page.xpath(path):
            if _width(picture) >= _BIG and (address := picture.get("src") or picture.get("data-src")):
                yield address
        for sources in page.xpath(f"({path[:-3]}source/@srcset | {path}/@srcset)[1]"):
            yield from [choice.split()[0] for choice in sources.split(",") if choice.strip()][-1:]


def _width(picture: HtmlElement) -> int:
    said = re.match(r"\s*(\d{1,5})", picture.get("width") or "")
    return int(said[1]) if said else 0
