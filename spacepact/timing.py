"""When somebody wants to be told, as written in YAML; the values only, what follows from them stands in alerts/timing.py."""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta
from typing import Annotated, Any, Literal, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cronsim import CronSim, CronSimError
from pydantic import AfterValidator, BeforeValidator, model_validator

from spacepact.duration import Duration
from spacepact.noun import Noun

T = TypeVar("T")
DAY = 24 * 60
OFF = ("no", "none", "off")
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_WINDOW = re.compile(r"(?:([a-z, -]+)\s+)?(\d{1,2}):(\d{2})\s*-\s*(\d{1,2}):(\d{2})")
_LIMIT = re.compile(r"(\d{1,6})\s*(?:/|an?\s|per\s)\s*(hour|day)")


def _off(value: Any) -> Any:
    return None if isinstance(value, str) and value.strip().lower() in OFF else value


OrOff = Annotated[T | None, BeforeValidator(_off)]
"""A value, or `no`, which switches off what would be inherited."""


def _cron(text: str) -> str:
    try:
        CronSim(text, datetime(2026, 1, 1))  # noqa: DTZ001 - only the expression is looked at
    except CronSimError as error:
        raise ValueError(
            f"{text!r} is no cron expression ({error}); write minute hour day month weekday, such as 0 8 * * mon-fri"
        ) from None
    return " ".join(text.split())


def _zone(text: str) -> str:
    try:
        ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"{text!r} is no IANA time zone; write one such as Europe/Berlin") from None
    return text


Zone = Annotated[str, AfterValidator(_zone)]
"""An IANA time zone."""


class Window(Noun):
    """A span of the day, on some days of the week (0 is Monday); one that ends before it begins lasts into the next day."""

    days: tuple[int, ...] = tuple(range(7))
    begins: time
    ends: time

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        found = _WINDOW.fullmatch(value.strip().lower())
        if not found:
            raise ValueError(f"{value!r} is no span of time; write 22:00-07:00 or sat,sun 00:00-24:00")
        days, *numbers = found.groups()
        first, last = (_clock(int(h), int(m), value) for h, m in (numbers[:2], numbers[2:]))
        return {"days": _days(days, value) if days else tuple(range(7)), "begins": first, "ends": last}

    def holds(self, minute: int) -> bool:
        """Say whether a minute of the week, counted from Monday, lies in the window."""
        begins, ends = self.begins.hour * 60 + self.begins.minute, self.ends.hour * 60 + self.ends.minute
        length = (ends - begins) % DAY or DAY
        return any((minute - day * DAY - begins) % (7 * DAY) < length for day in self.days)


def _clock(hour: int, minute: int, text: str) -> time:
    if hour > 24 or minute > 59 or (hour == 24 and minute):
        raise ValueError(f"{text!r} names no time of the day; hours go from 00:00 to 24:00")
    return time(hour % 24, minute)


def _days(text: str, whole: str) -> tuple[int, ...]:
    """Return the numbers of `mon-fri` or `sat,sun`."""
    found: list[int] = []
    for part in filter(None, re.split(r"[,\s]+", text.strip())):
        ends = part.split("-")
        if len(ends) > 2 or any(day not in DAYS for day in ends):
            raise ValueError(f"{whole!r}: {part!r} is no day; write {' '.join(DAYS)}")
        first, last = DAYS.index(ends[0]), DAYS.index(ends[-1])
        found += [(first + n) % 7 for n in range((last - first) % 7 + 1)]
    return tuple(sorted(set(found)))


class Limit(Noun):
    """At most `most` messages in any such span."""

    most: int
    span: Literal["hour", "day"]

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        found = _LIMIT.fullmatch(value.strip().lower())
        if not found or int(found[1]) == 0:
            raise ValueError(f"{value!r} is no limit; write 5 an hour or 20 a day")
        return {"most": int(found[1]), "span": found[2]}

    @property
    def length(self) -> timedelta:
        """How long a span is."""
        return timedelta(hours=1 if self.span == "hour" else 24)

    def __str__(self) -> str:
        return f"{self.most} {'an hour' if self.span == 'hour' else 'a day'}"


def _several(value: Any) -> Any:
    return () if value is None else value if isinstance(value, list | tuple) else (value,)


class Timing(Noun):
    """When a recipient is told; nothing said means immediately.

    `group_wait`: what comes within that time is one message. `digest`: a cron expression in `zone`; what
    comes until then is one message, and `digest_empty` sends one that says what was looked at even if
    nothing came. `quiet_hours`: nothing is sent then. `limit`: what is over it comes in one collected
    message. `repeat`: remind as long as the stage stands. The word `no` switches off what is inherited.
    """

    group_wait: OrOff[Duration] = None
    digest: OrOff[Annotated[str, AfterValidator(_cron)]] = None
    digest_empty: bool = False
    zone: Zone = "UTC"
    quiet_hours: Annotated[tuple[Window, ...], BeforeValidator(_several), BeforeValidator(_off)] = ()
    limit: Annotated[tuple[Limit, ...], BeforeValidator(_several), BeforeValidator(_off)] = ()
    repeat: OrOff[Duration] = None

    @model_validator(mode="after")
    def _one_way(self) -> Timing:
        if self.digest and self.group_wait:
            raise ValueError("group_wait and digest exclude each other; a digest is the longer wait")
        ends = [day * DAY + w.ends.hour * 60 + w.ends.minute for w in self.quiet_hours for day in range(7)]
        if ends and all(any(w.holds(minute) for w in self.quiet_hours) for minute in ends):
            raise ValueError("quiet_hours leave no minute of the week: nothing would be sent, never")
        return self
