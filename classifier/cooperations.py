"""Sentences into cooperations: who with whom, on what, at which stage, proven by which sentence."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import cast

from classifier.actor import Actor
from classifier.attributes import Field, choose
from classifier.dates import act_date
from classifier.drafts import Draft, drafts
from classifier.features import SentenceView
from classifier.gazetteer import pursued
from classifier.judged import Judged
from classifier.mode import joined_before, mode
from classifier.model import Model
from classifier.parties import Actors
from classifier.partners import Parties
from classifier.reading import Reading
from classifier.roles import role
from spacepact.cooperation import Activity, Cooperation, Evidence, Instrument, Party, Scope, Stage

QUOTED = 3
"""So many sentences at most prove a cooperation, the best first."""


def cooperations(judged: Judged, actors: Actors, model: Model, published: datetime | None) -> list[Cooperation]:
    """Return the cooperations of a document, the surest first; each holds at least one sentence.

    A general statement lists many things of one rank: its cooperations keep the order of the text.
    """
    return [_finished(d, judged.reading, actors, model, published) for d in drafts(judged, actors, model)]


def _finished(draft: Draft, reading: Reading, actors: Actors, model: Model, published: datetime | None) -> Cooperation:
    quoted = draft.quotes[:QUOTED]
    view, told = quoted[0].view, [quote.features for quote in quoted]

    def value(field: Field) -> str:
        return choose(model, field, told[0], told[1:])

    activity = cast("Activity", value("activity"))
    stage, instrument = cast("Stage", value("stage")), cast("Instrument", value("instrument"))
    past = instrument == "accession" and joined_before(draft.parties, view.sentence, published)
    return Cooperation(
        parties=tuple(_party(p, activity, view, reading.text) for p in draft.parties),
        countries=tuple(sorted({b for p in draft.parties if p for b in p.blocs[:1]})),
        activity=activity,
        instrument=instrument,
        stage=stage,
        mode="historical" if past else mode(reading.folded, view.sentence, stage, published),
        date=act_date(reading.folded[view.sentence.start : view.sentence.end], published),
        missions=tuple(_missions(quote.view for quote in draft.quotes)),
        evidence=tuple(_quote(quote.view, reading) for quote in quoted),
        confidence=round(draft.score, 4),
        scope=_scope(draft.parties, actors),
    )


def _quote(view: SentenceView, reading: Reading) -> Evidence:
    start, end = view.sentence.start, view.sentence.end
    return Evidence(text=reading.text[start:end], start=start, end=end)


def _party(actor: Actor | None, activity: str, view: SentenceView, text: str) -> Party:
    if actor is None:
        return Party(id="unspecified", name="unspecified")
    name = f"State:{actor.entry.name}" if actor.entry.kind == "country" else actor.entry.name
    return Party(id=actor.entry.id, name=name, role=role(actor, activity, text, view.sentence))


def _missions(seen: Iterable[SentenceView]) -> list[str]:
    return list(dict.fromkeys(m.id for v in seen for m in v.sentence.mentions if pursued(m.entry)))


def _scope(parties: Parties, actors: Actors) -> Scope:
    relations = actors.relations(p for p in parties if p is not None)
    if "public-foreign" in relations or (None in parties and any(p and p.public for p in parties)):
        return "intergovernmental"
    if "mixed-foreign" in relations:
        return "public-private-international"
    return "commercial-international" if "private-foreign" in relations else "domestic"
