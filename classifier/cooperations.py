"""Sentences into cooperations: who with whom, on what, at which stage, proven by which sentence."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from math import sqrt
from typing import NamedTuple, cast

from classifier.actor import Actor
from classifier.attributes import attribute_features, choose
from classifier.dates import act_date
from classifier.features import SentenceView
from classifier.gazetteer import MISSION_KINDS
from classifier.mode import mode
from classifier.model import Model
from classifier.parties import Actors
from classifier.partners import Parties, companies_named, named_better, partners, protagonists
from classifier.reading import Reading
from classifier.roles import role
from spacepact.cooperation import COOPERATION_SCOPES, Activity, Cooperation, Evidence, Instrument, Party, Scope, Stage

CANDIDATE = 0.05
"""A sentence below this score proves nothing."""
SHARE = 0.35
MOST = 6
_FEW = 5
"""A longer list of parties in a sentence about the past tells who joined before: "eight nations originally signed"."""


@dataclass(slots=True)
class _Draft:
    parties: Parties
    activity: str
    views: list[tuple[float, SentenceView]] = field(default_factory=list)

    @property
    def blocs(self) -> frozenset[str]:
        return frozenset(b for p in self.parties for b in (p.blocs[:1] if p else ("unspecified",)))

    @property
    def score(self) -> float:
        return max(s for s, _ in self.views)


class Judged(NamedTuple):
    """A reading with what the model says about it: sentence by sentence, and the probability of each scope."""

    reading: Reading
    seen: list[SentenceView]
    scores: list[float]
    scopes: dict[Scope, float]

    @property
    def score(self) -> float:
        """The probability that this is cooperation news."""
        return sum(self.scopes[s] for s in COOPERATION_SCOPES)


def cooperations(judged: Judged, actors: Actors, model: Model, published: datetime | None) -> list[Cooperation]:
    """Return the cooperations of a document, the surest first; each holds at least one sentence.

    A general statement lists many things of one rank: its cooperations keep the order of the text.
    """
    reading, seen = judged.reading, judged.seen
    who = protagonists(reading, seen, actors.home(reading), actors)
    general = any(c in s.cues for s in reading.title for c in ("statement", "leaders"))
    drafts: list[_Draft] = []
    for worth, view in _ranked(judged, model):
        if len(drafts) >= MOST:
            break
        if not {"off", "guests"}.isdisjoint(view.features) or (general and not view.sentence.space):
            continue
        parties = partners(view, who, actors, reading.text)
        if "history" in view.sentence.cues and len(parties) > _FEW:
            continue
        if len({b for p in parties for b in (p.blocs[:1] if p else ("?",))}) > 1:
            activity = choose(model, "activity", sentence_features(view, judged))
            _place(drafts, _Draft(parties, activity, [(worth, view)]), apart=general)
    if general:
        drafts.sort(key=lambda d: d.views[0][1].sentence.index)
    for draft in drafts:
        if not general and any("industry" in v.sentence.cues or "contract" in v.sentence.cues for _, v in draft.views):
            draft.parties = companies_named(draft.parties, seen)
    return [_finished(d, judged, actors, model, published) for d in drafts]


def _ranked(judged: Judged, model: Model) -> list[tuple[float, SentenceView]]:
    """Return the sentences worth quoting, the best first."""
    worth = [sqrt(score * model.proof_score(v.features)) for score, v in zip(judged.scores, judged.seen, strict=True)]
    least = max(CANDIDATE, SHARE * max(worth, default=0.0))
    return sorted(((w, v) for w, v in zip(worth, judged.seen, strict=True) if w >= least), key=lambda pair: -pair[0])


def sentence_features(view: SentenceView, judged: Judged) -> dict[str, float]:
    """Return what decides activity, instrument and stage of the cooperation that a sentence proves."""
    i, seen = view.sentence.index, judged.seen
    return attribute_features(view, [*seen[max(0, i - 1) : i], *seen[i + 1 : i + 2]], judged.reading)


def _place(drafts: list[_Draft], new: _Draft, *, apart: bool) -> None:
    """Add a sentence to the draft of the same parties (in a general statement: and the same activity), else open one."""
    for draft in drafts:
        same = draft.blocs == new.blocs or ((draft.blocs <= new.blocs or new.blocs <= draft.blocs) and _share(draft, new))
        if same and (not apart or draft.activity == new.activity):
            draft.views += new.views
            if not apart and draft.activity != "exploration-framework":
                draft.parties = named_better(draft.parties, new.parties)
            return
    drafts.append(new)


def _share(one: _Draft, other: _Draft) -> bool:
    """Return whether two drafts have a party in common."""
    known = {p.entry.id for p in one.parties if p is not None}
    return any(p is not None and p.entry.id in known for p in other.parties)


def _finished(draft: _Draft, judged: Judged, actors: Actors, model: Model, published: datetime | None) -> Cooperation:
    reading, view = judged.reading, draft.views[0][1]
    features = sentence_features(view, judged)
    activity = cast("Activity", choose(model, "activity", features))
    instrument = cast("Instrument", choose(model, "instrument", features))
    stage = cast("Stage", choose(model, "stage", features))
    spans = [(v.sentence.start, v.sentence.end) for _, v in draft.views[:3]]
    return Cooperation(
        parties=tuple(_party(p, activity, view, reading.text) for p in draft.parties),
        countries=tuple(sorted({b for p in draft.parties if p for b in p.blocs[:1]})),
        activity=activity,
        instrument=instrument,
        stage=stage,
        mode=mode(reading.folded, view.sentence, stage),
        date=act_date(reading.folded[view.sentence.start : view.sentence.end], published),
        missions=tuple(_missions(v for _, v in draft.views)),
        evidence=tuple(Evidence(text=reading.text[a:b], start=a, end=b) for a, b in spans),
        confidence=round(draft.score, 4),
        scope=_scope(draft.parties, actors),
    )


def _party(actor: Actor | None, activity: str, view: SentenceView, text: str) -> Party:
    if actor is None:
        return Party(id="unspecified", name="unspecified")
    name = f"State:{actor.entry.name}" if actor.entry.kind == "country" else actor.entry.name
    return Party(id=actor.entry.id, name=name, role=role(actor, activity, text, view.sentence))


def _missions(seen: Iterable[SentenceView]) -> list[str]:
    return list(dict.fromkeys(m.id for v in seen for m in v.sentence.mentions if m.entry.kind in MISSION_KINDS))


def _scope(parties: Parties, actors: Actors) -> Scope:
    relations = actors.relations(p for p in parties if p is not None)
    if "public-foreign" in relations or (None in parties and any(p and p.public for p in parties)):
        return "intergovernmental"
    if "mixed-foreign" in relations:
        return "public-private-international"
    return "commercial-international" if "private-foreign" in relations else "domestic"
