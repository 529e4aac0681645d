"""Who acts for a state: the agency that flies the mission which a sentence tells of, or in a statement of states the state itself."""

from __future__ import annotations

from collections.abc import Mapping

from classifier.actor import Actor
from classifier.features import SentenceView
from classifier.partners import Parties


def flown_by(parties: Parties, view: SentenceView, known: Mapping[str, Actor]) -> Parties:
    """Return the parties, the states replaced by their agencies where these fly the mission that the sentence names together.

    `known`: every party that the document names, by id: an agency that it never names is no party.
    """
    blocs = {bloc for p in parties if p is not None for bloc in p.blocs[:1]}
    for mention in view.sentence.mentions:
        flying = {bloc: known[ident] for ident in mention.entry.agencies if ident in known for bloc in known[ident].blocs[:1]}
        if mention.entry.kind == "mission" and len(blocs) > 1 and blocs <= flying.keys():
            return [flying[p.blocs[0]] if p is not None and p.state else p for p in parties]
    return parties


def speaking(parties: Parties, view: SentenceView, states: Mapping[str, Actor]) -> Parties:
    """Return the parties; whom the sentence does not name is a state where the title names it.

    `states`: those of the title of a statement, by bloc: "India has joined the Artemis Accords" then speaks of two states.
    """
    named = {actor.entry.id for actor in view.actors}
    return [states.get(p.blocs[0], p) if p is not None and p.blocs and p.entry.id not in named else p for p in parties]


def states_of_title(seen: list[SentenceView], titles: int) -> dict[str, Actor]:
    """Return the states that a title names, by bloc."""
    return {a.blocs[0]: a for view in seen[:titles] for a in view.actors if a.state and a.blocs}
