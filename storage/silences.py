"""Silences: who asked for quiet about what, why, and until when. A silence that ended is kept."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Engine, insert, select, update

from spacepact.silence import Silence
from storage.database import reading, writing
from storage.tables import silences


class Silences:
    """Every method is one transaction; `now` is handed in."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def add(self, silence: Silence) -> None:
        """Keep a silence; it holds at once."""
        row = {"id": silence.id, "created": silence.created, "until": silence.until, "body": silence.model_dump(mode="json")}
        with writing(self.engine) as connection:
            connection.execute(insert(silences).values(row))

    def active(self, now: datetime) -> list[Silence]:
        """Return the silences that hold now, oldest first."""
        return self.all(after=now)

    def all(self, after: datetime | None = None) -> list[Silence]:
        """Return every silence there ever was, or those that end after a moment, oldest first."""
        query = select(silences).order_by(silences.c.created, silences.c.id)
        with reading(self.engine) as connection:
            rows = connection.execute(query.where(silences.c.until > after) if after else query).all()
        return [Silence.model_validate({**row.body, "until": row.until}) for row in rows]

    def expire(self, ident: str, now: datetime) -> bool:
        """End a silence; False if none of that id holds now."""
        holds = (silences.c.id == ident) & (silences.c.until > now)
        with writing(self.engine) as connection:
            return connection.execute(update(silences).where(holds).values(until=now)).rowcount == 1
