"""The disk is full: one clear message to operators by a way that needs no disk, no work in vain, and on again when there is room."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

log = logging.getLogger(__name__)

EVERY = timedelta(seconds=10)
"""So often it is tried to keep a little."""

SUBJECT = "Nothing can be kept"
TEXT = """{why}

Nothing is collected or sent until there is room: what was found before is safe, and what is owed stays owed. The
service tries every {seconds:.0f} seconds and goes on by itself; nobody need restart it. Free some space, or see what fills it:
evidence.keep in settings.yaml bounds the kept pages."""
AGAIN = "There is room again"


@dataclass
class Room:
    """Whether anything can be kept. `probe` says why not; `shout` tells operators without the ledger, `tell` through it."""

    probe: Callable[[], str | None]
    shout: Callable[[str, str, str], Awaitable[bool]]
    tell: Callable[[str, str, str], object]
    now: Callable[[], datetime]
    trouble: str | None = None
    since: datetime | None = None
    looked: datetime | None = None
    told: bool = False

    def due(self) -> bool:
        """Say whether it is time to try."""
        return self.looked is None or self.now() - self.looked >= EVERY

    async def check(self) -> None:
        """Try to keep a little; tell when that changes."""
        self.looked = self.now()
        self.trouble = await asyncio.to_thread(self.probe)
        if self.trouble and self.since is None:
            self.since, self.told = self.looked, False
            log.error("nothing can be kept: %s; nothing is collected or sent until there is room", self.trouble)
        if self.trouble and self.since and not self.told:
            key = f"full {self.since.isoformat()}"
            self.told = await self.shout(key, SUBJECT, TEXT.format(why=self.trouble, seconds=EVERY.total_seconds()))
        elif self.since and not self.trouble:
            since, self.since = self.since, None
            log.warning("there is room again; nothing could be kept from %s on", f"{since:%H:%M:%S} UTC")
            told = f"Nothing could be kept between {since:%Y-%m-%d %H:%M} and {self.looked:%Y-%m-%d %H:%M} UTC. All goes on."
            await asyncio.to_thread(self.tell, f"room {since.isoformat()}", AGAIN, told)
