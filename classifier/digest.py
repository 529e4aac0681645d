"""Digests cut into their items: each item is judged as if it were an article of its own."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise

from classifier.reading import Reading, Sentence

_BREAK = re.compile(r"\n\s*$")
_ENDS = re.compile(r"[.!?。！？…:：;；,，]\W*$")
_HEADING = 110
FEWEST = 3


def parts(reading: Reading) -> list[Reading]:
    """Return the items of a digest as readings of their own, or just the reading where it is no digest."""
    if not any("digest" in s.cues for s in reading.title):
        return [reading]
    heads = [i for i, s in enumerate(reading.sentences) if i >= reading.titles and _heads(reading, i, s)]
    if len(heads) >= FEWEST:
        return _cut(reading, heads, 1)
    opens = [i for i, s in enumerate(reading.sentences) if i >= reading.titles and _opens(reading.text, s)]
    return _cut(reading, opens, 0) or [reading]


def _cut(reading: Reading, starts: list[int], titles: int) -> list[Reading]:
    return [_part(reading, a, b, titles) for a, b in pairwise([*starts, len(reading.sentences)])]


def _opens(text: str, sentence: Sentence) -> bool:
    """Return whether a sentence begins a paragraph."""
    return bool(_BREAK.search(text[max(0, sentence.start - 4) : sentence.start]))


def _heads(reading: Reading, index: int, sentence: Sentence) -> bool:
    """Return whether a sentence is a heading: a short line of its own without a full stop, and text after it."""
    text = reading.text
    line = text[sentence.start : sentence.end]
    if len(line) > _HEADING or _ENDS.search(line) or not _opens(text, sentence) or index + 1 >= len(reading.sentences):
        return False
    return _opens(text, reading.sentences[index + 1])


def _part(reading: Reading, start: int, end: int, titles: int) -> Reading:
    inside = tuple(replace(s, index=i) for i, s in enumerate(reading.sentences[start:end]))
    return replace(reading, titles=titles, sentences=inside)
