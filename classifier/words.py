"""Where words are: whether two neighbouring characters belong to one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

import ahocorasick_rs
import numpy as np

from classifier.codepoints import Table

_NO_SPACES = re.compile("[\u0e00-\u0e7f\u1100-\u11ff\u3005-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff]")
_KATAKANA = re.compile("[\u30a1-\u30fa\u30fc]")
_ALONE, _LETTER, _KATAKANA_LETTER = 1, 2, 3


def _kind(char: str) -> int:
    if _KATAKANA.match(char):
        return _KATAKANA_LETTER
    return _LETTER if char.isalnum() and not _NO_SPACES.match(char) else _ALONE


_KINDS = Table(_kind, "u1")


@lru_cache(maxsize=4)
def inside_words(text: str) -> bytes:
    """Return for each offset, and for the end, 1 where it lies inside a word: letters or digits of one kind stand on both sides.

    The last texts are remembered: of one and the same, names, cues and sayings ask in turn.
    """
    kinds = _KINDS.of(text)
    inside = np.zeros(len(text) + 1, bool)
    inside[1:-1] = (kinds[1:] == kinds[:-1]) & (kinds[1:] != _ALONE)
    return inside.tobytes()


class Finder:
    """Finds a few plain words in one pass over a text."""

    def __init__(self, words: Sequence[str]) -> None:
        self._search = ahocorasick_rs.AhoCorasick(words, implementation=ahocorasick_rs.Implementation.DFA)

    def spans(self, text: str) -> list[tuple[int, int, int]]:
        """Return (word, start, end) in order, be it inside another word; `word` counts the words as they were given."""
        return self._search.find_matches_as_indexes(text)
