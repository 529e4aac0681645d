"""Carries wake-ups, nothing else: what is due stands in the tables, so a lost or doubled one does no harm."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Literal, Protocol

from sqlalchemy.exc import SQLAlchemyError

log = logging.getLogger(__name__)

Kind = Literal["crawl", "deliver", "letters", "maintain"]
Handler = Callable[[str], Awaitable[object]]


class Dispatcher(Protocol):
    """The one abstraction over engines: embedded here, a PostgreSQL task queue in a cluster."""

    def submit(self, kind: Kind, key: str) -> bool:
        """Ask for work on a source or a lane; False if it is being worked on already."""


class EmbeddedDispatcher:
    """Runs the work in this process's event loop: one at a time for each key, a limit for each kind."""

    def __init__(self, handlers: Mapping[Kind, Handler], limits: Mapping[Kind, int]) -> None:
        self._handlers = handlers
        self._limits = {kind: asyncio.Semaphore(n) for kind, n in limits.items()}
        self._running: dict[tuple[Kind, str], asyncio.Task[None]] = {}

    def submit(self, kind: Kind, key: str) -> bool:
        """Start the work unless it runs already; False then."""
        if (kind, key) in self._running:
            return False
        task = asyncio.create_task(self._work(kind, key), name=f"{kind} {key}")
        self._running[kind, key] = task
        task.add_done_callback(lambda _: self._running.pop((kind, key), None))
        return True

    async def drain(self, seconds: float) -> int:
        """Wait for running work, then cut it off; returns how many were cut."""
        if not self._running:
            return 0
        _, late = await asyncio.wait(self._running.values(), timeout=seconds)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)
        return len(late)

    async def _work(self, kind: Kind, key: str) -> None:
        async with self._limits.get(kind) or asyncio.Semaphore():
            try:
                await self._handlers[kind](key)
            except SQLAlchemyError as error:
                log.error("%s %s: the database: %s", kind, key, error.args[0])  # noqa: TRY400 - a line, no traceback
            except Exception:  # the edge of the process: one piece of work must not end the others
                log.exception("%s %s failed; it is asked for again at the next tick", kind, key)
