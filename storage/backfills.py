"""How far each archive was read."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Engine, select

from storage.database import reading, writing
from storage.tables import backfills
from storage.upsert import upsert


class Progress(NamedTuple):
    """How far a file of so many bytes was read, and what that gave."""

    size: int = 0
    offset: int = 0
    done: bool = False
    counts: dict[str, int] = {}


class Backfills:
    """Every method is one transaction."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def progress(self, file: str) -> Progress:
        """Return how far a file was read; from its beginning, where nothing is known of it."""
        with reading(self.engine) as connection:
            row = connection.execute(select(backfills).where(backfills.c.file == file)).first()
        return Progress(row.size, row.offset, row.done, row.counts) if row else Progress()

    def keep(self, file: str, progress: Progress, now: datetime) -> None:
        """Remember how far a file was read."""
        with writing(self.engine) as connection:
            upsert(connection, backfills, {"file": file}, {**progress._asdict(), "read": now})
