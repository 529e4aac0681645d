"""The service's own work at its time: alerts that come due, a look at the sources and the disks, old evidence."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from spacepact.disks import Disk, review
from spacepact.pipeline import Now
from spacepact.room import Room
from spacepact.settings import Settings
from spacepact.upkeep import Upkeep
from spacepact.watching import Tell, Watchman
from storage import Store, review_disks

log = logging.getLogger(__name__)

UPKEEP = timedelta(seconds=10)
SWEEP = timedelta(days=1)


@dataclass
class Chores:
    """Each chore has a name; while nothing can be kept, only the look at the disk is due."""

    store: Store
    room: Room
    watchman: Watchman
    disks: Callable[[], Sequence[Disk]]
    tell: Tell
    upkeep: Callable[[], Upkeep]
    settings: Callable[[], Settings]
    now: Now
    _kept: datetime | None = None
    _swept: datetime | None = None

    def due(self) -> list[str]:
        """Return the names of what is due."""
        room = ["room"] * self.room.due()
        if self.room.trouble:
            return room
        late = {"deliveries": self._late(self._kept, UPKEEP), "sources": self.watchman.due(), "evidence": self._late(self._swept, SWEEP)}
        return room + [name for name, is_due in late.items() if is_due]

    async def do(self, what: str) -> None:
        """Do one of them."""
        if what == "room":
            await self.room.check()
            return
        work = {"deliveries": self._owe, "sources": self._look, "evidence": self._sweep}
        await asyncio.to_thread(work[what])

    def _late(self, last: datetime | None, every: timedelta) -> bool:
        return last is None or self.now() - last >= every

    def _owe(self) -> None:
        self._kept = self.now()
        self.upkeep().run()

    def _look(self) -> None:
        self.watchman.check()
        found, watch, now = self.disks(), self.settings().watch, self.now()
        review_disks(self.store.engine, lambda known: review(found, known, watch, now), self.tell)

    def _sweep(self) -> None:
        self._swept = self.now()
        if forgotten := self.store.evidence.forget(self._swept - self.settings().evidence.keep, self._swept):
            log.info("%d pages of evidence were older than evidence.keep, and are gone", forgotten)
