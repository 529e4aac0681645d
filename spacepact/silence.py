"""A silence: for some time, nobody is told about what a condition describes."""

from __future__ import annotations

from typing import Any

from pydantic import AwareDatetime

from spacepact.noun import Noun


class Silence(Noun):
    """`match` is a condition as watchlists write it; `watchlists` the lists that are silenced (none named: all)."""

    id: str
    match: dict[str, Any] = {}
    watchlists: tuple[str, ...] = ()
    author: str
    reason: str
    created: AwareDatetime
    until: AwareDatetime

    @property
    def because(self) -> str:
        """What a delivery that is not sent says about it."""
        return f"silenced: {self.reason} by {self.author} until {self.until:%Y-%m-%d %H:%M} UTC"
