"""Which pages are looked at again, and which are gone."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, func, select, update

from spacepact.article import Link
from spacepact.looking import LATELY, MANY, Look, is_gone, next_look
from storage.database import reading, writing
from storage.tables import articles, links, looks
from storage.upsert import upsert


class Looks:
    """Every method is one transaction."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def begin(self, source: str, now: datetime, most: int) -> list[Look]:
        """Return the pages of a source that are due, and note first when each is due again: no page is asked more often."""
        due = select(looks).where(looks.c.source == source, looks.c.due <= now).order_by(looks.c.due, looks.c.article_id)
        with reading(self.engine) as connection:  # mostly there are none, and nobody has to wait for a writer
            if connection.execute(due.limit(1)).first() is None:
                return []
        with writing(self.engine) as connection:
            begun = []
            for row in connection.execute(due.limit(most)).all():
                values = {"number": row.number + 1, "due": next_look(row.since, row.number + 1, row.missing, now)}
                connection.execute(update(looks).where(looks.c.article_id == row.article_id).values(values))
                begun += _look(connection, row.article_id, source)
        return begun


def told(connection: Connection, article_id: int, source: str, now: datetime) -> None:
    """Note that somebody is told about an article: its page is looked at again."""
    fresh = {"since": now, "number": 0, "due": next_look(now, 0, None, now), "missing": None, "gone": None, "reason": ""}
    upsert(connection, looks, {"article_id": article_id}, {"source": source, **fresh})


def present(connection: Connection, article_id: int) -> bool:
    """Note that a page is there; True if it was gone."""
    gone = connection.scalar(select(looks.c.gone).where(looks.c.article_id == article_id))
    doubted = (looks.c.article_id == article_id) & looks.c.missing.is_not(None)
    connection.execute(update(looks).where(doubted).values(missing=None, gone=None, reason=""))
    return gone is not None


def missing(connection: Connection, article_id: int, source: str, reason: str, now: datetime) -> bool:
    """Note that a page was not found; True when that proves now that it is gone."""
    row: Any = connection.execute(select(looks).where(looks.c.article_id == article_id)).first()
    if row and row.gone:
        return False
    if row and is_gone(row.missing, now):
        connection.execute(update(looks).where(looks.c.article_id == article_id).values(gone=now, due=None, reason=reason))
        return True
    number = row.number if row else 0
    since = row.missing or now if row else now
    first = {"source": source, "since": now, "number": number}
    doubt = {"missing": since, "due": next_look(now, number, since, now), "reason": reason}
    upsert(connection, looks, {"article_id": article_id}, doubt, first)
    return False


def in_upheaval(connection: Connection, source: str, now: datetime) -> bool:
    """Say whether a source lost many pages at once: it was rebuilt, and what it said then is not taken back."""
    lost = select(func.count()).where(looks.c.source == source, looks.c.missing >= now - LATELY)
    return (connection.scalar(lost) or 0) >= MANY


def _look(connection: Connection, article_id: int, source: str) -> list[Look]:
    """Return how a page is asked for: under the link that its source listed last."""
    query = select(links.c.url, links.c.version, articles.c.url.label("article")).join(articles, articles.c.id == links.c.article_id)
    mine = query.where(links.c.article_id == article_id, links.c.source == source).order_by(links.c.seen_at.desc(), links.c.url)
    row = connection.execute(mine.limit(1)).first()
    return [Look(link=Link(url=row.url, version=row.version), article=row.article)] if row else []
