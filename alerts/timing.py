"""When a delivery is due and what it waits for: pure, every answer with its reason."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from cronsim import CronSim

from spacepact.timing import Limit, Timing, Window

URGENT = ("correction", "withdrawal")
"""What waits for no digest and no group: a reader must not go on repeating what is wrong."""


class Plan(NamedTuple):
    """When a delivery is due, why it waits ("": it does not), and with what it may share a message (None: nothing)."""

    due: datetime
    waits: str = ""
    batch: str | None = None


def inherit(*levels: Timing) -> Timing:
    """Return what holds when each level overrides those before it, field by field; a digest ends a group_wait and the reverse."""
    said: dict[str, object] = {}
    for level in levels:
        own = {name: getattr(level, name) for name in level.model_fields_set & Timing.model_fields.keys()}
        for one, other in (("digest", "group_wait"), ("group_wait", "digest")):
            if own.get(one):
                said.pop(other, None)
        said |= own
    return Timing.model_validate(said)


def plan(timing: Timing, now: datetime, *, urgent: bool = False) -> Plan:
    """Return when something decided `now` is due; `urgent` waits for no digest and no group, but for the end of quiet hours."""
    if timing.digest and not urgent:
        due, waits, batch = next_slot(timing.digest, timing.zone, now), "digest-pending", digest_batch(timing)
    elif timing.group_wait and not urgent:
        due, waits, batch = now + timing.group_wait, "grouped", "group"
    else:
        due, waits, batch = now, "", None
    heard = after_quiet(timing, due)
    return Plan(heard, "quiet-hours" if heard > due else waits, batch)


def earliest(timings: Iterable[Timing], now: datetime, *, urgent: bool = False) -> tuple[Timing, Plan]:
    """Return the timing that tells somebody first, who may be asked for by several lists; UTC and immediately where there is none."""
    plans = [(t, plan(t, now, urgent=urgent)) for t in timings]
    return min(plans, key=lambda p: (p[1].due, p[1].batch is not None), default=(Timing(), Plan(now)))


def hold(timing: Timing, sent: Sequence[datetime], now: datetime) -> Plan | None:
    """Say, just before the send, until when it must wait after all, and why; None: it may go.

    `sent` are the moments of this recipient's other messages over this channel in the last day.
    """
    heard = after_quiet(timing, now)
    if heard > now:
        return Plan(heard, "quiet-hours")
    full = [(free, limit) for limit in timing.limit if (free := _free(limit, sent, now)) > now]
    if not full:
        return None
    free, limit = max(full, key=lambda f: f[0])
    return Plan(after_quiet(timing, free), f"quota: {limit}", "limit")


def digest_batch(timing: Timing) -> str:
    """Return what names a digest: recipients with the same name get one message."""
    return f"digest {timing.digest} {timing.zone}"


def next_slot(cron: str, zone: str, now: datetime) -> datetime:
    """Return the first moment after `now`, in UTC; the hour that a clock skips or repeats counts once (Debian cron's rule)."""
    return next(CronSim(cron, now.astimezone(ZoneInfo(zone)))).astimezone(UTC)


def last_slot(cron: str, zone: str, now: datetime) -> datetime:
    """Return the last moment at or before `now`, in UTC."""
    return next(CronSim(cron, now.astimezone(ZoneInfo(zone)) + timedelta(seconds=1), reverse=True)).astimezone(UTC)


def period_of(timing: Timing, due: datetime) -> datetime:
    """Return when the period of a digest began whose first item was due at a moment."""
    if not timing.digest:
        return due - timedelta(days=1)
    return last_slot(timing.digest, timing.zone, due - timedelta(seconds=1))


def after_quiet(timing: Timing, moment: datetime) -> datetime:
    """Return the moment itself, or the end of the quiet hours in which it lies (they may follow each other)."""
    zone = ZoneInfo(timing.zone)
    for _ in range(4 * len(timing.quiet_hours) + 8):
        ends = [end for window in timing.quiet_hours if (end := _end(window, moment.astimezone(zone)))]
        if not ends:
            break
        moment = max(ends).astimezone(UTC)
    return moment


def _end(window: Window, local: datetime) -> datetime | None:
    """Return when a window ends that holds a local moment, None where none does."""
    for back in (0, 1):
        day = local.date() - timedelta(days=back)
        if day.weekday() not in window.days:
            continue
        over = window.ends <= window.begins
        begins = datetime.combine(day, window.begins, local.tzinfo)
        ends = datetime.combine(day + timedelta(days=over), window.ends, local.tzinfo)
        if begins.astimezone(UTC) <= local.astimezone(UTC) < ends.astimezone(UTC):
            return ends
    return None


def _free(limit: Limit, sent: Sequence[datetime], now: datetime) -> datetime:
    """Return when the span holds less than the limit."""
    within = sorted(moment for moment in sent if moment > now - limit.length)
    return now if len(within) < limit.most else within[-limit.most] + limit.length
