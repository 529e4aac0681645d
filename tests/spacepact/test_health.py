"""How a source is, from the history of its visits; and when operators hear of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, Engine

from crawler.source import Source
from spacepact.health import Limits, SourceHealth, Track, Verdict, days, follow, judge, rhythm
from spacepact.round import Failure, FailureKind, Round
from spacepact.settings import Watch
from spacepact.tidings import Standing, Tidings, stand, tidings
from spacepact.watching import Watchman, table, verdicts
from storage import Store, Watched

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
LIMITS = Limits(silent_after=timedelta(days=14))
LIST = "https://a.example/feed"


def visit(at: datetime, state: str = "ok", **more: Any) -> Round:
    known = {"listed": 0 if state in ("failed", "unchanged") else 10}
    return Round.model_validate({"source": "a", "state": state, "started": at, "finished": at, **known, **more})


def failed(at: datetime, kind: FailureKind = "failing", reason: str = "no such host") -> Round:
    return visit(at, "failed", failures=(Failure(url=LIST, reason=reason, kind=kind),))


def history(*rounds: Round) -> Track:
    track = None
    for one in rounds:
        track = follow(track, one)
    assert track
    return track


def hourly(count: int, *, until: datetime = NOW, **more: Any) -> list[Round]:
    return [visit(until - HOUR * n, **more) for n in reversed(range(count))]


def after(before: list[Round], *, hours: int = 0) -> datetime:
    return before[-1].finished + HOUR * (hours + 1)


def state_of(rounds: list[Round], now: datetime | None = None) -> Verdict:
    return judge(history(*rounds), LIMITS, now or rounds[-1].finished)


def test_a_source_that_was_never_visited_waits() -> None:
    assert judge(None, LIMITS, NOW) == Verdict("waiting", "not yet visited")


def test_a_source_is_well_and_its_rhythm_is_told() -> None:
    assert state_of(hourly(6, outcomes={"new": 1})) == Verdict("ok", "something new about every 60 minutes")


@pytest.mark.parametrize(
    ("kind", "reason", "state"),
    [
        ("failing", "500 Internal Server Error", "failing"),
        ("gone", "404 Not Found", "gone"),
        ("blocked", "403 Forbidden", "blocked"),
        ("robots-forbids", "robots.txt forbids the address", "robots-forbids"),
        ("unreadable", "the answer is HTML, not a feed", "layout-broken"),
    ],
)
def test_one_bad_visit_is_no_illness_two_are_and_one_good_visit_heals(kind: FailureKind, reason: str, state: SourceHealth) -> None:
    well = hourly(5)
    once = [*well, failed(after(well), kind, reason)]
    twice = [*once, failed(after(once), kind, reason)]
    assert state_of(once).state == "ok"
    assert state_of(twice).state == state
    assert reason in state_of(twice).reason
    assert "last well 23 Nov 2026, 12:00 UTC" in state_of(twice).reason
    assert state_of([*twice, visit(after(twice))]).state == "ok"


def test_a_source_that_never_worked_is_told_after_its_first_visit() -> None:
    verdict = state_of([failed(NOW)])
    assert verdict.state == "failing"
    assert "never well so far" in verdict.reason


def test_one_list_of_several_that_fails_again_and_again_is_told() -> None:
    lost = Failure(url="https://a.example/second", reason="404 Not Found", kind="gone")
    verdict = state_of([*hourly(3, until=NOW - HOUR), *hourly(2, state="partial", failures=(lost,))])
    assert verdict.state == "gone"
    assert verdict.reason.startswith("some of its lists: https://a.example/second: 404")


@pytest.mark.parametrize(("kind", "state"), [("blocked", "blocked"), ("failing", "failing")])
def test_a_feed_that_works_with_pages_that_do_not(kind: FailureKind, state: SourceHealth) -> None:
    wall = Failure(url="https://a.example/1", reason="a challenge page instead of the article", kind=kind, page=True)
    verdict = state_of(
        [*hourly(3, until=NOW - 2 * HOUR, outcomes={"new": 1}, filled={"pages": 1}), *hourly(2, state="partial", failures=(wall,))]
    )
    assert verdict == Verdict(state, "its pages cannot be had: https://a.example/1: a challenge page instead of the article")


def test_pages_left_for_a_later_round_are_no_illness() -> None:
    left = Failure(url=LIST, reason="40 pages left for a later round", kind="later", page=True)
    assert state_of(hourly(4, state="partial", failures=(left,), filled={"pages": 9, "articles": 9})).state == "ok"


def test_pages_that_robots_forbids() -> None:
    verdict = state_of(hourly(3, outcomes={"rejected": 2}, filled={"forbidden": 2}))
    assert verdict.state == "robots-forbids"


def test_e12_nothing_is_listed_where_seven_days_gave_something() -> None:
    well = hourly(24 * 7)
    once = [*well, visit(after(well), listed=0)]
    twice = [*once, visit(after(once), listed=0)]
    assert state_of(once).state == "ok"
    assert state_of(twice) == Verdict("empty", "nothing is listed since 23 Nov 2026, 12:00 UTC")


def test_e12_an_empty_feed_that_answers_304_from_then_on_is_empty_too() -> None:
    well = hourly(24)
    empty = [*well, visit(after(well), listed=0)]
    assert state_of([*empty, visit(after(empty), "unchanged")]).state == "empty"
    assert state_of([*well, visit(after(well), "unchanged"), visit(after(well, hours=1), "unchanged")]).state == "ok"


@pytest.mark.parametrize(
    ("before", "after_", "words"),
    [
        ({"pages": 2, "articles": 2}, {"pages": 3}, "0% of its newest 6 pages could be read as articles; before 100%"),
        (
            {"pages": 2, "articles": 2, "published": 2},
            {"pages": 3, "articles": 3},
            "0% of its newest 6 articles have a date; before 100%",
        ),
        ({"pages": 2, "articles": 2, "authors": 2}, {"pages": 3, "articles": 3}, "0% of its newest 6 articles have authors; before 100%"),
    ],
)
def test_a_layout_is_broken_when_a_field_that_was_there_stays_away(before: dict[str, int], after_: dict[str, int], words: str) -> None:
    rounds = [*hourly(10, until=NOW - 2 * HOUR, filled=before), *hourly(2, filled=after_)]
    assert state_of(rounds) == Verdict("layout-broken", words)


def test_a_field_that_was_rare_before_may_stay_away() -> None:
    rounds = [
        *hourly(10, until=NOW - 2 * HOUR, filled={"pages": 2, "articles": 2, "authors": 1}),
        *hourly(3, filled={"pages": 3, "articles": 3}),
    ]
    assert state_of(rounds).state == "ok"


def test_late_by_its_own_rhythm_and_never_later_than_its_limit() -> None:
    daily = [visit(NOW + timedelta(days=n), outcomes={"new": 1}) for n in range(12)]
    last = daily[-1].finished
    assert state_of([*daily, visit(last + timedelta(hours=47))]).state == "ok"
    late = state_of([*daily, visit(last + timedelta(hours=49))])
    assert late == Verdict("late", "nothing new for 2 days; its longest silence was 24 hours")
    fresh = [visit(NOW, outcomes={"new": 3}), visit(NOW + timedelta(days=13))]
    assert state_of(fresh).state == "ok"
    silent = state_of([*fresh, visit(NOW + timedelta(days=15))])
    assert silent == Verdict("late", "nothing new for 15 days; expected every 14 days")


def test_a_quiet_night_makes_no_busy_source_late() -> None:
    busy = hourly(30, outcomes={"new": 2})
    assert state_of([*busy, visit(NOW + timedelta(hours=23))]).state == "ok"


def test_a_source_that_we_do_not_visit_is_overdue() -> None:
    track, limits = history(*hourly(3)), LIMITS._replace(due=NOW + HOUR)
    assert judge(track, limits, NOW + 2 * HOUR).state == "ok"
    assert judge(track, limits, NOW + 3 * HOUR) == Verdict(
        "overdue", "last visited 23 Nov 2026, 12:00 UTC; its next visit was due 23 Nov 2026, 13:00 UTC"
    )


def test_what_was_due_while_the_service_was_off_is_not_overdue() -> None:
    known = {"a": Watched(history(*hourly(3)), None, NOW + HOUR)}
    assert verdicts({"a": SOURCE}, known, NOW + 5 * HOUR)["a"].state == "overdue"
    assert verdicts({"a": SOURCE}, known, NOW + 5 * HOUR, since=NOW + 4.5 * HOUR)["a"].state == "ok"


def test_a_track_stays_small_and_its_rhythm_is_the_median() -> None:
    track = history(*hourly(3000, outcomes={"new": 1}, filled={"pages": 1, "articles": 1}))
    assert len(track.model_dump_json()) < 6000
    assert rhythm(track) == HOUR


@pytest.mark.parametrize(
    ("length", "words"),
    [
        (timedelta(days=3), "3 days"),
        (timedelta(hours=36), "36 hours"),
        (timedelta(minutes=90), "90 minutes"),
        (timedelta(minutes=1), "1 minute"),
    ],
)
def test_lengths_in_words(length: timedelta, words: str) -> None:
    assert days(length) == words


WATCH = Watch(gather=timedelta(minutes=5))


def tell_of(standings: dict[str, Standing], verdicts: dict[str, Verdict], now: datetime) -> tuple[dict[str, Standing], Tidings | None]:
    return tidings({name: stand(standings.get(name), verdict, now) for name, verdict in verdicts.items()}, WATCH, now)


def test_a_change_is_told_once_and_so_is_its_end() -> None:
    ill, well = {"a": Verdict("gone", "404 Not Found")}, {"a": Verdict("ok", "visits go well")}
    standings, first = tell_of({}, ill, NOW)
    assert first is None, "it is gathered with what else happens in the next minutes"
    standings, told = tell_of(standings, ill, NOW + timedelta(minutes=5))
    assert told
    assert told.subject == "Source a is gone"
    assert "a: gone (was ok) - 404 Not Found" in told.text
    standings, again = tell_of(standings, ill, NOW + timedelta(hours=23))
    assert again is None
    standings, _ = tell_of(standings, well, NOW + timedelta(hours=23))
    standings, end = tell_of(standings, well, NOW + timedelta(hours=23, minutes=5))
    assert end
    assert "Well again:\n  a: ok (was gone) - visits go well" in end.text
    assert tell_of(standings, well, NOW + timedelta(days=30))[1] is None


def test_what_lasts_is_told_again_after_a_day_and_then_weekly() -> None:
    ill = {"a": Verdict("failing", "no such host")}
    standings: dict[str, Standing] = {}
    told = []
    for hour in range(24 * 24):
        standings, said = tell_of(standings, ill, NOW + hour * HOUR)
        told += [hour] if said else []
    assert told == [1, 25, 25 + 7 * 24, 25 + 14 * 24, 25 + 21 * 24]
    assert len(set(told)) == len(told)


def test_an_outage_of_everything_is_one_message_and_a_flicker_is_none() -> None:
    well = {f"s{n:02}": Verdict("ok", "") for n in range(50)}
    ill = dict.fromkeys(well, Verdict("failing", "no such host"))
    standings, _ = tell_of({}, well, NOW)
    for minute in range(4):
        standings, said = tell_of(standings, well | dict(list(ill.items())[: minute * 12]), NOW + timedelta(minutes=minute))
        assert said is None
    standings, said = tell_of(standings, ill, NOW + timedelta(minutes=7))
    assert said
    assert said.text.count("no such host") == 50
    assert said.subject == "Source s00 is failing and 49 more"
    standings, _ = tell_of(standings, well, NOW + timedelta(hours=1))
    standings, flicker = tell_of(standings, ill, NOW + timedelta(hours=1, minutes=1))
    assert flicker is None


SOURCE = Source.model_validate(
    {"name": "A", "kind": "feed", "urls": [LIST], "language": "en", "country": "FR", "tier": "trade", "every": "1h"}
)


def test_the_watchman_tells_in_the_transaction_that_remembers_it(database: Engine) -> None:
    store, told, clock = Store(database), [], [NOW]
    fail = [True]

    def tell(_: Connection, said: Tidings) -> None:
        if fail[0]:
            raise OSError("no room")
        told.append(said)

    man = Watchman(store, {"a": SOURCE, "b": SOURCE}, lambda: Watch(gather=timedelta(seconds=1)), tell, lambda: clock[0])
    store.sources.finish(failed(NOW, "gone", "404 Not Found"), NOW + HOUR)
    man.check()
    clock[0] += timedelta(minutes=1)
    assert man.due()
    with pytest.raises(OSError, match="no room"):
        man.check()
    fail[0] = False
    man.check()
    assert not man.due()
    man.check()
    assert [t.subject for t in told] == ["Source a is gone"], "told once, and not forgotten by the failure before"
    rows = {row.id: row for row in table(store, {"a": SOURCE, "b": SOURCE}, clock[0])}
    assert (rows["a"].state, rows["a"].since, rows["b"].state) == ("gone", NOW, "waiting")
