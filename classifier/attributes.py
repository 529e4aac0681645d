"""What a cooperation is about, and where it stands: activity, instrument, stage."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from itertools import chain
from typing import Literal, get_args

from classifier.features import SentenceView
from classifier.model import Model
from classifier.prefixed import Prefixed
from classifier.reading import Reading, Sentence
from classifier.sayings import Said, Saying
from spacepact.cooperation import Activity, Instrument, Stage

Field = Literal["activity", "instrument", "stage"]
VALUES: Mapping[Field, tuple[str, ...]] = {"activity": get_args(Activity), "instrument": get_args(Instrument), "stage": get_args(Stage)}


def attribute_features(i: int, seen: Sequence[SentenceView], reading: Reading, said: Said) -> dict[str, float]:
    """Return the features of the sentence that proves a cooperation, with weaker ones of the title and the sentences around."""
    view = seen[i]
    names = ["bias", *view.sentence.cues, *_named(view), *_names(said[i])]
    names += [_NEAR[cue] for near in (*seen[max(0, i - 1) : i], *seen[i + 1 : i + 2]) for cue in near.sentence.cues]
    names += [_OF_TITLE[cue] for sentence in reading.title for cue in sentence.cues]
    names += [_OF_TITLE[saying.name] for sentence in reading.title for saying in said[sentence.index]]
    names += [_OF_LEDE[saying.name] for sentence in lede(reading) if sentence.index != i for saying in said[sentence.index]]
    if CRAFT.search(reading.folded, view.sentence.start, view.sentence.end):
        names.append("jointmission")
    return dict.fromkeys(names, 1.0)


def lede(reading: Reading) -> Sequence[Sentence]:
    """Return the sentences that tell what a text is about: a deed they name is often proven by details below."""
    return reading.sentences[reading.titles : reading.titles + 2]


def proof_features(view: SentenceView, told: list[Saying], rivals: int) -> frozenset[str]:
    """Return what tells whether a sentence is one to quote: all its features, what it says, its length, how many `rivals` it has."""
    length = min((view.sentence.end - view.sentence.start) // _LENGTH, 6)
    size = {f"fields:{len({s.field for s in told})}", f"length:{length}", f"rivals:{min(rivals, 12) // 3}"}
    return view.features | _names(told) | size


_LENGTH = 60


def rivals(seen: Iterable[SentenceView]) -> int:
    """Return how many sentences of a document are about space: the more, the fewer of them prove something of their own."""
    return sum(v.sentence.space and "off" not in v.features for v in seen)


def _names(told: list[Saying]) -> set[str]:
    """Return what is said, and of each field what is said first and last."""
    first, last = ({s.field: s.name for s in order} for order in (reversed(told), told))
    return {s.name for s in told} | {_FIRST[name] for name in first.values()} | {_LAST[name] for name in last.values()}


_NEAR, _OF_TITLE, _OF_LEDE = Prefixed("near:"), Prefixed("title:"), Prefixed("lede:")
_FIRST, _LAST = Prefixed("first:"), Prefixed("last:")


def _named(view: SentenceView) -> set[str]:
    """Return what the names of a sentence say: their kinds, and whether a mission belongs to several of its parties."""
    out: set[str] = set()
    parties = {actor.entry.id for actor in view.actors}
    for entry in (mention.entry for mention in view.sentence.mentions):
        out.add(f"kind:{entry.kind}")
        if entry.kind in ("forum", "station", "programme", "constellation") or len(entry.agencies) > 1:
            out.add(f"is:{entry.id}")
        if entry.kind == "mission" and len({*entry.agencies, *entry.partners}) > 1:
            out.add("shared")
        if entry.kind == "mission" and len(entry.agencies) > 1 and parties >= {*entry.agencies}:
            out.add("jointmission")
    return out


CRAFT = re.compile(
    r"\b(?:joint|shared|common)(?:ly built| \w+){0,3} "
    r"(?:mission|satellite|observatory|spacecraft|telescope|probe|lander|orbiter|rover|space station)\b"
    r"|\b(?:mission|satellite|observatory|spacecraft|telescope|probe|lander|orbiter)\b"
    r"[^.;]{0,30} (?:they|that|are) [^.;]{0,20}(?:together|jointly)\b"
)
"""A craft of two: "their shared solar observatory", "the probe that they are building together"."""


SAYS: Mapping[Field, Mapping[str, str]] = {
    "activity": {"jointmission": "joint-mission", "datashare": "data-sharing", "satnav": "navigation", "antenna": "ground-segment"},
    "instrument": {"mou": "mou", "intentletter": "letter-of-intent"},
    "stage": {"title:delay": "delayed"},
}
"""Words that leave no doubt: a cue of the sentence, or of the title -> the value; the first wins."""
NEEDS: Mapping[str, frozenset[str]] = {
    "implementing-arrangement": frozenset({"implementing"}),
    "meeting": frozenset({"meet", "talking", "document=readout"}),
    "contract": frozenset({"contract", "launchdeal", "sign", "agreement"}),
    "suspended": frozenset({"suspend"}),
    "ended": frozenset({"withdraw"}),
    "delayed": frozenset({"delay"}),
}
"""Values that are never guessed: one of these cues must stand in the sentence or the title."""


POINTS: Mapping[Field, Mapping[str, str]] = {
    "activity": {
        "jointmission": "joint-mission", "instrument": "contribution", "datashare": "data-sharing", "antenna": "ground-segment",
        "training": "education-capacity", "flyastronaut": "crew", "satnav": "navigation", "safety": "ssa-stm",
        "launchdeal": "launch-service", "watchearth": "earth-observation", "shared": "joint-mission", "military": "defence",
        "dialogue": "policy-dialogue", "pledge": "policy-dialogue", "is:artemis-accords": "exploration-framework",
    },
    "stage": {
        "done": "signed", "talking": "talks", "proposed": "proposed", "building": "in-development", "running": "operating",
        "handed": "delivered", "flown": "launched", "prolonged": "extended", "suspend": "suspended", "withdraw": "ended",
        "delay": "delayed", "construct": "in-development",
    },
    "instrument": {"title:document=joint-statement": "joint-statement", "title:document=readout": "meeting"},
}  # fmt: skip
"""Cues that speak for a value, as phrases do."""
SAID: Mapping[str, float] = {"": 1.5, "title:": 0.4}
"""Log-odds for a value that a phrase or a cue says: in the sentence, in the title."""


FURTHER = 0.5
"""What a further sentence of the same cooperation counts, beside the one that proves it."""


def choose(model: Model, field: Field, features: Mapping[str, float], further: Sequence[Mapping[str, float]] = ()) -> str:
    """Return the value that the words say outright, else the likeliest one that the words allow.

    `features` are those of the sentence that proves; `further`: of other sentences on the same cooperation.
    """
    outright = said_outright(field, features)
    if outright:
        return SAYS[field][outright]
    odds = log_odds(model, field, features, further)
    return max(odds, key=lambda value: odds[value])


def said_outright(field: Field, features: Mapping[str, float]) -> str | None:
    """Return the cue that leaves no doubt about a field, if there is one."""
    return next((cue for cue in SAYS[field] if cue in features), None)


def log_odds(model: Model, field: Field, features: Mapping[str, float], further: Sequence[Mapping[str, float]] = ()) -> dict[str, float]:
    """Return how likely each value is that the words of the sentence that proves allow: log-odds, each up to one constant."""
    weighed = dict(features)
    for more in further:
        for name, amount in more.items():
            weighed[name] = weighed.get(name, 0.0) + FURTHER * amount
    odds = model.field_odds(field, weighed)
    worths = _worths(field)
    for name in filter(worths.__contains__, weighed):
        for value, worth in worths[name].items():
            if value in odds:
                odds[value] += worth * weighed[name]
    needs = _needs(field)
    return {v: o for v, o in odds.items() if v not in needs or not needs[v].isdisjoint(features)} or odds


@cache
def _worths(field: Field) -> Mapping[str, Mapping[str, float]]:
    """Return what words and phrases are worth beside what is learned: feature -> value -> log-odds."""
    out: dict[str, dict[str, float]] = defaultdict(dict)
    phrases = [(f"{field}={value}", value) for value in VALUES[field]]
    for name, value in chain(phrases, POINTS[field].items()):
        for where, worth in SAID.items():
            out[where + name][value] = worth
    return dict(out)


@cache
def _needs(field: Field) -> Mapping[str, frozenset[str]]:
    """Return for each value that is never guessed the features of which it needs one."""
    return {
        value: frozenset(where + name for name in (f"{field}={value}", *NEEDS[value]) for where in ("", "title:"))
        for value in VALUES[field]
        if value in NEEDS
    }
