"""The operators' lane: what the service says about its own troubles, through the same ledger as every alert."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from alerts.channel import Channel
from alerts.owing import Asked, Key, notice
from storage import Claim, Ledger


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


def operators(names: Iterable[str], channels: Mapping[str, Channel[Any]]) -> Operators:
    """Return the operators that the channels of `alerts.operators` reach."""
    return Operators(tuple((name, r) for name in names if name in channels for r in channels[name].recipients()))
