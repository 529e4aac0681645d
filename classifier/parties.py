"""Who could cooperate: the parties that a sentence names, and how two of them stand to each other."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations
from types import MappingProxyType
from typing import Literal

from classifier.actor import Actor, listed_with, placed
from classifier.gazetteer import PRIVATE_KINDS, PUBLIC_KINDS, Entry, Gazetteer
from classifier.mentions import Mention
from classifier.reading import Sentence, countries

Relation = Literal["public-foreign", "mixed-foreign", "private-foreign", "domestic"]
SMALL_FORUM = 7
_NONE: Mapping[str, str] = MappingProxyType({})
_EUROPE = re.compile(
    r"(?:(?P<with>\b(?:with|between|by) |与)|,? and |, |、|和)?(?:the |its |their |our )?"
    r"(?P<europe>\bEurope\b|欧洲|\bEuropean (?:partners?|counterparts?)\b)(?!['’]|[ -][A-Z])(?:,? and (?:the )?|, (?:the )?|、|和)?"
)
"""Europe as one of those who act, with the words that join it to them."""
_UNIONS = {"ESA": "esa", "EU": "eu"}


class Actors:
    """Finds actors; knows which centre belongs to which agency, and who is a member of ESA and the EU."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        self._by_id = gazetteer.by_id
        self._owners = {e.id: self._behind(e) for e in gazetteer.entries if e.agencies or e.partners}
        self._members = {
            union: frozenset(m.upper() for m in gazetteer.by_id[ident].members) if ident in gazetteer.by_id else frozenset()
            for union, ident in _UNIONS.items()
        }

    def named(self, sentence: Sentence) -> list[Actor]:
        """Return every name of a sentence that is one of an actor, in order."""
        return [a for a in map(self.actor, sentence.mentions) if a is not None]

    def of(self, named: list[Actor], text: str, homes: Mapping[str, str] = _NONE) -> list[Actor]:
        """Return those whom a sentence has `named` in order, each entry once; a name wins over a demonym or a place.

        `homes`: id -> country of the companies whose home the document tells (`domiciles`).
        """
        every = [a._replace(blocs=(homes[a.entry.id],)) if a.entry.id in homes else a for a in named] if homes else named
        found: dict[str, Actor] = {}
        before: Actor | None = None
        for i, plain in enumerate(every):
            following = every[i + 1] if i + 1 < len(every) else None
            actor = listed_with(placed(plain, before, following, text), before, text)
            before = actor
            known = found.get(actor.entry.id)
            if known is None or (known.adjective or known.place) > (actor.adjective or actor.place):
                found[actor.entry.id] = actor
        return list(found.values())

    def actor(self, mention: Mention) -> Actor | None:
        """Return a mention as an actor: a centre stands for its agency, an office for whom it speaks; missions are none."""
        entry = mention.entry
        if entry.speaks_for in self._by_id:
            entry = self._by_id[entry.speaks_for]
        if entry.kind == "centre":
            if entry.parent not in self._by_id:
                return None
            entry = self._by_id[entry.parent]
        if entry.kind not in PUBLIC_KINDS and entry.kind not in PRIVATE_KINDS:
            return None
        adjective = mention.alias in mention.entry.demonyms
        return Actor(entry, mention.start, mention.end, countries(entry), entry.kind in PUBLIC_KINDS, adjective)

    def members(self, sentence: Sentence) -> list[Actor]:
        """Return the states behind small forums that the sentence names (the Quad, the G7)."""
        found = []
        for mention in sentence.mentions:
            if mention.entry.kind == "forum" and 1 < len(mention.entry.members) <= SMALL_FORUM:
                for code in mention.entry.members:
                    state = self._by_id.get(code) or self._by_id.get(f"state:{code.lower()}")
                    if state is not None:
                        found.append(Actor(state, mention.start, mention.end, countries(state), public=True, adjective=False))
        return found

    def with_europe(self, sentence: Sentence, who: list[Actor], text: str) -> list[Actor]:
        """Return those of a sentence, and ESA where "Europe" is one of them: in a list, or with whom they act."""
        esa = self._by_id.get("esa")
        unnamed = text.find("Europe", sentence.start, sentence.end) < 0 and text.find("欧洲", sentence.start, sentence.end) < 0
        if unnamed or esa is None or any(a.entry is esa for a in who):
            return who
        beside = {at: not (a.place or a.adjective) for a in who for at in (a.start, a.end)}
        for found in _EUROPE.finditer(text, sentence.start, sentence.end):
            if beside.get(found.start(), bool(found["with"]) or beside.get(found.end(), False)):
                actor = Actor(esa, found.start("europe"), found.end("europe"), countries(esa), public=True, adjective=False)
                return sorted([*who, actor], key=lambda a: a.start)
        return who

    def state_of(self, ident: str) -> Actor | None:
        """Return the state (or union) behind an agency, as an actor that no words name."""
        entry = self._by_id.get(ident)
        state = self._by_id.get(f"state:{countries(entry)[0].lower()}", entry) if entry is not None and countries(entry) else None
        return Actor(state, -1, -1, countries(state), public=True, adjective=False) if state is not None else None

    def owners(self, sentence: Sentence) -> set[str]:
        """Return the blocs behind the missions and forums that a sentence names."""
        return set().union(*[self._owners.get(m.entry.id, ()) for m in sentence.mentions])

    def _behind(self, entry: Entry) -> frozenset[str]:
        owners = (self._by_id[ident] for ident in (*entry.agencies, *entry.partners) if ident in self._by_id)
        return frozenset(bloc for owner in owners for bloc in countries(owner)[:1])

    def relation(self, a: Actor, b: Actor) -> Relation:
        """Return how two actors stand to each other; ESA with European industry is domestic."""
        if not a.blocs or not b.blocs or not set(a.blocs).isdisjoint(b.blocs):
            return "domestic"
        if a.public and b.public:
            return "public-foreign"
        if a.public or b.public:
            public, private = (a, b) if a.public else (b, a)
            for bloc in public.blocs:
                if set(private.blocs) & self._members.get(bloc, frozenset()):
                    return "domestic"
            return "mixed-foreign"
        return "private-foreign"

    def relations(self, actors: Iterable[Actor]) -> set[Relation]:
        """Return every relation between two of the actors; places take no part."""
        listed = [a for a in actors if not a.place][:12]
        return set() if len(listed) < 2 else {self.relation(a, b) for a, b in combinations(listed, 2)}


def home_of(named: Sequence[list[Actor]], titles: int) -> str:
    """Return the bloc that a document speaks from: the most frequent one, the title counting three times.

    `named`: whom each sentence names, those of the title first.
    """
    votes: dict[str, int] = {}
    for i, actors in enumerate(named[:60]):
        for actor in actors:
            if actor.blocs:
                votes[actor.blocs[0]] = votes.get(actor.blocs[0], 0) + (3 if i < titles else 1)
    return max(votes, key=lambda bloc: votes[bloc], default="")
