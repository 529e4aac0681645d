"""Sentences into cooperations: who with whom, on what, at which stage, proven by which sentence."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import get_args

from classifier.attributes import attribute_features, choose, mode
from classifier.dates import act_date
from classifier.features import SentenceView
from classifier.gazetteer import MISSION_KINDS, Entry
from classifier.model import Model
from classifier.parties import Actor, Actors
from classifier.reading import Reading
from spacepact.cooperation import Activity, Cooperation, Evidence, Instrument, Party, Role, Scope, Stage

CANDIDATE = 0.3
"""A sentence below this score proves nothing."""
MOST = 8


@dataclass(slots=True)
class _Draft:
    parties: list[Actor | None]
    views: list[tuple[float, SentenceView]] = field(default_factory=list)

    @property
    def ids(self) -> frozenset[str]:
        return frozenset(p.entry.id if p else "unspecified" for p in self.parties)

    @property
    def score(self) -> float:
        return max(s for s, _ in self.views)


def cooperations(
    reading: Reading, seen: list[SentenceView], scores: list[float], actors: Actors, model: Model, published: datetime | None
) -> list[Cooperation]:
    """Return the cooperations of a document, the surest first; each holds at least one sentence."""
    home = _home_party(seen, actors.home(reading), reading)
    drafts: list[_Draft] = []
    for score, view in sorted(zip(scores, seen, strict=True), key=lambda pair: -pair[0]):
        if score < CANDIDATE or len(drafts) >= MOST:
            break
        parties = _parties(view, home)
        if len(parties) > 1:
            _place(drafts, parties, score, view)
    return [_finished(d, reading, seen, actors, model, published) for d in drafts]


def _home_party(seen: list[SentenceView], home: str, reading: Reading) -> Actor | None:
    votes: dict[str, tuple[float, Actor]] = {}
    for view in seen[:40]:
        weight = 3.0 if view.sentence.start < reading.title_end else 1.0
        for actor in view.actors:
            if actor.public and not actor.adjective and home in actor.blocs:
                votes[actor.entry.id] = (votes.get(actor.entry.id, (0.0, actor))[0] + weight, actor)
    return max(votes.values(), key=lambda v: v[0])[1] if votes else None


def _parties(view: SentenceView, home: Actor | None) -> list[Actor | None]:
    named = [a for a in view.actors if not a.adjective]
    agencies = {b for a in named if a.entry.kind != "country" and a.public for b in a.blocs}
    kept = [a for a in named if a.entry.kind != "country" or not set(a.blocs) & agencies]
    blocs = {b for a in kept for b in a.blocs}
    kept += [a for a in view.actors if a.adjective and not set(a.blocs) & blocs] if len(kept) < 2 else []
    if len({b for a in kept for b in a.blocs}) < 2 and home is not None and all(home.entry.id != a.entry.id for a in kept):
        kept.append(home)
    parties: list[Actor | None] = list(kept)
    if len(parties) == 1 and "international" in view.sentence.cues:
        parties.append(None)
    return parties


def _place(drafts: list[_Draft], parties: list[Actor | None], score: float, view: SentenceView) -> None:
    """Add a sentence to the draft that shares half of the parties or more, else open a new draft."""
    new = _Draft(parties, [(score, view)])
    for draft in drafts:
        if len(draft.ids & new.ids) >= 0.5 * len(draft.ids | new.ids):
            draft.views.append((score, view))
            return
    drafts.append(new)


def _finished(
    draft: _Draft, reading: Reading, seen: list[SentenceView], actors: Actors, model: Model, published: datetime | None
) -> Cooperation:
    view = draft.views[0][1]
    i = view.sentence.index
    features = attribute_features(view, [*seen[max(0, i - 1) : i], *seen[i + 1 : i + 2]], reading)
    activity, instrument, stage = (choose(model, f, features) for f in ("activity", "instrument", "stage"))
    assert activity in get_args(Activity) and instrument in get_args(Instrument) and stage in get_args(Stage)
    spans = [(v.sentence.start, v.sentence.end) for _, v in draft.views[:3]]
    return Cooperation(
        parties=tuple(_party(p, activity) for p in draft.parties),
        countries=tuple(sorted({b for p in draft.parties if p for b in p.blocs[:1]})),
        activity=activity,
        instrument=instrument,
        stage=stage,
        mode=mode(view.sentence, stage),
        date=act_date(reading.folded[view.sentence.start : view.sentence.end], published),
        missions=tuple(_missions(v for _, v in draft.views)),
        evidence=tuple(Evidence(text=reading.text[a:b], start=a, end=b) for a, b in spans),
        confidence=round(draft.score, 4),
        scope=_scope(draft.parties, actors),
    )


def _party(actor: Actor | None, activity: str) -> Party:
    if actor is None:
        return Party(id="unspecified", name="unspecified")
    name = f"State:{actor.entry.name}" if actor.entry.kind == "country" else actor.entry.name
    return Party(id=actor.entry.id, name=name, role=_role(actor.entry, activity))


def _role(entry: Entry, activity: str) -> Role:
    return "supplier" if entry.kind == "company" and activity in ("launch-service", "industry", "ground-segment", "contribution") else "partner"


def _missions(seen: Iterable[SentenceView]) -> list[str]:
    return list(dict.fromkeys(m.id for v in seen for m in v.sentence.mentions if m.entry.kind in MISSION_KINDS))


def _scope(parties: list[Actor | None], actors: Actors) -> Scope:
    relations = actors.relations(p for p in parties if p is not None)
    if "public-foreign" in relations or (None in parties and any(p and p.public for p in parties)):
        return "intergovernmental"
    if "mixed-foreign" in relations:
        return "public-private-international"
    return "commercial-international" if "private-foreign" in relations else "domestic"
