"""Which messages go next: reserved for one sender at a time, in the order in which they came due, for one lane or many at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Row,
    Select,
    String,
    and_,
    bindparam,
    column,
    exists,
    or_,
    select,
    update,
    values,
)

from spacepact.noun import stable_id
from spacepact.story import Alert, Delivery, DeliveryState, Notice
from spacepact.timing import Timing
from storage.subscribers import refusing
from storage.tables import alerts, deliveries, lanes, stories

OWED: tuple[DeliveryState, ...] = ("pending", "failed")
RESERVED = timedelta(seconds=60)
"""How long a message that is not started yet is kept for one sender."""


class Item(NamedTuple):
    """One delivery of a message, and what it tells."""

    delivery: Delivery
    told: Alert | Notice


class Claim(NamedTuple):
    """The right to send one message until the lease ends; `number` counts its tries from 1.

    `reply_to` is the receiver's own reference of the first message about the record.
    """

    id: str
    items: tuple[Item, ...]
    number: int
    fence: int
    replayed: int = 0
    reply_to: str | None = None
    plain: bool = False
    """Nothing need be asked again before it starts, if that is soon: its recipient refuses nothing and set no limit."""

    @property
    def delivery(self) -> Delivery:
        """The first delivery; all of a message are for the same recipient."""
        return self.items[0].delivery

    @property
    def since_replay(self) -> int:
        """How many tries there were since a person asked for another round of them."""
        return self.number - self.replayed

    @property
    def kind(self) -> str:
        """Why its deliveries share a message: `digest`, `group`, `limit`, or "" where they do not."""
        alone = self.id == self.delivery.id and isinstance(self.items[0].told, Alert)
        return "" if alone else (self.delivery.batch or "").partition(" ")[0]


class Ask(NamedTuple):
    """What a sender wants of a lane: so many `messages`, each with at most `size` deliveries."""

    channel: str
    now: datetime
    messages: int = 1
    size: int = 1


TOGETHER = 5_000
"""How many messages are reserved at once for many lanes: both databases limit the values in one query."""


def reserve(asks: Sequence[Ask], connection: Connection) -> list[list[Claim]]:
    """Keep the oldest messages that are due in each lane for its sender, for a minute.

    Nobody's second message is reserved while the first is under way, so that order and limits hold. Where two ask
    for one lane, the first gets all.
    """
    claims: dict[str, list[Claim]] = defaultdict(list)
    for (messages, size), alike in groupby(sorted(asks, key=lambda a: (a.messages, a.size)), key=lambda a: (a.messages, a.size)):
        channels, now = list(dict.fromkeys(ask.channel for ask in alike)), max(ask.now for ask in asks)
        most = max(1, TOGETHER // messages)
        for start in range(0, len(channels), most):
            for claim in _reserve(channels[start : start + most], now, messages, size, connection):
                claims[claim.delivery.channel].append(claim)
    return [claims.pop(ask.channel, []) for ask in asks]


def _reserve(channels: Sequence[str], now: datetime, messages: int, size: int, connection: Connection) -> list[Claim]:
    rows = connection.execute(_oldest(channels, now, messages).with_for_update(skip_locked=True, of=deliveries)).all()
    groups = list(_messages(connection, rows, now, size))
    if not groups:
        return []
    fixed = [(_message_id(group, size), max(row.fence for row in group) + 1, group) for group in groups]
    changed = [{"row": row.id, "m": message, "f": fence} for message, fence, group in fixed for row in group]
    change = update(deliveries).where(deliveries.c.id == bindparam("row"))
    connection.execute(change.values(message=bindparam("m"), fence=bindparam("f"), lease_until=now + RESERVED), changed)
    told = _told(connection, {row.alert_id for group in groups for row in group})
    threads = _threads(connection, rows, told.values())
    wary = refusing(connection, {row.recipient for row in rows})
    claims = [_claim(message, fence, group, told, threads) for message, fence, group in fixed]
    return [claim._replace(plain=claim.delivery.recipient not in wary and _unbound(claim)) for claim in claims]


def _oldest(channels: Sequence[str], now: datetime, messages: int) -> Select[Any]:
    """Return the query for so many rows of each of these lanes."""
    asked = values(column("name", String), name="asked").data([(channel,) for channel in channels]).cte("asked")
    other, mine = deliveries.alias("other"), deliveries.alias("mine")
    under_way = exists().where(
        other.c.channel == mine.c.channel, other.c.recipient == mine.c.recipient, other.c.lease_until > now, other.c.state.in_(OWED)
    )
    first = select(mine.c.id).where(due(now, mine), mine.c.channel == asked.c.name, ~under_way).correlate(asked)
    first = first.order_by(mine.c.not_before, mine.c.created, mine.c.id).limit(messages)
    theirs = select(deliveries).select_from(asked.join(deliveries, deliveries.c.id.in_(first))).where(asked.c.name.not_in(closed(now)))
    return theirs.order_by(deliveries.c.not_before, deliveries.c.created, deliveries.c.id)


def closed(now: datetime) -> Any:
    """Return the query for the lanes that are paused or broken."""
    return select(lanes.c.channel).where(or_(lanes.c.paused_until > now, lanes.c.broken.is_not(None)))


def due(now: datetime, of: FromClause = deliveries) -> ColumnElement[bool]:
    """Return what holds for a delivery that may be reserved."""
    free = or_(of.c.lease_until.is_(None), of.c.lease_until <= now)
    return and_(of.c.state.in_(OWED), of.c.not_before <= now, free)


def _unbound(claim: Claim) -> bool:
    return all(item.delivery.timing.model_fields_set <= {"zone"} for item in claim.items)


def _messages(connection: Connection, rows: Sequence[Row[Any]], now: datetime, size: int) -> Iterator[list[Row[Any]]]:
    """Yield what goes together: what went together before, else all that is due of one batch, else one delivery alone."""
    shared: dict[tuple[str, ...], list[Row[Any]]] = defaultdict(list)
    for row in _companions(connection, [row for row in rows if len(_group(row, size)) > 1], now):
        shared[_group(row, size)].append(row)
    for row in rows:
        group = _group(row, size)
        if len(group) == 1:
            yield [row]
        elif together := shared.pop(group, None):
            yield together if row.message else together[:size]


def _group(row: Row[Any], size: int) -> tuple[str, ...]:
    """Return what the rows of one message have in common; a row alone has its id."""
    if row.message:
        return row.channel, row.recipient, "message", row.message
    return (row.channel, row.recipient, "batch", row.batch) if row.batch and size > 1 else (row.id,)


def _companions(connection: Connection, rows: Sequence[Row[Any]], now: datetime) -> Sequence[Row[Any]]:
    """Return these rows with all that is due and may go with one of them, in one query however many they are."""
    if not rows:
        return ()
    new = deliveries.c.message.is_(None) & deliveries.c.batch.in_({row.batch for row in rows if not row.message})
    same = or_(deliveries.c.message.in_({row.message for row in rows if row.message}), new)
    mine = deliveries.c.channel.in_({row.channel for row in rows}) & deliveries.c.recipient.in_({row.recipient for row in rows})
    query = select(deliveries).where(same, mine, due(now)).order_by(deliveries.c.created, deliveries.c.id)
    return connection.execute(query.with_for_update(skip_locked=True)).all()


def _message_id(group: Sequence[Row[Any]], size: int) -> str:
    """Return the id that the receiver sees: a lone delivery's own, else one for all that the message carries; a digest has its own."""
    first = group[0]
    if first.message:
        return str(first.message)
    alone = len(group) == 1 and (size == 1 or not (first.batch or "").startswith("digest"))
    return str(first.id) if alone else stable_id("message", *(row.id for row in group))


