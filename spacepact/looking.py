"""When a page that was told about is looked at again: an outlet may mend it silently, or take it away. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta

from spacepact.article import Link
from spacepact.noun import Noun

AFTER = (timedelta(days=1), timedelta(days=3), timedelta(days=7))
"""So long after an alert its page is looked at again."""
AGAIN = timedelta(hours=6)
"""So long after a page was missing it is asked for once more, ..."""
APART = timedelta(hours=1)
"""... and so far apart two answers must be to prove that it is gone."""
MOST = 10
"""More often than this no page is looked at after one alert, whatever it answers."""
MANY, LATELY = 3, timedelta(days=2)
"""An outlet that lost so many pages in so short a time was rebuilt: no report of its is taken back for that."""


class Look(Noun):
    """A page to be looked at: under which link it was found, and the canonical address of its article."""

    link: Link
    article: str


def next_look(since: datetime, number: int, missing: datetime | None, now: datetime) -> datetime | None:
    """Return when a page is due that was looked at `number` times; None: no more. `missing`: since when it is not found."""
    if number >= MOST:
        return None
    if missing:
        return now + AGAIN
    return next((since + after for after in AFTER if since + after > now), None)


def is_gone(missing: datetime | None, now: datetime) -> bool:
    """Say whether a page that is not found is gone: it was not found before, and some time lies between."""
    return missing is not None and now - missing >= APART
