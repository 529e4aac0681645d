"""What is remembered about polling: the pace of each source, what hosts said, subscriptions to hubs."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, Engine, select

from spacepact.heard import HostNote
from spacepact.pacing import Pace
from storage.database import reading, writing
from storage.tables import host_notes, polling, sources
from storage.upsert import upsert


class Polling:
    """Every method is one transaction."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def begin(self, source: str, now: datetime, until: datetime, *, due: bool = False) -> bool:
        """Note that a visit begins: whatever becomes of it, the next one is not due before `until`.

        With `due`, False where the visit is not due (any more): another process has begun it.
        """
        first = {"state": "waiting", "reason": f"first visited at {now:%d %b %Y, %H:%M} UTC"}
        free = sources.c.next_check_at <= now if due else None
        with writing(self.engine) as connection:
            return upsert(connection, sources, {"id": source}, {"next_check_at": until}, first, where=free)

    def pace(self, source: str) -> Pace:
        """Return what is remembered about a source's polling."""
        with reading(self.engine) as connection:
            body = connection.scalar(select(polling.c.body).where(polling.c.source == source))
        return Pace.model_validate(body) if body else Pace()

    def keep(self, source: str, pace: Pace, within: Connection | None = None) -> None:
        """Remember the pace of a source; `within` a transaction that is open, perhaps."""
        with writing(self.engine, within) as connection:
            upsert(connection, polling, {"source": source}, {"body": pace.model_dump(mode="json")})

    def notes(self) -> list[HostNote]:
        """Return what hosts said."""
        with reading(self.engine) as connection:
            return [HostNote.model_validate(dict(row)) for row in connection.execute(select(host_notes)).mappings()]

    def note(self, news: Iterable[HostNote]) -> None:
        """Remember what hosts said."""
        if rows := [note.model_dump() for note in news]:
            with writing(self.engine) as connection:
                for row in rows:
                    upsert(connection, host_notes, {"key": row.pop("key")}, row)
