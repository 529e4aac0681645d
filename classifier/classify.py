"""The classifier: one article in, one classification out."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from classifier.cooperations import cooperations
from classifier.cues import lexicon
from classifier.features import document_features, views
from classifier.gazetteer import MISSION_KINDS, PRIVATE_KINDS, Gazetteer, Kind, load_gazetteer
from classifier.matcher import Matcher
from classifier.mentions import SURE, Mention
from classifier.model import Model, default_model
from classifier.parties import Actors
from classifier.reading import Reading, countries, read
from spacepact.cooperation import COOPERATION_SCOPES, Classification, Named, Scope

_LISTED_AGENCIES: frozenset[Kind] = frozenset({"agency", "body", "armed-force"})


class Classifier:
    """Immutable after loading, so threads may share it."""

    def __init__(self, gazetteer: Gazetteer, model: Model) -> None:
        self._matcher = Matcher(gazetteer)
        self._lexicon = lexicon()
        self._actors = Actors(gazetteer)
        self._model = model

    @classmethod
    def load(cls, directory: Path) -> Classifier:
        """Load config/gazetteer; wrong entries are left out (`load_gazetteer` says which and why)."""
        return cls(load_gazetteer(directory)[0], default_model())

    def classify(self, title: str, text: str, *, language: str | None = None, published: datetime | None = None) -> Classification:
        """Classify any text, in time linear in its length.

        `language` is a hint that names in every script make unnecessary today; `published` completes
        dates such as "on Thursday".
        """
        del language
        reading = read(title, text, self._matcher, self._lexicon)
        seen = views(reading, self._actors)
        scores = [self._model.sentence_score(v.features) for v in seen]
        scopes = self._model.scope_scores(document_features(reading, seen, scores))
        score = sum(scopes[s] for s in COOPERATION_SCOPES)
        scope = _scope(scopes, cooperation=score >= self._model.threshold)
        found = cooperations(reading, seen, scores, self._actors, self._model, published) if scope != "none" else []
        return Classification(
            cooperation=scope in COOPERATION_SCOPES,
            score=round(score, 4),
            scope=scope,
            agencies=_named(reading, _LISTED_AGENCIES),
            missions=_named(reading, MISSION_KINDS | {"forum"}),
            companies=_named(reading, PRIVATE_KINDS),
            countries=_countries(reading.mentions),
            cooperations=tuple(found),
        )


def _scope(scopes: dict[Scope, float], *, cooperation: bool) -> Scope:
    allowed = [s for s in scopes if (s in COOPERATION_SCOPES) == cooperation]
    return max(allowed, key=lambda s: scopes[s])


def _named(reading: Reading, kinds: Iterable[Kind]) -> tuple[Named, ...]:
    best: dict[str, Named] = {}
    for mention in reading.mentions:
        if mention.entry.kind in kinds and mention.confidence >= SURE:
            known = best.get(mention.id)
            if known is None or known.confidence < mention.confidence:
                best[mention.id] = Named(id=mention.id, name=mention.name, alias=mention.alias, confidence=mention.confidence)
    return tuple(best.values())


def _countries(mentions: Iterable[Mention]) -> tuple[str, ...]:
    found = {c for m in mentions if m.confidence >= SURE and m.entry.kind not in MISSION_KINDS for c in countries(m.entry)}
    return tuple(sorted(c for c in found if len(c) == 2))
