"""config/ as it changes on disk: what is right is taken over, what is wrong keeps its former version in use.

A file is the smallest thing that changes: a watchlist, a source or an expected event that is wrong stays
as it was and the others change. channels.yaml, settings.yaml and the gazetteer, whose entries lean on each
other, change as a whole or not at all.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from operator import attrgetter
from typing import TypeVar

from alerts.expected import ExpectedEvents, load_expected
from alerts.matching import Watchlists
from alerts.routing import load_channels
from alerts.watchlist import load_watchlists
from classifier.gazetteer import load_gazetteer
from crawler.source import load_sources
from spacepact.errors import ConfigError, Problem
from spacepact.loading import Config, Problems, Stamp, known_names, known_world, sign_up_problems, stamps
from spacepact.settings import load_settings

log = logging.getLogger(__name__)
T = TypeVar("T")
AT_START = ("database", "base_url", "web", "crawl", "evidence.enabled", "evidence.directory")
"""What of settings.yaml is looked at only when the service starts."""


def renewed(old: Config, env: Mapping[str, str]) -> Config:
    """Return what config/ says now; the very same object if no file has changed."""
    new = stamps(old.directory)
    changed = {section for section in new if new[section] != old.stamps.get(section)}
    if not changed:
        return old
    return _Renewal(old, env, new, changed).config()


class _Renewal:
    """One look at config/, section by section."""

    def __init__(self, old: Config, env: Mapping[str, str], new: Mapping[str, Stamp], changed: set[str]) -> None:
        self.old, self.env, self.new, self.changed = old, env, new, changed
        self.problems: dict[str, list[Problem]] = dict(old.problems_in)

    def config(self) -> Config:
        old, changed, home = self.old, self.changed, self.old.directory
        settings = self._whole("settings", old.settings, lambda: (load_settings(home, self.env), []))
        for name in AT_START:
            if attrgetter(name)(settings) != attrgetter(name)(old.settings):
                log.warning("config: %s in settings.yaml has changed; a restart takes it over", name)
        gazetteer = self._whole("gazetteer", old.gazetteer, lambda: load_gazetteer(home / "gazetteer"))
        channels = self._whole("channels", old.channels, lambda: load_channels(home / "channels.yaml", settings, self.env))
        sources = old.sources
        if "sources" in changed:
            sources = self._files("sources", old.sources, load_sources(home / "sources"))
        watchlists, expected = old.watchlists, old.expected
        if changed - {"sources"}:
            known, world = known_names(gazetteer), known_world(gazetteer)
            lists = self._files("watchlists", old.watchlists.lists, load_watchlists(home / "watchlists", known=known, channels=channels))
            events = self._files("expected", old.expected.events, load_expected(home / "expected", known=known, channels=channels))
            watchlists = Watchlists(lists, defaults=settings.alerts, world=world)
            expected = ExpectedEvents(events, defaults=settings.alerts, world=world)
            self.problems["subscribers"] = list(sign_up_problems(home / "settings.yaml", settings.subscribers, channels, lists))
        return replace(
            old,
            settings=settings,
            sources=sources,
            gazetteer=gazetteer,
            watchlists=watchlists,
            expected=expected,
            channels=channels,
            problems_in=self.problems,
            stamps=self.new,
        )

    def _whole(self, section: str, former: T, load: Problems[T]) -> T:
        """Take a section over unless it has a mistake that it did not have before."""
        if section not in self.changed:
            return former
        try:
            found, problems = load()
        except ConfigError as error:
            found, problems = former, error.problems
        fresh = set(map(str, problems)) - set(map(str, self.problems.get(section, ())))
        self.problems[section] = problems
        if fresh:
            self.problems[section] = [_former(p) for p in problems]
            _say_kept(section, problems)
            return former
        log.info("config: %s is taken over", section)
        return found

    def _files(self, section: str, former: Mapping[str, T], loaded: tuple[dict[str, T], list[Problem]]) -> dict[str, T]:
        """Take every file over that is right; one that is wrong now stays as it was, one that is gone goes."""
        found, problems = loaded
        folder = self.old.directory / section
        kept = {name: former[name] for name in former if name not in found and (folder / f"{name}.yaml").exists()}
        wrong = {str(folder / f"{name}.yaml") for name in kept}
        self.problems[section] = [_former(p) if p.file in wrong else p for p in problems]
        _say_kept(section, [p for p in problems if p.file in wrong])
        _say_changed(section, former, found | kept)
        return found | kept


def _former(problem: Problem) -> Problem:
    return replace(problem, what=f"{problem.what} (the former version stays in use)")


def _say_kept(section: str, problems: Sequence[Problem]) -> None:
    for problem in problems:
        log.error("config: %s: the former version stays in use: %s", section, problem)


def _say_changed(section: str, former: Mapping[str, T], now: Mapping[str, T]) -> None:
    for what, names in (
        ("new", [n for n in now if n not in former]),
        ("changed", [n for n in now if n in former and former[n] != now[n]]),
        ("gone", [n for n in former if n not in now]),
    ):
        if names:
            log.info(
                "config: %s: %s: %s",
                section,
                what,
                ", ".join(sorted(names)[:20]) + (f" and {len(names) - 20} more" if len(names) > 20 else ""),
            )
