"""When a delivery is due, and why not sooner."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError

from alerts.timing import Plan, after_quiet, earliest, hold, inherit, last_slot, next_slot, period_of, plan
from alerts.watchlist import Known, Target, load_watchlists
from spacepact.timing import Limit, Timing, Window

NOW = datetime(2026, 5, 12, 9, 0, tzinfo=UTC)
BERLIN = "Europe/Berlin"


def at(text: str, zone: str = "UTC") -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def timing(**values: Any) -> Timing:
    return Timing.model_validate(values)


def test_nothing_said_is_at_once() -> None:
    assert plan(Timing(), NOW) == Plan(NOW)


def test_a_group_waits_and_shares_a_message() -> None:
    assert plan(timing(group_wait="10m"), NOW) == Plan(NOW + timedelta(minutes=10), "grouped", "group")


def test_a_digest_waits_for_its_hour_in_its_zone() -> None:
    wanted = timing(digest="0 8 * * mon-fri", zone=BERLIN)
    friday = at("2026-05-15 08:00", BERLIN)
    assert plan(wanted, friday) == Plan(at("2026-05-18 08:00", BERLIN), "digest-pending", f"digest 0 8 * * mon-fri {BERLIN}")
    assert plan(wanted, friday - timedelta(seconds=1)).due == friday


def test_a_correction_waits_for_no_digest_and_no_group_but_for_the_morning() -> None:
    assert plan(timing(digest="0 8 * * *"), NOW, urgent=True) == Plan(NOW)
    assert plan(timing(group_wait="1h"), NOW, urgent=True) == Plan(NOW)
    night = timing(digest="0 8 * * *", quiet_hours="08:00-20:00")
    assert plan(night, NOW, urgent=True) == Plan(at("2026-05-12 20:00"), "quiet-hours")


@pytest.mark.parametrize(
    ("windows", "moment", "end"),
    [
        ("22:00-07:00", "2026-05-12 23:30", "2026-05-13 07:00"),
        ("22:00-07:00", "2026-05-13 06:59", "2026-05-13 07:00"),
        ("22:00-07:00", "2026-05-13 07:00", "2026-05-13 07:00"),
        ("22:00-07:00", "2026-05-12 21:59", "2026-05-12 21:59"),
        ("12:00-13:00", "2026-05-12 12:30", "2026-05-12 13:00"),
        ("sat,sun 00:00-24:00", "2026-05-16 10:00", "2026-05-18 00:00"),
        (["sat-sun 00:00-24:00", "22:00-07:00"], "2026-05-15 22:30", "2026-05-18 07:00"),
        ("fri-mon 08:00-09:00", "2026-05-17 08:30", "2026-05-17 09:00"),
    ],
)
def test_quiet_hours_end_in_the_readers_own_zone(windows: Any, moment: str, end: str) -> None:
    wanted = timing(quiet_hours=windows, zone=BERLIN)
    assert after_quiet(wanted, at(moment, BERLIN)) == at(end, BERLIN)


def test_quiet_hours_over_a_change_of_clocks() -> None:
    wanted = timing(quiet_hours="22:00-07:00", zone=BERLIN)
    assert after_quiet(wanted, datetime(2026, 3, 28, 22, tzinfo=UTC)) == datetime(2026, 3, 29, 5, tzinfo=UTC)
    assert after_quiet(wanted, datetime(2026, 10, 24, 22, tzinfo=UTC)) == datetime(2026, 10, 25, 6, tzinfo=UTC)


def test_silence_for_ever_is_refused() -> None:
    with pytest.raises(ValidationError, match="never"):
        timing(quiet_hours=["00:00-12:00", "12:00-24:00"])


def test_what_is_over_a_limit_waits_until_the_span_has_room() -> None:
    wanted = timing(limit=["2 an hour", "20 a day"])
    sent = [NOW - timedelta(minutes=m) for m in (70, 50, 10)]
    assert hold(wanted, sent, NOW) == Plan(NOW + timedelta(minutes=10), "quota: 2 an hour", "limit")
    assert hold(wanted, sent[:2], NOW) is None
    full = [NOW - timedelta(hours=h, minutes=1) for h in range(1, 21)]
    assert hold(wanted, full, NOW) == Plan(NOW + timedelta(hours=3, minutes=59), "quota: 20 a day", "limit")


def test_what_is_over_a_limit_does_not_wake_anybody_either() -> None:
    wanted, evening = timing(limit="1 an hour", quiet_hours="10:00-18:00"), at("2026-05-12 18:00")
    assert hold(wanted, [NOW], NOW + timedelta(minutes=5)) == Plan(evening, "quota: 1 an hour", "limit")
    assert hold(wanted, [], at("2026-05-12 11:00")) == Plan(evening, "quiet-hours")


def test_each_level_overrides_the_one_before_field_by_field() -> None:
    shared = timing(digest="0 8 * * *", zone=BERLIN, quiet_hours="22:00-07:00")
    own = inherit(shared, timing(limit="5 an hour"), Target.model_validate({"channel": "mail", "group_wait": "10m", "quiet_hours": "no"}))
    assert (own.digest, own.group_wait, own.zone, own.quiet_hours) == (None, timedelta(minutes=10), BERLIN, ())
    assert own.limit == (Limit(most=5, span="hour"),)
    assert inherit(shared, timing(digest="no")).digest is None
    assert inherit(shared, Timing()) == shared


def test_of_several_lists_the_most_urgent_decides() -> None:
    asked = [timing(digest="0 8 * * *"), timing(group_wait="5m"), timing(group_wait="10m")]
    assert earliest(asked, NOW) == (asked[1], Plan(NOW + timedelta(minutes=5), "grouped", "group"))
    assert earliest([], NOW) == (Timing(), Plan(NOW))


@pytest.mark.parametrize("zone", [BERLIN, "America/New_York"])
@pytest.mark.parametrize("day", ["2026-03-29", "2026-10-25", "2026-03-08", "2026-11-01"])
def test_g9_a_digest_at_half_past_two_comes_once_each_local_day(zone: str, day: str) -> None:
    moment, local = at(f"{day} 12:00", zone) - timedelta(days=3), ZoneInfo(zone)
    slots = []
    for _ in range(6):
        moment = next_slot("30 2 * * *", zone, moment)
        slots.append(moment)
    days = [slot.astimezone(local).date() for slot in slots]
    assert days == [date.fromisoformat(day) + timedelta(days=n) for n in range(-2, 4)]


def test_g9_the_last_slot_is_the_one_that_the_next_slot_would_have_given() -> None:
    moment = datetime(2026, 3, 27, tzinfo=UTC)
    while moment < datetime(2026, 3, 31, tzinfo=UTC):
        assert next_slot("30 2 * * *", BERLIN, last_slot("30 2 * * *", BERLIN, moment) - timedelta(seconds=1)) <= moment
        assert next_slot("30 2 * * *", BERLIN, last_slot("30 2 * * *", BERLIN, moment)) > moment
        moment += timedelta(minutes=20)


def test_the_period_of_a_digest_begins_at_the_slot_before() -> None:
    wanted = timing(digest="0 8 * * mon-fri", zone=BERLIN)
    assert period_of(wanted, at("2026-05-18 08:00", BERLIN)) == at("2026-05-15 08:00", BERLIN)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"digest": "8 o'clock"}, "no cron expression"),
        ({"digest": "0 8 31 2 *"}, "no cron expression"),
        ({"zone": "Berlin"}, "write one such as Europe/Berlin"),
        ({"quiet_hours": "22-7"}, "write 22:00-07:00"),
        ({"quiet_hours": "25:00-07:00"}, "names no time of the day"),
        ({"quiet_hours": "someday 22:00-07:00"}, "is no day"),
        ({"limit": "many"}, "write 5 an hour or 20 a day"),
        ({"limit": "0 an hour"}, "write 5 an hour or 20 a day"),
        ({"group_wait": "10m", "digest": "0 8 * * *"}, "exclude each other"),
        ({"group_wait": "soon"}, "write it like 30m"),
    ],
)
def test_a_mistake_says_what_would_be_right(values: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        timing(**values)


def test_a_window_names_its_days() -> None:
    assert Window.model_validate("mon-wed, sat 9:00-17:30").days == (0, 1, 2, 5)
    assert str(Limit.model_validate("20 per day")) == "20 a day"


def test_a_mistake_in_a_list_has_its_place(tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_text("name: X\ndeliver:\n  - channel: mail\n    digest: 0 8 * *\n    zone: Mars\n", "utf-8")
    _, problems = load_watchlists(tmp_path, known=Known(), channels=["mail"])
    assert [(p.line, p.column) for p in problems] == [(4, 13), (5, 11)]


def test_a_timing_comes_back_from_the_ledger_as_it_was() -> None:
    wanted = timing(group_wait="90m", repeat="30d", quiet_hours="sat 22:00-07:30", limit=["5 an hour"], zone=BERLIN)
    kept = wanted.model_dump(mode="json", exclude_unset=True)
    assert (kept["group_wait"], kept["repeat"]) == ("90m", "30d")
    assert Timing.model_validate(kept) == wanted
