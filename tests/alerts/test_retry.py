"""When to try again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from alerts.retry import QUEUE, RELAY, next_try
from spacepact.errors import SendError

NOW = datetime(2026, 5, 12, 9, tzinfo=UTC)
LATER = SendError("busy")


def test_eight_tries_over_a_day_and_then_no_more() -> None:
    pauses = [(again - NOW).total_seconds() for n in range(1, 8) if (again := next_try(n, LATER, NOW, 0.0))]
    assert pauses == [5, 300, 1800, 7200, 18000, 36000, 36000]
    assert next_try(8, LATER, NOW, 0.0) is None


def test_c5_a_mail_server_that_says_later_is_asked_after_half_an_hour_at_least_and_for_four_days() -> None:
    busy = SendError("451", steps=QUEUE)
    pauses = [again - NOW for n in range(1, len(QUEUE) + 1) if (again := next_try(n, busy, NOW, -1.0))]
    assert min(pauses) >= timedelta(minutes=30)
    assert timedelta(days=4) <= sum(QUEUE, timedelta()) <= timedelta(days=5)
    assert next_try(len(QUEUE) + 1, busy, NOW, 0.0) is None
    assert next_try(1, SendError("refused", steps=RELAY), NOW, 0.0) == NOW + timedelta(seconds=5)
    assert timedelta(days=4) <= sum(RELAY, timedelta()) <= timedelta(days=5)


@pytest.mark.parametrize(("jitter", "seconds"), [(-1, 240), (1, 360), (0.5, 330), (9, 360)])
def test_the_pause_is_spread_by_a_fifth(jitter: float, seconds: float) -> None:
    assert next_try(2, LATER, NOW, jitter) == NOW + timedelta(seconds=seconds)


@pytest.mark.parametrize(("asked", "seconds"), [(1, 4), (30, 30), (86_400, 86_400), (1e9, 86_400)])
def test_what_the_receiver_asks_is_never_undercut_up_to_a_day(asked: float, seconds: float) -> None:
    assert next_try(1, SendError("slow down", retry_after=asked), NOW, -1.0) == NOW + timedelta(seconds=seconds)


def test_a_permanent_error_is_the_end() -> None:
    assert next_try(1, SendError("gone", permanent=True, retry_after=30), NOW, 0.0) is None
