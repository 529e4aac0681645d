"""The whole job in two functions; this is the only place that knows the order.

process:  article -> classify -> decide (match, stories) -> store.add        one transaction
deliver:  ledger.claim -> render -> channel.send -> ledger.settle            for each delivery owed
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Protocol

from jinja2 import TemplateError
from sqlalchemy.exc import SQLAlchemyError

from alerts.channel import Channel
from alerts.message import Message
from alerts.retry import next_try
from classifier import Classifier
from spacepact.article import Article, Link
from spacepact.cooperation import Classification, Tagged
from spacepact.errors import SendError
from spacepact.round import Outcome, Rejected
from spacepact.story import Alert, Decision, Delivery, Story
from storage import Claim, Store

log = logging.getLogger(__name__)

Now = Callable[[], datetime]


class Decide(Protocol):
    """Says what follows from an article; pure."""

    def __call__(self, tagged: Tagged, before: Classification | None, stories: Sequence[Story], *, now: datetime) -> Decision: ...


LEASE = timedelta(minutes=15)
"""Longer than the slowest send: RFC 5321 lets a mail server think for ten minutes."""


@dataclass(frozen=True)
class Processor:
    """Takes what a link led to: the crawler's `sink`."""

    store: Store
    classifier: Classifier
    decide: Decide
    now: Now

    def process(self, source: str, link: Link, found: Article | Rejected) -> Outcome:
        """Tag one article, decide what follows, and keep it all in one transaction."""
        now = self.now()
        if isinstance(found, Rejected):
            return self.store.reject(source, link, found, now)
        said = self.classifier.classify(found.title, found.text, language=found.language, published=found.published)
        return self.store.add(source, link, Tagged(article=found, classification=said), partial(self.decide, now=now), now)


@dataclass(frozen=True)
class Sender:
    """Empties the lanes of the ledger, one delivery after the other in each lane."""

    store: Store
    channels: Mapping[str, Channel[Any]]
    render: Callable[[Alert, Delivery], Message]
    now: Now
    stopping: Callable[[], bool] = lambda: False

    async def deliver(self, lane: str) -> int:
        """Send what a lane owes now; returns how many were sent. A channel's trouble is recorded, never raised."""
        channel, sent = self.channels.get(lane), 0
        while channel and not self.stopping():
            claim = await asyncio.to_thread(self.store.ledger.claim, lane, self.now(), LEASE)
            if claim is None:
                break
            if claim.refused:
                await self._insist(partial(self.store.ledger.settle, claim, "suppressed", claim.refused, self.now()))
                continue
            error = await self._try(channel, claim)
            sent += error is None
            if error and (error.broken or error.retry_after):
                break
            await asyncio.sleep(channel.gap)
        return sent

    async def _try(self, channel: Channel[Any], claim: Claim) -> SendError | None:
        try:
            receipt = await channel.send(self._message(claim))
        except SendError as error:
            trouble = error
        else:
            log.info("sent %s to %s: %s", claim.delivery.id, claim.delivery.channel, receipt.answer)
            settle = partial(self.store.ledger.settle, claim, "sent", receipt.answer, reference=receipt.reference)
            await self._insist(lambda: settle(now=self.now()))
            return None
        await self._insist(lambda: self._record(claim, trouble))
        return trouble

    async def _insist(self, record: Callable[[], object]) -> None:
        """Record an outcome, however long the database is full or locked: a forgotten one would be sent twice."""
        while True:
            try:
                await asyncio.to_thread(record)
            except SQLAlchemyError as error:
                log.error("the outcome of a delivery cannot be kept yet: %s", error.args[0])  # noqa: TRY400 - a line, no traceback
                await asyncio.sleep(1)
            else:
                return

    def _message(self, claim: Claim) -> Message:
        try:
            return self.render(claim.alert, claim.delivery).model_copy(update={"reply_to": claim.reply_to})
        except (TemplateError, ValueError) as error:
            raise SendError(f"the message cannot be written: {error}", permanent=True) from error

    def _record(self, claim: Claim, error: SendError) -> None:
        now, lane, ledger = self.now(), claim.delivery.channel, self.store.ledger
        if error.broken:
            ledger.break_(lane, str(error))
            ledger.settle(claim, "failed", str(error), now, now)
            log.error("channel %s is broken: %s", lane, error)
            return
        if error.unreachable:
            self.store.subscribers.refuse(claim.delivery.recipient, (), f"address-gone: {error}", now)
            ledger.settle(claim, "suppressed", f"address-gone: {error}", now)
            log.warning("%s is not written to any more: %s", claim.delivery.recipient, error)
            return
        again = next_try(claim.number, error, now, random.uniform(-1, 1))  # noqa: S311 - spreads load, guards nothing
        ledger.settle(claim, "failed" if again else "dead", str(error), now, again)
        if error.retry_after:
            ledger.pause(lane, now + timedelta(seconds=min(error.retry_after, 86_400)))
        log.warning(
            "delivery %s over %s, try %d: %s; %s",
            claim.delivery.id,
            lane,
            claim.number,
            error,
            f"again at {again}" if again else "given up",
        )
