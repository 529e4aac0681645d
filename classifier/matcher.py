"""Finds every written form of the gazetteer in one pass; linear in the length of the text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

import ahocorasick_rs
import re2

from classifier.gazetteer import Gazetteer
from classifier.surfaces import Surface, surfaces
from classifier.words import inside_words

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
        quickest = ahocorasick_rs.Implementation.DFA  # the largest, too: affordable for acronyms
        self._exact_search = ahocorasick_rs.AhoCorasick([s[0].key for s in self._exact] or ["\0"], implementation=quickest)
        self._folded_search = ahocorasick_rs.AhoCorasick([s[0].key for s in self._folded] or ["\0"])
        self._series = [(re2.compile(e.pattern), e) for e in gazetteer.entries if e.pattern]
        self._any_series = re2.Set.SearchSet()
        for pattern, _ in self._series:
            self._any_series.Add(pattern.pattern)
        self._any_series.Compile()

    def forms(self, text: str, folded: str) -> tuple[list[tuple[int, int, int]], list[tuple[int, int, int]]]:
        """Return (key, start, end) wherever a written form stands, be it inside a word: of the exact keys, and of the folded ones."""
        exact = self._exact_search.find_matches_as_indexes(text, overlapping=True)
        return exact, self._folded_search.find_matches_as_indexes(folded, overlapping=True)

    def hits(self, text: str, folded: str) -> list[Hit]:
        """Return hits in whole words, in order; where hits overlap the longest wins, and equals stay together."""
        found: list[Hit] = []
        inside = inside_words(folded)
        for forms, groups in zip(self.forms(text, folded), (self._exact, self._folded), strict=True):
            for i, start, end in forms:
                if inside[start] and text[start - 1] not in _PREFIXES:
                    continue
                whole = 0 if inside[end] else end
                for surface in groups[i]:
                    reach = whole if surface.rest is None else _bent(surface.rest, folded, start)
                    if reach and not (surface.capital and text[start] != text[start].upper()):
                        found.append(Hit(start, reach, surface))
        found += [h for h in self._of_series(text) if not inside[h.end] and (not inside[h.start] or text[h.start - 1] in _PREFIXES)]
        return _longest(found)

    def _of_series(self, text: str) -> Iterator[Hit]:
        for i in self._any_series.Match(text) or ():
            pattern, entry = self._series[i]
            for match in pattern.finditer(text):
                start, end = match.span()
                if end > start:
                    yield Hit(start, end, Surface(match.group(), entry, match.group()))


def _group(every: Iterator[Surface]) -> list[list[Surface]]:
    groups: dict[str, list[Surface]] = {}
    for surface in every:
        groups.setdefault(surface.key, []).append(surface)
    return list(groups.values())


def _bent(rest: re.Pattern[str], folded: str, start: int) -> int:
    """Return where the inflected form that begins here ends; 0 where its ending is none that is allowed."""
    form = rest.match(folded, start)
    return form.end() if form is not None else 0


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
