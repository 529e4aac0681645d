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
from classifier.gazetteer import MISSION_KINDS, Entry
from classifier.mode import mode
from classifier.model import Model
from classifier.parties import Actors
from classifier.reading import Reading
from spacepact.cooperation import COOPERATION_SCOPES, Activity, Cooperation, Evidence, Instrument, Party, Role, Scope, Stage

CANDIDATE = 0.05
"""A sentence below this score proves nothing."""
SHARE = 0.3
MOST = 6


@dataclass(slots=True)
class _Draft:
    parties: list[Actor | None]
    activity: str
    views: list[tuple[float, SentenceView]] = field(default_factory=list)

    @property
    def blocs(self) -> frozenset[str]:
        return frozenset(b for p in self.parties for b in (p.blocs[:1] if p else ("unspecified",)))

    @property
    def score(self) -> float:
        return max(s for s, _ in self.views)


class Protagonists(NamedTuple):
    """Whom the document is about: the one it speaks for, the foreign party it names most, and all whom its title names."""

    home: Actor | None
    partner: Actor | None
    circle: tuple[Actor, ...] = ()


def protagonists(reading: Reading, seen: list[SentenceView], home: str, actors: Actors) -> Protagonists:
    """Return home and partner; the title counts four times, the lede twice, a bare demonym half."""
    votes: dict[str, float] = {}
    known: dict[str, Actor] = {}
    for view in seen[:60]:
        weight = 4.0 if view.sentence.index < reading.titles else 2.0 if view.sentence.index < 4 else 1.0
        for actor in view.actors:
            votes[actor.entry.id] = votes.get(actor.entry.id, 0.0) + (weight / 2 if actor.adjective else weight)
            if actor.entry.id not in known or known[actor.entry.id].adjective:
                known[actor.entry.id] = actor
    ranked = sorted(known.values(), key=lambda a: -votes[a.entry.id])
    first = next((a for a in ranked if home in a.blocs), None)
    if first is None:
        return Protagonists(None, None)
    wanted = {"public-foreign", "mixed-foreign"}
    partner = next((a for a in ranked if actors.relation(first, a) in wanted and votes[a.entry.id] >= 2), None)
    return Protagonists(first, partner, _circle(reading, seen, actors))


def _circle(reading: Reading, seen: list[SentenceView], actors: Actors) -> tuple[Actor, ...]:
    """Return the states of a title that names three or more ("leaders of Australia, India, Japan and the United States")."""
    named = {
        a.entry.id: a
        for view in seen
        if view.sentence.index < reading.titles
        for a in (*view.actors, *actors.members(view.sentence))
        if a.entry.kind == "country"
    }
    return tuple(named.values()) if len(named) > 2 else ()


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
        parties = _parties(view, who, actors)
        if len({b for p in parties for b in (p.blocs[:1] if p else ("?",))}) > 1:
            activity = choose(model, "activity", sentence_features(view, judged))
            _place(drafts, _Draft(parties, activity, [(worth, view)]), apart=general)
    if general:
        drafts.sort(key=lambda d: d.views[0][1].sentence.index)
    for draft in drafts:
        if not general and any("industry" in v.sentence.cues or "contract" in v.sentence.cues for _, v in draft.views):
            draft.parties = _companies_named(draft.parties, seen)
    return [_finished(d, judged, actors, model, published) for d in drafts]


def _companies_named(parties: list[Actor | None], seen: list[SentenceView]) -> list[Actor | None]:
    """Return an agency with "a French company", the state replaced by the first company of France that the document names."""
    if not any(p is not None and p.public and p.entry.kind != "country" for p in parties):
        return parties
    known = {p.entry.id for p in parties if p is not None}
    companies = [a for v in seen for a in v.actors if not a.public and a.entry.id not in known]
    first = {a.blocs[0]: a for a in reversed(companies) if a.blocs}
    return [first.get(p.blocs[0], p) if p is not None and p.entry.kind == "country" and p.blocs else p for p in parties]


def _ranked(judged: Judged, model: Model) -> list[tuple[float, SentenceView]]:
    """Return the sentences worth quoting, the best first."""
    worth = [sqrt(score * model.proof_score(v.features)) for score, v in zip(judged.scores, judged.seen, strict=True)]
    least = max(CANDIDATE, SHARE * max(worth, default=0.0))
    return sorted(((w, v) for w, v in zip(worth, judged.seen, strict=True) if w >= least), key=lambda pair: -pair[0])


def sentence_features(view: SentenceView, judged: Judged) -> dict[str, float]:
    """Return what decides activity, instrument and stage of the cooperation that a sentence proves."""
    i, seen = view.sentence.index, judged.seen
    return attribute_features(view, [*seen[max(0, i - 1) : i], *seen[i + 1 : i + 2]], judged.reading)


