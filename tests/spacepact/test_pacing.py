"""When a source is visited next."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from spacepact.heard import Heard, Hints
from spacepact.pacing import JITTER, KEPT, Limits, Pace, follow, limits, next_visit
from spacepact.round import Round

NOW = datetime(2026, 11, 23, 12, 30, tzinfo=UTC)  # a Monday
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
BOUNDS = Limits(30 * MINUTE, 4 * HOUR)


def posts(gap: timedelta, last: timedelta, count: int = 12) -> tuple[datetime, ...]:
    return tuple(NOW - last - gap * n for n in range(count))


def wait(pace: Pace, bounds: Limits = BOUNDS, *, pushed: bool = False) -> tuple[float, str]:
    """Minutes until the next visit, without the jitter, and why."""
    late = next_visit("orbit", Pace(), BOUNDS, NOW).at - NOW
    share = late / BOUNDS.every
    found = next_visit("orbit", pace, bounds, NOW, pushed=pushed)
    return round((found.at - NOW) / share / MINUTE, 3), found.reason


def visit(state: str = "ok", **more: object) -> Round:
    return Round.model_validate({"source": "orbit", "state": state, "started": NOW, "finished": NOW, **more})


@pytest.mark.parametrize(
    ("pace", "minutes", "reason"),
    [
        (Pace(), 30, "its rhythm is not known yet"),
        (Pace(posted=posts(4 * HOUR, 2 * HOUR)), 60, "it posts about every 4 hours"),
        (Pace(posted=posts(10 * MINUTE, 45 * MINUTE)), 30, "it posts about every 11 minutes"),
        (Pace(posted=posts(9 * DAY, 2 * DAY)), 240, "it posts about every 9 days"),
        (Pace(posted=posts(9 * DAY, 10 * MINUTE)), 30, "it has just posted"),
        (Pace(posted=posts(HOUR, 12 * HOUR)), 45, "it posts about every 3 hours"),
        (Pace(failures=1), 30, "failed 1 times in a row"),
        (Pace(failures=3), 120, "failed 3 times in a row"),
        (Pace(failures=400), 240, "failed 400 times in a row"),
        (Pace(more=True, posted=posts(9 * DAY, 2 * DAY)), 30, "pages were left for this visit"),
        (Pace(hurry=1), 15, "its list turns over between two visits"),
        (Pace(hurry=9), 5, "its list turns over between two visits"),
        (Pace(hints=Hints(pause=90 * MINUTE)), 90, "the feed asks for it"),
        (Pace(hints=Hints(pause=10 * MINUTE)), 30, "its rhythm is not known yet"),
        (Pace(hints=Hints(pause=30 * DAY)), 240, "the feed asks for it"),
        (Pace(fresh=2 * HOUR, hints=Hints(pause=HOUR)), 120, "the server calls its answer fresh so long"),
    ],
)
def test_the_interval_follows_rhythm_and_wishes_within_limits(pace: Pace, minutes: float, reason: str) -> None:
    assert wait(pace) == (minutes, reason)


def test_a_source_whose_hub_tells_of_news_is_visited_as_a_safety_net_only() -> None:
    assert wait(Pace(posted=posts(HOUR, HOUR)), pushed=True) == (240, "its hub tells us of news")
    assert wait(Pace(failures=1), pushed=True)[0] == 30


def test_retry_after_is_followed_beyond_the_limits_but_a_day_at_most() -> None:
    def until(silent: timedelta) -> timedelta:
        return next_visit("orbit", Pace(silent_until=NOW + silent), BOUNDS, NOW).at - NOW

    assert until(9 * HOUR) == 9 * HOUR
    assert until(90 * DAY) == DAY
    assert until(MINUTE) >= 30 * MINUTE


def test_jitter_is_the_sources_own_and_never_early() -> None:
    waits = [next_visit(f"source-{n}", Pace(), BOUNDS, NOW).at - NOW for n in range(200)]
    assert waits == [next_visit(f"source-{n}", Pace(), BOUNDS, NOW).at - NOW for n in range(200)]
    assert min(waits) >= BOUNDS.every
    assert max(waits) <= BOUNDS.every * (1 + JITTER)
    assert len(set(waits)) > 190


@pytest.mark.parametrize(
    ("hints", "at"),
    [
        (Hints(skip_hours=(13, 14)), datetime(2026, 11, 23, 15, tzinfo=UTC)),
        (Hints(skip_days=(0,)), datetime(2026, 11, 24, 0, tzinfo=UTC)),
        (Hints(skip_days=(0, 1), skip_hours=(0,)), datetime(2026, 11, 25, 1, tzinfo=UTC)),
    ],
)
def test_hours_and_days_without_news_are_left_out(hints: Hints, at: datetime) -> None:
    found = next_visit("orbit", Pace(hints=hints), BOUNDS, NOW)
    assert (found.at, found.reason) == (at, "the feed names hours or days without news")


def test_a_feed_that_skips_everything_is_visited_all_the_same() -> None:
    found = next_visit("orbit", Pace(hints=Hints(skip_hours=tuple(range(24)))), BOUNDS, NOW)
    assert found.at - NOW < HOUR


def test_limits_without_a_slowest() -> None:
    assert limits(30 * MINUTE, None) == (30 * MINUTE, 2 * HOUR)
    assert limits(3 * HOUR, None) == (3 * HOUR, 6 * HOUR)
    assert limits(DAY, None) == (DAY, DAY)
    assert limits(DAY, HOUR) == (DAY, DAY)
    assert limits(HOUR, DAY) == (HOUR, DAY)


def test_what_is_remembered_from_visit_to_visit() -> None:
    said = Hints(pause=HOUR)
    first = follow(Pace(), visit(listed=2, outcomes={"new": 2}, heard=Heard(posted=posts(HOUR, HOUR), hints=said, fresh=MINUTE)))
    assert (first.posted, first.hints, first.fresh, first.hurry) == (posts(HOUR, HOUR), said, MINUTE, 0)
    unchanged = follow(first, visit("unchanged", heard=Heard(fresh=2 * MINUTE)))
    assert (unchanged.hints, unchanged.fresh) == (said, 2 * MINUTE), "a 304 says nothing about the feed, but something about freshness"
    failed = follow(unchanged, visit("failed", heard=Heard(silent_until=NOW + HOUR)))
    assert (failed.failures, failed.silent_until, failed.posted) == (1, NOW + HOUR, first.posted)
    assert follow(failed, visit("failed")).failures == 2
    assert follow(failed, visit()).failures == 0


def test_a_list_without_dates_tells_its_rhythm_by_what_was_found() -> None:
    pace = follow(Pace(), visit(listed=9, outcomes={"new": 9}))
    assert pace.posted == (), "all that stands in a new source's list is no post of now"
    assert follow(pace, visit(listed=9, outcomes={"new": 1, "known": 8})).posted == (NOW,)
    assert follow(pace, visit(listed=9, outcomes={"known": 9})).posted == ()


def test_a_list_that_turned_over_between_two_visits_is_visited_more_often() -> None:
    pace = follow(Pace(), visit(listed=5, outcomes={"new": 5}))
    once = follow(pace, visit(listed=5, outcomes={"new": 5}))
    assert (pace.hurry, once.hurry, follow(once, visit(listed=5, outcomes={"new": 5})).hurry) == (0, 1, 2)
    assert follow(once, visit(listed=5, outcomes={"new": 4, "known": 1})).hurry == 0


def test_no_date_ahead_and_no_endless_memory() -> None:
    pace = follow(Pace(), visit(heard=Heard(posted=(NOW + DAY, *posts(MINUTE, MINUTE, 90)))))
    assert pace.posted == posts(MINUTE, MINUTE, KEPT)
