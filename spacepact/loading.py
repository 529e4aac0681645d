"""All of config/ at once: what is right is used, what is wrong is named, nothing is half-applied."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from alerts.channel import Channel
from alerts.expected import ExpectedEvents, load_expected
from alerts.matching import Watchlists
from alerts.routing import load_channels
from alerts.watchlist import Known, load_watchlists
from classifier.gazetteer import MISSION_KINDS, PRIVATE_KINDS, Gazetteer, load_gazetteer
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
    watched = Watchlists(lists, min_score=settings.alerts.min_score)
    expected = ExpectedEvents(events, min_score=settings.alerts.min_score)
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
    ids: dict[str, set[str]] = {"agencies": set(), "companies": set(), "missions": set(), "countries": set()}
    for entry in gazetteer.entries:
        if entry.kind == "country":
            ids["countries"].update(entry.country)
        elif entry.kind in PRIVATE_KINDS:
            ids["companies"].add(entry.id)
        else:
            ids["missions" if entry.kind in MISSION_KINDS or entry.kind == "vehicle" else "agencies"].add(entry.id)
    return Known.model_validate(ids)
