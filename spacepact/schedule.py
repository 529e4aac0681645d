"""When: APScheduler is the clock and nothing else. Every tick asks the tables what is due."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable
from datetime import UTC, datetime

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from sqlalchemy.exc import SQLAlchemyError

from spacepact.dispatch import Dispatcher, Kind

log = logging.getLogger(__name__)

Due = Callable[[], Iterable[str]]
"""Asks the tables which keys (sources, lanes) want work now."""


class Clock:
    """Submits, at every tick, all that is due."""

    def __init__(self, dispatcher: Dispatcher, due: dict[Kind, Due], tick: float) -> None:
        self._dispatcher = dispatcher
        self._scheduler = AsyncIOScheduler(timezone=UTC)
        for kind, ask in due.items():
            self._scheduler.add_job(
                self.wake, "interval", [kind, ask], seconds=tick, next_run_time=datetime.now(UTC), coalesce=True, misfire_grace_time=None
            )

    def start(self) -> None:
        """Begin to tick."""
        self._scheduler.start()

    def stop(self) -> None:
        """End at once; what is due stays due."""
        self._scheduler.shutdown(wait=False)

    async def wake(self, kind: Kind, due: Due) -> None:
        """Submit what is due now; a database in trouble is asked again at the next tick."""
        try:
            keys = await asyncio.to_thread(lambda: list(due()))
        except SQLAlchemyError as error:
            log.error("cannot ask what is due (%s): %s", kind, error.args[0] if error.args else error)  # noqa: TRY400 - a line, no traceback
            return
        except asyncio.CancelledError:
            return  # stop() cut the question off: nothing to tell, where APScheduler would print a traceback
        for key in keys:
            self._dispatcher.submit(kind, key)
