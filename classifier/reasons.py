"""Why a cooperation has its activity, instrument and stage: the words that decided, and what came second."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from math import inf
from typing import NamedTuple, get_args

from classifier.attributes import CRAFT, Field, choose, lede, log_odds, said_outright
from classifier.cues import Lexicon
from classifier.judged import Judged, sentence_features
from classifier.model import Model
from classifier.reading import Reading, Sentence
from classifier.sayings import sayings
from spacepact.cooperation import Cooperation
from spacepact.noun import Noun

MOST_WORDS = 4
LEAST = 0.2
"""A word that moves the choice by less log-odds is not worth telling."""


class Reason(Noun):
    """Why a field has its value. `words` of the proof, title or lede spoke for it, the weightiest first; `by`: log-odds over `second`."""

    field: str
    value: str
    words: tuple[str, ...]
    second: str | None = None
    by: float | None = None


def reasons(judged: Judged, cooperation: Cooperation, model: Model, lexicon: Lexicon) -> Iterator[Reason]:
    """Yield a reason a field, from the first sentence that proves the cooperation."""
    begins = {v.sentence.start: v for v in judged.seen}
    views = [begins[e.start] for e in cooperation.evidence if e.start in begins]
    if not views or views[0].sentence.start != cooperation.evidence[0].start:
        return
    features, *further = (sentence_features(v, judged) for v in views)
    spoken = _spoken(judged.reading, views[0].sentence, lexicon)
    for field in get_args(Field):
        yield _reason(model, field, _Told(features, further), spoken)


def _spoken(reading: Reading, sentence: Sentence, lexicon: Lexicon) -> dict[str, set[str]]:
    """Return the words and names of a sentence, of the title and of the lede, each with the features that it makes."""
    out: dict[str, set[str]] = defaultdict(set)
    around = [("title:", title) for title in reading.title] + [("lede:", s) for s in lede(reading) if s.index != sentence.index]
    for prefix, place in (("", sentence), *around):
        for start, end, name in lexicon.cues(reading.folded, place.start, place.end):
            out[_word(reading.text, start, end)] |= {prefix + name} & {prefix + cue for cue in place.cues}
        for told in sayings().find(reading.folded, place.start, place.end):
            names = {f"{order}{told.field}={told.value}" for order in ("", "first:", "last:")}
            out[_word(reading.text, told.start, told.end)] |= {prefix + name for name in names}
    for mention in sentence.mentions:
        out[mention.alias] |= {f"is:{mention.id}", f"kind:{mention.entry.kind}"} | (
            {"jointmission", "shared"} if mention.entry.agencies else set()
        )
    craft = CRAFT.search(reading.folded, sentence.start, sentence.end)
    if craft:
        out[_word(reading.text, *craft.span())].add("jointmission")
    return out


def _word(text: str, start: int, end: int) -> str:
    """Return a cue as the text has it, up to the end of its last word where the cue is a stem."""
    ends = _REST.match(text, end)
    return " ".join(text[start : ends.end() if ends else end].lower().split())


_REST = re.compile(r"[a-zà-ÿа-яё]*", re.IGNORECASE)


class _Told(NamedTuple):
    """The features of the sentence that proves a cooperation, and those of further ones."""

    features: dict[str, float]
    further: list[dict[str, float]]


def _reason(model: Model, field: Field, told: _Told, spoken: dict[str, set[str]]) -> Reason:
    features, further = told
    value = choose(model, field, features, further)
    outright = said_outright(field, features)
    if outright:
        return Reason(field=field, value=value, words=_apart([word for word, made in spoken.items() if outright in made]))
    odds = log_odds(model, field, features, further)
    second = max((v for v in odds if v != value), key=lambda v: odds[v], default=None)
    if second is None:
        return Reason(field=field, value=value, words=())

    def lead(without: set[str]) -> float:
        left = log_odds(model, field, {name: worth for name, worth in features.items() if name not in without}, further)
        return left.get(value, -inf) - left.get(second, -inf)

    by = lead(set())
    losses = {word: by - lead(made) for word, made in spoken.items()}
    ranked = sorted((word for word, loss in losses.items() if loss >= LEAST), key=lambda word: (-losses[word], word))
    return Reason(field=field, value=value, words=_apart(ranked), second=second, by=round(by, 2))


def _apart(words: list[str]) -> tuple[str, ...]:
    """Return the first few words, without those that are part of one told before."""
    out: list[str] = []
    for word in words:
        if not any(word in other for other in out):
            out.append(word)
    return tuple(out[:MOST_WORDS])
