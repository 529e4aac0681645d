"""Sentences gathered by what they tell of: the same parties and, in a general statement, the same item."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import sqrt
from typing import NamedTuple

from classifier.attributes import choose, proof_features
from classifier.features import SentenceView
from classifier.judged import Judged, sentence_features
from classifier.model import Model
from classifier.parties import Actors
from classifier.partners import Parties, companies_named, named_better, partners, protagonists
from classifier.reading import Reading
from classifier.sayings import sayings

CANDIDATE = 0.05
"""A sentence below this worth proves nothing."""
SHARE = 0.35
"""Nor does one below this share of the worth of the best."""
ITEM = 0.4
"""A sentence below this worth begins no further item of a general statement."""
MOST = 6
FEW = 5
"""A longer list of parties in a sentence about the past tells who joined before: "eight nations originally signed"."""
DEEDS = frozenset({"mou", "letter-of-intent", "framework-agreement", "implementing-arrangement", "treaty"})
"""In a general statement an instrument of its own is an item of its own, apart from the work in the same field."""


class Quote(NamedTuple):
    """A sentence that tells of a cooperation: its worth as proof, and the features that decide what the cooperation is."""

    worth: float
    view: SentenceView
    features: dict[str, float]


@dataclass(slots=True)
class Draft:
    """A cooperation in the making: its parties, and the sentences that tell of it; `deed`: an instrument of its own.

    `quotes`: the best sentence first.
    """

    parties: Parties
    activity: str
    deed: bool
    quotes: list[Quote]

    @property
    def blocs(self) -> frozenset[str]:
        """The states and unions that take part."""
        return frozenset(b for p in self.parties for b in (p.blocs[:1] if p else ("unspecified",)))

    @property
    def score(self) -> float:
        """The worth of its best sentence."""
        return max(quote.worth for quote in self.quotes)


def drafts(judged: Judged, actors: Actors, model: Model) -> list[Draft]:
    """Return what a document tells of, the surest first; the items of a general statement in the order of the text."""
    reading = judged.reading
    general = _general(reading)
    out: list[Draft] = []
    for new in _found(judged, actors, model, general=general):
        if len(out) >= MOST:
            break
        _place(out, new, apart=general)
    if general:
        return sorted(out, key=lambda d: d.quotes[0].view.sentence.index)
    for draft in out:
        if any("industry" in q.view.sentence.cues or "contract" in q.view.sentence.cues for q in draft.quotes):
            draft.parties = companies_named(draft.parties, judged.seen)
    return out


def _general(reading: Reading) -> bool:
    """Return whether a document is a statement, fact sheet, readout or speech: it lists many things of one rank."""
    said = (s for title in reading.title for s in sayings().find(reading.folded, title.start, title.end))
    return any(c in s.cues for s in reading.title for c in ("statement", "leaders")) or any(s.field == "document" for s in said)


def _found(judged: Judged, actors: Actors, model: Model, *, general: bool) -> Iterator[Draft]:
    """Yield a draft for every sentence that joins parties, the best first."""
    who = protagonists(judged.reading, judged.seen, actors.home(judged.reading), actors)
    for worth, view in _ranked(judged, model):
        if not {"off", "guests"}.isdisjoint(view.features) or (general and not view.sentence.space):
            continue
        parties = partners(view, who, actors, judged.reading.text)
        if "history" in view.sentence.cues and len(parties) > FEW:
            continue
        if len({b for p in parties for b in (p.blocs[:1] if p else ("?",))}) > 1:
            features = sentence_features(view, judged)
            deed = general and choose(model, "instrument", features) in DEEDS
            yield Draft(parties, choose(model, "activity", features), deed, [Quote(worth, view, features)])


def _ranked(judged: Judged, model: Model) -> list[tuple[float, SentenceView]]:
    """Return the sentences worth quoting, the best first."""
    told = [(score, v) for score, v in zip(judged.scores, judged.seen, strict=True) if score >= CANDIDATE**2]  # a proof is at most 1
    worth = [(sqrt(score * model.proof_score(proof_features(v, judged.reading))), v) for score, v in told]
    least = max(CANDIDATE, SHARE * max((w for w, _ in worth), default=0.0))
    return sorted(((w, v) for w, v in worth if w >= least), key=lambda pair: -pair[0])


def _place(known: list[Draft], new: Draft, *, apart: bool) -> None:
    """Add a sentence to the draft of the same parties (`apart`: and of the same item), else open one."""
    for draft in known:
        same = draft.blocs == new.blocs or ((draft.blocs <= new.blocs or new.blocs <= draft.blocs) and _share(draft, new))
        if same and (not apart or (draft.activity, draft.deed) == (new.activity, new.deed)):
            draft.quotes += new.quotes
            if not apart and draft.activity != "exploration-framework":
                draft.parties = named_better(draft.parties, new.parties)
            return
    if not apart or not known or new.score >= ITEM:
        known.append(new)


def _share(one: Draft, other: Draft) -> bool:
    """Return whether two drafts have a party in common."""
    known = {p.entry.id for p in one.parties if p is not None}
    return any(p is not None and p.entry.id in known for p in other.parties)
