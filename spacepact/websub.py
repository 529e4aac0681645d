"""WebSub, the subscriber's half (https://www.w3.org/TR/websub/): what is asked of a hub, and what of it is believed. Pure.

What a hub pushes is never read as news: a genuine push only makes the source due.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Literal

from pydantic import AwareDatetime, SecretStr

from spacepact.addresses import private_host
from spacepact.noun import Noun

LeaseState = Literal["wanted", "asked", "active", "denied", "failed"]
WISHED = timedelta(days=10)
LONGEST, SHORTEST = timedelta(days=30), timedelta(minutes=5)
PATIENCE = timedelta(hours=1)
"""A hub that has not asked back by then is asked again."""
AFTER_TROUBLE = timedelta(days=1)
ALGORITHMS = ("sha1", "sha256", "sha384", "sha512")
"""WebSub, 7: those that a hub may sign with."""


class Lease(Noun):
    """A subscription of one source at one hub; `id` is the unguessable end of the callback's address."""

    id: str
    source: str
    hub: str
    topic: str
    secret: SecretStr
    state: LeaseState = "wanted"
    reason: str = ""
    asked_at: AwareDatetime | None = None
    lease_until: AwareDatetime | None = None
    pushed_at: AwareDatetime | None = None


def is_due(lease: Lease, now: datetime) -> bool:
    """Return whether the hub is to be asked (again): at first, when a lease nears its end, some time after trouble."""
    asked = lease.asked_at
    if lease.state == "wanted" or asked is None:
        return True
    if lease.state == "active" and lease.lease_until:
        return now >= asked + (lease.lease_until - asked) * 3 / 4 and now - asked >= SHORTEST
    return now - asked >= (PATIENCE if lease.state == "asked" else AFTER_TROUBLE)


def reachable(base_url: str, hub: str) -> bool:
    """Return whether a hub could reach our callback: a private address of ours only from a private hub."""
    return private_host(base_url) is None or private_host(hub) is not None


def subscription(lease: Lease, base_url: str) -> dict[str, str]:
    """Return the form that asks a hub for a subscription (WebSub, 5.1)."""
    return {
        "hub.mode": "subscribe",
        "hub.topic": lease.topic,
        "hub.callback": f"{base_url.rstrip('/')}/websub/{lease.id}",
        "hub.secret": lease.secret.get_secret_value(),
        "hub.lease_seconds": str(int(WISHED.total_seconds())),
    }


def granted(lease: Lease, said: Mapping[str, str], now: datetime) -> datetime | None:
    """Return until when a hub that asks back grants a lease (WebSub, 5.3); None where we did not ask for that."""
    if said.get("hub.mode") != "subscribe" or said.get("hub.topic") != lease.topic or lease.state not in ("asked", "active"):
        return None
    seconds = said.get("hub.lease_seconds", "")
    span = timedelta(seconds=int(seconds)) if seconds.isdecimal() and len(seconds) < 10 else WISHED
    return now + min(max(span, SHORTEST), LONGEST)


class Signature:
    """Checks a push while it comes in pieces (WebSub, 7.1)."""

    def __init__(self, secret: str, header: str) -> None:
        algorithm, _, self._claimed = header.strip().partition("=")
        known = algorithm.lower() in ALGORITHMS
        self._made = hmac.new(secret.encode(), digestmod=getattr(hashlib, algorithm.lower())) if known else None

    def update(self, piece: bytes) -> None:
        """Take in the next piece of the body."""
        if self._made:
            self._made.update(piece)

    @property
    def genuine(self) -> bool:
        """Whether the body came from who knows the secret."""
        return self._made is not None and hmac.compare_digest(self._made.hexdigest().encode(), self._claimed.strip().lower().encode())
