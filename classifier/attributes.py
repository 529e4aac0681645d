"""What a cooperation is about, and where it stands: activity, instrument, stage, mode."""

from __future__ import annotations

from collections.abc import Mapping
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
    for mention in view.sentence.mentions:
        out[f"kind:{mention.entry.kind}"] = 1.0
        if mention.entry.kind in ("forum", "station", "programme", "constellation") or len(mention.entry.agencies) > 1:
            out[f"is:{mention.id}"] = 1.0
    for relation in view.relations:
        out[f"rel:{relation}"] = 1.0
    for near in around:
        for cue in near.sentence.cues:
            out[f"near:{cue}"] = 1.0
    for sentence in reading.title:
        for cue in sentence.cues:
            out[f"title:{cue}"] = 1.0
    return out


SAYS: Mapping[Field, Mapping[str, str]] = {
    "instrument": {"mou": "mou", "intentletter": "letter-of-intent", "accede": "accession"},
    "stage": {"suspend": "suspended", "withdraw": "ended"},
}
"""Words that leave no doubt: a cue of the sentence -> the value."""
NEEDS: Mapping[str, frozenset[str]] = {
    "mou": frozenset({"mou"}),
    "letter-of-intent": frozenset({"intentletter"}),
    "implementing-arrangement": frozenset({"implementing"}),
    "treaty": frozenset({"treatyword"}),
    "accession": frozenset({"accede", "join", "done", "sign"}),
    "framework-agreement": frozenset({"agreement", "framework", "sign", "agree"}),
    "joint-statement": frozenset({"statement", "agree", "nations", "leaders"}),
    "meeting": frozenset({"meet", "talking"}),
    "suspended": frozenset({"suspend"}),
    "ended": frozenset({"withdraw"}),
    "delayed": frozenset({"delay"}),
}
"""Values that are never guessed: one of these cues must stand in the sentence or the title."""


def choose(model: Model, field: Field, features: Mapping[str, float]) -> str:
    """Return the value that the words say outright, else the likeliest one that the words allow."""
    for cue, value in SAYS.get(field, {}).items():
        if cue in features:
            return value
    scores = model.field_scores(field, features)
    allowed = [v for v in scores if v not in NEEDS or any(c in features or f"title:{c}" in features for c in NEEDS[v])]
    return max(allowed or scores, key=lambda value: scores[value])


def mode(sentence: Sentence, stage: str) -> Mode:
    """Return how the act is told: denied, weighed, to come, past, or plainly asserted."""
    cues = sentence.cues
    done = any(c in cues for c in ("sign", "begin", "accede"))
    if "negated" in cues and stage not in ("suspended", "ended", "delayed"):
        return "negated"
    if "hypothetical" in cues and not done:
        return "hypothetical"
    if stage == "proposed" or ("will" in cues and not done):
        return "future"
    return "historical" if "history" in cues and not done else "asserted"
