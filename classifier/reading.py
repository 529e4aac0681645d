"""A document as it is read: sentences, each with the entities and cues that stand in it."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from classifier.cues import IDLE, Cue, Lexicon
from classifier.folding import fold, mask
from classifier.gazetteer import MISSION_KINDS, Entry, led
from classifier.matcher import Matcher
from classifier.mentions import SURE, Mention, find_mentions
from classifier.newcompanies import new_companies
from classifier.newmissions import new_missions
from classifier.sentences import sentences, unwrap

_SPACE_KINDS = MISSION_KINDS | {"agency", "vehicle"}
_SPACE_CUES = frozenset({"space", "datashare"})
_TELLING_KINDS = frozenset({"forum", "country"})
_NAMED_ACTS = frozenset(
    {"cooperate", "joint", "international", "exchange", "join", "contribute", "participate", "support", "meet", "extend"}
)
"""Words that say nothing where they are part of a name; that of a framework ("Accords") says something."""
_AWARDED = frozenset({"contract", "done", "handed"})
"""Words that speak of the prize itself where a sentence tells of one."""
_CHINA = frozenset({"HK", "MO"})
_SURROGATES = re.compile("[\ud800-\udfff]")
MAX_CHARACTERS = 60_000
"""Sentences beyond are searched for names only: news puts what matters first."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence: offsets, sure mentions, cue names with their first offset.

    `space`: it is about space itself; `opens`: it begins a line of its own.
    """

    index: int
    start: int
    end: int
    mentions: tuple[Mention, ...]
    cues: dict[str, int]
    space: bool
    opens: bool


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
    whole, folded, found = mentions(title, text, matcher)
    cut = min(len(title), MAX_CHARACTERS)
    flat = unwrap(whole[:MAX_CHARACTERS], len(title) + 1)
    spans = sentences(flat[:cut])
    spans += [(start + cut, end + cut) for start, end in sentences(flat[cut:])]
    spans = [(start, end) for start, end in spans if not folded[start:end].isspace()]
    named = _inside(spans, [m for m in found if m.confidence >= SURE])
    cues = meant(lexicon.cues(folded, 0, MAX_CHARACTERS), found)
    words: list[dict[str, int]] = [{} for _ in spans]
    k, (first, last) = 0, spans[0] if spans else (0, 0)
    for at, _, name in cues:
        while at >= last and k + 1 < len(spans):
            k += 1
            first, last = spans[k]
        if first <= at < last:
            words[k].setdefault(name, at)
    for found_words in words:
        if "award" in found_words:
            for misread in _AWARDED & found_words.keys():
                del found_words[misread]
    out = [
        Sentence(i, start, end, tuple(named[i]), words[i], _space(named[i], words[i]), "\n" in flat[max(0, start - 4) : start])
        for i, (start, end) in enumerate(spans)
    ]
    return Reading(whole, folded, sum(s.start < len(title) for s in out), tuple(out), found)


def named_space(text: str, matcher: Matcher, lexicon: Lexicon) -> bool:
    """Say whether any words of a text could make one of its sentences be about space."""
    clear = mask(text)
    folded = fold(clear)
    hits = matcher.hits(clear, folded)
    if any(_of_space(h.surface.entry) for h in hits):
        return True
    return any(name in _SPACE_CUES for _, _, name in lexicon.cues(folded))


def mentions(title: str, text: str, matcher: Matcher) -> tuple[str, str, tuple[Mention, ...]]:
    r"""Return `title + "\n" + text`, the same folded, and what it names in order of offset."""
    whole = f"{title}\n{text}"
    if not whole.isascii():
        whole = _SURROGATES.sub("\ufffd", whole)
    clear = mask(unwrap(whole, len(title) + 1))
    folded = fold(clear)
    known = find_mentions(clear, folded, matcher)
    read_clear, read_folded = clear[:MAX_CHARACTERS], folded[:MAX_CHARACTERS]
    for newcomers in (new_missions, new_companies):
        if found := list(newcomers(read_clear, read_folded, known)):
            known = sorted([*known, *found], key=lambda m: m.start)
    return whole, folded, tuple(known)


def meant(cues: list[Cue], mentions: Sequence[Mention]) -> list[Cue]:
    """Return the cues in order, without those inside a name ("Space Cooperation Organization") or an idle phrase."""
    idle = [(c[0], c[1]) for c in cues if c[2] == IDLE]
    names = [(m.start, m.end) for m in mentions if m.entry.kind not in _TELLING_KINDS]
    out = [c for c in cues if c[2] != IDLE]
    if idle:
        out = _outside(out, sorted(idle))
    spoken = [c for c in out if c[2] not in _NAMED_ACTS]
    return sorted([*spoken, *_outside([c for c in out if c[2] in _NAMED_ACTS], names)])


def _outside(cues: list[Cue], spans: Sequence[tuple[int, int]]) -> list[Cue]:
    """Return the cues that begin in no span; spans stand in order."""
    starts = [start for start, _ in spans]
    return [c for c in cues if not ((i := bisect_right(starts, c[0])) and spans[i - 1][1] > c[0])]


def _space(mentions: list[Mention], cues: dict[str, int]) -> bool:
    return not _SPACE_CUES.isdisjoint(cues) or any(_of_space(m.entry) for m in mentions)


def _of_space(entry: Entry) -> bool:
    return entry.kind in _SPACE_KINDS or entry.space or led(entry)


def _inside(spans: list[tuple[int, int]], mentions: list[Mention]) -> list[list[Mention]]:
    """Return the mentions of each span; both stand in order of offset."""
    inside: list[list[Mention]] = [[] for _ in spans]
    i = 0
    for (start, end), here in zip(spans, inside, strict=True):
        while i < len(mentions) and mentions[i].start < end:
            if mentions[i].start >= start:
                here.append(mentions[i])
            i += 1
    return inside


def countries(entry: Entry) -> tuple[str, ...]:
    """Return the countries or unions an entry stands for; Hong Kong and Macau count as China."""
    if entry.country and entry.country[0] in _CHINA:
        return ("CN",)
    return entry.country or ((entry.id.upper(),) if entry.kind in ("body", "forum") else ())
