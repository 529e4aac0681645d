"""A document as it is read: sentences, each with the entities and cues that stand in it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from classifier.cues import Lexicon
from classifier.folding import fold, mask
from classifier.gazetteer import PRIVATE_KINDS, PUBLIC_KINDS, Entry
from classifier.matcher import Matcher
from classifier.mentions import SURE, Mention, find_mentions
from classifier.newmissions import new_missions
from classifier.sentences import sentences

_CHINA = frozenset({"HK", "MO"})
_SURROGATES = re.compile("[\ud800-\udfff]")
MAX_CHARACTERS = 60_000
"""Sentences beyond are searched for names only: news puts what matters first."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence: offsets, sure mentions, cue names with their first offset."""

    index: int
    start: int
    end: int
    mentions: tuple[Mention, ...]
    cues: dict[str, int]

    @property
    def public(self) -> list[Mention]:
        return [m for m in self.mentions if m.entry.kind in PUBLIC_KINDS]

    @property
    def private(self) -> list[Mention]:
        return [m for m in self.mentions if m.entry.kind in PRIVATE_KINDS]


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read; `text` is title, newline, text, with offsets as in the input.

    The first `titles` sentences are the title. A part of a digest is a reading of its own.
    """

    text: str
    folded: str
    titles: int
    sentences: tuple[Sentence, ...]
    mentions: tuple[Mention, ...]

    @property
    def title(self) -> list[Sentence]:
        return list(self.sentences[: self.titles])


def read(title: str, text: str, matcher: Matcher, lexicon: Lexicon) -> Reading:
    r"""Read `title + "\n" + text`; total, linear in the length."""
    whole = _SURROGATES.sub("\ufffd", f"{title}\n{text}")
    clear = mask(whole)
    folded = fold(clear)
    known = find_mentions(clear, folded, matcher)
    mentions = tuple(sorted([*known, *new_missions(clear[:MAX_CHARACTERS], known)], key=lambda m: m.start))
    sure = [m for m in mentions if m.confidence >= SURE]
    head = whole[:MAX_CHARACTERS]
    cues = lexicon.cues(folded[:MAX_CHARACTERS])
    cues.sort()
    out: list[Sentence] = []
    i = j = 0
    for start, end in sentences(head):
        here: list[Mention] = []
        while i < len(sure) and sure[i].start < end:
            if sure[i].start >= start:
                here.append(sure[i])
            i += 1
        names: dict[str, int] = {}
        while j < len(cues) and cues[j].start < end:
            if cues[j].start >= start:
                names.setdefault(cues[j].name, cues[j].start)
            j += 1
        out.append(Sentence(len(out), start, end, tuple(here), names))
    return Reading(whole, folded, sum(s.start < len(title) for s in out), tuple(out), mentions)


def countries(entry: Entry) -> tuple[str, ...]:
    """Return the countries or unions an entry stands for; Hong Kong and Macau count as China."""
    if entry.country and entry.country[0] in _CHINA:
        return ("CN",)
    return entry.country or ((entry.id.upper(),) if entry.kind in ("body", "forum") else ())
