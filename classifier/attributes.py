"""What a cooperation is about, and where it stands: activity, instrument, stage, mode."""

from __future__ import annotations

import re
from collections.abc import Mapping
from math import log
from typing import Literal

from classifier.features import SentenceView
from classifier.model import Model
from classifier.reading import Reading, Sentence
from spacepact.cooperation import Mode

Field = Literal["activity", "instrument", "stage"]


def attribute_features(view: SentenceView, around: list[SentenceView], reading: Reading) -> dict[str, float]:
    """Return the features of the sentence that proves a cooperation, with weaker ones of the sentences around."""
    out: dict[str, float] = {"bias": 1.0}
    for cue in view.sentence.cues:
        out[cue] = 1.0
    out |= dict.fromkeys(_named(view), 1.0)
    for relation in view.relations:
        out[f"rel:{relation}"] = 1.0
    for near in around:
        for cue in near.sentence.cues:
            out[f"near:{cue}"] = 1.0
    for sentence in reading.title:
        for cue in sentence.cues:
            out[f"title:{cue}"] = 1.0
    if _CRAFT.search(reading.folded, view.sentence.start, view.sentence.end):
        out["jointmission"] = 1.0
    return out


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


_CRAFT = re.compile(
    r"\b(?:joint|shared|common)(?:ly built| \w+){0,3} "
    r"(?:mission|satellite|observatory|spacecraft|telescope|probe|lander|orbiter|rover|space station)\b"
    r"|\b(?:mission|satellite|observatory|spacecraft|telescope|probe|lander|orbiter)\b"
    r"[^.;]{0,30} (?:they|that|are) [^.;]{0,20}(?:together|jointly)\b"
)
"""A craft of two: "their shared solar observatory", "the probe that they are building together"."""


SAYS: Mapping[Field, Mapping[str, str]] = {
    "activity": {
        "inkind": "contribution",
        "jointmission": "joint-mission",
        "title:jointmission": "joint-mission",
        "safeguards": "launch-service",
        "datashare": "data-sharing",
        "title:datashare": "data-sharing",
        "satnav": "navigation",
        "antenna": "ground-segment",
        "pledge": "policy-dialogue",
    },
    "instrument": {"mou": "mou", "intentletter": "letter-of-intent", "accede": "accession"},
    "stage": {"suspend": "suspended", "withdraw": "ended", "title:delay": "delayed", "tosign": "proposed", "construct": "in-development"},
}
"""Words that leave no doubt: a cue of the sentence, or of the title -> the value; the first wins."""
NEEDS: Mapping[str, frozenset[str]] = {
    "mou": frozenset({"mou"}),
    "letter-of-intent": frozenset({"intentletter"}),
    "implementing-arrangement": frozenset({"implementing"}),
    "treaty": frozenset({"treatyword"}),
    "accession": frozenset({"accede", "join", "done", "sign"}),
    "framework-agreement": frozenset({"agreement", "framework", "sign", "agree"}),
    "joint-statement": frozenset({"statement", "agree", "nations", "leaders"}),
    "meeting": frozenset({"meet", "talking"}),
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
        "dialogue": "policy-dialogue", "is:artemis-accords": "exploration-framework",
    },
    "stage": {
        "done": "signed", "talking": "talks", "proposed": "proposed", "building": "in-development", "running": "operating",
        "handed": "delivered", "flown": "launched", "prolonged": "extended",
    },
}  # fmt: skip
"""Words that speak for a value: a cue -> the value, worth the log-odds of WORTH by where it stands."""
WORTH: Mapping[Field, Mapping[str, float]] = {
    "activity": {"": 1.3, "title:": 1.5, "near:": 0.3},
    "stage": {"": 1.0, "title:": 0.5, "near:": 0.0},
}


def choose(model: Model, field: Field, features: Mapping[str, float]) -> str:
    """Return the value that the words say outright, else the likeliest one that the words allow."""
    for cue, value in SAYS.get(field, {}).items():
        if cue in features:
            return value
    odds = {value: log(share + 1e-9) for value, share in model.field_scores(field, features).items()}
    for cue, value in POINTS.get(field, {}).items():
        if value in odds:
            odds[value] += sum(worth for where, worth in WORTH[field].items() if where + cue in features)
    allowed = [v for v in odds if v not in NEEDS or any(c in features or f"title:{c}" in features for c in NEEDS[v])]
    return max(allowed or odds, key=lambda value: odds[value])


_DENIAL = re.compile(
    r"(?:\b(?:no|not|never|nor|neither|denie[sd]|deny|rejects?|rejected|refuse[sd]?|declined|ruled out|without"
    r"|aucun|aucune|ne|dement|refuse|nicht|kein|keine|keinen|dementiert|ningun|ninguna|niega|nego|non|nessun|nessuna|nega|smentisce"
    r"|nao|nenhum|nenhuma|не|нет|отказался|опроверг|опровергли)\b|n't\b|没有|否认|拒绝|未)[^.;:。]{0,30}$"
)
_ACTS = ("sign", "agreement", "agree", "cooperate", "joint", "accede", "exchange", "nations")
_SETTLED = frozenset({"sign", "begin", "accede", "done", "building", "proposed", "running"})


def denied(folded: str, sentence: Sentence) -> bool:
    """Return whether a sentence denies the act: a negation close before the first word for it."""
    first = min((sentence.cues[c] for c in _ACTS if c in sentence.cues), default=None)
    return first is not None and _DENIAL.search(folded[max(sentence.start, first - 60) : first]) is not None


_SAYS_NO = re.compile(
    r"\b(?:denies|denied|deny|dement|dementent|dementiert|dementieren|desmiente|desmienten|niega|smentisce|desmente|опроверг\w*)\b|否认|否定"
)


def title_denies(folded: str, title: Sentence) -> bool:
    """Return whether a title denies outright: "Seoul: no agreement was signed", "Rome denies a plan for a joint probe"."""
    if any(c in title.cues for c in ("suspend", "withdraw")):
        return False
    return denied(folded, title) or _SAYS_NO.search(folded[title.start : title.end]) is not None


def mode(folded: str, sentence: Sentence, stage: str) -> Mode:
    """Return how the act is told: denied, weighed, to come, past, or plainly asserted."""
    cues = sentence.cues
    settled = not _SETTLED.isdisjoint(cues)
    if stage not in ("suspended", "ended", "delayed") and denied(folded, sentence):
        return "negated"
    if "hypothetical" in cues and not settled:
        return "hypothetical"
    if "will" in cues and not settled and stage in ("proposed", "talks", "signed"):
        return "future"
    return "historical" if "history" in cues and not settled else "asserted"
