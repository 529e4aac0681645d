"""What happened and is not in the database yet, in a file beside it that outlives the death of the process.

A written line is in the operating system's hands: `kill -9` cannot take it back, only a power cut can. So a
sender may go on to the next message before the database has committed, and many outcomes share one commit.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import NamedTuple
from uuid import uuid4

from sqlalchemy import Connection, Engine, bindparam, func, update
from sqlalchemy.dialects import postgresql, sqlite

from storage.database import writing
from storage.ledger import each_ours
from storage.tables import deliveries, lanes, tries


class Note(NamedTuple):
    """A try of a message began, or (`ended`) its receiver took it. `until`: how long the sender may take."""

    message: str
    channel: str
    deliveries: tuple[str, ...]
    fence: int
    number: int
    started: datetime
    until: datetime
    ended: datetime | None = None
    answer: str = ""
    reference: str | None = None


class Notebook:
    """One for each process; the file is there only while it holds something, and is locked as long as its writer lives."""

    def __init__(self, database: Path) -> None:
        self._database = database
        self._file: int | None = None
        self._path = database

    @classmethod
    def beside(cls, engine: Engine) -> Notebook | None:
        """Return a notebook for a database that is a file, None for any other."""
        file = engine.url.database
        return cls(Path(file)) if engine.dialect.name == "sqlite" and file and file != ":memory:" else None

    def write(self, note: Note) -> None:
        """Keep a note; raises OSError if the disk does not take it."""
        if self._file is None:
            self._file = self._open()
        os.write(self._file, b"\n" + json.dumps(note, default=datetime.isoformat).encode())

    def clear(self) -> None:
        """Forget what is in the database by now."""
        if self._file is not None:
            self._path.unlink(missing_ok=True)
            os.close(self._file)
            self._file = None

    def recover(self, engine: Engine) -> int:
        """Take what dead processes left behind into the ledger; returns how many notes that were."""
        found = 0
        for path in self._database.parent.glob(f"{self._database.name}.notes-*"):
            if path == self._path:
                continue
            with suppress(FileNotFoundError, BlockingIOError), path.open("rb") as file:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                notes = list(_read(file.read()))
                with writing(engine) as connection:
                    fold(notes, connection)
                path.unlink(missing_ok=True)
                found += len(notes)
        return found

    def _open(self) -> int:
        while True:
            self._path = Path(f"{self._database}.notes-{uuid4().hex[:12]}")
            file = os.open(self._path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_APPEND, 0o600)
            with suppress(BlockingIOError):
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                if os.fstat(file).st_nlink:  # else another process took the empty file for a dead one's
                    return file
            os.close(file)


def fold(notes: Sequence[Note], connection: Connection) -> None:
    """Take notes into the ledger; taking them twice changes nothing."""
    last = {(note.message, note.fence, note.number): note for note in notes}.values()
    begun, taken = ([n for n in last if bool(n.ended) is ended] for ended in (False, True))
    mine = each_ours()
    if begun:
        change = update(deliveries).where(mine, deliveries.c.tries < bindparam("n"))
        change = change.values(tries=bindparam("n"), lease_until=bindparam("until"), waits="")
        connection.execute(change, [{"m": n.message, "f": n.fence, "n": n.number, "until": n.until} for n in begun])
    if taken:
        change = update(deliveries).where(mine, deliveries.c.replayed < bindparam("n"))
        change = change.values(state="sent", tries=bindparam("n"), settled=bindparam("ended"), lease_until=None, not_before=None, waits="")
        change = change.values(reference=func.coalesce(bindparam("reference"), deliveries.c.reference))
        rows = [{"m": n.message, "f": n.fence, "n": n.number, "ended": n.ended, "reference": n.reference} for n in taken]
        connection.execute(change, rows)
        well = lanes.c.channel.in_({n.channel for n in taken}) & lanes.c.failing_since.is_not(None)
        connection.execute(update(lanes).where(well).values(failing_since=None))
    _keep_tries([*begun, *taken], connection)


def _keep_tries(notes: Sequence[Note], connection: Connection) -> None:
    rows = [
        {"delivery_id": delivery, "number": n.number, "started": n.started, "ended": n.ended, "answer": n.answer if n.ended else None}
        for n in notes
        for delivery in n.deliveries
    ]
    make = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    if rows:
        insert = make(tries)
        known = insert.on_conflict_do_update(
            index_elements=["delivery_id", "number"],
            set_={"ended": insert.excluded.ended, "answer": insert.excluded.answer},
            where=tries.c.ended.is_(None),
        )
        connection.execute(known, rows)


def _read(content: bytes) -> Iterator[Note]:
    """Yield the notes of a file; a line that a full disk cut off is none."""
    for line in content.splitlines():
        with suppress(ValueError, TypeError):
            message, channel, told, fence, number, started, until, ended, *answer = json.loads(line)
            moments = (datetime.fromisoformat(started), datetime.fromisoformat(until), datetime.fromisoformat(ended) if ended else None)
            yield Note(message, channel, tuple(told), fence, number, *moments, *answer)
