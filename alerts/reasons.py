"""Why a list holds or does not, in words; the plain reading of a condition, against which the index is tested."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

from alerts.keywords import Keywords
from alerts.subject import LABEL, PLAIN, Subject, facts
from alerts.watchlist import Condition, Question
from alerts.world import World

_ACTORS = ("agencies", "companies")


class Finding(NamedTuple):
    """Whether one criterion holds, in words: `agency jaxa ("JAXA")`, `score 0.41 < 0.50`."""

    field: str
    held: bool
    reason: str


class Reader:
    """Reads conditions against one subject; each fact is put into words once, then looked up."""

    def __init__(self, subject: Subject, world: World, keywords: Keywords) -> None:
        self._subject = subject
        self._facts = facts(subject, world, keywords)
        self._aliases = subject.page.aliases
        self._told = {name: {v: Finding(name, True, f"{LABEL[name]} {self._words(v)}") for v in self._facts[name]} for name in PLAIN}
        self._told["keywords"] = {v: Finding("keywords", True, f'keyword "{v}"') for v in self._facts["keywords"]}
        self._told["roles"] = {v: Finding("roles", True, f"role {v}") for v in self._facts["roles"]}
        self._actors: dict[str, list[tuple[str, str]]] = {}
        for party in subject.cooperation.parties:
            for name in sorted(world.same(party.id)):
                known = "" if name == party.id else f", the same line as {name}"
                self._actors.setdefault(name, []).append((f"{self._words(party.id)}{known}", party.role))

    def findings(self, condition: Condition, without: Collection[str] = ()) -> Iterator[Finding]:
        """Yield every criterion of a condition, held or not, in the order of the fields, but for those in `without`."""
        given = condition.__dict__
        for name in _ACTORS:
            if given[name]:
                yield from self._parties(name, given[name], condition.roles)
        if condition.roles and not condition.agencies and not condition.companies:
            yield from self._field("roles", condition.roles)
        for name in PLAIN:
            if given[name] and name not in without:
                yield from self._field(name, given[name])
        for child in condition.all:
            yield from self.findings(child)
        if condition.any:
            yield from self._any(condition.any)
        for child in condition.none:
            yield from self._none(child)
        yield from self._amounts(condition)

    def holds(self, condition: Condition) -> bool:
        """Say whether every criterion holds."""
        return all(f.held for f in self.findings(condition))

    def reasons(self, question: Question, granted: Question) -> tuple[str, ...]:
        """Return why a question holds, without what goes without saying: the mode and scope that `granted` asks as well."""
        silent = [name for name in ("mode", "scope") if getattr(question, name) == getattr(granted, name)]
        return tuple(dict.fromkeys(f.reason for f in self.findings(question, silent) if f.held))

    def _words(self, value: str) -> str:
        alias = self._aliases.get(value)
        return f'{value} ("{alias}")' if alias else value

    def _parties(self, name: str, wanted: Sequence[str], roles: Sequence[str]) -> Iterator[Finding]:
        held = [(told, role) for value in wanted for told, role in self._actors.get(value, ()) if not roles or role in roles]
        for told, role in held:
            yield Finding(name, True, f"{LABEL[name]} {told}" + (f" as {role}" if roles else ""))
        if not held:
            there = sorted(f"{p.id} as {p.role}" if roles else p.id for p in self._subject.cooperation.parties)
            yield Finding(
                name, False, f"{LABEL[name]} {_or(wanted)}{f' as {_or(roles)}' if roles else ''} is wanted, there is {_list(there)}"
            )

    def _field(self, name: str, wanted: Sequence[str]) -> Iterator[Finding]:
        told = self._told[name]
        held = [value for value in wanted if value in told]
        for value in held:
            yield told[value]
        if not held:
            yield Finding(name, False, f"{LABEL[name]} {_or(wanted)} is wanted, there is {_list(sorted(self._facts[name]))}")

    def _any(self, branches: Sequence[Condition]) -> Iterator[Finding]:
        found = [list(self.findings(branch)) for branch in branches]
        held = [findings for findings in found if all(f.held for f in findings)]
        if held:
            yield from held[0]
        else:
            yield Finding("any", False, "any: " + " / ".join(f.reason for findings in found for f in findings if not f.held))

    def _none(self, branch: Condition) -> Iterator[Finding]:
        found = list(self.findings(branch))
        if all(f.held for f in found):
            yield Finding("none", False, "excluded: " + (", ".join(f.reason for f in found) or "everything"))

    def _amounts(self, condition: Condition) -> Iterator[Finding]:
        if condition.min_score is not None:
            yield self._amount("score", condition.min_score, ".2f")
        if condition.min_sources is not None and condition.min_sources > 1:
            yield self._amount("sources", condition.min_sources, ".0f")

    def _amount(self, name: str, least: float, digits: str) -> Finding:
        there = self._subject.amounts[name]
        held = there >= least
        return Finding(f"min_{name}", held, f"{name} {there:{digits}} {'>=' if held else '<'} {least:{digits}}")


def _or(wanted: Sequence[str]) -> str:
    return " or ".join(wanted)


def _list(there: Sequence[str]) -> str:
    return ", ".join(there) or "none"
