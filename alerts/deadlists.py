"""Watchlists that a person did not mean: those that can never match, and those that another one makes needless.

Both answers are careful: a list that is named is certainly so, one that is not named may still be.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

from alerts.matching import Watchlists
from alerts.subject import LABEL
from alerts.watchlist import Condition, Target, Watchlist
from spacepact.errors import Problem
from spacepact.yamlfile import read_document

SINGLE = ("activity", "instrument", "stage", "mode", "scope", "tier", "languages")
"""A cooperation has one value of these, so that two demands must have one in common."""


def dead_lists(directory: Path, watchlists: Watchlists) -> Iterator[Problem]:
    """Yield each list that can never match or is shadowed, at its place in its file."""
    shadows = dict(shadowed(watchlists))
    for name, question in watchlists.questions.items():
        path = directory / f"{name}.yaml"
        if why := contradiction(question):
            yield read_document(path).problem(("match",), f"{name} can never match: {why}", "ask for less, or delete the list")
        elif by := shadows.get(name):
            what = f"{name} is shadowed: all that it matches, {by} tells the same recipients in the same way"
            yield read_document(path).problem((), what, f"delete it, or narrow {by}")


def contradiction(condition: Condition) -> str | None:
    """Return why a condition can never hold, or None."""
    for field in SINGLE:
        demands = _demands(condition)[field]
        if demands and not frozenset.intersection(*demands):
            return f"{LABEL[field]} {' and '.join(_or(d) for d in demands)} cannot hold together"
    for child in condition.all:
        if why := contradiction(child):
            return f"all: {why}"
    why_not = [
        contradiction(condition.model_copy(update={"all": (*condition.all, branch), "any": (), "none": ()})) for branch in condition.any
    ]
    if why_not and all(why_not):
        return f"any: {why_not[0]}"
    excluded = next((child for child in condition.none if covers(child, condition)), None)
    return f"none excludes whatever it asks for ({_told(excluded)})" if excluded else None


def covers(wide: Condition, narrow: Condition) -> bool:
    """Say whether `wide` certainly holds wherever `narrow` does."""
    demands = _demands(narrow)
    return (
        all(
            any(demand <= set(getattr(wide, field)) for demand in demands[field])
            for field in LABEL
            if field != "roles" and getattr(wide, field)
        )
        and (not wide.roles or (bool(narrow.roles) and set(narrow.roles) <= set(wide.roles) and _actors(wide) == _actors(narrow)))
        and all(_at_least(wide, narrow, name) for name in ("min_score", "min_sources"))
        and all(covers(child, narrow) for child in wide.all)
        and (not wide.any or wide.any == narrow.any or any(covers(branch, narrow) for branch in wide.any))
        and all(child in narrow.none for child in wide.none)
    )


def shadowed(watchlists: Watchlists) -> Iterator[tuple[str, str]]:
    """Yield (list, list that shadows it): it delivers nothing that the other does not deliver in the same way."""
    lists, questions = watchlists.lists, watchlists.questions
    sharing: dict[Target, list[str]] = defaultdict(list)
    for name in sorted(lists):
        for target in lists[name].deliver:
            sharing[target].append(name)
    gone: set[str] = set()
    for name in sorted(lists, reverse=True):
        targets = lists[name].deliver
        for other in sharing[targets[0]] if targets else ():
            if other not in (name, *gone) and _same_way(lists, name, other) and covers(questions[other], questions[name]):
                gone.add(name)
                yield name, other
                break


def _same_way(lists: Mapping[str, Watchlist], name: str, other: str) -> bool:
    return set(lists[name].deliver) <= set(lists[other].deliver) and lists[name].timing == lists[other].timing


def _demands(condition: Condition) -> dict[str, list[frozenset[str]]]:
    """Return what a condition asks for in each field, itself and in `all`, however deep."""
    found: dict[str, list[frozenset[str]]] = {field: [] for field in LABEL}
    todo = [condition]
    while todo:
        here = todo.pop(0)
        todo += here.all
        for field in LABEL:
            if values := getattr(here, field):
                found[field].append(frozenset(values))
    return found


def _at_least(wide: Condition, narrow: Condition, name: str) -> bool:
    most, least = getattr(wide, name), getattr(narrow, name)
    return most is None or (least is not None and least >= most)


def _actors(condition: Condition) -> tuple[object, ...]:
    return condition.agencies, condition.companies


def _told(condition: Condition) -> str:
    given = condition.model_dump(exclude_defaults=True)
    return (
        ", ".join(f"{key}: {_or(value) if isinstance(value, tuple) and key in LABEL else value}" for key, value in given.items())
        or "everything"
    )


def _or(values: object) -> str:
    return " or ".join(sorted(map(str, values))) if isinstance(values, frozenset | tuple) else str(values)
