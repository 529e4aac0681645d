"""Politeness towards hosts, shared by all crawls of a process: one request at a time, with pauses."""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import parsedate_to_datetime

from protego import Protego

LONGEST_SILENCE = 86_400.0
"""Seconds: a Retry-After beyond a day is cut to a day."""


class NotAskedError(Exception):
    """A page is left for a later round; the text says why."""


@dataclass
class Rules:
    """A host's robots.txt and when it was read."""

    protego: Protego
    read: datetime


@dataclass
class Host:
    """What one host asked for. Times are of the event loop's clock, in seconds."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    next_at: float = -math.inf
    closed_until: float = -math.inf
    crawl_delay: float = 0.0


class Manners:
    """The memory of one process about hosts; `trusted` and `refused` are the outbound guard's."""

    def __init__(self) -> None:
        self.hosts: dict[str, Host] = {}
        self.rules: dict[str, Rules] = {}
        self.trusted: set[str] = set()
        self.refused: set[str] = set()

    def host(self, name: str) -> Host:
        """Return what is known of a host (`name` with port)."""
        return self.hosts.setdefault(name, Host())

    @asynccontextmanager
    async def turn(self, name: str, delay: float, deadline: float) -> AsyncIterator[None]:
        """Wait until it is polite to ask a host, and keep others waiting meanwhile.

        `delay`: least seconds between two requests. Raises NotAskedError where the wait would pass
        `deadline` (of the event loop's clock).
        """
        host = self.host(name)
        clock = asyncio.get_running_loop().time
        async with host.lock:
            start = max(clock(), host.next_at, host.closed_until)
            if start >= deadline:
                raise NotAskedError(_why_late(name, host, clock()))
            await asyncio.sleep(start - clock())
            try:
                yield
            finally:
                host.next_at = start + max(delay, host.crawl_delay)

    def silence(self, name: str, seconds: float) -> None:
        """Leave a host alone for some seconds, at most a day."""
        until = asyncio.get_running_loop().time() + min(seconds, LONGEST_SILENCE)
        host = self.host(name)
        host.closed_until = max(host.closed_until, until)


def _why_late(name: str, host: Host, clock: float) -> str:
    if host.closed_until > clock:
        return f"{name} asked for silence (Retry-After) for {math.ceil(host.closed_until - clock)} s more"
    return "the time limit of the round was reached"


def retry_after(header: str, now: datetime) -> float | None:
    """Return the seconds of a Retry-After header (RFC 9110, 10.2.3); None where it is unreadable."""
    if header.strip().isdecimal():
        return float(header)
    try:
        return max(0.0, (parsedate_to_datetime(header) - now).total_seconds())
    except (ValueError, TypeError):
        return None
