"""All of config/ at once: what is right is used, what is wrong is named, nothing is half-applied."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from alerts.channel import Channel
from alerts.expected import ExpectedEvents, load_expected
from alerts.matching import Watchlists
from alerts.routing import load_channels
from alerts.watchlist import Known, load_watchlists
from alerts.world import Member, World
from classifier.gazetteer import MISSION_KINDS, PRIVATE_KINDS, Entry, Gazetteer, led, load_gazetteer
from crawler.source import Source, load_sources
from spacepact.errors import Problem
from spacepact.settings import Settings, SignUp, load_settings
from spacepact.yamlfile import did_you_mean, read_document

T = TypeVar("T")
Problems = Callable[[], tuple[T, list[Problem]]]
"""Loads something, with every mistake in it."""
Stamp = tuple[tuple[str, int, int], ...]
"""Files with their time of change in nanoseconds and their size: another stamp means another content."""
SECTIONS = ("settings.yaml", "sources", "gazetteer", "channels.yaml", "watchlists", "expected")


@dataclass(frozen=True)
class Config:
    """config/ as typed values, with every problem that was found in it."""

    directory: Path
    settings: Settings
    sources: dict[str, Source]
    gazetteer: Gazetteer
    watchlists: Watchlists
    expected: ExpectedEvents
    channels: dict[str, Channel[Any]]
    problems_in: Mapping[str, list[Problem]]
    stamps: Mapping[str, Stamp]

    @property
    def problems(self) -> list[Problem]:
        """Every mistake, section after section."""
        return [problem for some in self.problems_in.values() for problem in some]


def load_config(directory: Path, env: Mapping[str, str], watchlists: Path | None = None) -> Config:
    """Read everything; raises ConfigError only where settings.yaml itself is wrong.

    `watchlists`: another directory of watchlists than the config's own.
    """
    seen = stamps(directory)
    settings = load_settings(directory, env)
    problems: dict[str, list[Problem]] = {}
    sources, problems["sources"] = load_sources(directory / "sources")
    gazetteer, problems["gazetteer"] = load_gazetteer(directory / "gazetteer")
    channels, problems["channels"] = load_channels(directory / "channels.yaml", settings, env)
    known, world, defaults = known_names(gazetteer), known_world(gazetteer), settings.alerts
    lists, problems["watchlists"] = load_watchlists(watchlists or directory / "watchlists", known=known, channels=channels)
    events, problems["expected"] = load_expected(directory / "expected", known=known, channels=channels)
    problems["subscribers"] = list(sign_up_problems(directory / "settings.yaml", settings.subscribers, channels, lists))
    watched, expected = Watchlists(lists, defaults=defaults, world=world), ExpectedEvents(events, defaults=defaults, world=world)
    return Config(directory, settings, sources, gazetteer, watched, expected, channels, problems, seen)


def stamps(directory: Path) -> dict[str, Stamp]:
    """Return what tells whether a section of config/ has changed; taken before reading, so that no change is missed."""
    return {name.removesuffix(".yaml"): tuple(_stamp(directory / name)) for name in SECTIONS}


def _stamp(path: Path) -> Iterator[tuple[str, int, int]]:
    for file in sorted((*path.glob("*.yaml"), *path.glob("*.yml"))) if path.is_dir() else [path]:
        with suppress(FileNotFoundError):  # gone since it was listed
            status = file.stat()
            yield file.name, status.st_mtime_ns, status.st_size


def sign_up_problems(path: Path, sign_up: SignUp, channels: Mapping[str, Channel[Any]], lists: Collection[str]) -> Iterator[Problem]:
    """Yield what is wrong about the sign-up pages as settings.yaml has them: they stay closed, or offer what there is."""
    named = channels.get(sign_up.channel or "")
    if sign_up.channel and (named is None or named.kind not in ("mail", "")):
        mails = sorted(name for name, channel in channels.items() if channel.kind == "mail")
        what = f"subscribers.channel: {sign_up.channel!r} is no channel of kind mail; the sign-up pages stay closed"
        yield read_document(path).problem(("subscribers", "channel"), what, did_you_mean(sign_up.channel, mails))
    for i, name in enumerate(sign_up.watchlists):
        if name not in lists:
            what = f"subscribers.watchlists: there is no watchlist {name!r}"
            yield read_document(path).problem(("subscribers", "watchlists", i), what, did_you_mean(name, sorted(lists)))


def known_names(gazetteer: Gazetteer) -> Known:
    """Return the gazetteer ids that a watchlist may name, by kind."""
    ids: dict[str, set[str]] = {name: set() for name in Known.model_fields}
    for entry in gazetteer.entries:
        if entry.kind == "country":
            ids["countries"].update(entry.country)
        elif entry.kind in PRIVATE_KINDS:
            ids["companies"].add(entry.id)
        elif entry.kind in MISSION_KINDS or entry.kind == "vehicle":
            ids["missions"].add(entry.id)
        else:
            ids["agencies"].add(entry.id)
            if led(entry):
                ids["missions"].add(entry.id)
    ids["blocs"].update(known_world(gazetteer).blocs)
    return Known.model_validate(ids)


def known_world(gazetteer: Gazetteer) -> World:
    """Return what the gazetteer says about successions and memberships."""
    blocs = {e.bloc or e.id: tuple(_members(e, gazetteer)) for e in gazetteer.entries if e.members or e.joined}
    return World(line=_lines(gazetteer), blocs=blocs)


def _members(entry: Entry, gazetteer: Gazetteer) -> Iterator[Member]:
    """Yield the bloc itself, under its id and the code that it has of its own, and all that ever belonged to it."""
    yield from map(Member, (entry.id, *(code for code in entry.country if gazetteer.state(code) is None)))
    for name in dict.fromkeys((*entry.members, *entry.joined, *entry.left)):
        yield Member(name if name in gazetteer.by_id else name.upper(), entry.joined.get(name, ""), entry.left.get(name, ""))


def _lines(gazetteer: Gazetteer) -> dict[str, frozenset[str]]:
    """Return for each body that was renamed or merged all that came before and after it; two that merged are not each other."""
    after: dict[str, set[str]] = defaultdict(set)
    for entry in gazetteer.entries:
        if entry.successor:
            after[entry.id].add(entry.successor)
        for former in entry.predecessors:
            after[former].add(entry.id)
    before: dict[str, set[str]] = defaultdict(set)
    for former, later in after.items():
        for name in later:
            before[name].add(former)
    return {name: frozenset({name, *_reached(name, after), *_reached(name, before)}) for name in {*after, *before}}


def _reached(name: str, steps: Mapping[str, set[str]]) -> set[str]:
    found: set[str] = set()
    ways = [name]
    while ways:
        new = steps.get(ways.pop(), set()) - found
        found |= new
        ways += new
    return found