def _told(connection: Connection, ids: Collection[str]) -> dict[str, Alert | Notice]:
    rows = connection.execute(select(alerts.c.id, alerts.c.kind, alerts.c.body).where(alerts.c.id.in_(ids)))
    return {row.id: (Notice if row.kind == "notice" else Alert).model_validate({**row.body, "deliveries": ()}) for row in rows}


def _threads(connection: Connection, rows: Sequence[Row[Any]], told: Iterable[Alert | Notice]) -> dict[tuple[str, str, str], str]:
    """Return the receiver's own reference of the first message about each record that is told, by lane, recipient and record."""
    of_stories = [alert for alert in told if isinstance(alert, Alert)]
    known = select(stories.c.id, stories.c.record).where(stories.c.record.in_({alert.story.record for alert in of_stories}))
    news = {alert.story.id for alert in of_stories if alert.kind == "first-report"}
    if not any(row.tries for row in rows) and news.issuperset(connection.scalars(known)):
        return {}  # nobody was told of these records before
    of_records = known.subquery()
    query = select(deliveries.c.channel, deliveries.c.recipient, of_records.c.record, deliveries.c.reference).join(
        of_records, of_records.c.id == deliveries.c.story_id
    )
    mine = deliveries.c.recipient.in_({row.recipient for row in rows}) & deliveries.c.channel.in_({row.channel for row in rows})
    query = query.where(mine, deliveries.c.reference.is_not(None)).order_by(deliveries.c.settled, deliveries.c.id)
    found: dict[tuple[str, str, str], str] = {}
    for row in connection.execute(query):
        found.setdefault((row.channel, row.recipient, row.record), row.reference)
    return found


def _claim(
    message: str, fence: int, group: Sequence[Row[Any]], told: dict[str, Alert | Notice], threads: dict[tuple[str, str, str], str]
) -> Claim:
    items = tuple(Item(delivery_of(row), told[row.alert_id]) for row in group)
    first, own = items[0].told, items[0].delivery
    reply_to = threads.get((own.channel, own.recipient, first.story.record)) if isinstance(first, Alert) else None
    return Claim(message, items, group[0].tries + 1, fence, group[0].replayed, reply_to)


def delivery_of(row: Row[Any]) -> Delivery:
    """Return a row of the ledger as a noun."""
    return Delivery(
        id=row.id,
        channel=row.channel,
        recipient=row.recipient,
        watchlists=tuple(row.watchlists),
        state=row.state,
        reason=row.reason,
        due=row.due,
        waits=row.waits,
        batch=row.batch,
        timing=Timing.model_validate(row.timing or {}),
        reminder=row.reminder,
    )
