"""The text of the article, and nothing of what stands around it."""

from __future__ import annotations

import re
import unicodedata
from copy import deepcopy

import trafilatura
from lxml.html import HtmlElement

from crawler.extract.prune import prune
from spacepact.text import clean_text

_HEAD = 6
"""The title, a by-line and the like stand within the first lines of a text."""
_NOISE = re.compile(
    r"(photo|image|picture|credits?|foto|fotos|bild|quelle|crédits?|source|video|graphic|illustration)( credits?)?\s*:.{0,120}"
    r"|\(?(image|photo) credits?.{0,120}|advertisement|anzeige|publicité|publicidad|sponsored( content)?|story continues below.{0,30}"
    r"|(check|read|see|watch|más|lire|les|läs|lees|lesen sie|mehr|leggi|leia) (also|more|aussi|también|também|også|också|ook|auch|dazu|zum thema|anche)\b.{0,200}"
    r"|related( (articles?|stories|news|posts?|content|topics))?\s*:?|(share|tweet|print|email|listen|comments?|tags?|topics?)\s*(this|article|story|post)?\s*:?"
    r"|(sign up|subscribe|register) (for|to|now|today|here)\b.{0,160}|follow us on\b.{0,80}|(we|this (web)?site) uses? cookies\b.{0,200}"
    r"|(all rights reserved|copyright|©).{0,120}|(published|updated|posted|last (modified|updated)|stand)\s*:.{0,60}|by [A-Z][\w.'’-]+( [A-Z][\w.'’-]+){1,3}"
    r"|\d+ (min(ute)?s?|comments?)( read)?",
    re.IGNORECASE,
)  # fmt: skip


def main_text(tree: HtmlElement, url: str, titles: list[str]) -> str:
    """Return the text of the main content, one paragraph a line; empty where there is none."""
    document = trafilatura.bare_extraction(prune(deepcopy(tree)), url=url, include_comments=False, with_metadata=False)
    return tidy(getattr(document, "text", None) or "", titles)


def tidy(text: str, titles: list[str]) -> str:
    """Return a text without its own title and the lines that belong to the page, not to the article."""
    known = {_key(t) for t in titles} - {""}
    lines = clean_text(text).split("\n")
    head = [line for line in lines[:_HEAD] if _key(line) not in known]
    return "\n".join(line for line in head + lines[_HEAD:] if not _NOISE.fullmatch(line.removeprefix("- ")))


def _key(words: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", words.casefold()) if c.isalnum())
