"""Sends again, under the original ids, what was given up or what a receiver has lost."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Engine, ScalarSelect, func, or_, select, update

from spacepact.story import AlertKind, DeliveryState
from storage.database import writing
from storage.tables import alerts, deliveries, told_too

CORRECTING: tuple[AlertKind, ...] = ("correction", "withdrawal")
AGAIN: tuple[DeliveryState, ...] = ("dead", "failed", "sent")


class Skipped(NamedTuple):
    """A delivery that is not sent again, and why."""

    id: str
    reason: str


class Replayed(NamedTuple):
    """The ids of the deliveries that are owed again, and those that are not."""

    again: tuple[str, ...]
    skipped: tuple[Skipped, ...]


def replay(
    engine: Engine,
    now: datetime,
    *,
    ids: Collection[str] = (),
    channel: str | None = None,
    since: datetime | None = None,
    states: Collection[DeliveryState] = AGAIN,
) -> Replayed:
    """Owe deliveries again, named by their own id or their message's, or all of a channel since a moment.

    What a correction has overtaken stays where it is: it would say what is known to be wrong. A split overtakes nothing: the
    delivery says word for word what it said, for a receiver that lost it.
    """
    asked: list[ColumnElement[bool]] = []
    if ids:
        asked.append(or_(deliveries.c.id.in_(ids), deliveries.c.message.in_(ids)))
    if channel:
        asked.append(deliveries.c.channel == channel)
    if since:
        asked.append(deliveries.c.created >= since)
    columns = (
        deliveries.c.id,
        deliveries.c.message,
        deliveries.c.state,
        deliveries.c.reason,
        deliveries.c.revision,
        deliveries.c.lease_until,
    )
    query = select(*columns, _corrected().label("corrected"))
    wanted = [*asked] if ids else [*asked, deliveries.c.state.in_(states)]
    with writing(engine) as connection:
        rows = connection.execute(query.where(*wanted).order_by(deliveries.c.created, deliveries.c.id)).all()
        reasons = {row.id: _why_not(row, now) for row in rows}
        again = tuple(number for number, reason in reasons.items() if reason is None)
        owed = {"state": "pending", "not_before": now, "settled": None, "lease_until": None, "waits": "", "replayed": deliveries.c.tries}
        for start in range(0, len(again), 500):
            some = deliveries.c.id.in_(again[start : start + 500])
            connection.execute(update(deliveries).where(some).values(**owed, reason="replayed"))
    known = {number for row in rows for number in (row.id, row.message)}
    missing = [Skipped(number, "there is no such delivery") for number in ids if number not in known]
    return Replayed(again, (*(Skipped(number, reason) for number, reason in reasons.items() if reason), *missing))


def _corrected() -> ScalarSelect[Any]:
    """Return which revision of what a delivery told of was the last to be corrected or taken back."""
    too = select(told_too.c.story_id).where(told_too.c.delivery_id == deliveries.c.id)
    mine = or_(alerts.c.story_id == deliveries.c.story_id, alerts.c.story_id.in_(too))
    query = select(func.max(alerts.c.revision)).where(mine, alerts.c.kind.in_(CORRECTING))
    return query.correlate(deliveries).scalar_subquery()


def _why_not(row: Any, now: datetime) -> str | None:
    if row.corrected is not None and row.corrected > row.revision:
        return f"overtaken by revision {row.corrected} of its story"
    if row.state == "suppressed":
        return f"was held back: {row.reason}"
    if row.state == "pending":
        return "is owed already"
    return "is being sent now" if row.lease_until and row.lease_until > now else None
