"""Writes what a decision owes: each delivery once, and what waits for the same digest or group goes together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, exists, func, insert, or_, select, update

from spacepact.noun import stable_id
from spacepact.story import Alert, Delivery, Notice, Recall, Story
from storage.tables import alerts, deliveries, tries
from storage.upsert import upsert

SLICE = 500


def owe(connection: Connection, told: Alert | Notice, now: datetime) -> int:
    """Keep an alert or a notice with those of its deliveries that are new; returns how many are.

    A delivery that comes back pending although it was suppressed earlier replaces the suppressed one.
    """
    known = dict(_states(connection, [d.id for d in told.deliveries]))
    again = [d for d in told.deliveries if known.get(d.id) == "suppressed" and d.state == "pending"]
    fresh = [d for d in told.deliveries if d.id not in known]
    if not fresh and not again:
        return 0
    story = told.story if isinstance(told, Alert) else None
    key = {"story_id": story.id if story else None, "revision": story.revision if story else 0}
    body = told.model_dump(mode="json", exclude={"deliveries": True, "story": {"told"}})
    kind = told.kind if isinstance(told, Alert) else "notice"
    upsert(connection, alerts, {"id": told.id}, {**key, "kind": kind, "decided": told.decided, "body": body})
    of_replaced = [d.id for d in again]
    if of_replaced:
        connection.execute(delete(tries).where(tries.c.delivery_id.in_(of_replaced)))
        connection.execute(delete(deliveries).where(deliveries.c.id.in_(of_replaced)))
    rows = [{**_row(d, now), **key, "alert_id": told.id} for d in (*fresh, *again)]
    connection.execute(insert(deliveries), rows)
    _go_together(connection, [d for d in (*fresh, *again) if d.batch and d.state == "pending"])
    return len(rows)


def recall(connection: Connection, recalled: Sequence[Recall], now: datetime) -> None:
    """Suppress deliveries that wait, unless somebody is sending them or has tried to."""
    for one in recalled:
        idle = or_(deliveries.c.lease_until.is_(None), deliveries.c.lease_until <= now)
        waiting = (deliveries.c.id == one.delivery) & (deliveries.c.state == "pending") & (deliveries.c.tries == 0) & idle
        connection.execute(update(deliveries).where(waiting).values(state="suppressed", reason=one.reason, waits="", settled=now))


def renew(connection: Connection, story: Story, now: datetime) -> None:
    """Let what waits tell a story as it is now: its official source, and how many report it; what was tried stays as it was."""
    body = story.model_dump(mode="json", exclude={"told"})
    waiting = (deliveries.c.story_id == story.id) & deliveries.c.message.is_(None)
    waiting &= (deliveries.c.state == "pending") & (deliveries.c.tries == 0)
    found = select(alerts).where(alerts.c.id.in_(select(deliveries.c.alert_id).where(waiting)))
    for row in connection.execute(found).all():
        if row.body["story"]["tellings"] == body["tellings"]:
            continue
        number = stable_id("alert", row.id, now.isoformat(), *(telling.url for telling in story.tellings))
        fresh = {"story_id": row.story_id, "revision": row.revision, "kind": row.kind, "decided": row.decided}
        connection.execute(insert(alerts).values(id=number, **fresh, body={**row.body, "id": number, "story": body}))
        connection.execute(update(deliveries).where(waiting, deliveries.c.alert_id == row.id).values(alert_id=number))
        left = exists().where(deliveries.c.alert_id == row.id)
        connection.execute(delete(alerts).where(alerts.c.id == row.id, ~left))


def _row(delivery: Delivery, now: datetime) -> dict[str, Any]:
    own = {name: getattr(delivery, name) for name in ("id", "channel", "recipient", "state", "reason", "waits", "batch", "reminder")}
    due = delivery.due or now
    wanted = delivery.timing.model_dump(mode="json", exclude_unset=True) or None
    return {
        **own,
        "watchlists": list(delivery.watchlists),
        "timing": wanted,
        "due": due,
        "not_before": due,
        "created": now,
        "tries": 0,
        "fence": 0,
    }


def _go_together(connection: Connection, waiting: Sequence[Delivery]) -> None:
    """Let what was added to a batch go when the first of the batch goes."""
    first = deliveries.alias("first")
    same = [first.c[name] == deliveries.c[name] for name in ("channel", "recipient", "batch")]
    soonest = select(func.min(first.c.not_before)).where(*same, first.c.state == "pending", first.c.message.is_(None)).scalar_subquery()
    for channel, batch in sorted({(d.channel, d.batch or "") for d in waiting}):
        mine = (deliveries.c.channel == channel) & (deliveries.c.batch == batch)
        still = mine & (deliveries.c.state == "pending") & deliveries.c.message.is_(None)
        connection.execute(update(deliveries).where(still, deliveries.c.not_before > soonest).values(not_before=soonest))


def _states(connection: Connection, ids: Sequence[str]) -> Iterator[tuple[str, str]]:
    for start in range(0, len(ids), SLICE):
        query = select(deliveries.c.id, deliveries.c.state).where(deliveries.c.id.in_(ids[start : start + SLICE]))
        yield from (tuple(row) for row in connection.execute(query))
