"""What a visit hears about when to come back, and where news are pushed."""

from __future__ import annotations

from datetime import timedelta

from pydantic import AwareDatetime

from spacepact.noun import Noun


class Hints(Noun):
    """When a list wants to be asked again: not before `pause`, not in these hours (0-23, UTC) or days (0 is Monday)."""

    pause: timedelta | None = None
    skip_hours: tuple[int, ...] = ()
    skip_days: tuple[int, ...] = ()


class Hub(Noun):
    """Where a list can be subscribed to, and under which name (WebSub, https://www.w3.org/TR/websub/, 4)."""

    hub: str
    topic: str


class Heard(Noun):
    """What one visit heard.

    `posted`: when the listed items were posted, newest first. `hints`: None where no list was read
    (304, or nothing could be polled), so what was heard before still holds. `fresh`: how long the
    answers call themselves fresh. `silent_until`: a server wants to be left alone (Retry-After).
    `more`: pages were left for want of time or room. `moved`: polled addresses that lead elsewhere for good (301, 308).
    """

    posted: tuple[AwareDatetime, ...] = ()
    hints: Hints | None = None
    fresh: timedelta | None = None
    silent_until: AwareDatetime | None = None
    more: bool = False
    hubs: tuple[Hub, ...] = ()
    moved: dict[str, str] = {}


class HostNote(Noun):
    """What is remembered about a host over restarts.

    `key` is an origin (`https://host`) with the text of its robots.txt and when it was `read`, or a host
    (with port) that wants silence.
    """

    key: str
    robots: str | None = None
    read: AwareDatetime | None = None
    silent_until: AwareDatetime | None = None
