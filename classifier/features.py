"""What a model may look at: names of features with values, never names of sources, persons or titles."""

from __future__ import annotations

from math import log1p
from typing import NamedTuple

from classifier.parties import Actor, Actors, Relation
from classifier.reading import Reading, Sentence

ACTS = (
    "sign", "agree", "agreement", "cooperate", "joint", "international", "meet", "accede", "join", "contribute", "participate",
    "support", "exchange", "plan", "begin", "withdraw", "suspend", "extend", "delay", "contract", "launch", "crew", "data",
    "nations", "statement", "leaders", "rivalry", "history", "boilerplate", "finding", "advisory", "counterparts", "exploration",
)  # fmt: skip


class SentenceView(NamedTuple):
    """A sentence with its actors, relations and features."""

    sentence: Sentence
    actors: list[Actor]
    relations: set[Relation]
    features: frozenset[str]


def views(reading: Reading, actors: Actors) -> list[SentenceView]:
    """Return every sentence with its features; linear in the number of sentences."""
    home = actors.home(reading)
    title = len(reading.title)
    return [_view(s, s.index - title, actors, home) for s in reading.sentences]


def _view(sentence: Sentence, position: int, actors: Actors, home: str) -> SentenceView:
    who = actors.of(sentence)
    relations = actors.relations(who)
    strong = actors.relations(a for a in who if not a.adjective)
    pairs = _pairs(who, relations, strong, home, actors.owners(sentence))
    features = {"title" if position < 0 else "lede" if position < 2 else "early" if position < 6 else "late", *pairs}
    for cue in sentence.cues:
        features.add(cue)
    for act in ACTS:
        if act in sentence.cues:
            features.update(f"{pair}&{act}" for pair in pairs)
    if len(who) > 3:
        features.add("many-actors")
    if any(m.entry.kind == "forum" for m in sentence.mentions):
        features.add("forum")
    if sentence.end - sentence.start < 40:
        features.add("short")
    return SentenceView(sentence, who, relations, frozenset(features))


def _pairs(who: list[Actor], relations: set[Relation], strong: set[Relation], home: str, owners: set[str]) -> list[str]:
    pairs: list[str] = []
    if "public-foreign" in strong:
        pairs.append("PP")
    elif "public-foreign" in relations:
        pairs.append("Pp")
    elif "mixed-foreign" in strong:
        pairs.append("PC")
    elif "mixed-foreign" in relations:
        pairs.append("Pc")
    elif "private-foreign" in strong:
        pairs.append("CC")
    elif "domestic" in strong:
        pairs.append("DD")
    elif any(a.public and a.blocs and home not in a.blocs for a in who):
        pairs.append("P1")
    elif any(a.public for a in who):
        pairs.append("PH")
    elif who:
        pairs.append("C1")
    if len(owners | {home}) > 1:
        pairs.append("OM")
    return pairs


def document_features(reading: Reading, seen: list[SentenceView], scores: list[float]) -> dict[str, float]:
    """Return the features of a document, given the score of each sentence."""
    out: dict[str, float] = {"bias": 1.0}
    title = [i for i, v in enumerate(seen) if v.sentence.start < reading.title_end]
    body = [i for i in range(len(seen)) if i >= len(title)]
    out |= _aggregates(scores, title, body)
    total = max(len(seen), 1)
    counts: dict[str, float] = {}
    for view in seen:
        for feature in view.features:
            counts[feature] = counts.get(feature, 0) + 1
    for name, count in counts.items():
        out[f"n:{name}"] = log1p(count)
        if "&" not in name:
            out[f"share:{name}"] = count / total
    for prefix, where in (("t", title), ("l", body[:3])):
        for i in where:
            for feature in seen[i].features:
                out[f"{prefix}:{feature}"] = 1.0
    out["length"] = log1p(len(reading.text)) / 5
    out["space"] = counts.get("space", 0) / total
    return out


def _aggregates(scores: list[float], title: list[int], body: list[int]) -> dict[str, float]:
    ranked = sorted(scores, reverse=True)
    doubt = 1.0
    for score in scores:
        if score > 0.15:
            doubt *= 1 - min(0.95, score)
    best_pair = max((scores[i] + scores[i + 1] for i in body[:-1]), default=0.0)
    return {
        "s:max": ranked[0] if ranked else 0.0,
        "s:second": ranked[1] if len(ranked) > 1 else 0.0,
        "s:title": max((scores[i] for i in title), default=0.0),
        "s:lede": max((scores[i] for i in body[:3]), default=0.0),
        "s:or": 1 - doubt,
        "s:pair": best_pair,
        "s:count": log1p(sum(s > 0.3 for s in scores)),
        "s:share": sum(scores) / max(len(scores), 1),
    }
