"""What a list says about polling."""

from __future__ import annotations

from datetime import timedelta

from spacepact.noun import Noun


class Hints(Noun):
    """When a feed wants to be asked again: not before `pause`, not in these hours (0-23, UTC) or days (0 is Monday)."""

    pause: timedelta | None = None
    skip_hours: tuple[int, ...] = ()
    skip_days: tuple[int, ...] = ()
