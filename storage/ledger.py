"""The delivery ledger: what is owed, what was tried, how it ended.

A delivery is claimed by a conditional UPDATE just before the send. The claim carries a lease and a
fence: a sender that slept past its lease cannot record an outcome over the one who took over.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, Engine, and_, insert, or_, select, update

from spacepact.story import Alert, Delivery, DeliveryState
from storage.database import reading, writing
from storage.subscribers import why_not
from storage.tables import alerts, deliveries, lanes, stories, tries
from storage.upsert import upsert

OWED: tuple[DeliveryState, ...] = ("pending", "failed")


class Claim(NamedTuple):
    """The right to send one delivery until the lease ends; `number` counts the tries from 1.

    `refused`: why the recipient must get nothing of it after all. `reply_to`: the receiver's own reference
    of the first message about this record.
    """

    delivery: Delivery
    alert: Alert
    number: int
    fence: int
    refused: str | None = None
    reply_to: str | None = None


class Ledger:
    """Alert x recipient x channel: each row unique, each try recorded before it is made."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def due_lanes(self, now: datetime) -> list[str]:
        """Return the channels that have something to send now and are neither paused nor broken."""
        closed = select(lanes.c.channel).where(or_(lanes.c.paused_until > now, lanes.c.broken.is_not(None)))
        query = select(deliveries.c.channel).where(_due(now), deliveries.c.channel.not_in(closed)).distinct()
        with reading(self.engine) as connection:
            return sorted(connection.scalars(query))

    def claim(self, channel: str, now: datetime, lease: timedelta) -> Claim | None:
        """Take the oldest delivery that is due in a lane, and record that it is being tried."""
        oldest = select(deliveries.c.id).where(_due(now), deliveries.c.channel == channel)
        oldest = oldest.order_by(deliveries.c.not_before, deliveries.c.created, deliveries.c.id).limit(1)
        with writing(self.engine) as connection:
            taken = (
                update(deliveries)
                .where(deliveries.c.id == oldest.scalar_subquery(), _due(now))
                .values(lease_until=now + lease, fence=deliveries.c.fence + 1, tries=deliveries.c.tries + 1)
                .returning(deliveries)
            )
            row = connection.execute(taken).first()
            if row is None:
                return None
            connection.execute(insert(tries).values(delivery_id=row.id, number=row.tries, started=now))
            body = connection.scalars(select(alerts.c.body).where(alerts.c.id == row.alert_id)).one()
            refused = why_not(connection, row.recipient, row.watchlists)
            reply_to = _first_reference(connection, row.channel, row.recipient, body["story"]["record"])
        delivery = Delivery(
            id=row.id, channel=row.channel, recipient=row.recipient, watchlists=tuple(row.watchlists), state=row.state, reason=row.reason
        )
        return Claim(delivery, Alert.model_validate({**body, "deliveries": ()}), row.tries, row.fence, refused, reply_to)

    def settle(
        self,
        claim: Claim,
        state: DeliveryState,
        answer: str,
        now: datetime,
        not_before: datetime | None = None,
        *,
        reference: str | None = None,
    ) -> bool:
        """Record how a try ended; False if somebody else holds the delivery by now. `reference` is the receiver's own."""
        mine = (deliveries.c.id == claim.delivery.id) & (deliveries.c.fence == claim.fence) & deliveries.c.state.in_(OWED)
        values = {
            "state": state,
            "lease_until": None,
            "not_before": not_before,
            "settled": None if state in OWED else now,
            "reference": reference,
        }
        why = {} if state == "sent" else {"reason": answer}
        with writing(self.engine) as connection:
            done = connection.execute(update(deliveries).where(mine).values(**values, **why)).rowcount == 1
            of_try = (tries.c.delivery_id == claim.delivery.id) & (tries.c.number == claim.number)
            connection.execute(update(tries).where(of_try).values(ended=now, answer=answer))
        return done

    def pause(self, channel: str, until: datetime) -> None:
        """Keep a lane silent until a moment: the receiver asked for it."""
        with writing(self.engine) as connection:
            upsert(connection, lanes, {"channel": channel}, {"paused_until": until})

    def break_(self, channel: str, why: str) -> None:
        """Close a lane until a person mends it; what it owes stays pending."""
        with writing(self.engine) as connection:
            upsert(connection, lanes, {"channel": channel}, {"broken": why})

    def mend(self, channels: Collection[str]) -> None:
        """Open broken lanes again."""
        with writing(self.engine) as connection:
            connection.execute(update(lanes).where(lanes.c.channel.in_(channels)).values(broken=None))

    def broken(self) -> dict[str, str]:
        """Return the broken lanes with the reason."""
        with reading(self.engine) as connection:
            return {r.channel: r.broken for r in connection.execute(select(lanes).where(lanes.c.broken.is_not(None)))}

    def release(self) -> int:
        """Give back every lease: only for a process that knows it is the only one. Returns how many."""
        with writing(self.engine) as connection:
            held = deliveries.c.lease_until.is_not(None) & deliveries.c.state.in_(OWED)
            return connection.execute(update(deliveries).where(held).values(lease_until=None)).rowcount


def _due(now: datetime) -> ColumnElement[bool]:
    free = or_(deliveries.c.lease_until.is_(None), deliveries.c.lease_until <= now)
    return and_(deliveries.c.state.in_(OWED), deliveries.c.not_before <= now, free)


def _first_reference(connection: Connection, channel: str, recipient: str, record: str) -> str | None:
    """Return the receiver's own reference of the first message about a record."""
    query = select(deliveries.c.reference).join(stories, stories.c.id == deliveries.c.story_id).limit(1)
    mine = (deliveries.c.channel == channel, deliveries.c.recipient == recipient, deliveries.c.reference.is_not(None))
    return connection.scalar(query.where(stories.c.record == record, *mine).order_by(deliveries.c.settled, deliveries.c.id))