def _parties(view: SentenceView, who: Protagonists, actors: Actors) -> list[Actor | None]:
    named = [a for a in view.actors if not a.adjective and not a.place]
    named += [m for m in actors.members(view.sentence) if all(m.entry.id != a.entry.id for a in named)]
    kept = _one_each(named, view, actors)
    if "public-foreign" in actors.relations(kept):
        kept = [a for a in kept if a.public]
    blocs = {b for a in kept for b in a.blocs}
    if len(blocs) < 2:
        kept += [a for a in view.actors if a.adjective and not set(a.blocs) & blocs]
        blocs = {b for a in kept for b in a.blocs}
    if len(blocs) < 2 and who.circle and blocs <= {b for a in who.circle for b in a.blocs}:
        return list(who.circle)
    for other in (who.home, who.partner):
        if len(blocs) < 2 and other is not None and not set(other.blocs) & blocs:
            kept.append(other)
            blocs |= set(other.blocs)
    parties: list[Actor | None] = list(kept)
    if len(blocs) == 1 and ("international" in view.sentence.cues or "forum" in view.features):
        parties.append(None)
    return parties


def _one_each(named: list[Actor], view: SentenceView, actors: Actors) -> list[Actor]:
    """Return the actors without those that another speaks for.

    An agency speaks for its state; but it is the state that joins a framework, though not the agency that leads it.
    """
    joining = "forum" in view.features and ("accede" in view.sentence.cues or "sign" in view.sentence.cues)
    leads = actors.owners(view.sentence) if joining else set()
    states = {b for a in named if a.entry.kind == "country" for b in a.blocs} - leads if joining else set()
    agencies = {b for a in named if a.public and a.entry.kind != "country" for b in a.blocs} - states
    return [a for a in named if not a.public or not set(a.blocs) & (agencies if a.entry.kind == "country" else states)]


def _named_better(parties: list[Actor | None], others: list[Actor | None]) -> list[Actor | None]:
    """Return the parties, each state replaced by the agency or company of that state that another sentence names."""
    better = {p.blocs[0]: p for p in others if p is not None and p.entry.kind != "country" and p.blocs}
    taken = {p.entry.id for p in parties if p is not None}
    out: list[Actor | None] = []
    for party in parties:
        other = better.get(party.blocs[0]) if party is not None and party.entry.kind == "country" and party.blocs else None
        out.append(other if other is not None and other.entry.id not in taken else party)
    return out


def _place(drafts: list[_Draft], new: _Draft, *, apart: bool) -> None:
    """Add a sentence to the draft of the same parties (in a general statement: and the same activity), else open one."""
    for draft in drafts:
        same = draft.blocs <= new.blocs or new.blocs <= draft.blocs
        if same and (not apart or draft.activity == new.activity):
            draft.views += new.views
            if not apart and draft.activity != "exploration-framework":
                draft.parties = _named_better(draft.parties, new.parties)
            return
    drafts.append(new)


def _finished(draft: _Draft, judged: Judged, actors: Actors, model: Model, published: datetime | None) -> Cooperation:
    reading, view = judged.reading, draft.views[0][1]
    features = sentence_features(view, judged)
    activity = cast("Activity", choose(model, "activity", features))
    instrument = cast("Instrument", choose(model, "instrument", features))
    stage = cast("Stage", choose(model, "stage", features))
    spans = [(v.sentence.start, v.sentence.end) for _, v in draft.views[:3]]
    return Cooperation(
        parties=tuple(_party(p, activity) for p in draft.parties),
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


def _party(actor: Actor | None, activity: str) -> Party:
    if actor is None:
        return Party(id="unspecified", name="unspecified")
    name = f"State:{actor.entry.name}" if actor.entry.kind == "country" else actor.entry.name
    return Party(id=actor.entry.id, name=name, role=_role(actor.entry, activity))


def _role(entry: Entry, activity: str) -> Role:
    return (
        "supplier"
        if entry.kind == "company" and activity in ("launch-service", "industry", "ground-segment", "contribution")
        else "partner"
    )


def _missions(seen: Iterable[SentenceView]) -> list[str]:
    return list(dict.fromkeys(m.id for v in seen for m in v.sentence.mentions if m.entry.kind in MISSION_KINDS))


def _scope(parties: list[Actor | None], actors: Actors) -> Scope:
    relations = actors.relations(p for p in parties if p is not None)
    if "public-foreign" in relations or (None in parties and any(p and p.public for p in parties)):
        return "intergovernmental"
    if "mixed-foreign" in relations:
        return "public-private-international"
    return "commercial-international" if "private-foreign" in relations else "domestic"
