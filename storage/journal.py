"""Many small writes that wait at the same time share one transaction: a commit costs the same for one as for fifty."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from storage.database import writing

T = TypeVar("T")


class _Entry(NamedTuple):
    work: Callable[[Connection], Any]
    done: asyncio.Future[Any]


class Journal:
    """For one event loop. A write is durable when its await returns; one that fails does not take the others with it."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._waiting: list[_Entry] = []
        self._writer: asyncio.Task[None] | None = None

    async def write(self, work: Callable[[Connection], T]) -> T:
        """Run `work` in the next transaction; raises what it raises."""
        entry = _Entry(work, asyncio.get_running_loop().create_future())
        self._waiting.append(entry)
        if self._writer is None or self._writer.done():
            self._writer = asyncio.create_task(self._drain(), name="journal")
        result: T = await asyncio.shield(entry.done)
        return result

    async def _drain(self) -> None:
        while self._waiting:
            entries, self._waiting = self._waiting, []
            work = asyncio.to_thread(self._commit, entries)
            done: tuple[list[Any] | BaseException] = await asyncio.gather(work, return_exceptions=True)
            self._answer(entries, [done[0]] * len(entries) if isinstance(done[0], BaseException) else done[0])

    def _answer(self, entries: list[_Entry], results: Sequence[Any]) -> None:
        for entry, result in zip(entries, results, strict=True):
            if entry.done.cancelled():
                continue
            if isinstance(result, BaseException):
                entry.done.set_exception(result)
            else:
                entry.done.set_result(result)

    def _commit(self, entries: list[_Entry]) -> list[Any]:
        try:
            with writing(self._engine) as connection:
                return [entry.work(connection) for entry in entries]
        except SQLAlchemyError as error:
            return [error] if len(entries) == 1 else [result for entry in entries for result in self._commit([entry])]
