"""Sentences gathered by what they tell of: the same parties and, in a general statement, the same item."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import sqrt
from operator import itemgetter
from typing import NamedTuple

from classifier.attributes import choose, proof_features, rivals
from classifier.features import SentenceView
from classifier.judged import Judged, sentence_features
from classifier.model import Model
from classifier.parties import Actors
from classifier.partners import Parties, companies_named, named_better, partners, protagonists
from classifier.speakers import flown_by, speaking, states_of_title

CANDIDATE = 0.05
"""A sentence below this worth proves nothing."""
SHARE = 0.42
"""Nor does one below this share of the worth of the best."""
ITEM = 0.3
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
    """A cooperation in the making: its parties, and the sentences that tell of it, the best first.

    `item`: what sets it apart in a general statement: its activity, and whether it is an instrument of its own.
    """

    parties: Parties
    item: tuple[str, bool] | None
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
    general = _general(judged)
    out: list[Draft] = []
    for new in _found(judged, actors, model, general=general):
        if len(out) >= MOST:
            break
        _place(out, new, model)
    if general:
        return sorted(out, key=lambda d: d.quotes[0].view.sentence.index)
    for draft in out:
        if not _joins_framework(draft, model):
            for other in out:
                draft.parties = named_better(draft.parties, [p for p in other.parties if p is not None and p.public])
        if any("industry" in q.view.sentence.cues or "contract" in q.view.sentence.cues for q in draft.quotes):
            draft.parties = companies_named(draft.parties, judged.seen)
    return out


def _general(judged: Judged) -> bool:
    """Return whether a document is a statement, fact sheet, readout or speech: it lists many things of one rank."""
    title = judged.reading.title
    return any(c in s.cues for s in title for c in ("statement", "leaders")) or any(
        saying.field == "document" for s in title for saying in judged.said[s.index]
    )


def _found(judged: Judged, actors: Actors, model: Model, *, general: bool) -> Iterator[Draft]:
    """Yield a draft for every sentence that joins parties, the best first."""
    who = protagonists(judged.reading, judged.seen, judged.home, actors)
    states = states_of_title(judged.seen, judged.reading.titles) if general else {}
    for worth, view in _ranked(judged, model, general=general):
        if not {"off", "aside"}.isdisjoint(view.features) or (general and not view.sentence.space):
            continue
        parties = partners(view, who, actors, judged.reading.text)
        parties = flown_by(speaking(parties, view, states), view, who.known)
        if "history" in view.sentence.cues and len(parties) > FEW:
            continue
        if len({b for p in parties for b in (p.blocs[:1] if p else ("?",))}) > 1:
            features = sentence_features(view, judged)
            item = (choose(model, "activity", features), choose(model, "instrument", features) in DEEDS) if general else None
            yield Draft(parties, item, [Quote(worth, view, features)])


def _ranked(judged: Judged, model: Model, *, general: bool) -> list[tuple[float, SentenceView]]:
    """Return the sentences worth quoting, the best first.

    That a general statement tells of cooperation is settled: there a sentence is worth what it proves.
    """
    least = CANDIDATE
    found: list[tuple[float, SentenceView]] = []
    others = rivals(judged.seen)
    for score, view in sorted(zip(judged.scores, judged.seen, strict=True), key=itemgetter(0), reverse=True):
        if sqrt(score) < least:  # nor any that follows: a proof is at most 1
            break
        proof = model.proof_score(proof_features(view, judged.said[view.sentence.index], others))
        worth = proof if general else sqrt(score * proof)
        least = least if general else max(least, SHARE * worth)
        found.append((worth, view))
    return sorted(((w, v) for w, v in found if w >= least), key=itemgetter(0), reverse=True)


def _place(known: list[Draft], new: Draft, model: Model) -> None:
    """Add a sentence to the draft of the same parties (and of the same item), else open one."""
    for draft in known:
        if draft.item == new.item and _alike(draft, new):
            draft.quotes += new.quotes
            if draft.item is None and not _joins_framework(draft, model):
                draft.parties = named_better(draft.parties, new.parties)
            return
    if new.item is None or not known or new.score >= ITEM:
        known.append(new)


def _joins_framework(draft: Draft, model: Model) -> bool:
    """Return whether a draft tells who joins a framework: that is for states to do."""
    return choose(model, "instrument", draft.quotes[0].features) == "accession"


def _alike(known: Draft, new: Draft) -> bool:
    """Return whether two drafts tell of the same parties, one perhaps of fewer: but two public ones more are another partnership."""
    if known.blocs == new.blocs:
        return True
    more = {p.blocs[0] for p in new.parties if p is not None and p.public and p.blocs} - known.blocs
    nested = new.blocs <= known.blocs or (known.blocs <= new.blocs and (len(more) < 2 or known.item is not None))
    return nested and _share(known, new)


def _share(one: Draft, other: Draft) -> bool:
    """Return whether two drafts have a party in common."""
    known = {p.entry.id for p in one.parties if p is not None}
    return any(p is not None and p.entry.id in known for p in other.parties)
