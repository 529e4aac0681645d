"""Lengths of time as people write them."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Annotated

from pydantic import BeforeValidator, PlainSerializer

_DURATION = re.compile(r"(\d{1,6})\s*(s|m|h|d)")
_SECONDS = {"d": 86_400, "h": 3_600, "m": 60, "s": 1}
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


def parse_duration(value: object) -> object:
    """Return `30m`, `2h`, `1d` or `45s` as a timedelta; anything but text is left as it is."""
    if not isinstance(value, str):
        return value
    found = _DURATION.fullmatch(value.strip().lower())
    if not found or int(found[1]) == 0:
        raise ValueError(f"{value!r} is no length of time; write it like 30m, 2h or 1d")
    return timedelta(**{_UNITS[found[2]]: int(found[1])})


def write_duration(length: timedelta) -> str:
    """Return a length of time as `parse_duration` reads it, in the largest unit that leaves no rest."""
    seconds = round(length.total_seconds())
    unit = next(size for size in ("d", "h", "m", "s") if seconds % _SECONDS[size] == 0)
    return f"{seconds // _SECONDS[unit]}{unit}"


Duration = Annotated[timedelta, BeforeValidator(parse_duration), PlainSerializer(write_duration, when_used="json")]
