"""config/watchlists/<id>.yaml: a named question, and what delivers its answers."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, BeforeValidator, Field

from alerts.address import Address
from alerts.keywords import keyword
from spacepact.article import Tier
from spacepact.cooperation import Activity, Instrument, Mode, Role, Scope, Stage
from spacepact.errors import ConfigError, Problem
from spacepact.noun import Noun
from spacepact.settings import Alerting
from spacepact.timing import Timing
from spacepact.yamlfile import Document, did_you_mean, read_document

T = TypeVar("T")
_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def _as_list(value: Any) -> Any:
    if not value:
        return ()
    return (value,) if isinstance(value, str) else value


def _upper(value: str) -> str:
    return value.upper()


AnyOf = Annotated[tuple[T, ...], BeforeValidator(_as_list)]
"""A list of which one must hold; a single word stands for a list of one, an empty list asks nothing."""


class Condition(Noun):
    """What must hold: every field that is given, and of each field any one value.

    `agencies`, `companies`: gazetteer ids of a party, whatever it was called before or since (a passing
    mention is none). `roles`: the part that one of those plays, or anybody where none is named.
    `countries`: codes of the cooperation. `blocs`: a member takes part, or the bloc itself, as of the day
    of the article. `keywords`: words of the article, see `alerts.keywords`. `min_sources`: outlets that
    tell the story. `all`, `any`, `none`: further conditions, nested as deep as a reader can follow.
    """

    agencies: AnyOf[str] = ()
    companies: AnyOf[str] = ()
    roles: AnyOf[Role] = ()
    blocs: AnyOf[str] = ()
    countries: AnyOf[Annotated[str, BeforeValidator(_upper)]] = ()
    missions: AnyOf[str] = ()
    keywords: AnyOf[Annotated[str, AfterValidator(keyword)]] = ()
    activity: AnyOf[Activity] = ()
    instrument: AnyOf[Instrument] = ()
    stage: AnyOf[Stage] = ()
    mode: AnyOf[Mode] = ()
    scope: AnyOf[Scope] = ()
    tier: AnyOf[Tier] = ()
    languages: AnyOf[str] = ()
    min_score: float | None = Field(None, ge=0, le=1)
    min_sources: int | None = Field(None, ge=1, le=1000)
    all: tuple[Condition, ...] = ()
    any: tuple[Condition, ...] = ()
    none: tuple[Condition, ...] = ()


class Question(Condition):
    """The top of a watchlist: cooperation news that is stated or announced, unless settings.yaml or the list says otherwise."""

    mode: AnyOf[Mode] = ("asserted", "future")
    scope: AnyOf[Scope] = ("intergovernmental", "public-private-international")

    def completed(self, defaults: Alerting) -> Question:
        """Return the question with what it inherits from `alerts` of settings.yaml."""
        return self.model_copy(update={name: getattr(defaults, name) for name in INHERITED if name not in self.model_fields_set})


INHERITED = ("mode", "scope", "min_score", "min_sources")
"""What a watchlist takes from settings.yaml unless it says otherwise."""


class Target(Timing):
    """One way to those who asked: a channel of channels.yaml, for mail whom (default: the channel's own), and when."""

    channel: str
    to: AnyOf[Address] = ()


class Asking(Noun):
    """What asks for news, and whom its answers go to."""

    name: str
    match: Question = Question()
    deliver: tuple[Target, ...] = ()


class Watchlist(Asking):
    """One file of config/watchlists; its id is the name of the file. `timing` holds where a target says nothing itself."""

    timing: Timing = Timing()


Asks = TypeVar("Asks", bound=Asking)


class Known(Noun):
    """The gazetteer ids that a watchlist may name, by kind; countries are upper-case codes."""

    agencies: frozenset[str] = frozenset()
    companies: frozenset[str] = frozenset()
    blocs: frozenset[str] = frozenset()
    missions: frozenset[str] = frozenset()
    countries: frozenset[str] = frozenset()


def load_watchlists(directory: Path, *, known: Known, channels: Collection[str]) -> tuple[dict[str, Watchlist], list[Problem]]:
    """Return the watchlists by id, and every mistake with its position.

    A file that is wrong is left out and the others load. An unknown channel alone does not stop a
    list: its other deliveries go on, and the decision names the channel that is missing.
    """
    if not directory.is_dir():
        return {}, [Problem(str(directory), 1, 1, "no such directory", "make it, and one <id>.yaml for each watchlist")]
    return load_directory(directory, Watchlist, known=known, channels=channels)


def load_directory(directory: Path, model: type[Asks], *, known: Known, channels: Collection[str]) -> tuple[dict[str, Asks], list[Problem]]:
    """Return what the files of a directory ask for, by id, and every mistake with its position."""
    found: dict[str, Asks] = {}
    problems = [Problem(str(path), 1, 1, "not read", f"name it {path.stem}.yaml") for path in sorted(directory.glob("*.yml"))]
    for path in sorted(directory.glob("*.yaml")):
        try:
            found[path.stem] = _named(path, model, known)
        except ConfigError as error:
            problems += error.problems
            continue
        if any(target.channel not in channels for target in found[path.stem].deliver):
            problems += _unknown_channels(read_document(path), found[path.stem].deliver, channels)
    return found, problems


def _named(path: Path, model: type[Asks], known: Known) -> Asks:
    if not _ID.fullmatch(path.stem):
        raise ConfigError([Problem(str(path), 1, 1, f"{path.stem!r} is not an id", "small letters, digits and single hyphens")])
    return load_file(path, model, known)


def load_file(path: Path, model: type[Asks], known: Known) -> Asks:
    """Return what one file asks for; raises ConfigError with every mistake in it. Channels are not looked at."""
    document = read_document(path)
    asks = document.into(model)
    if problems := list(_unknown_ids(document, document.data.get("match"), ("match",), known)):
        raise ConfigError(problems)
    return asks


def load_condition(document: Document, known: Known) -> Condition:
    """Return a whole document as one condition; raises ConfigError with every mistake in it."""
    condition = document.into(Condition)
    if problems := list(_unknown_ids(document, document.data, (), known)):
        raise ConfigError(problems)
    return condition


def _unknown_ids(document: Document, node: Any, path: tuple[str | int, ...], known: Known) -> Iterator[Problem]:
    if not isinstance(node, dict):
        return
    for kind in Known.model_fields:
        values = node.get(kind) or []
        for place, value in [((), values)] if isinstance(values, str) else [((i,), v) for i, v in enumerate(values)]:
            word = _upper(value) if kind == "countries" else value
            if word not in getattr(known, kind):
                yield document.problem((*path, kind, *place), f"{kind}: {value!r} is not in the gazetteer", _hint(word, kind, known))
    for name in ("all", "any", "none"):
        for i, child in enumerate(node.get(name) or []):
            yield from _unknown_ids(document, child, (*path, name, i), known)


def _hint(word: str, kind: str, known: Known) -> str:
    elsewhere = [other for other in Known.model_fields if other != kind and word in getattr(known, other)]
    return f"write it under {elsewhere[0]}" if elsewhere else did_you_mean(word, sorted(getattr(known, kind)))


def _unknown_channels(document: Document, deliver: tuple[Target, ...], channels: Collection[str]) -> Iterator[Problem]:
    for i, target in enumerate(deliver):
        if target.channel not in channels:
            hint = did_you_mean(target.channel, sorted(channels))
            yield document.problem(("deliver", i, "channel"), f"channel {target.channel!r} is not in channels.yaml", hint)
