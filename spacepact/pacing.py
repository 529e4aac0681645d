"""When a source is visited next: from its own rhythm, within its limits, as its servers wish. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median
from typing import NamedTuple

from pydantic import AwareDatetime

from spacepact.heard import Hints
from spacepact.noun import Noun, stable_id
from spacepact.round import Round

KEPT = 30
"""So many of the newest items tell the rhythm."""
FEW = 4
SHARE = 4
"""So many visits fall into a typical pause between two items: news are found an eighth of a pause late, on average."""
JITTER = 0.1
"""At most so much later, always the same for one source: sources do not march in step."""
SHORTEST = timedelta(minutes=5)
"""No hurry makes a visit come sooner, unless the source's own `every` does."""
LONGEST_SILENCE = timedelta(days=1)
USUAL_SLOWEST = timedelta(hours=6)
_HOUR = timedelta(hours=1)


class Pace(Noun):
    """What is remembered about a source's polling between two visits.

    `backlog`: not all that stood in its list at the first visit is fetched yet. `failures`: failed visits
    in a row. `hurry`: visits in a row at which nothing that was listed was known any more, so that items
    may have come and gone in between. `moved`: polled addresses that lead elsewhere for good, so that the
    source's file is to be changed.
    """

    posted: tuple[AwareDatetime, ...] = ()
    hints: Hints = Hints()
    fresh: timedelta | None = None
    silent_until: AwareDatetime | None = None
    visited: bool = False
    backlog: bool = True
    failures: int = 0
    hurry: int = 0
    more: bool = False
    moved: dict[str, str] = {}
    reason: str = ""


class Limits(NamedTuple):
    """The shortest and the longest time between two visits that a source's file allows."""

    every: timedelta
    slowest: timedelta


class Next(NamedTuple):
    """When the next visit is, and why then."""

    at: datetime
    reason: str


def limits(every: timedelta, slowest: timedelta | None) -> Limits:
    """Return a source's limits; without a `slowest`, four times `every`, but at most six hours."""
    return Limits(every, max(every, slowest or min(4 * every, USUAL_SLOWEST)))


def follow(pace: Pace, round_: Round) -> Pace:
    """Return what is remembered after a visit. A list without dates tells its rhythm by the visits that found something."""
    heard = round_.heard
    if round_.state == "failed":
        return pace.model_copy(update={"failures": pace.failures + 1, "silent_until": heard.silent_until, "more": False})
    found = (round_.finished,) if round_.outcomes.get("new") and pace.visited else ()
    posted = sorted({*pace.posted, *(heard.posted or found)}, reverse=True)
    turned_over = pace.visited and round_.listed > 0 and not round_.outcomes.get("known")
    return Pace(
        posted=tuple(p for p in posted if p <= round_.finished)[:KEPT],
        hints=pace.hints if heard.hints is None else heard.hints,
        fresh=heard.fresh,
        silent_until=heard.silent_until,
        visited=True,
        backlog=pace.backlog and heard.more,
        hurry=pace.hurry + 1 if turned_over else 0,
        more=heard.more,
        moved=heard.moved,
    )


def next_visit(source: str, pace: Pace, bounds: Limits, now: datetime, *, pushed: bool = False) -> Next:
    """Return when a source is due again. `pushed`: a hub tells us of news, so visits are a safety net only.

    Wishes in a feed or a header are followed as far as `bounds.slowest`: many are left over from a template.
    Retry-After is followed for up to a day (RFC 9110, 10.2.3).
    """
    wait, reason = _rhythm(pace, bounds, now, pushed=pushed)
    for wish, said in ((pace.hints.pause, "the feed asks for it"), (pace.fresh, "the server calls its answer fresh so long")):
        if wish and wait < min(wish, bounds.slowest):
            wait, reason = min(wish, bounds.slowest), said
    at = now + wait * (1 + JITTER * int(stable_id(source)[:4], 16) / 0xFFFF)
    if pace.silent_until and at < (until := min(pace.silent_until, now + LONGEST_SILENCE)):
        at, reason = until, "the server asked for silence (Retry-After)"
    allowed = _allowed(at, pace.hints)
    return Next(allowed, reason if allowed == at else "the feed names hours or days without news")


def _rhythm(pace: Pace, bounds: Limits, now: datetime, *, pushed: bool) -> tuple[timedelta, str]:
    every, slowest = bounds
    if pace.failures:
        return min(every * 2 ** min(pace.failures - 1, 16), slowest), f"failed {pace.failures} times in a row"
    if pace.more:
        return every, "pages were left for this visit"
    if pace.hurry:
        return max(every / 2 ** min(pace.hurry, 16), min(SHORTEST, every)), "its list turns over between two visits"
    if pushed:
        return slowest, "its hub tells us of news"
    return _by_posts(pace.posted, bounds, now)


def _by_posts(posted: Sequence[datetime], bounds: Limits, now: datetime) -> tuple[timedelta, str]:
    every, slowest = bounds
    if len(posted) < FEW:
        return every, "its rhythm is not known yet"
    silent = now - posted[0]
    if silent < every:
        return every, "it has just posted"
    usual = timedelta(seconds=median((newer - older).total_seconds() for newer, older in pairwise(posted)))
    pause = max(usual, silent / SHARE)
    return min(max(pause / SHARE, every), slowest), f"it posts about every {_words(pause)}"


def _allowed(at: datetime, hints: Hints) -> datetime:
    """Return the first moment that skipHours and skipDays leave; `at` itself where they leave none (RSS 2.0)."""
    for hours in range(24 * 7 + 1):
        later = at if hours == 0 else at.replace(minute=0, second=0, microsecond=0) + hours * _HOUR
        if later.hour not in hints.skip_hours and later.weekday() not in hints.skip_days:
            return later
    return at


def _words(span: timedelta) -> str:
    minutes = span.total_seconds() / 60
    return f"{minutes:.0f} minutes" if minutes < 120 else f"{minutes / 60:.0f} hours" if minutes < 2880 else f"{minutes / 1440:.0f} days"
