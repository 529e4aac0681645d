"""Expected events: open until a story answers them, overdue when none did in time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, Engine, select, update

from spacepact.story import Notice, Seen
from storage.database import reading, writing
from storage.owing import owe
from storage.tables import expected
from storage.upsert import upsert


class ExpectedState(NamedTuple):
    """How it stands with an expected event: `open`, `overdue`, `seen` or `seen-late`."""

    id: str
    state: str
    since: datetime
    settled: datetime | None
    story_id: str | None
    url: str | None


def see(connection: Connection, seen: Seen, now: datetime) -> None:
    """Record the first story that answers an expected event."""
    upsert(connection, expected, {"id": seen.expected}, {}, {"state": "open", "since": now})
    for was, becomes in (("open", "seen"), ("overdue", "seen-late")):
        of = (expected.c.id == seen.expected) & (expected.c.state == was)
        connection.execute(update(expected).where(of).values(state=becomes, settled=now, story_id=seen.story, url=seen.url))


class Expectations:
    """The state of every expected event by its id."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def states(self) -> dict[str, ExpectedState]:
        """Return what is known; an event never asked about is not among them."""
        with reading(self.engine) as connection:
            query = select(*(expected.c[name] for name in ExpectedState._fields))
            return {row.id: ExpectedState(*row) for row in connection.execute(query)}

    def overdue(self, number: str, make: Callable[[], Notice], now: datetime) -> bool:
        """Mark an event as overdue and owe the notice of it; False if it was seen or marked before."""
        with writing(self.engine) as connection:
            return self._missed(connection, number, now) and owe(connection, make(), now) > 0

    def _missed(self, connection: Connection, number: str, now: datetime) -> bool:
        upsert(connection, expected, {"id": number}, {}, {"state": "open", "since": now})
        of = (expected.c.id == number) & (expected.c.state == "open")
        return connection.execute(update(expected).where(of).values(state="overdue", settled=now)).rowcount == 1
