"""Which watchlists a cooperation answers, and why; a compiled index looks only at lists that can match."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from alerts.watchlist import Condition, Question, Watchlist
from spacepact.article import Tier
from spacepact.cooperation import Classification, Cooperation
from spacepact.story import Match

_LABEL = {
    "agencies": "agency", "companies": "company", "missions": "mission", "countries": "country", "activity": "activity",
    "instrument": "instrument", "stage": "stage", "mode": "mode", "scope": "scope", "tier": "tier", "languages": "language",
}  # fmt: skip
_TOKEN = {**_LABEL, "agencies": "party", "companies": "party"}
_COST = {
    "mission": 1, "party": 4, "country": 20, "instrument": 100, "activity": 100, "stage": 200, "tier": 300, "language": 300,
    "mode": 900, "scope": 900,
}  # fmt: skip
"""How common one value of a field is among cooperations, roughly, in thousandths: a list waits under its rarest field."""


class Finding(NamedTuple):
    """Whether one criterion holds, in words: `agency jaxa ("JAXA")`, `score 0.41 < 0.50`."""

    held: bool
    reason: str


@dataclass(frozen=True)
class Subject:
    """What is asked about: one cooperation of a document, and where it was read."""

    cooperation: Cooperation
    classification: Classification
    tier: Tier | None = None
    language: str | None = None

    @cached_property
    def facts(self) -> frozenset[str]:
        """All that a condition can ask for, as `field:value`."""
        c = self.cooperation
        states = [p.id.removeprefix("state:").upper() for p in c.parties if p.id.startswith("state:")]
        values: dict[str, Iterable[str | None]] = {
            "party": [p.id for p in c.parties], "mission": c.missions, "country": [*c.countries, *states], "activity": [c.activity],
            "instrument": [c.instrument], "stage": [c.stage], "mode": [c.mode], "scope": [c.scope],
            "tier": [self.tier], "language": [self.language],
        }  # fmt: skip
        return frozenset(f"{field}:{value}" for field, many in values.items() for value in many if value)

    @cached_property
    def aliases(self) -> dict[str, str]:
        """The words that named an entity, by id."""
        c = self.classification
        return {n.id: n.alias for n in (*c.agencies, *c.companies, *c.missions)}


class _Rule(NamedTuple):
    """A compiled condition: each group must meet the facts."""

    groups: tuple[frozenset[str], ...]
    min_score: float | None
    all: tuple[_Rule, ...]
    any: tuple[_Rule, ...]
    none: tuple[_Rule, ...]


class Watchlists:
    """All watchlists by id, compiled once; `min_score` holds where a list does not say its own.

    Lists that ask the same are asked once; each question waits under the rarest thing it asks for.
    """

    def __init__(self, lists: Mapping[str, Watchlist], *, min_score: float = 0.5) -> None:
        self.lists = dict(lists)
        self.min_score = min_score
        self._asking: dict[Question, list[str]] = defaultdict(list)
        for name, watchlist in self.lists.items():
            self._asking[watchlist.match].append(name)
        self._waiting: dict[str, list[tuple[Question, _Rule]]] = defaultdict(list)
        for question in self._asking:
            rule = _compile(question)
            for token in _anchor(rule)[1]:
                self._waiting[token].append((question, rule))

    def match(self, subject: Subject) -> list[Match]:
        """Return one match for each list that holds, in the order of their ids."""
        facts, score, waiting = subject.facts, subject.classification.score, self._waiting
        held = {q for token in (*facts, "") for q, rule in waiting.get(token, ()) if _holds(rule, facts, score, self.min_score)}
        found = {name: reasons for q in held for reasons in [self._reasons(q, subject)] for name in self._asking[q]}
        return [Match(watchlist=name, reasons=found[name]) for name in sorted(found)]

    def explain(self, name: str, subject: Subject) -> list[Finding]:
        """Return every criterion of one list, held or not, for a person who asks why; KeyError if there is no such list."""
        return list(_findings(self.lists[name].match, subject, self.min_score, top=True))

    def _reasons(self, question: Question, subject: Subject) -> tuple[str, ...]:
        found = _findings(question, subject, self.min_score, top=True)
        taken_for_granted = _granted(question)
        return tuple(dict.fromkeys(f.reason for f in found if f.held and f.reason not in taken_for_granted))


def _granted(question: Question) -> set[str]:
    """Return the reasons that go without saying: what a question asks unless it says otherwise."""
    defaults = Question()
    same = (f for f in ("mode", "scope") if getattr(question, f) == getattr(defaults, f))
    return {f"{_LABEL[f]} {value}" for f in same for value in getattr(question, f)}


def match(
    watchlists: Watchlists,
    cooperation: Cooperation,
    classification: Classification,
    *,
    tier: Tier | None = None,
    language: str | None = None,
) -> list[Match]:
    """Return the watchlists that one cooperation of a document answers, with named reasons.

    A list that asks for a tier or a language does not hold where that is unknown (None).
    """
    return watchlists.match(Subject(cooperation, classification, tier, language))


def match_classification(
    watchlists: Watchlists, classification: Classification, *, tier: Tier | None = None, language: str | None = None
) -> list[Match]:
    """Return the watchlists that any cooperation of a document answers; the reasons are those of the first that does."""
    found: dict[str, Match] = {}
    for cooperation in classification.cooperations:
        for m in match(watchlists, cooperation, classification, tier=tier, language=language):
            found.setdefault(m.watchlist, m)
    return [found[name] for name in sorted(found)]


def _compile(condition: Condition) -> _Rule:
    groups = (frozenset(f"{_TOKEN[field]}:{value}" for value in getattr(condition, field)) for field in _LABEL)
    given = sorted((g for g in groups if g), key=_cost)
    nested = (tuple(_compile(c) for c in branch) for branch in (condition.all, condition.any, condition.none))
    return _Rule(tuple(given), condition.min_score, *nested)


def _cost(tokens: Iterable[str]) -> int:
    return sum(_COST[token.partition(":")[0]] for token in tokens)


def _anchor(rule: _Rule) -> tuple[int, frozenset[str]]:
    """Return tokens of which a matching cooperation has at least one, the rarest there are ("" is had by all)."""
    choices = [(_cost(group), group) for group in rule.groups]
    choices += [_anchor(child) for child in rule.all]
    if rule.any:
        branches = [_anchor(child) for child in rule.any]
        choices.append((sum(cost for cost, _ in branches), frozenset().union(*(tokens for _, tokens in branches))))
    return min(choices, key=lambda c: c[0], default=(10_000, frozenset({""})))


def _holds(rule: _Rule, facts: frozenset[str], score: float, min_score: float | None) -> bool:
    least = min_score if rule.min_score is None else rule.min_score
    for group in rule.groups:
        if group.isdisjoint(facts):
            return False
    if least is not None and score < least:
        return False
    return (
        all(_holds(child, facts, score, None) for child in rule.all)
        and (not rule.any or any(_holds(child, facts, score, None) for child in rule.any))
        and not any(_holds(child, facts, score, None) for child in rule.none)
    )


def _findings(condition: Condition, subject: Subject, min_score: float | None, *, top: bool = False) -> Iterable[Finding]:
    for field in _LABEL:
        wanted = getattr(condition, field)
        if wanted:
            yield from _field(field, wanted, subject)
    for child in condition.all:
        yield from _findings(child, subject, None)
    if condition.any:
        yield from _any(condition.any, subject)
    for child in condition.none:
        yield from _none(child, subject)
    least = min_score if condition.min_score is None else condition.min_score
    if least is not None and (top or condition.min_score is not None):
        score = subject.classification.score
        yield Finding(score >= least, f"score {score:.2f} {'>=' if score >= least else '<'} {least:.2f}")


def _field(field: str, wanted: Sequence[str], subject: Subject) -> Iterable[Finding]:
    label, token, facts = _LABEL[field], _TOKEN[field], subject.facts
    held = [value for value in wanted if f"{token}:{value}" in facts]
    for value in held:
        alias = subject.aliases.get(value, "")
        yield Finding(held=True, reason=f'{label} {value} ("{alias}")' if alias else f"{label} {value}")
    if not held:
        there = sorted(f.partition(":")[2] for f in facts if f.startswith(f"{token}:"))
        yield Finding(held=False, reason=f"{label} {' or '.join(wanted)} is wanted, there is {', '.join(there) or 'none'}")


def _any(branches: Sequence[Condition], subject: Subject) -> Iterable[Finding]:
    found = [list(_findings(branch, subject, None)) for branch in branches]
    held = [findings for findings in found if all(f.held for f in findings)]
    if held:
        yield from held[0]
    else:
        yield Finding(held=False, reason="any: " + " / ".join(f.reason for findings in found for f in findings if not f.held))


def _none(branch: Condition, subject: Subject) -> Iterable[Finding]:
    findings = list(_findings(branch, subject, None))
    if all(f.held for f in findings):
        yield Finding(held=False, reason="excluded: " + ", ".join(f.reason for f in findings))
