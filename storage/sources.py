"""What is known about each source between two visits."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import Connection, Engine, delete, func, insert, select, update

from spacepact.health import Track, follow
from spacepact.round import Coverage, Round, Validators, cover
from spacepact.tidings import Standing, Tidings
from storage.database import lock_stories, reading, writing
from storage.tables import articles, links, rounds, sources, validators
from storage.upsert import upsert

KEPT_ROUNDS = timedelta(days=90)


class SourceState(NamedTuple):
    """How a source is, and why."""

    id: str
    state: str
    reason: str
    next_check_at: datetime
    failing_since: datetime | None
    last_ok_at: datetime | None
    last_new_at: datetime | None


class Watched(NamedTuple):
    """What is known of one source's health: what its visits showed, what operators know, and when it is visited next."""

    track: Track | None = None
    standing: Standing | None = None
    next_check_at: datetime | None = None


Review = Callable[[Mapping[str, Watched]], tuple[Mapping[str, Standing], Tidings | None]]
"""Says how every source stands now, and what operators are to be told of it."""


class Sources:
    """The schedule is a column: what is due is asked of the table, so a restart forgets nothing."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def due(self, known: Collection[str], now: datetime) -> list[str]:
        """Return the ids among `known` whose next check has come; a source never visited is due."""
        with reading(self.engine) as connection:
            later = set(connection.scalars(select(sources.c.id).where(sources.c.next_check_at > now)))
        return [source for source in known if source not in later]

    def validators(self, source: str) -> dict[str, Validators]:
        """Return what to echo at the next visit, by polled URL."""
        with reading(self.engine) as connection:
            rows = connection.execute(select(validators).where(validators.c.source == source))
            return {row.url: Validators(etag=row.etag, last_modified=row.last_modified) for row in rows}

    def finish(self, round_: Round, next_check_at: datetime, within: Connection | None = None) -> None:
        """Keep the result of a visit and when the next one is due; `within` a transaction that is open, perhaps."""
        ok = round_.state in ("ok", "unchanged")
        with writing(self.engine, within) as connection:
            old = connection.execute(select(sources).where(sources.c.id == round_.source)).first()
            row = {
                "next_check_at": next_check_at,
                "state": round_.state,
                "reason": round_.summary,
                "failing_since": None if ok else (old and old.failing_since) or round_.finished,
                "last_ok_at": round_.finished if ok else old and old.last_ok_at,
                "last_new_at": round_.finished if round_.outcomes.get("new") else old and old.last_new_at,
                "track": follow(_track(old and old.track), round_).model_dump(mode="json"),
            }
            upsert(connection, sources, {"id": round_.source}, row)
            body = round_.model_dump(mode="json", exclude={"validators", "heard"})
            connection.execute(insert(rounds).values(source=round_.source, started=round_.started, state=round_.state, body=body))
            connection.execute(delete(rounds).where(rounds.c.source == round_.source, rounds.c.started < round_.started - KEPT_ROUNDS))
            if round_.state != "failed":
                connection.execute(delete(validators).where(validators.c.source == round_.source))
                for url, known in round_.validators.items():
                    upsert(connection, validators, {"source": round_.source, "url": url}, known.model_dump())

    def states(self) -> list[SourceState]:
        """Return every source that was ever visited, in the order of its id."""
        with reading(self.engine) as connection:
            query = select(*(sources.c[name] for name in SourceState._fields)).order_by(sources.c.id)
            return [SourceState(*row) for row in connection.execute(query)]

    def coverage(self, known: Collection[str], since: datetime, until: datetime) -> Coverage:
        """Return what a period is based on."""
        columns = (rounds.c.source, rounds.c.state, rounds.c.body)
        query = select(*columns).where(rounds.c.started >= since, rounds.c.started < until).order_by(rounds.c.started, rounds.c.id)
        with reading(self.engine) as connection:
            visits = [(row.source, row.state, Round.model_validate(row.body).summary) for row in connection.execute(query)]
        return cover(known, visits, since, until)

    def watched(self) -> dict[str, Watched]:
        """Return what is known of the health of every source that was ever visited."""
        with reading(self.engine) as connection:
            return _watched(connection)

    def review(self, review: Review, tell: Callable[[Connection, Tidings], object]) -> Tidings | None:
        """Keep how the sources stand, and hand on what is to be told, in one transaction: each change is told once."""
        with writing(self.engine) as connection:
            lock_stories(connection)
            known = _watched(connection)
            standings, tidings = review(known)
            for name, standing in standings.items():
                if name in known and standing != known[name].standing:
                    row = {"standing": standing.model_dump(mode="json")}
                    connection.execute(update(sources).where(sources.c.id == name).values(row))
            if tidings:
                tell(connection, tidings)
        return tidings

    def visits(self, since: datetime) -> dict[str, int]:
        """Return how often each source was visited from a moment on."""
        with reading(self.engine) as connection:
            query = select(rounds.c.source, func.count()).where(rounds.c.started >= since).group_by(rounds.c.source)
            return {row[0]: row[1] for row in connection.execute(query)}

    def counts(self) -> dict[str, int]:
        """Return the number of articles by source."""
        with reading(self.engine) as connection:
            return {row[0]: row[1] for row in connection.execute(select(articles.c.source, func.count()).group_by(articles.c.source))}

    def rejected(self, source: str) -> dict[str, str]:
        """Return the links of a source that led to no article, with the reason."""
        with reading(self.engine) as connection:
            query = select(links.c.url, links.c.reason).where(links.c.source == source, links.c.outcome == "rejected")
            return {row.url: row.reason for row in connection.execute(query)}


def _watched(connection: Connection) -> dict[str, Watched]:
    rows = connection.execute(select(sources.c.id, sources.c.track, sources.c.standing, sources.c.next_check_at).order_by(sources.c.id))
    return {
        row.id: Watched(_track(row.track), Standing.model_validate(row.standing) if row.standing else None, row.next_check_at)
        for row in rows
    }


def _track(body: object) -> Track | None:
    return Track.model_validate(body) if body else None
