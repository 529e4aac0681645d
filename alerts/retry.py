"""When to try again: the one place that knows."""

from __future__ import annotations

from datetime import datetime, timedelta

from spacepact.errors import SendError

STEPS = tuple(timedelta(seconds=s) for s in (5, 5 * 60, 30 * 60, 2 * 3600, 5 * 3600, 10 * 3600, 10 * 3600))
"""Pauses after the 1st, 2nd ... failed try: eight tries over 27.6 hours (the schedule of Standard Webhooks)."""

QUEUE = tuple(timedelta(minutes=m) for m in (40, 40, 80, 160, 5 * 60, *[10 * 60] * 9))
"""Pauses after a 4yz reply of a mail server: never under half an hour, and not given up for four days (RFC 5321, 4.5.4.1)."""

RELAY = (*STEPS, *[timedelta(hours=10)] * 7)
"""Pauses while a mail server does not answer at all: soon again, and not given up for four days either."""

LONGEST = timedelta(hours=24)
SPREAD = 0.2
PATIENCE = timedelta(days=5)
"""A channel that fails so long without one success is switched off."""


def next_try(tries: int, error: SendError, now: datetime, jitter: float) -> datetime | None:
    """Return when to try again after `tries` failed tries, or None where none follows.

    `jitter` in -1..1 moves the pause by up to a fifth. A receiver's Retry-After is never undercut, up to a day.
    """
    steps = error.steps or STEPS
    if error.permanent or tries > len(steps):
        return None
    pause = steps[max(tries, 1) - 1] * (1 + SPREAD * max(-1.0, min(1.0, jitter)))
    asked = min(timedelta(seconds=min(error.retry_after or 0, LONGEST.total_seconds())), LONGEST)
    return now + max(pause, asked)


def worn_out(failing_since: datetime, now: datetime) -> str | None:
    """Return why a channel is switched off that has failed without one success since a moment, or None while there is hope."""
    if now - failing_since < PATIENCE:
        return None
    return f"every try failed since {failing_since:%Y-%m-%d %H:%M} UTC, for {PATIENCE.days} days"
