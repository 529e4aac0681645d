"""Finds every written form of the gazetteer in one pass; linear in the length of the text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

import ahocorasick_rs
import re2

from classifier.gazetteer import Gazetteer
from classifier.surfaces import Surface, surfaces

_NO_SPACES = re.compile("[\u0e00-\u0e7f\u1100-\u11ff\u3005-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff]")
_FIRST_WITHOUT_SPACES = "\u0e00"
_KATAKANA = re.compile("[\u30a1-\u30fa\u30fc]")
_PREFIXES = "وبلفكבהולמכש"  # one-letter words that Arabic and Hebrew write onto the next
_LITERAL = re.compile(r"(?:\\?[- ]|[^\W_]|[一-鿿'’])+")


class Hit(NamedTuple):
    """A written form at an offset; `alias` is the text itself for a series."""

    start: int
    end: int
    surface: Surface


class Matcher:
    """All surfaces of a gazetteer, compiled. Immutable, so threads may share it."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        every = [s for e in gazetteer.entries for s in surfaces(e) if len(s.key) > 1]
        self._exact = _group(s for s in every if s.exact)
        self._folded = _group(s for s in every if not s.exact)
        self._exact_search = ahocorasick_rs.AhoCorasick([s[0].key for s in self._exact] or ["\0"])
        self._folded_search = ahocorasick_rs.AhoCorasick([s[0].key for s in self._folded] or ["\0"])
        self._series = [(re2.compile(e.pattern), e) for e in gazetteer.entries if e.pattern]
        self._any_series = re2.Set.SearchSet()
        for pattern, _ in self._series:
            self._any_series.Add(pattern.pattern)
        self._any_series.Compile()

    def hits(self, text: str, folded: str) -> list[Hit]:
        """Return hits in whole words, in order; where hits overlap the longest wins, and equals stay together."""
        found: list[Hit] = []
        for haystack, search, groups in ((text, self._exact_search, self._exact), (folded, self._folded_search, self._folded)):
            for i, start, end in search.find_matches_as_indexes(haystack, overlapping=True):
                if _opens(text, start):
                    found += _checked(text, folded, start, end, groups[i])
        found.extend(self._of_series(text))
        return _longest(found)

    def _of_series(self, text: str) -> Iterator[Hit]:
        for i in self._any_series.Match(text) or ():
            pattern, entry = self._series[i]
            for match in pattern.finditer(text):
                start, end = match.span()
                if end > start and _opens(text, start) and _closes(text, end):
                    yield Hit(start, end, Surface(match.group(), entry, match.group()))


def _group(every: Iterator[Surface]) -> list[list[Surface]]:
    groups: dict[str, list[Surface]] = {}
    for surface in every:
        groups.setdefault(surface.key, []).append(surface)
    return list(groups.values())


def _checked(text: str, folded: str, start: int, end: int, group: list[Surface]) -> list[Hit]:
    """Return a hit for every surface of a key that ends where a word may end; inflected ones end where their ending does."""
    whole = _closes(text, end)
    found: list[Hit] = []
    for surface in group:
        last = end
        if surface.rest is not None:
            match = surface.rest.match(folded, start)
            if match is None:
                continue
            last = match.end()
        elif not whole:
            continue
        if not surface.capital or text[start] == text[start].upper():
            found.append(Hit(start, last, surface))
    return found


def _opens(text: str, start: int) -> bool:
    """Return whether a word may begin here: no letter or digit of the same script stands before, but for a prefix."""
    return not start or (left := text[start - 1]) == " " or not joined(left, text[start]) or left in _PREFIXES


def _closes(text: str, end: int) -> bool:
    """Return whether a word may end here."""
    return end >= len(text) or (right := text[end]) == " " or not joined(text[end - 1], right)


def joined(left: str, right: str) -> bool:
    """Return whether two neighbouring characters belong to one word."""
    if not (left.isalnum() and right.isalnum()):
        return False
    if left < _FIRST_WITHOUT_SPACES and right < _FIRST_WITHOUT_SPACES:
        return True
    if _NO_SPACES.match(left) or _NO_SPACES.match(right):
        return bool(_KATAKANA.match(left) and _KATAKANA.match(right))
    return True


def _longest(found: list[Hit]) -> list[Hit]:
    found.sort(key=lambda h: (h.start, -h.end))
    kept: list[Hit] = []
    for hit in found:
        last = kept[-1] if kept else None
        if last is None or hit.start >= last.end or (hit.start, hit.end) == (last.start, last.end):
            kept.append(hit)
        elif hit.end - hit.start > last.end - last.start:
            span = (last.start, last.end)
            while kept and (kept[-1].start, kept[-1].end) == span:
                kept.pop()
            kept.append(hit)
    return kept
