"""What watchlists take for granted about names: who succeeded whom, and who belongs to which bloc since when."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple


class Member(NamedTuple):
    """A country code or gazetteer id, with ISO dates (`2020`, `2020-01-31`): in from `since`, out from `until` on."""

    id: str
    since: str = ""
    until: str = ""

    def belongs(self, day: str) -> bool:
        """Say whether it is a member on a day (ISO date; "": today, for an article that does not say its day)."""
        return not (self.until and (not day or day >= self.until)) and not (day and day < self.since)


@dataclass(frozen=True)
class World:
    """`line`: ids that stand for one body across renamings, by id. `blocs`: the members of a bloc, itself among them, by its id."""

    line: Mapping[str, frozenset[str]] = field(default_factory=dict)
    blocs: Mapping[str, tuple[Member, ...]] = field(default_factory=dict)

    def same(self, ident: str) -> frozenset[str]:
        """Return all ids under which a body, or what it came from or became, may be told."""
        return self.line.get(ident) or frozenset({ident})

    def blocs_of(self, name: str, day: str) -> Iterator[str]:
        """Yield the blocs that a country code or an id belongs to, or is, on an ISO date."""
        for bloc, member in self._memberships.get(name, ()):
            if member.belongs(day):
                yield bloc

    @cached_property
    def _memberships(self) -> dict[str, list[tuple[str, Member]]]:
        found: dict[str, list[tuple[str, Member]]] = {}
        for bloc, members in self.blocs.items():
            for member in members:
                found.setdefault(member.id, []).append((bloc, member))
        return found
