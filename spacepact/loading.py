"""All of config/ at once: what is right is used, what is wrong is named, nothing is half-applied."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from alerts.channel import Channel
from alerts.expected import ExpectedEvents, load_expected
from alerts.matching import Watchlists
from alerts.routing import load_channels
from alerts.watchlist import Known, load_watchlists
from alerts.world import Member, World
from classifier.gazetteer import MISSION_KINDS, PRIVATE_KINDS, Entry, Gazetteer, load_gazetteer
from crawler.source import Source, load_sources
from spacepact.errors import Problem
from spacepact.settings import Settings, SignUp, load_settings
from spacepact.yamlfile import did_you_mean, read_document


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
    problems: list[Problem]


def load_config(directory: Path, env: Mapping[str, str], watchlists: Path | None = None) -> Config:
    """Read everything; raises ConfigError only where settings.yaml itself is wrong.

    `watchlists`: another directory of watchlists than the config's own.
    """
    settings = load_settings(directory, env)
    sources, source_problems = load_sources(directory / "sources")
    gazetteer, gazetteer_problems = load_gazetteer(directory / "gazetteer")
    channels, channel_problems = load_channels(directory / "channels.yaml", settings, env)
    lists, list_problems = load_watchlists(watchlists or directory / "watchlists", known=known_names(gazetteer), channels=channels)
    events, event_problems = load_expected(directory / "expected", known=known_names(gazetteer), channels=channels)
    problems = [*source_problems, *gazetteer_problems, *channel_problems, *list_problems, *event_problems]
    problems += _sign_up_problems(directory / "settings.yaml", settings.subscribers, channels, lists)
    defaults, world = settings.alerts, known_world(gazetteer)
    watched, expected = Watchlists(lists, defaults=defaults, world=world), ExpectedEvents(events, defaults=defaults, world=world)
    return Config(directory, settings, sources, gazetteer, watched, expected, channels, problems)


def _sign_up_problems(path: Path, sign_up: SignUp, channels: Mapping[str, Channel[Any]], lists: Collection[str]) -> Iterator[Problem]:
    """Yield what is wrong about the sign-up pages: they stay closed, or offer what there is."""
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
        else:
            ids["missions" if entry.kind in MISSION_KINDS or entry.kind == "vehicle" else "agencies"].add(entry.id)
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
