"""The gazetteer: entries of config/gazetteer/*.yaml as values, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal

import re2
from pydantic import Field, ValidationError

from spacepact.errors import ConfigError, Problem
from spacepact.noun import Noun
from spacepact.yamlfile import Document, did_you_mean, read_document

Kind = Literal[
    "agency", "body", "forum", "ministry", "centre", "armed-force", "company", "university", "mission", "programme",
    "station", "constellation", "vehicle", "country",
]  # fmt: skip
MISSION_KINDS: frozenset[Kind] = frozenset({"mission", "programme", "station", "constellation"})
PUBLIC_KINDS: frozenset[Kind] = frozenset({"agency", "body", "ministry", "centre", "armed-force", "country"})
PRIVATE_KINDS: frozenset[Kind] = frozenset({"company", "university"})


class Examples(Noun):
    """Sentences that name the entry, and sentences that only look so; each is a test case."""

    match: tuple[str, ...] = ()
    miss: tuple[str, ...] = ()


IsoDate = Annotated[str, Field(pattern=r"^\d{4}(-\d\d(-\d\d)?)?$")]


class Entry(Noun):
    """One entity. `country` holds ISO 3166-1 alpha-2 codes, or a union's own acronym (ESA, EU, UN).

    `speaks_for`: the state (or body) that acts where this office does: the White House signs for the United States.
    `members` belong to it; `joined` and `left` say since when and until when, and name those that belong
    to no union, such as who signed an accord. `bloc` is the name by which watchlists ask for all of them.
    `space`: a body or forum for space alone, so that a sentence that names it is about space.
    """

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9:+.\-]*$")
    kind: Kind
    name: str
    names: dict[str, tuple[str, ...]] = {}
    acronyms: tuple[str, ...] = ()
    demonyms: tuple[str, ...] = ()
    country: tuple[str, ...] = ()
    since: int | None = None
    until: int | None = None
    predecessors: tuple[str, ...] = ()
    successor: str | None = None
    parent: str | None = None
    speaks_for: str | None = None
    members: tuple[str, ...] = ()
    bloc: str | None = None
    space: bool = False
    joined: dict[str, IsoDate] = {}
    left: dict[str, IsoDate] = {}
    agencies: tuple[str, ...] = ()
    partners: tuple[str, ...] = ()
    weak: tuple[str, ...] = ()
    context: tuple[str, ...] = ()
    ambiguous: dict[str, str] = {}
    description: tuple[str, ...] = ()
    pattern: str | None = None
    examples: Examples = Examples()


def led(entry: Entry) -> bool:
    """Return whether a forum is a framework that space agencies lead, such as the Artemis Accords."""
    return entry.kind == "forum" and bool(entry.agencies)


def pursued(entry: Entry) -> bool:
    """Return whether an entry is something that parties work on: a mission, or a framework that states join."""
    return entry.kind in MISSION_KINDS or led(entry)


class _File(Noun):
    entities: tuple[Entry, ...]


@dataclass(frozen=True)
class Gazetteer:
    """All entries, in the order of their files."""

    entries: tuple[Entry, ...]

    @cached_property
    def by_id(self) -> dict[str, Entry]:
        return {e.id: e for e in self.entries}

    def state(self, code: str) -> Entry | None:
        """Return the country entry of an ISO code or of a member's short id such as `fr`."""
        return self.by_id.get(f"state:{code.lower()}")


def load_gazetteer(directory: Path) -> tuple[Gazetteer, list[Problem]]:
    """Read every *.yaml of a directory; wrong entries are left out, and every problem is returned."""
    entries: dict[str, Entry] = {}
    places: dict[str, tuple[Document, int]] = {}
    problems: list[Problem] = []
    for path in sorted(directory.glob("*.yaml")):
        try:
            document = read_document(path)
        except ConfigError as error:
            problems += error.problems
            continue
        for i, entry in _entries(document, problems):
            if entry.id in entries:
                first = places[entry.id][0].file
                problems.append(document.problem(("entities", i, "id"), f"id {entry.id!r} stands twice", f"first in {first}"))
                continue
            entries[entry.id], places[entry.id] = entry, (document, i)
    gazetteer = Gazetteer(tuple(entries.values()))
    for entry in gazetteer.entries:
        document, i = places[entry.id]
        problems += [document.problem(("entities", i, *path), what, hint) for path, what, hint in _mistakes(entry, gazetteer)]
    shared = _shared_acronyms(gazetteer)
    for ident, acronym, others in shared:
        document, i = places[ident]
        what = f"{ident}: the acronym {acronym} also stands for {', '.join(others)}"
        problems.append(document.problem(("entities", i, "acronyms"), what, f"add ambiguous: {{{acronym}: also ...}}"))
    return gazetteer, problems


def _entries(document: Document, problems: list[Problem]) -> Iterator[tuple[int, Entry]]:
    try:
        yield from enumerate(document.into(_File).entities)
    except ConfigError as error:
        problems += error.problems
        rows = document.data.get("entities") if isinstance(document.data, dict) else None
        for i, row in enumerate(rows if isinstance(rows, list) else []):
            with suppress(ValidationError):
                yield i, Entry.model_validate(row)


_Path = tuple[str | int, ...]


def _mistakes(entry: Entry, gazetteer: Gazetteer) -> Iterator[tuple[_Path, str, str]]:
    known = gazetteer.by_id
    for path, ident in _references(entry):
        if ident not in known:
            yield path, f"{entry.id}: {path[0]}: nothing has the id {ident!r}", did_you_mean(ident, list(known))
    named = [("members", j, m) for j, m in enumerate(entry.members)] + [
        (key, m, m) for key in ("joined", "left") for m in getattr(entry, key)
    ]
    for key, place, member in named:
        if member not in known and gazetteer.state(member) is None:
            yield (key, place), f"{entry.id}: {key}: {member!r} is neither an id nor a country code", ""
    own = {entry.name, *entry.acronyms, *entry.demonyms, *(n for names in entry.names.values() for n in names)}
    for j, name in enumerate(entry.weak):
        if name not in own:
            yield ("weak", j), f"{entry.id}: weak: {name!r} is not one of its names", did_you_mean(name, sorted(own))
    if entry.pattern is not None:
        try:
            re2.compile(entry.pattern)
        except re2.error as error:
            yield ("pattern",), f"{entry.id}: pattern: {error}", "RE2 syntax: no look-around, no back-references"


def _references(entry: Entry) -> Iterator[tuple[_Path, str]]:
    for key in ("predecessors", "agencies", "partners"):
        for j, ident in enumerate(getattr(entry, key)):
            yield (key, j), ident
    for key in ("successor", "parent", "speaks_for"):
        if getattr(entry, key) is not None:
            yield (key,), getattr(entry, key)


def _shared_acronyms(gazetteer: Gazetteer) -> Iterator[tuple[str, str, list[str]]]:
    """Yield (id, acronym, other ids) for entries that share an acronym and do not say so."""
    owners: dict[str, list[Entry]] = {}
    for entry in gazetteer.entries:
        for acronym in set(entry.acronyms):
            owners.setdefault(acronym, []).append(entry)
    for acronym, entries in owners.items():
        for entry in entries:
            if len(entries) > 1 and acronym not in entry.ambiguous:
                yield entry.id, acronym, [e.id for e in entries if e is not entry]
