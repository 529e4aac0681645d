"""Words that say what happens in a sentence, by class and language (cues/*.yaml)."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import ahocorasick_rs

from classifier.folding import fold
from classifier.words import inside_words
from spacepact.noun import Noun
from spacepact.yamlfile import read_yaml

_FOLDER = Path(__file__).with_name("cues")
IDLE = "idle"
"""The class of phrases whose words mean something else: "satellite images" is not about space."""


class _File(Noun):
    cues: dict[str, tuple[str, ...]]


Cue = tuple[int, int, str]
"""A class of words at an offset: start, end, name."""


class Lexicon:
    """All cues of all languages in one automaton. Immutable, so threads may share it."""

    def __init__(self, phrases: dict[str, set[str]]) -> None:
        classes: dict[str, list[tuple[str, bool]]] = {}
        for name, words in phrases.items():
            for word in words:
                classes.setdefault(fold(word.removesuffix("*")), []).append((name, word.endswith("*")))
        self.names = tuple(sorted(phrases))
        self._whole = [tuple(name for name, _ in named) for named in classes.values()]
        self._open = [tuple(name for name, open_ended in named if open_ended) for named in classes.values()]
        self._search = ahocorasick_rs.AhoCorasick(list(classes))

    def cues(self, folded: str, first: int = 0, last: int | None = None) -> list[Cue]:
        """Return every cue of a text, or of a span of it, in order of where it ends; whole words only, but `stem*` may go on."""
        found: list[Cue] = []
        inside = inside_words(folded)
        for i, start, end in self._search.find_matches_as_indexes(folded[first:last], overlapping=True):
            if not inside[first + start]:
                names = (self._open if inside[first + end] else self._whole)[i]
                found += [(first + start, first + end, name) for name in names]
        return found


@cache
def lexicon() -> Lexicon:
    """Return the lexicon of the package."""
    phrases: dict[str, set[str]] = {}
    for path in sorted(_FOLDER.glob("*.yaml")):
        for name, words in read_yaml(path, _File).cues.items():
            phrases.setdefault(name, set()).update(words)
    return Lexicon(phrases)
