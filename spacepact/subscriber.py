"""Somebody who asked for e-mail alerts, and what they asked for."""

from __future__ import annotations

from functools import cache
from typing import Literal
from zoneinfo import available_timezones

from pydantic import AwareDatetime, field_validator

from spacepact.noun import Noun

Frequency = Literal["immediate", "daily", "weekly"]


@cache
def zones() -> frozenset[str]:
    """Return the IANA zones that this machine knows; looking takes milliseconds, so it is done once."""
    return frozenset(available_timezones())


class Wish(Noun):
    """What somebody wants to get: watchlists by id, how often, and in which IANA zone their day begins."""

    watchlists: tuple[str, ...] = ()
    frequency: Frequency = "immediate"
    zone: str = "UTC"

    @field_validator("zone")
    @classmethod
    def _known_zone(cls, zone: str) -> str:
        if zone not in zones():
            raise ValueError(f"{zone!r} is no time zone; write one like Europe/Berlin")
        return zone


class Subscriber(Wish):
    """Somebody whose address was proven to be theirs, and since when."""

    address: str
    confirmed: AwareDatetime


class Letter(Noun):
    """A request to confirm that waits to be mailed; `number` counts the tries from 1."""

    address: str
    wish: Wish
    asked: AwareDatetime
    number: int = 1


def address_key(address: str) -> str:
    """Return what makes two spellings of an address one: case does not tell people apart."""
    return address.casefold()
