"""config/expected/<id>.yaml: an event that somebody waits for; silence until its day is told, once."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from alerts.matching import NOWHERE, Subject, Watchlists
from alerts.owing import Asked, Key, Route, notice
from alerts.timing import inherit
from alerts.watchlist import Asking, Known, Watchlist, load_directory
from alerts.world import World
from spacepact.errors import Problem
from spacepact.settings import Alerting
from spacepact.story import Notice
from spacepact.timing import Timing, Zone


class Expected(Asking):
    """One file of config/expected; its id is the name of the file.

    `match`: what answers it, asked as a watchlist asks. `begins`: what was published before does not count.
    `due`: the last day, in `zone`, on which it is in time.
    """

    begins: date | None = None
    due: date
    zone: Zone = "UTC"

    @property
    def opens(self) -> datetime | None:
        """The first moment that counts."""
        return datetime.combine(self.begins, time(), ZoneInfo(self.zone)).astimezone(UTC) if self.begins else None

    @property
    def deadline(self) -> datetime:
        """The first moment at which it is overdue."""
        return datetime.combine(self.due + timedelta(days=1), time(), ZoneInfo(self.zone)).astimezone(UTC)


class ExpectedEvents:
    """All expected events by id, compiled once."""

    def __init__(self, events: Mapping[str, Expected], *, defaults: Alerting | None = None, world: World = NOWHERE) -> None:
        self.events = dict(events)
        lists = {number: Watchlist(name=e.name, match=e.match) for number, e in events.items()}
        self._lists = Watchlists(lists, defaults=defaults, world=world)

    def answered(self, subject: Subject, published: datetime) -> Iterator[str]:
        """Yield the ids of the events that a cooperation of an article answers."""
        for number in self._lists.match(subject):
            opens = self.events[number].opens
            if opens is None or published >= opens:
                yield number


def load_expected(directory: Path, *, known: Known, channels: Collection[str]) -> tuple[dict[str, Expected], list[Problem]]:
    """Return the expected events by id, and every mistake with its position; there need be no such directory."""
    return load_directory(directory, Expected, known=known, channels=channels) if directory.is_dir() else ({}, [])


def readers(event: Expected, channels: Mapping[str, Route], shared: Timing) -> dict[Key, Asked]:
    """Return who is told about an event, and when each wants to be told; `shared` is what settings.yaml says."""
    asked: dict[Key, Asked] = {}
    for target in event.deliver:
        route = channels.get(target.channel)
        for recipient in route.recipients(target.to) if route and route.enabled else ():
            timings = asked.get((target.channel, recipient), Asked((), ())).timings
            asked[target.channel, recipient] = Asked((), (*timings, inherit(shared, target)))
    return asked


def overdue_notice(number: str, event: Expected, to: Mapping[Key, Asked], now: datetime) -> Notice:
    """Return what is told when nothing that answers an event was seen in time."""
    text = f"Expected by {event.due:%Y-%m-%d}: {event.name}.\nNothing that answers it was seen in any source until the end of that day."
    return notice("expected", f"expected {number} {event.due}", subject=f"Not seen in time: {event.name}", text=text, to=to, now=now)


def late_notice(number: str, event: Expected, url: str, to: Mapping[Key, Asked], now: datetime) -> Notice:
    """Return what is told when an event is seen that was told to be overdue."""
    text = f"We told you that it was not seen by {event.due:%Y-%m-%d}: {event.name}.\nNow it is: {url}"
    return notice("expected", f"expected {number} {event.due} seen", subject=f"Seen after all: {event.name}", text=text, to=to, now=now)
