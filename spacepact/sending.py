"""Empties the lanes of the ledger: reserve, ask whether it may go now, start, write, send, settle.

A try is recorded before it is made and its outcome before the next begins, so a kill leaves at most one message
of each lane in doubt. Beside a database that is a file, plain successes are notes that outlive the process and
reach the ledger together; everything else is a commit, which all lanes share through the journal.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property, partial
from typing import Any, NamedTuple, Protocol, TypeVar

from jinja2 import TemplateError
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from alerts.channel import Channel, Send
from alerts.digest import Told
from alerts.message import Message
from alerts.retry import next_try, worn_out
from alerts.timing import Plan, hold, period_of
from spacepact.errors import SendError
from spacepact.operators import Operators
from spacepact.pipeline import Now
from spacepact.round import Coverage
from storage import Ask, Claim, Journal, Note, Store

log = logging.getLogger(__name__)

T = TypeVar("T")

LEASE = timedelta(minutes=15)
"""Longer than the slowest send: RFC 5321 lets a mail server think for ten minutes."""

FIRST, BLOCK = 8, 500
"""How many messages are reserved at first, and at most: most lanes owe one, and all that wake at once reserve together."""

SPAN = 1.5
"""How many seconds of sending are reserved at once, as fast as the last messages went."""

FRESH = timedelta(seconds=3)
"""So long after it was reserved a message may start on a note; later the ledger is asked whether it still may."""

Record = Callable[[Connection], object]
"""Writes what became of a try."""


class Write(Protocol):
    """Makes the message of one delivery, or of all that share it."""

    def __call__(self, number: str, items: Sequence[Told], *, coverage: Coverage | None = None) -> Message: ...


class _Lane(NamedTuple):
    """A channel that is being emptied, how to send over it, and what was formed ahead: by the very claim, for another one tells less."""

    channel: Channel[Any]
    send: Send
    ahead: dict[int, Any]


@dataclass(frozen=True)
class Sender:
    """Sends what is owed; a channel's trouble is recorded, never raised."""

    store: Store
    channels: Mapping[str, Channel[Any]]
    write: Write
    now: Now
    stopping: Callable[[], bool] = lambda: False
    operators: Operators = field(default_factory=Operators)
    sources: Sequence[str] = ()
    _closed: set[str] = field(default_factory=set)
    _under_way: set[str] = field(default_factory=set)

    @cached_property
    def journal(self) -> Journal:
        """What lets all lanes share their commits."""
        return Journal(self.store.engine)

    async def deliver(self, lane: str) -> int:
        """Send what a lane owes now; returns how many messages were sent."""
        channel = self.channels.get(lane)
        if channel is None:
            return 0
        self._closed.discard(lane)
        self._under_way.add(lane)
        try:
            await self.journal.recovered()
            return await self._run(channel)
        finally:
            self._under_way.discard(lane)

    async def _run(self, channel: Channel[Any]) -> int:
        """Send one message after the other over one connection, until nothing is due; the last lane waits for nobody's notes."""
        sent, most = 0, FIRST
        async with channel.session() as send:
            while self._open(channel):
                claims, began = await self._insist(partial(self._reserve, channel, most)), self.now()
                sent += await self._block(_Lane(channel, send, {}), claims)
                if len(claims) < most and all(len(claim.items) == 1 for claim in claims):
                    break  # there was no more; of what goes together there may be
                took = max((self.now() - began).total_seconds(), 1e-6)
                most = max(FIRST, min(BLOCK, int(len(claims) / took * SPAN)))
        self._under_way.discard(channel.name)
        await self._insist(partial(self.journal.settled, hurry=not self._under_way))
        return sent

    async def _reserve(self, channel: Channel[Any], most: int) -> list[Claim]:
        return await self.journal.share(self.store.ledger.reserve_each, Ask(channel.name, self.now(), most, channel.size))

    async def _block(self, lane: _Lane, claims: Sequence[Claim]) -> int:
        """Send reserved messages in turn; what is left when the lane closes is given back."""
        channel, sent, record, fresh = lane.channel, 0, None, self.now() + FRESH
        for position, claim in enumerate(claims):
            if record and channel.shares:
                await self._write(record)
                record = None
            async with channel.turn():
                if not self._open(channel):
                    await self._write(partial(self._leave, record, claims[position:]))
                    return sent
                begun = await self._begin(record, claim, fresh)
                asyncio.get_running_loop().call_soon(self._form_ahead, lane, claims[position + 1 : position + 2])
                record, ok = await self._try(lane, begun) if begun else (None, False)
            sent += ok
            if begun and channel.gap:
                await asyncio.sleep(channel.gap)
        if record:
            await self._write(record)
        return sent

    async def _begin(self, record: Record | None, claim: Claim, fresh: datetime) -> Claim | None:
        """Record the outcome of the last try and that the next begins; None if it must not."""
        if claim.plain and not record and self.now() < fresh and self._note(claim, self.now()):
            return claim
        wait = await self._hold(claim)
        if record or wait:
            return await self._write(partial(self._turn, record, claim, wait))
        return await self._insist(partial(self.journal.share, self._start_each, claim))

    def _start_each(self, claims: Sequence[Claim], connection: Connection) -> list[Claim | None]:
        return self.store.ledger.start_each(claims, self.now(), LEASE, connection)

    def _note(self, claim: Claim, started: datetime, **ended: Any) -> bool:
        """Note that a try begins, or how well it ended; False where only a commit keeps that."""
        deliveries = tuple(item.delivery.id for item in claim.items)
        own = (claim.id, claim.delivery.channel, deliveries, claim.fence, claim.number)
        return self.journal.note(Note(*own, started, started + LEASE, **ended))

    def _open(self, channel: Channel[Any]) -> bool:
        return not self.stopping() and channel.name not in self._closed

    def _turn(self, record: Record | None, claim: Claim, wait: Plan | None, connection: Connection) -> Claim | None:
        """Record the outcome of the last try and begin the next, in one transaction; None if the next must not begin."""
        if record:
            record(connection)
        if wait:
            self.store.ledger.postpone(claim, wait.due, wait.waits, wait.batch, connection)
            return None
        return self.store.ledger.start(claim, self.now(), LEASE, connection)

    def _leave(self, record: Record | None, rest: Sequence[Claim], connection: Connection) -> None:
        """Record the outcome of the last try after all that is noted, and give back what will not be tried."""
        if record:
            record(connection)
        self.store.ledger.give_back(rest, connection)

    async def _hold(self, claim: Claim) -> Plan | None:
        """Say whether a message must wait after all: for the end of quiet hours, or because of a limit."""
        timing, now = claim.delivery.timing, self.now()
        lately: Sequence[datetime] = ()
        if timing.limit:
            own = (claim.delivery.channel, claim.delivery.recipient)
            lately = await asyncio.to_thread(self.store.ledger.lately, *own, now - timedelta(days=1), now)
        return hold(timing, lately, now)

    async def _try(self, lane: _Lane, claim: Claim) -> tuple[Record | None, bool]:
        """Send one message; returns how to record what came of it (None: it is noted), and whether it went."""
        started = self.now()
        try:
            receipt = await lane.send(lane.ahead.pop(id(claim), None) or await self._form(lane, claim))
        except SendError as error:
            if error.broken or error.retry_after:
                self._closed.add(lane.channel.name)
            return partial(self._failed, claim, error, self.now()), False
        log.info("sent %s to %s: %s", claim.id, lane.channel.name, receipt.answer)
        if claim.plain and self._note(claim, started, ended=self.now(), answer=receipt.answer, reference=receipt.reference):
            return None, True
        settle = partial(self.store.ledger.settle, claim, "sent", receipt.answer, self.now(), reference=receipt.reference)
        return lambda connection: settle(within=connection), True

    def _form_ahead(self, lane: _Lane, following: Sequence[Claim]) -> None:
        """Form what comes next, if nothing can change it, while the receiver looks at what was sent; a mistake waits for its turn."""
        for claim in following:
            with suppress(SendError):
                if claim.plain:
                    lane.ahead[id(claim)] = lane.channel.form(self._message(claim))

    async def _form(self, lane: _Lane, claim: Claim) -> Any:
        coverage = await asyncio.to_thread(self._coverage, claim) if claim.kind == "digest" else None
        return lane.channel.form(self._message(claim, coverage))

    def _message(self, claim: Claim, coverage: Coverage | None = None) -> Message:
        try:
            message = self.write(claim.id, [(i.delivery, i.told) for i in claim.items], coverage=coverage)
        except (TemplateError, ValueError) as error:
            raise SendError(f"the message cannot be written: {error}", permanent=True) from error
        return message.model_copy(update={"reply_to": claim.reply_to}) if message.facts and claim.reply_to else message

    def _coverage(self, claim: Claim) -> Coverage:
        due = min(i.delivery.due or self.now() for i in claim.items)
        return self.store.sources.coverage(self.sources, period_of(claim.delivery.timing, due), self.now())

    def _failed(self, claim: Claim, error: SendError, now: datetime, connection: Connection) -> None:
        """Record a failed try: again later, given up, or the lane closed; operators hear of the last two."""
        lane, ledger = claim.delivery.channel, self.store.ledger
        broken = str(error) if error.broken else None
        if not error.permanent:
            broken = broken or worn_out(ledger.failing(lane, now, connection), now)
        if broken:
            self._closed.add(lane)
            ledger.break_(lane, broken, connection)
            ledger.settle(claim, "failed", str(error), now, now, within=connection)
            log.error("channel %s is broken: %s", lane, broken)
            self.operators.broken(ledger, lane, broken, now, connection)
            return
        if error.unreachable:
            self.store.subscribers.refuse(claim.delivery.recipient, (), f"address-gone: {error}", now, connection)
            ledger.settle(claim, "suppressed", f"address-gone: {error}", now, within=connection)
            log.warning("%s is not written to any more: %s", claim.delivery.recipient, error)
            self.operators.gone(ledger, claim, str(error), now, connection)
            return
        again = next_try(claim.since_replay, error, now, random.uniform(-1, 1))  # noqa: S311 - spreads load, guards nothing
        ledger.settle(claim, "failed" if again else "dead", str(error), now, again, within=connection)
        if error.retry_after:
            ledger.pause(lane, now + timedelta(seconds=min(error.retry_after, 86_400)), connection)
        if not again:
            self.operators.given_up(ledger, claim, str(error), now, connection)
        fate = f"again at {again}" if again else "given up"
        log.warning("delivery %s over %s, try %d: %s; %s", claim.id, lane, claim.number, error, fate)

    async def _write(self, record: Callable[[Connection], T]) -> T:
        return await self._insist(partial(self.journal.write, record))

    async def _insist(self, write: Callable[[], Awaitable[T]]) -> T:
        """Record, however long the database is full or locked: a forgotten outcome would be sent twice."""
        level = logging.ERROR
        while True:
            try:
                return await write()
            except SQLAlchemyError as error:
                log.log(level, "the outcome of a delivery cannot be kept yet, and is kept as soon as it can: %s", error.args[0])
                level = logging.DEBUG
                await asyncio.sleep(1)
