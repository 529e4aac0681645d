"""Politeness towards hosts, shared by all crawls of a process: one request at a time, with pauses."""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime

from protego import Protego
from scrapy.http import Response

from crawler.address import host_of
from crawler.asking import PRODUCT
from spacepact.heard import HostNote

LONGEST_SILENCE = 86_400.0
"""Seconds: a Retry-After beyond a day is cut to a day."""


class NotAskedError(Exception):
    """A page is left for a later round; the text says why."""


@dataclass(frozen=True)
class Rules:
    """A host's robots.txt and when it was read."""

    protego: Protego
    read: datetime
    text: str


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
        self._news: dict[str, HostNote] = {}
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

    def silence(self, name: str, seconds: float, now: datetime) -> None:
        """Leave a host alone for some seconds, at most a day."""
        seconds = min(seconds, LONGEST_SILENCE)
        host = self.host(name)
        host.closed_until = max(host.closed_until, asyncio.get_running_loop().time() + seconds)
        self._news[name] = HostNote(key=name, silent_until=now + timedelta(seconds=seconds))

    def learn(self, origin: str, robots: str, read: datetime) -> Rules:
        """Take in the robots.txt of an origin (`https://host`)."""
        rules = self.rules[origin] = Rules(Protego.parse(robots), read, robots)
        self.host(host_of(origin)).crawl_delay = float(rules.protego.crawl_delay(PRODUCT) or 0)
        self._news[origin] = HostNote(key=origin, robots=robots, read=read)
        return rules

    def recall(self, notes: Iterable[HostNote], now: datetime) -> None:
        """Take in what an earlier process knew; needs the event loop."""
        for note in notes:
            if note.robots is not None and note.read:
                self.learn(note.key, note.robots, note.read)
            if note.silent_until and note.silent_until > now:
                self.silence(note.key, (note.silent_until - now).total_seconds(), now)
        self._news.clear()

    def news(self) -> tuple[HostNote, ...]:
        """Return what was learnt since the last call, to be kept for the next process."""
        news = tuple(self._news.values())
        self._news.clear()
        return news


def _why_late(name: str, host: Host, clock: float) -> str:
    if host.closed_until > clock:
        return f"{name} asked for silence (Retry-After) for {math.ceil(host.closed_until - clock)} s more"
    return "the time limit of the round was reached"


def retry_after_of(response: Response, now: datetime) -> float | None:
    """Return the seconds for which an answer asks for silence: only 429 and 503 do (RFC 6585, 4; RFC 9110, 15.6.4)."""
    header = response.headers.get("Retry-After") if response.status in (429, 503) else None
    return retry_after(header.decode("latin-1"), now) if header else None


def retry_after(header: str, now: datetime) -> float | None:
    """Return the seconds of a Retry-After header (RFC 9110, 10.2.3); None where it is unreadable."""
    if header.strip().isdecimal():
        return float(header)
    try:
        return max(0.0, (parsedate_to_datetime(header) - now).total_seconds())
    except (ValueError, TypeError):
        return None
