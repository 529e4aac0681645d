"""The delivery ledger: what is owed, what was tried, how it ended.

One message carries one delivery, or all that wait for the same digest or group. A message is reserved (what
it carries is fixed then, and its id with it), started just before the send, settled after. A reservation
carries a lease and a fence: a sender that slept past its lease cannot start or record anything over the one
who took over.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, and_, bindparam, func, or_, select, update

from spacepact.story import DeliveryState, Notice
from storage.database import reading, writing
from storage.owing import owe
from storage.reserving import OWED, RESERVED, Ask, Claim, Item, closed, due, reserve
from storage.subscribers import refusing, why_not
from storage.tables import deliveries, lanes, tries
from storage.upsert import upsert


class Ledger:
    """Alert x recipient x channel: each row unique, each try recorded before it is made.

    Where a method takes `within`, it is part of a transaction that is open already.
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def due_lanes(self, now: datetime) -> list[str]:
        """Return the channels that have something to send now and are neither paused nor broken."""
        query = select(deliveries.c.channel).where(due(now), deliveries.c.channel.not_in(closed(now))).distinct()
        with reading(self.engine) as connection:
            return sorted(connection.scalars(query))

    def reserve(self, channel: str, now: datetime, *, messages: int = 1, size: int = 1, within: Connection | None = None) -> list[Claim]:
        """Keep the oldest messages that are due in a lane for one sender, for a minute."""
        with writing(self.engine, within) as connection:
            return self.reserve_each([Ask(channel, now, messages, size)], connection)[0]

    def reserve_each(self, asks: Sequence[Ask], connection: Connection) -> list[list[Claim]]:
        """Reserve for many lanes at once, for what one lane would take."""
        return reserve(asks, connection)

    def start(self, claim: Claim, now: datetime, lease: timedelta, within: Connection | None = None) -> Claim | None:
        """Record that a message is being tried, without what its recipient refuses by now.

        None: nothing is left of it, somebody else holds it by now, or the lane was closed.
        """
        with writing(self.engine, within) as connection:
            return self.start_each([claim], now, lease, connection)[0]

    def start_each(self, claims: Sequence[Claim], now: datetime, lease: timedelta, connection: Connection) -> list[Claim | None]:
        """Start the messages of many lanes at once; each as `start` says."""
        wary = refusing(connection, {claim.delivery.recipient for claim in claims})
        wanted = [self._wanted(connection, claim, now) if claim.delivery.recipient in wary else claim for claim in claims]
        mine = deliveries.c.message.in_([claim.id for claim in claims]) & deliveries.c.state.in_(OWED)
        held = select(deliveries.c.message, deliveries.c.fence).where(mine, deliveries.c.channel.not_in(closed(now))).with_for_update()
        ours = {(row.message, row.fence) for row in connection.execute(held)}
        begun = [claim for claim in wanted if (claim.id, claim.fence) in ours]
        if begun:
            change = update(deliveries).where(each_ours()).values(lease_until=now + lease, tries=bindparam("n"), waits="")
            connection.execute(change, [{"m": claim.id, "f": claim.fence, "n": claim.number} for claim in begun])
        for claim in begun:
            for item in claim.items:  # again, where the first time was committed and the answer lost
                upsert(connection, tries, {"delivery_id": item.delivery.id, "number": claim.number}, {"started": now})
        return [claim if (claim.id, claim.fence) in ours else None for claim in wanted]

    def _wanted(self, connection: Connection, claim: Claim, now: datetime) -> Claim:
        return claim._replace(items=tuple(item for item in claim.items if not self._refused(connection, claim, item, now)))

    def _refused(self, connection: Connection, claim: Claim, item: Item, now: datetime) -> bool:
        """Suppress a delivery that its recipient does not want any more; say whether it was."""
        reason = why_not(connection, item.delivery.recipient, item.delivery.watchlists)
        if reason:
            ended = {"state": "suppressed", "reason": reason, "waits": "", "lease_until": None, "settled": now}
            connection.execute(update(deliveries).where(_ours(claim), deliveries.c.id == item.delivery.id).values(ended))
        return reason is not None

    def claim(self, channel: str, now: datetime, lease: timedelta, size: int = 1) -> Claim | None:
        """Reserve and start the oldest message of a lane."""
        with writing(self.engine) as connection:
            reserved = self.reserve(channel, now, size=size, within=connection)
            return self.start(reserved[0], now, lease, connection) if reserved else None

    def settle(
        self,
        claim: Claim,
        state: DeliveryState,
        answer: str,
        now: datetime,
        not_before: datetime | None = None,
        *,
        reference: str | None = None,
        within: Connection | None = None,
    ) -> bool:
        """Record how a try ended; False if somebody else holds the message by now. `reference` is the receiver's own."""
        values: dict[str, Any] = {"state": state, "lease_until": None, "not_before": not_before, "settled": None if state in OWED else now}
        values |= {"reference": reference} if reference else {}
        why = {} if state == "sent" else {"reason": answer}
        with writing(self.engine, within) as connection:
            done = connection.execute(update(deliveries).where(_ours(claim)).values(**values, **why)).rowcount > 0
            of_try = tries.c.delivery_id.in_([i.delivery.id for i in claim.items]) & (tries.c.number == claim.number)
            connection.execute(update(tries).where(of_try).values(ended=now, answer=answer))
            if state == "sent":
                well = (lanes.c.channel == claim.delivery.channel) & lanes.c.failing_since.is_not(None)
                connection.execute(update(lanes).where(well).values(failing_since=None))
                for item in claim.items:
                    if item.delivery.timing.repeat:
                        again = {"remind_at": now + item.delivery.timing.repeat}
                        connection.execute(update(deliveries).where(deliveries.c.id == item.delivery.id).values(again))
        return done

    def postpone(self, claim: Claim, until: datetime, waits: str, batch: str | None, within: Connection | None = None) -> None:
        """Let a reserved message wait, with the reason; what was never tried may join others of its batch."""
        values: dict[str, Any] = {"not_before": until, "waits": waits, "lease_until": None}
        if claim.number == 1:
            values |= {"message": None, **({"batch": func.coalesce(deliveries.c.batch, batch)} if batch else {})}
        with writing(self.engine, within) as connection:
            connection.execute(update(deliveries).where(_ours(claim)).values(values))

    def give_back(self, claims: Sequence[Claim], within: Connection | None = None) -> None:
        """Return messages that were reserved and not started."""
        if claims:
            with writing(self.engine, within) as connection:
                values = [{"m": claim.id, "f": claim.fence} for claim in claims]
                connection.execute(update(deliveries).where(each_ours()).values(lease_until=None), values)

    def lately(self, channel: str, recipient: str, since: datetime, now: datetime) -> list[datetime]:
        """Return when this recipient's messages of this lane went out, those under way among them."""
        own = (deliveries.c.channel == channel) & (deliveries.c.recipient == recipient)
        gone = (deliveries.c.state == "sent") & (deliveries.c.settled > since)
        under_way = deliveries.c.state.in_(OWED) & (deliveries.c.lease_until > now + RESERVED)
        moment = func.max(func.coalesce(deliveries.c.settled, now), type_=deliveries.c.settled.type)
        with reading(self.engine) as connection:
            return list(connection.scalars(select(moment).where(own, gone | under_way).group_by(deliveries.c.message)))

    def pause(self, channel: str, until: datetime, within: Connection | None = None) -> None:
        """Keep a lane silent until a moment: the receiver asked for it."""
        with writing(self.engine, within) as connection:
            upsert(connection, lanes, {"channel": channel}, {"paused_until": until})

    def failing(self, channel: str, now: datetime, within: Connection | None = None) -> datetime:
        """Return since when a lane has failed without one success; this failure counts."""
        with writing(self.engine, within) as connection:
            since = connection.scalar(select(lanes.c.failing_since).where(lanes.c.channel == channel))
            if since is None:
                upsert(connection, lanes, {"channel": channel}, {"failing_since": now})
        return since or now

    def break_(self, channel: str, why: str, within: Connection | None = None) -> None:
        """Close a lane until a person mends it; what it owes stays pending."""
        with writing(self.engine, within) as connection:
            upsert(connection, lanes, {"channel": channel}, {"broken": why})

    def mend(self, channels: Collection[str]) -> list[str]:
        """Open broken or paused lanes again; returns those that were closed."""
        shut = lanes.c.channel.in_(channels) & or_(lanes.c.broken.is_not(None), lanes.c.paused_until.is_not(None))
        with writing(self.engine) as connection:
            change = update(lanes).where(shut).values(broken=None, failing_since=None, paused_until=None)
            return sorted(connection.scalars(change.returning(lanes.c.channel)))

    def broken(self) -> dict[str, str]:
        """Return the broken lanes with the reason."""
        with reading(self.engine) as connection:
            return {r.channel: r.broken for r in connection.execute(select(lanes).where(lanes.c.broken.is_not(None)))}

    def tell(self, notice: Notice, now: datetime, within: Connection | None = None) -> int:
        """Owe a notice to those who were not told under its key before; returns how many that are."""
        with writing(self.engine, within) as connection:
            return owe(connection, notice, now)

    def release(self) -> int:
        """Give back every lease: only for a process that knows it is the only one. Returns how many had been started."""
        with writing(self.engine) as connection:
            held = deliveries.c.lease_until.is_not(None) & deliveries.c.state.in_(OWED)
            started = connection.scalar(select(func.count()).where(held, deliveries.c.tries > 0)) or 0
            connection.execute(update(deliveries).where(held).values(lease_until=None))
            return started


def _ours(claim: Claim) -> ColumnElement[bool]:
    return (deliveries.c.message == claim.id) & (deliveries.c.fence == claim.fence) & deliveries.c.state.in_(OWED)


def each_ours() -> ColumnElement[bool]:
    """Return what holds for the rows of message `m` as long as the sender with fence `f` has it; for many at once."""
    owed = or_(*(deliveries.c.state == state for state in OWED))
    return and_(deliveries.c.message == bindparam("m"), deliveries.c.fence == bindparam("f"), owed)
