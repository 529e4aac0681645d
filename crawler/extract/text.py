"""The text of the article, and nothing of what stands around it."""

from __future__ import annotations

import re
import unicodedata
from copy import deepcopy

import trafilatura
from lxml.html import HtmlElement

from crawler.extract.prune import prune
from spacepact.text import clean_line, clean_text

_HEAD = 6
"""The title, a by-line and the like stand within the first lines of a text."""
_SHORT = 600
"""Characters: for less, paragraphs alone are surer than a guess about the page."""
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
_BODIES = ("//*[@itemprop='articleBody']", "//article", "//main", "//body")


def main_text(tree: HtmlElement, url: str, titles: list[str], standfirsts: list[str]) -> tuple[str, str]:
    """Return how the text was found, and the text of the main content, one paragraph a line.

    `titles` are left out at the start; a standfirst that the page shows comes first.
    """
    pruned = prune(tree)
    shown = " ".join(_key(line) for line in pruned.itertext())
    document = trafilatura.bare_extraction(deepcopy(pruned), url=url, include_comments=False, with_metadata=False)
    text = clean_text(getattr(document, "text", None) or "")
    method = "trafilatura"
    if len(text) < _SHORT and "\n" not in text and (paragraphs := _paragraphs(pruned)):
        method, text = "paragraphs", paragraphs
    lead = next((s for s in standfirsts if _is_lead(s, text, shown)), "")
    return method, tidy(f"{lead}\n{text}" if text else lead, titles)


def tidy(text: str, titles: list[str]) -> str:
    """Return a text without its own title and the lines that belong to the page, not to the article."""
    known = {_key(t) for t in titles} - {""}
    lines = clean_text(text).split("\n")
    head = [line for line in lines[:_HEAD] if _key(line) not in known]
    return "\n".join(line for line in head + lines[_HEAD:] if not _NOISE.fullmatch(line.removeprefix("- ")))


def _paragraphs(tree: HtmlElement) -> str:
    """Return the paragraphs of the innermost element that has any."""
    for path in _BODIES:
        for body in tree.xpath(path)[:1]:
            lines = [clean_line(p.text_content()) for p in body.iter("p")]
            if any(lines):
                return "\n".join(line for line in lines if line)
    return ""


def _is_lead(standfirst: str, text: str, shown: str) -> bool:
    key = _key(standfirst)
    return len(key) > 40 and key in shown and key not in _key(text)


def _key(words: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", words.casefold()) if c.isalnum())
