"""Pages that are no article although they answer 200: challenges, walls, parked domains, empty shells, soft 404s.

Two kinds of proof: traces that only such a page's machinery leaves, and headings that say nothing
else. Words inside a sentence prove nothing: outlets write about cookies and captchas, too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml.html import HtmlElement

from crawler.extract.walls import GONE, HEADINGS, LOGIN, NEEDS_SCRIPT, ROOTS, SHELL, TRACES
from spacepact.round import Rejected
from spacepact.text import clean_line

_SHORT = 600
"""Characters: a page with more text than this is no wall, whatever words it holds."""
_BARE = 100
"""Characters: so little text is none."""
_SENTENCE = 60
_SCANNED = 300_000
_TRACED = {words: re.compile("|".join(patterns), re.IGNORECASE) for words, patterns in TRACES.items()}
_HEADED = {words: re.compile("|".join(patterns), re.IGNORECASE) for words, patterns in HEADINGS.items()}
_PARTS = re.compile(r"\s+[|·•»«\u2013\u2014\-‒―]+\s+|\s*[|｜│]\s*")
_OUTLET = 4
"""Words: an outlet's name has no more, the other half of a headline has."""
_NEEDS_SCRIPT = re.compile(NEEDS_SCRIPT, re.IGNORECASE)
_ROOTS = "//div[" + " or ".join(f"@id='{name}'" for name in ROOTS) + "] | //app-root"
_ARTICLE = "boolean(//meta[@property='article:published_time'] | //article//p[2] | //*[@itemprop='articleBody'])"


class Blocked(Rejected):
    """A wall stands before the article; later it may be gone."""


def refusal(markup: str, tree: HtmlElement, title: str, text: str) -> Rejected | None:
    """Return why a page is no article; None where it looks like one."""
    if len(text) < _SHORT and (found := _wall(markup, tree, title, text)):
        return Rejected(reason=found, gone=True) if found == GONE else Blocked(reason=found)
    if not text:
        return Rejected(reason="the page has no text")
    return None if title else Rejected(reason="the page has no title")


def _wall(markup: str, tree: HtmlElement, title: str, text: str) -> str | None:
    if not _is_told_as_article(tree, text):
        headings = list(_headings(tree, title))
        if words := next((words for words, pattern in _HEADED.items() if any(map(pattern.fullmatch, headings))), None):
            return words
        traced = (words for words, pattern in _TRACED.items() if pattern.search(markup, 0, _SCANNED))
        if not _reads_on(text) and (words := next(traced, None)):
            return words
    if len(text) < _BARE:
        if tree.xpath("boolean(//input[@type='password'])"):
            return LOGIN
        if _is_shell(tree):
            return SHELL
    return None


def _headings(tree: HtmlElement, title: str) -> Iterator[str]:
    """Return what stands over the page, and the same without an outlet's name on either side."""
    for said in dict.fromkeys([title, *(clean_line(e.text_content()) for e in tree.xpath("//head/title | //h1"))]):
        yield _bare(said)
        parts = _PARTS.split(said[:200])
        for part, rest in ((parts[0], parts[1:]), (parts[-1], parts[:-1])):
            if rest and all(len(other.split()) <= _OUTLET for other in rest):
                yield _bare(part)


def _bare(words: str) -> str:
    return words[:200].strip(" .…!·-") or words[:200]


def _is_told_as_article(tree: HtmlElement, text: str) -> bool:
    """Return whether text and metadata are those of an article, whatever its headline or the forms beside it say."""
    return len(text) >= _BARE and bool(tree.xpath(_ARTICLE))


def _reads_on(text: str) -> bool:
    """Return whether a text goes on over paragraphs, as no wall does."""
    return sum(len(line) >= _SENTENCE for line in text.split("\n")) > 1 and len(text) >= 2 * _BARE


def _is_shell(tree: HtmlElement) -> bool:
    if not tree.xpath("boolean(//script)"):
        return False
    if any(len(clean_line(root.text_content())) < _BARE for root in tree.xpath(_ROOTS)):
        return True
    return any(_NEEDS_SCRIPT.search(clean_line(e.text_content())[:500]) for e in tree.iter("noscript"))
