"""The operators' lane: what the service says about its own troubles, through the same ledger as every alert."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from alerts.channel import Channel
from alerts.digest import Told
from alerts.message import Message
from alerts.owing import Asked, Key, notice
from spacepact.errors import SendError
from spacepact.story import Notice
from storage import Claim, Ledger

log = logging.getLogger(__name__)

Write = Callable[[str, Sequence[Told]], Message]
"""Makes the message of deliveries under a number."""


@dataclass(frozen=True)
class Operators:
    """Who hears of troubles: (channel, recipient), in the order of settings.yaml."""

    to: tuple[Key, ...] = ()

    def tell(
        self, ledger: Ledger, key: str, subject: str, text: str, now: datetime, *, within: Connection | None = None, but: str = ""
    ) -> int:
        """Owe a notice to every operator who was not told under this key; `but` names a channel that cannot carry it.

        Returns how many are told. Where no other channel is left, the one in trouble keeps it until it is mended.
        """
        others = dict.fromkeys([one for one in self.to if one[0] != but] or self.to, Asked((), ()))
        return ledger.tell(notice("operators", key, subject=subject, text=text, to=others, now=now, why=f"operators: {key}"), now, within)

    async def shout(self, told: Notice, channels: Mapping[str, Channel[Any]], write: Write) -> bool:
        """Send a notice at once, past the ledger: for when nothing can be kept. True if it reached anybody, or there is nobody."""
        reached = [await _send(channels[d.channel], write(d.id, [(d, told)])) for d in told.deliveries if d.channel in channels]
        return any(reached) or not reached

    def notice(self, key: str, subject: str, text: str, now: datetime) -> Notice:
        """Return a notice to every operator."""
        return notice("operators", key, subject=subject, text=text, to=dict.fromkeys(self.to, Asked((), ())), now=now)

    def broken(self, ledger: Ledger, lane: str, why: str, now: datetime, within: Connection | None = None) -> None:
        """Say that a channel is closed until a person mends it."""
        text = f"{why}\n\nNothing is sent over {lane} until it is mended: put right what is wrong, then run: spacepact mend {lane}"
        self.tell(ledger, f"broken {lane} {now:%Y-%m-%dT%H:%M:%S}", f"Channel {lane} is broken", text, now, within=within, but=lane)

    def gone(self, ledger: Ledger, claim: Claim, why: str, now: datetime, within: Connection | None = None) -> None:
        """Say that an address does not exist and is not written to any more; once a day for each channel, however many follow."""
        lane, address = claim.delivery.channel, claim.delivery.recipient
        text = f"{address}: {why}\n\nIf config/ names it, put it right there. All such addresses: spacepact subscribers list"
        self.tell(ledger, f"gone {lane} {now:%Y-%m-%d}", f"{address} does not exist and gets no more mail", text, now, within=within)

    def given_up(self, ledger: Ledger, claim: Claim, why: str, now: datetime, within: Connection | None = None) -> None:
        """Say that a message could not be delivered; once a day for each channel, however many follow."""
        lane = claim.delivery.channel
        text = f"{claim.id} to {claim.delivery.recipient}: {why}\n\nAll that was given up: spacepact deliveries --state dead"
        self.tell(ledger, f"dead {lane} {now:%Y-%m-%d}", f"Channel {lane} gave up a delivery", text, now, within=within, but=lane)


async def _send(channel: Channel[Any], message: Message) -> bool:
    try:
        await channel.send(message)
    except SendError as error:
        log.warning("operators cannot be told over %s: %s", channel.name, error)
        return False
    return True


def operators(names: Iterable[str], channels: Mapping[str, Channel[Any]]) -> Operators:
    """Return the operators that the channels of `alerts.operators` reach."""
    return Operators(tuple((name, r) for name in names if name in channels for r in channels[name].recipients()))
