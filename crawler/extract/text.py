"""The text of the article, and nothing of what stands around it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import replace

import trafilatura
from lxml.html import HtmlElement

from crawler.extract.body import article_lines
from crawler.extract.furniture import without_furniture
from crawler.extract.lines import Line, read
from spacepact.text import clean_text

_HEAD = 6
"""The title, a by-line and the like stand within the first lines of a text."""
_SHORT = 120
"""Characters: for less, another way of looking is asked, too."""
_NOISE = re.compile(
    r"(photo|image|picture|credits?|foto|fotos|bild|quelle|crédits?|source|video|graphic|illustration)( credits?)?\s*:.{0,120}"
    r"|\(?(image|photo) credits?.{0,120}|advertisement|anzeige|publicité|publicidad|sponsored( content)?|story continues below.{0,30}"
    r"|(check|read|see|watch|más|lire|les|läs|lees|lesen sie|mehr|leggi|leia) (also|more|aussi|también|també|också|også|ook"
    r"|auch|dazu|zum thema|anche)\b.{0,200}"
    r"|related( (articles?|stories|news|posts?|content|topics))?\s*:?|(share|tweet|print|email|listen|comments?|tags?"
    r"|topics?)\s*(this|article|story|post)?\s*:?"
    r"|(sign up|subscribe|register) (for|to|now|today|here)\b.{0,160}|follow us on\b.{0,80}|(we"
    r"|this (web)?site) uses? cookies\b.{0,200}"
    r"|(all rights reserved|copyright|©).{0,120}|(published|updated|posted|last (modified|updated)|stand)\s*:.{0,60}|(by"
    r"|von|par|por) [A-Z][\w.'’-]+( [A-Z][\w.'’-]+){1,3}"
    r"|\d+ (min(ute)?s?|comments?)( read)?",
    re.IGNORECASE,
)


def main_text(page: HtmlElement, afresh: Callable[[], HtmlElement | None], titles: list[str], standfirsts: list[str]) -> tuple[str, str]:
    """Return how the text was found, and the text of the main content, one paragraph a line.

    `titles` are left out at the start; a standfirst that the page shows comes first. `afresh` makes
    another tree of the page, for the rare one where its lines say little.
    """
    lines = without_furniture(read(page))
    method, text = "lines", "\n".join(_joined(article_lines(lines)))
    if len(text) < _SHORT:
        found = _by_library(afresh())
        method, text = ("trafilatura", found) if len(found) > 2 * len(text) else (method, text)
    lead = _lead(lines, text, standfirsts)
    return method, tidy(f"{lead}\n{text}" if text else lead, titles)


def tidy(text: str, titles: list[str]) -> str:
    """Return a text without its own title and the lines that belong to the page, not to the article."""
    known = {_key(t) for t in titles} - {""}
    lines = clean_text(text).split("\n")
    head = [line for line in lines[:_HEAD] if _key(line) not in known]
    return "\n".join(line for line in head + lines[_HEAD:] if not _NOISE.fullmatch(line.removeprefix("- ")))


def _joined(lines: list[Line]) -> list[str]:
    """Return the words of lines; what a box had cut in two is one line again."""
    joined: list[Line] = []
    for line in lines:
        if line.goes_on and joined and joined[-1].paragraph is line.paragraph:
            joined[-1] = replace(joined[-1], text=f"{joined[-1].text} {line.text}")
        else:
            joined.append(line)
    return [line.text for line in joined]


def _by_library(page: HtmlElement | None) -> str:
    if page is None:
        return ""
    document = trafilatura.bare_extraction(page, include_comments=False, with_metadata=False, fast=True)
    return clean_text(getattr(document, "text", None) or "")


def _lead(lines: list[Line], text: str, standfirsts: list[str]) -> str:
    """Return the standfirst that the page claims, shows, and that the text lacks."""
    have = _key(text)
    for said in standfirsts:
        key = _key(said)
        if len(key) > 40 and key not in have and any(key in _key(line.text) for line in lines):
            return said
    return ""


def _key(words: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", words.casefold()) if c.isalnum())
