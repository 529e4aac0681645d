"""The classifier: one article in, one classification out."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from classifier.cooperations import cooperations
from classifier.cues import lexicon
from classifier.digest import parts
from classifier.document import document_features
from classifier.features import about_space, views
from classifier.gazetteer import MISSION_KINDS, PRIVATE_KINDS, Gazetteer, Kind, load_gazetteer, pursued
from classifier.judged import Judged
from classifier.matcher import Matcher
from classifier.mentions import SURE, Mention
from classifier.mode import title_denies
from classifier.model import SCOPES, Model, default_model
from classifier.parties import Actors
from classifier.reading import MAX_CHARACTERS, Reading, countries, mentions, named_space, read
from spacepact.cooperation import COOPERATION_SCOPES, Classification, Mentioned, Named, Scope

_LISTED_AGENCIES: frozenset[Kind] = frozenset({"agency", "body", "armed-force"})


class Classifier:
    """Immutable after loading, so threads may share it."""

    def __init__(self, gazetteer: Gazetteer, model: Model | None = None) -> None:
        self.matcher = Matcher(gazetteer)
        self.lexicon = lexicon()
        self.actors = Actors(gazetteer)
        self.model = model or default_model()

    @classmethod
    def load(cls, directory: Path) -> Classifier:
        """Load config/gazetteer; wrong entries are left out (`load_gazetteer` says which and why)."""
        return cls(load_gazetteer(directory)[0])

    def classify(self, title: str, text: str, *, language: str | None = None, published: datetime | None = None) -> Classification:
        """Classify any text, in time linear in its length.

        `language` is a hint that names in every script make unnecessary today; `published` completes
        dates such as "on Thursday".
        """
        del language
        reading = read(title, text, self.matcher, self.lexicon)
        judged = [self.judge(part) for part in parts(reading)]
        best = max(judged, key=lambda j: j.score)
        denial = any(title_denies(reading.folded, s) for s in reading.title)
        scope = _scope(best.scopes, cooperation=best.score >= self.model.threshold and not denial)
        if scope not in COOPERATION_SCOPES:
            scope = min((_scope(j.scopes, cooperation=False) for j in judged), key=SCOPES.index)
        told = [j for j in judged if j is best or j.score >= self.model.threshold] if scope != "none" else []
        found = [c for j in told for c in cooperations(j, self.actors, self.model, published)]
        if scope not in COOPERATION_SCOPES:
            found = [c for c in found if c.scope not in COOPERATION_SCOPES]
        elif {c.scope for c in found} & COOPERATION_SCOPES == {"public-private-international"}:
            scope = "public-private-international"
        surest = _surest(reading.mentions)
        return Classification(
            cooperation=scope in COOPERATION_SCOPES,
            score=round(best.score, 4),
            scope=scope,
            agencies=_all_named(m for m in surest if m.entry.kind in _LISTED_AGENCIES),
            missions=_all_named(m for m in surest if pursued(m.entry)),
            companies=_all_named(m for m in surest if m.entry.kind in PRIVATE_KINDS),
            countries=_countries(surest),
            cooperations=tuple(found),
        )

    def mentioned(self, title: str, text: str) -> list[Mentioned]:
        """Return every entity that is surely named, once each; much faster than `classify`."""
        found: dict[str, Mentioned] = {}
        for mention in mentions(title, text[:MAX_CHARACTERS], self.matcher)[2]:
            if mention.confidence >= SURE:
                found.setdefault(mention.id, Mentioned(mention.id, mention.entry.kind, mention.start < len(title)))
        return list(found.values())

    def may_be_about_space(self, text: str) -> bool:
        """Say whether a text names anything of space: of any other `classify` says no. Many times faster than reading a page."""
        return named_space(text, self.matcher, self.lexicon)

    def judge(self, part: Reading) -> Judged:
        """Return what the model says of an article, or of an item of a digest: sentence by sentence and as a whole."""
        if not about_space(part):
            return Judged(part, "", [], [], {**dict.fromkeys(SCOPES, 0.0), "none": 1.0})
        home, seen = views(part, self.actors)
        scores = [self.model.sentence_score(v.features) for v in seen]
        return Judged(part, home, seen, scores, self.model.scope_scores(document_features(part, seen, scores)))


def _scope(scopes: dict[Scope, float], *, cooperation: bool) -> Scope:
    allowed = [s for s in scopes if (s in COOPERATION_SCOPES) == cooperation]
    return max(allowed, key=lambda s: scopes[s])


def _surest(mentions: Iterable[Mention]) -> list[Mention]:
    """Return for each id that is surely named the surest mention, in the order of the first."""
    best: dict[str, Mention] = {}
    for mention in mentions:
        if mention.confidence >= SURE and (mention.id not in best or best[mention.id].confidence < mention.confidence):
            best[mention.id] = mention
    return list(best.values())


@lru_cache(maxsize=10_000)
def _named(ident: str, name: str, alias: str, confidence: float) -> Named:
    return Named(id=ident, name=name, alias=alias, confidence=confidence)


def _all_named(mentions: Iterable[Mention]) -> tuple[Named, ...]:
    """Return mentions as they are told; news names the same few again and again, so that the last ones are kept."""
    return tuple([_named(m.id, m.name, m.alias, m.confidence) for m in mentions])


def _countries(surest: Iterable[Mention]) -> tuple[str, ...]:
    found = {c for m in surest if m.entry.kind not in MISSION_KINDS for c in countries(m.entry)}
    return tuple(sorted(c for c in found if len(c) == 2))
