"""Many small writes that wait at the same time share one transaction: a commit costs the same for one as for fifty.

Those of one kind share their queries, too.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from storage.database import writing
from storage.notebook import Note, Notebook, fold

log = logging.getLogger(__name__)

T = TypeVar("T")
A = TypeVar("A")

LATEST = 0.25
"""Seconds after which a note is in the database at the latest, if the database takes it."""


class _Entry(NamedTuple):
    work: Callable[[Sequence[Any], Connection], Sequence[Any]]
    ask: Any
    done: asyncio.Future[Any]


class Journal:
    """For one event loop. A write is durable when its await returns; one that fails does not take the others with it.

    A note outlives this process at once, and a power cut when it has shared the next commit.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._notebook = Notebook.beside(engine)
        self._waiting: list[_Entry] = []
        self._notes: list[Note] = []
        self._asked = asyncio.Event()
        self._writer: asyncio.Task[None] | None = None
        self._recovery: asyncio.Task[int] | None = None

    async def write(self, work: Callable[[Connection], T]) -> T:
        """Run `work` in the next transaction; raises what it raises."""
        return await self.share(lambda _, connection: [work(connection)], None)

    async def settled(self, *, hurry: bool) -> None:
        """Return when all that was noted by now is in the database; without `hurry` when it would be there anyway."""
        if self._notebook:
            await self.share(_nothing, None, hurry=hurry)

    async def share(self, work: Callable[[Sequence[A], Connection], Sequence[T]], ask: A, *, hurry: bool = True) -> T:
        """Run `work` in the next transaction, once for all who ask the same of it by then; it returns an answer to each."""
        entry = _Entry(work, ask, asyncio.get_running_loop().create_future())
        self._waiting.append(entry)
        self._wake()
        if hurry:
            self._asked.set()
        result: T = await asyncio.shield(entry.done)
        return result

    def note(self, note: Note) -> bool:
        """Keep a note; False where that is not possible, and the outcome must be written."""
        try:
            if self._notebook is None:
                return False
            self._notebook.write(note)
        except OSError as error:
            log.warning("no note can be kept beside the database: %s", error.strerror)
            return False
        self._notes.append(note)
        self._wake()
        return True

    def recover(self) -> int:
        """Take into the ledger what dead processes noted; returns how many notes that were."""
        return self._notebook.recover(self._engine) if self._notebook else 0

    async def recovered(self) -> None:
        """Return when what dead processes noted is in the ledger; many who ask at the same time wait for one look."""
        if self._recovery is None or self._recovery.done():
            self._recovery = asyncio.create_task(asyncio.to_thread(self.recover), name="recovery")
        await asyncio.shield(self._recovery)

    def _wake(self) -> None:
        if self._writer is None or self._writer.done():
            self._asked = asyncio.Event()
            self._writer = asyncio.create_task(self._drain(), name="journal")

    async def _drain(self) -> None:
        while self._waiting or self._notes:
            if not self._asked.is_set():
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._asked.wait(), LATEST)
            self._asked.clear()
            notes, self._notes = self._notes, []
            entries, self._waiting = self._waiting, []
            results = await self._settle([*self._folding(notes), *entries])
            if notes and isinstance(results[0], BaseException):
                log.error("what was sent cannot be kept yet: %s", results[0].args[0])
                self._notes[:0] = notes
                await asyncio.sleep(1)
            elif self._notebook and not self._notes:
                self._notebook.clear()

    def _folding(self, notes: Sequence[Note]) -> list[_Entry]:
        return [_Entry(_fold, notes, asyncio.get_running_loop().create_future())] if notes else []

    async def _settle(self, entries: list[_Entry]) -> Sequence[Any]:
        work = asyncio.to_thread(self._commit, entries)
        done: tuple[list[Any] | BaseException] = await asyncio.gather(work, return_exceptions=True)
        results = [done[0]] * len(entries) if isinstance(done[0], BaseException) else done[0]
        for entry, result in zip(entries, results, strict=True):
            if entry.done.cancelled():
                continue
            if isinstance(result, BaseException):
                entry.done.set_exception(result)
                entry.done.exception()  # whoever went away meanwhile need not hear of it
            else:
                entry.done.set_result(result)
        return results

    def _commit(self, entries: list[_Entry]) -> list[Any]:
        try:
            with writing(self._engine) as connection:
                return _answers(entries, connection)
        except SQLAlchemyError as error:
            return [error] if len(entries) == 1 else [result for entry in entries for result in self._commit([entry])]


def _answers(entries: Sequence[_Entry], connection: Connection) -> list[Any]:
    """Run each work once with all that is asked of it, in the order in which they came first; returns an answer to each entry."""
    alike: dict[Any, list[int]] = {}
    for place, entry in enumerate(entries):
        alike.setdefault(entry.work, []).append(place)
    answers: dict[int, Any] = {}
    for work, places in alike.items():
        answers |= zip(places, work([entries[place].ask for place in places], connection), strict=True)
    return [answers[place] for place in range(len(entries))]


def _fold(asked: Sequence[Sequence[Note]], connection: Connection) -> Sequence[None]:
    for notes in asked:
        fold(notes, connection)
    return [None] * len(asked)


def _nothing(asked: Sequence[None], _connection: Connection) -> Sequence[None]:
    return asked
