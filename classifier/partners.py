"""Whom a sentence joins: the parties of a cooperation, out of those whom a sentence and its document name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from itertools import pairwise
from types import MappingProxyType
from typing import NamedTuple

from classifier.actor import Actor
from classifier.features import SentenceView, joins
from classifier.gazetteer import MISSION_KINDS, led
from classifier.parties import Actors
from classifier.reading import Reading

Parties = list[Actor | None]
"""None stands for a party that the text does not name."""
_GIVES = frozenset({"contribute", "instrument"})
_MANY = re.compile(
    r"\b(?:call(?:s|ed)? (?:on|upon)|with|invites?|invited) (?:(?:all|other|many|several|\d+) )+"
    r"(?:nations|countries|governments|space agencies)\b"
    r"|\d+多?个(?:国家|国际组织)|(?:西方|其他|世界各|多个)国家?"
)
"""Partners that are counted and not named: "called on all nations"."""
_THROUGH = re.compile(r"\b(?:with|through) $")
"""A company that agencies work with or through is one of them: "NASA and ISRO fly a crew with Axiom Space"."""
_ITS_MISSION = re.compile(r"['’]s\b| (?:missions?|satellites?|spacecraft)\b")
_TOGETHER = frozenset({"sign", "agree", "agreement", "cooperate", "joint"})


class Protagonists(NamedTuple):
    """Whom the document is about: the one it speaks for, the foreign party it names most, and all whom its title names.

    `known`: every party that the document names, by id.
    """

    home: Actor | None
    partner: Actor | None
    circle: tuple[Actor, ...] = ()
    known: Mapping[str, Actor] = MappingProxyType({})


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
        return Protagonists(None, None, _circle(reading, seen, actors), known)
    wanted = {"public-foreign", "mixed-foreign"}
    partner = next((a for a in ranked if actors.relation(first, a) in wanted and votes[a.entry.id] >= 2), None)
    return Protagonists(first, partner, _circle(reading, seen, actors), known)


def _circle(reading: Reading, seen: list[SentenceView], actors: Actors) -> tuple[Actor, ...]:
    """Return the states of a title that names three or more ("leaders of Australia, India, Japan and the United States")."""
    for view in seen[: reading.titles]:
        states = [a for a in (*view.actors, *actors.members(view.sentence)) if a.state]
        apart = any(";" in reading.text[a.end : b.start] for a, b in pairwise(states))
        if len(states) > 2 and not apart:
            return tuple({a.entry.id: a for a in states}.values())
    return ()


def partners(view: SentenceView, who: Protagonists, actors: Actors, text: str) -> Parties:
    """Return the parties of a sentence; where it names too few, the protagonists of the document stand in."""
    kept = _one_each(_named(view, actors), view, actors, text)
    if "public-foreign" in actors.relations(kept):
        agencies = "public-foreign" in actors.relations(a for a in kept if not a.state)
        kept = [a for a in kept if a.public or (agencies and _THROUGH.search(text[max(0, a.start - 9) : a.start]))]
    if len(_blocs(kept)) < 2:
        kept += [a for a in view.actors if a.adjective and not set(a.blocs) & _blocs(kept)]
    blocs = _blocs(kept)
    if len(blocs) < 2 and who.circle and blocs | _blocs([who.home] if who.home else []) <= _blocs(who.circle):
        return list(who.circle)
    kept += _owners(view, who, actors, blocs)
    blocs = _blocs(kept)
    many = _MANY.search(text, view.sentence.start, view.sentence.end) is not None and who.home is not None and blocs <= set(who.home.blocs)
    for other in (who.home,) if many else (who.home, who.partner):
        owns = other is who.home and blocs and other is not None and set(other.blocs) & actors.owners(view.sentence)
        if other is not None and (owns or len(blocs) < 2) and not set(other.blocs) & blocs:
            kept.append(other)
            blocs |= set(other.blocs)
    unnamed = many or (len(blocs) == 1 and ("international" in view.sentence.cues or "forum" in view.features))
    return _spoken_for([*kept, None] if unnamed else list(kept), view, who)


def _owners(view: SentenceView, who: Protagonists, actors: Actors, blocs: set[str]) -> list[Actor]:
    """Return who owns the mission that others contribute to, or leads the framework that others join."""
    cues = view.sentence.cues
    gives, joins_it = not _GIVES.isdisjoint(cues), "accede" in cues or "sign" in cues
    found: dict[str, Actor] = {}
    for mention in view.sentence.mentions:
        entry = mention.entry
        joined = joins_it and led(entry)
        if len(entry.agencies) == 1 and (joined or (blocs and gives and entry.kind in MISSION_KINDS)):
            state = actors.state_of(entry.agencies[0])
            speaks = joined and who.home is not None and state is not None and who.home.blocs == state.blocs
            owner = who.home if speaks else who.known.get(entry.agencies[0]) or state
            if owner is not None and not set(owner.blocs) & blocs:
                found[owner.entry.id] = owner
    return list(found.values())


def _named(view: SentenceView, actors: Actors) -> list[Actor]:
    """Return whom a sentence names; a forum stands for its members where it joins something or nobody else is named."""
    named = [a for a in view.actors if not a.adjective and not a.place]
    if len(_blocs(named)) < 2 or "accede" in view.sentence.cues:
        named += [m for m in actors.members(view.sentence) if all(m.entry.id != a.entry.id for a in named)]
    return named


def _spoken_for(parties: Parties, view: SentenceView, who: Protagonists) -> Parties:
    """Return the parties, the state of the agency that the document speaks for replaced by that agency.

    Where a company speaks, those whom it names side by side are customers of its own, not partners of each other.
    """
    home = who.home
    if home is None or home.state:
        return parties
    if home.public:
        named = {p.entry.id for p in parties if p is not None}
        return [home if p is not None and p.state and p.blocs == home.blocs and home.entry.id not in named else p for p in parties]
    foreign = [p is not None and p.public and not set(p.blocs) & set(home.blocs) for p in parties]
    return [home, *parties] if len(parties) > 1 and all(foreign) and _TOGETHER.isdisjoint(view.sentence.cues) else parties


def _blocs(actors: Iterable[Actor]) -> set[str]:
    return {b for a in actors for b in a.blocs}


def _one_each(named: list[Actor], view: SentenceView, actors: Actors, text: str) -> list[Actor]:
    """Return the actors without those that another speaks for.

    An agency speaks for its state; but it is the state that joins a framework, though not the agency that leads it,
    and states that are named in one breath ("France and Japan") act themselves, beside the agency whose mission it is.
    """
    joining = "forum" in view.features and ("accede" in view.sentence.cues or "sign" in view.sentence.cues)
    leads = actors.owners(view.sentence) if joining else set()
    states = {b for a in named if a.state for b in a.blocs} - leads if joining else set()
    agencies = {b for a in named if a.public and not a.state for b in a.blocs}
    if len(agencies) < 2:
        for a, b in pairwise(named):
            if a.state and b.state and joins(text[a.end : b.start]):
                states |= {*a.blocs, *b.blocs}
    agencies -= states
    flying = {a.entry.id for a in named if not (a.state or joining) and _ITS_MISSION.match(text, a.end)}
    return [a for a in named if not a.public or a.entry.id in flying or not set(a.blocs) & (agencies if a.state else states)]


def named_better(parties: Parties, others: Parties) -> Parties:
    """Return the parties, each state replaced by the agency or company of that state that another sentence names."""
    better = {p.blocs[0]: p for p in others if p is not None and p.entry.kind != "country" and p.blocs}
    taken = {p.entry.id for p in parties if p is not None}
    out: Parties = []
    for party in parties:
        other = better.get(party.blocs[0]) if party is not None and party.entry.kind == "country" and party.blocs else None
        out.append(other if other is not None and other.entry.id not in taken else party)
    return out


def companies_named(parties: Parties, seen: list[SentenceView]) -> Parties:
    """Return an agency with "a French company", the state replaced by the first company of France that the document names."""
    if not any(p is not None and p.public and p.entry.kind != "country" for p in parties):
        return parties
    known = {p.entry.id for p in parties if p is not None}
    companies = [a for v in seen for a in v.actors if not a.public and a.entry.id not in known]
    first = {a.blocs[0]: a for a in reversed(companies) if a.blocs}
    return [first.get(p.blocs[0], p) if p is not None and p.entry.kind == "country" and p.blocs else p for p in parties]
