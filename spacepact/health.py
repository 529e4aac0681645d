"""Is a source well, and if not, why? Pure: what its visits showed, what may be expected of it, and the time.

Rounds are folded into a Track, which stays small however long a source is watched; `judge` reads it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from statistics import median
from typing import Literal, NamedTuple

from pydantic import AwareDatetime

from spacepact.noun import Noun
from spacepact.round import FailureKind, Filled, Round, RoundState

SourceHealth = Literal["waiting", "ok", "late", "overdue", "failing", "empty", "layout-broken", "blocked", "robots-forbids", "gone"]
BAD: tuple[SourceHealth, ...] = ("gone", "robots-forbids", "blocked", "layout-broken", "failing", "empty", "overdue", "late")
"""From the surest to the least sure of our blindness; `waiting` and `ok` are well."""

IN_A_ROW = 2
"""So many visits in a row must show the same before a source that was well counts as ill."""
LEAST_SILENCE = timedelta(days=1)
_GLANCES, _NEWS, _READINGS = 6, 40, 40
_LEAST_NEWS = 10
_LEAST_PAGES_NOW, _LEAST_PAGES_BEFORE = 5, 10


OVERDUE = timedelta(hours=1)
"""So long after its next visit was due a source counts as overlooked by ourselves."""


class Limits(NamedTuple):
    """What may be expected of a source: news at least once in `silent_after`, and a visit when it is `due`."""

    silent_after: timedelta
    due: datetime | None = None


class Glance(Noun):
    """One visit in short: `worst` and `why` are of its first failure of the kind that weighs most.

    `listed` is None where nothing is known: a 304 lists what was listed before.
    """

    at: AwareDatetime
    state: RoundState
    listed: int | None
    read: int
    kept: int
    failed: int
    lists_failed: int
    worst: FailureKind | None = None
    why: str = ""


class Track(Noun):
    """What the visits of a source showed, the newest last.

    `listed_at`: when it last listed anything; `news`: when something new came; `readings`: what the
    pages of each visit that read any were found to say.
    """

    first: AwareDatetime
    last_ok: AwareDatetime | None = None
    listed_at: AwareDatetime | None = None
    glances: tuple[Glance, ...] = ()
    news: tuple[AwareDatetime, ...] = ()
    readings: tuple[dict[Filled, int], ...] = ()


class Verdict(NamedTuple):
    """How a source is, and why, in words for people."""

    state: SourceHealth
    reason: str


def follow(track: Track | None, round_: Round) -> Track:
    """Return the track with one more visit."""
    track = track or Track(first=round_.started)
    before = track.glances[-1].listed if track.glances else None
    return Track(
        first=track.first,
        last_ok=round_.finished if round_.state in ("ok", "unchanged") else track.last_ok,
        listed_at=round_.finished if round_.listed else track.listed_at,
        glances=(*track.glances, glance(round_, before))[-_GLANCES:],
        news=(*track.news, round_.finished)[-_NEWS:] if round_.outcomes.get("new") else track.news,
        readings=(*track.readings, round_.filled)[-_READINGS:] if round_.filled else track.readings,
    )


def glance(round_: Round, before: int | None = None) -> Glance:
    """Return one visit in short; `before` is what the visit before listed."""
    order: tuple[FailureKind, ...] = ("gone", "robots-forbids", "blocked", "unreadable", "failing")
    told = sorted((f for f in round_.failures if f.kind != "later"), key=lambda f: (f.page, order.index(f.kind)))
    return Glance(
        at=round_.finished,
        state=round_.state,
        listed=round_.listed if round_.state in ("ok", "partial") else before,
        read=round_.filled.get("pages", 0),
        kept=sum(n for what, n in round_.outcomes.items() if what in ("new", "revised")),
        failed=sum(f.page for f in told),
        lists_failed=sum(not f.page for f in told),
        worst=told[0].kind if told else None,
        why=f"{told[0].url}: {told[0].reason}" if told else "",
    )


def judge(track: Track | None, limits: Limits, now: datetime) -> Verdict:
    """Return how a source is at a moment."""
    if track is None or not track.glances:
        return Verdict("waiting", "not yet visited")
    for sign in (_lists, _pages, _emptiness, _layout):
        if verdict := sign(track):
            return verdict
    return _missed(track, limits, now) or _silence(track, limits, now) or Verdict("ok", _well(track))


def _lists(track: Track) -> Verdict | None:
    """Judge the polled addresses: all or some of them fail visit after visit."""
    seen = track.glances[-IN_A_ROW:]
    if not all(g.lists_failed for g in seen):
        return None
    last = seen[-1]
    some = "" if last.state == "failed" else "some of its lists: "
    return Verdict(_STATES.get(last.worst or "failing", "failing"), f"{some}{last.why}; {_since(track)}")


def _pages(track: Track) -> Verdict | None:
    """Judge the articles: they are listed, and none can be had."""
    seen = [g for g in track.glances if g.failed or g.read][-IN_A_ROW:]
    if len(seen) < IN_A_ROW or any(g.kept or g.read for g in seen):
        return _forbidden(track)
    state: SourceHealth = "blocked" if seen[-1].worst in ("blocked", "robots-forbids") else "failing"
    return Verdict(state, f"its pages cannot be had: {seen[-1].why}")


def _forbidden(track: Track) -> Verdict | None:
    last = track.readings[-IN_A_ROW:]
    forbidden = sum(r.get("forbidden", 0) for r in last)
    if forbidden < IN_A_ROW or any(r.get("pages") for r in last):
        return None
    return Verdict("robots-forbids", f"robots.txt forbids the pages that it lists ({forbidden} of the last {forbidden})")


def _emptiness(track: Track) -> Verdict | None:
    """Judge visits that went well and listed nothing."""
    seen = [g for g in track.glances if g.state != "failed"][-IN_A_ROW:]
    if any(g.listed != 0 for g in seen) or len(seen) < IN_A_ROW:
        return None
    if track.listed_at is None:
        return Verdict("empty", "it never listed anything")
    return Verdict("empty", f"nothing is listed since {_moment(track.listed_at)}")


def _layout(track: Track) -> Verdict | None:
    """Compare the newest pages with those before: does a field that was there stay away?"""
    now_, before = _recent(track.readings)
    if now_.get("pages", 0) < _LEAST_PAGES_NOW or before.get("pages", 0) < _LEAST_PAGES_BEFORE:
        return None
    was, is_ = _share(before, "articles", "pages"), _share(now_, "articles", "pages")
    if was >= 0.6 and is_ <= was / 4:
        return Verdict("layout-broken", f"{is_:.0%} of its newest {now_['pages']} pages could be read as articles; before {was:.0%}")
    if now_.get("articles", 0) < _LEAST_PAGES_NOW:
        return None
    names: tuple[tuple[Filled, str], ...] = (("published", "a date"), ("authors", "authors"))
    for name, words in names:
        was, is_ = _share(before, name, "articles"), _share(now_, name, "articles")
        if was >= 0.8 and is_ <= 0.2:
            return Verdict("layout-broken", f"{is_:.0%} of its newest {now_['articles']} articles have {words}; before {was:.0%}")
    return None


def _missed(track: Track, limits: Limits, now: datetime) -> Verdict | None:
    if limits.due is None or now - limits.due <= OVERDUE:
        return None
    return Verdict("overdue", f"last visited {_moment(track.glances[-1].at)}; its next visit was due {_moment(limits.due)}")


def _silence(track: Track, limits: Limits, now: datetime) -> Verdict | None:
    """Judge a source by its own rhythm: twice its longest silence, and never longer than it is said to be silent."""
    last = track.news[-1] if track.news else track.first
    gaps = [b - a for a, b in zip(track.news, track.news[1:], strict=False)]
    rhythm = max(2 * max(gaps), LEAST_SILENCE) if len(gaps) >= _LEAST_NEWS else limits.silent_after
    if now - last <= min(rhythm, limits.silent_after):
        return None
    usual = f"its longest silence was {days(max(gaps))}" if rhythm < limits.silent_after else f"expected every {days(limits.silent_after)}"
    return Verdict("late", f"nothing new for {days(now - last)}; {usual}")


def rhythm(track: Track) -> timedelta | None:
    """Return how long it usually takes until something new comes; None where too little came to say."""
    gaps = [b - a for a, b in zip(track.news, track.news[1:], strict=False)]
    return timedelta(seconds=median(gap.total_seconds() for gap in gaps)) if len(gaps) >= 3 else None


def _recent(readings: Iterable[dict[Filled, int]]) -> tuple[dict[Filled, int], dict[Filled, int]]:
    """Return the sums over the newest visits that make enough pages, and over those before."""
    newest: dict[Filled, int] = {}
    before: dict[Filled, int] = {}
    for reading in reversed(tuple(readings)):
        into = newest if newest.get("pages", 0) < _LEAST_PAGES_NOW else before
        for name, n in reading.items():
            into[name] = into.get(name, 0) + n
    return newest, before


def _share(counts: dict[Filled, int], part: Filled, whole: Filled) -> float:
    return counts.get(part, 0) / max(1, counts.get(whole, 0))


def _since(track: Track) -> str:
    return f"last well {_moment(track.last_ok)}" if track.last_ok else "never well so far"


def _well(track: Track) -> str:
    usual = rhythm(track)
    return f"something new about every {days(usual)}" if usual else "visits go well"


def _moment(moment: datetime) -> str:
    return f"{moment:%d %b %Y, %H:%M} UTC"


def days(length: timedelta) -> str:
    """Return a length of time in the largest unit that fits twice: `3 days`, `36 hours`, `90 minutes`."""
    seconds = length.total_seconds()
    size, unit = next((pair for pair in ((86_400, "day"), (3600, "hour")) if seconds >= 2 * pair[0]), (60, "minute"))
    number = round(seconds / size)
    return f"{number} {unit}{'' if number == 1 else 's'}"


_STATES: dict[FailureKind, SourceHealth] = {
    "gone": "gone",
    "robots-forbids": "robots-forbids",
    "blocked": "blocked",
    "unreadable": "layout-broken",
    "failing": "failing",
}
