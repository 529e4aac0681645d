"""What comes due without an article: empty digests, reminders, expected events that were not seen. Each in one transaction."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Connection, Engine, exists, insert, select, update

from spacepact.story import Alert, Delivery, Notice, Story
from storage.database import writing
from storage.owing import owe
from storage.reserving import delivery_of
from storage.tables import alerts, deliveries, digests, stories

Remind = Callable[[Alert, Delivery, Story, bool], Alert | None]
"""Says what a reminder of an alert would tell, given the story as it is now and whether it is the last of its record."""


def new_slot(connection: Connection, channel: str, recipient: str, batch: str, slot: datetime) -> bool:
    """Take a digest's slot; True if its turn has come, nothing waits for it, and nothing was sent for it.

    The slot at which a digest is first heard of is over: a new subscriber is not told of the day before.
    """
    mine = (digests.c.channel == channel, digests.c.recipient == recipient, digests.c.batch == batch)
    last = connection.scalar(select(digests.c.slot).where(*mine))
    if last is None:
        connection.execute(insert(digests).values(channel=channel, recipient=recipient, batch=batch, slot=slot))
        return False
    if last >= slot:
        return False
    connection.execute(update(digests).where(*mine).values(slot=slot))
    told = (deliveries.c.channel == channel, deliveries.c.recipient == recipient, deliveries.c.batch == batch)
    within = exists().where(*told, deliveries.c.due > last, deliveries.c.due <= slot, deliveries.c.state != "suppressed")
    return not connection.scalar(select(within))


def empty_digest(engine: Engine, key: tuple[str, str, str], slot: datetime, make: Callable[[], Notice], now: datetime) -> bool:
    """Owe an empty digest for (channel, recipient, batch) if its slot has come and there is nothing in it."""
    with writing(engine) as connection:
        return new_slot(connection, *key, slot) and owe(connection, make(), now) > 0


def reminders(engine: Engine, decide: Remind, now: datetime, most: int = 100) -> int:
    """Owe the reminders whose time has come; returns how many."""
    last = deliveries.c.remind_at <= now
    query = select(deliveries, alerts.c.body.label("told")).join(alerts, alerts.c.id == deliveries.c.alert_id).where(last)
    owed = 0
    with writing(engine) as connection:
        for row in connection.execute(query.order_by(deliveries.c.remind_at, deliveries.c.id).limit(most)).all():
            connection.execute(update(deliveries).where(deliveries.c.id == row.id).values(remind_at=None))
            story, is_last = _story_now(connection, row.story_id)
            alert = decide(Alert.model_validate({**row.told, "deliveries": ()}), delivery_of(row), story, is_last)
            owed += owe(connection, alert, now) if alert else 0
    return owed


def _story_now(connection: Connection, story_id: str) -> tuple[Story, bool]:
    """Return a story as it is now, and whether no other of its record came after it."""
    row = connection.execute(select(stories).where(stories.c.id == story_id)).one()
    if row.merged_into:
        return _story_now(connection, row.merged_into)
    later = exists().where(stories.c.record == row.record, stories.c.first_seen > row.first_seen, stories.c.merged_into.is_(None))
    return Story.model_validate(row.body), not connection.scalar(select(later))
