"""The index of the archive: which page an article's revision was read from."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Engine, Row, Select, delete, func, insert, select

from spacepact.article import Link
from spacepact.round import Page
from storage.archive import Archive, MissingEvidenceError, Place
from storage.database import reading, writing
from storage.tables import articles, evidence

_AT_ONCE = 500


class Kept(NamedTuple):
    """One page that was kept: under which link of which source, when, and the article that it gave, if any."""

    id: int
    source: str
    link: Link
    place: Place
    fetched: datetime
    article_url: str | None
    revision: int | None


class Evidence:
    """Finds pages again; `archive` is None where none is kept."""

    def __init__(self, engine: Engine, archive: Archive | None) -> None:
        self.engine = engine
        self.archive = archive

    def keep(
        self, connection: Connection, source: str, link: Link, page: Page, now: datetime, *, article: tuple[int, int] | None = None
    ) -> None:
        """Keep a page within a transaction that is open; `article` is the id and revision that were read from it."""
        if self.archive is None:
            return
        place = self.archive.write(page, now)
        listed = {"title": page.listed_title, "published": page.listed_published.isoformat() if page.listed_published else None}
        article_id, revision = article or (None, None)
        row = {"source": source, "url": link.url, "version": link.version, "listed": listed, "fetched": now}
        connection.execute(insert(evidence), {**row, **place._asdict(), "article_id": article_id, "revision": revision})

    def latest(self, since: datetime, sources: Collection[str] = ()) -> Iterator[Kept]:
        """Yield the newest page of every link fetched from a moment on, the oldest first."""
        newest = select(func.max(evidence.c.id).label("id")).where(evidence.c.fetched >= since).group_by(evidence.c.source, evidence.c.url)
        if sources:
            newest = newest.where(evidence.c.source.in_(sources))
        with reading(self.engine) as connection:
            ids = sorted(connection.scalars(newest))
        for start in range(0, len(ids), _AT_ONCE):
            with reading(self.engine) as connection:
                rows = connection.execute(_query().where(evidence.c.id.in_(ids[start : start + _AT_ONCE])).order_by(evidence.c.id)).all()
            yield from map(_kept, rows)

    def of_article(self, url: str) -> list[Kept]:
        """Return the pages that an article's revisions were read from, the newest first."""
        with reading(self.engine) as connection:
            return [_kept(row) for row in connection.execute(_query().where(articles.c.url == url).order_by(evidence.c.id.desc()))]

    def page(self, kept: Kept) -> Page:
        """Return a page as it came; raises MissingEvidenceError."""
        if self.archive is None:
            raise MissingEvidenceError("no evidence is kept: evidence.enabled is false in settings.yaml")
        with reading(self.engine) as connection:
            listed = connection.scalars(select(evidence.c.listed).where(evidence.c.id == kept.id)).one()
        when = listed["published"]
        said = {"listed_title": listed["title"], "listed_published": datetime.fromisoformat(when) if when else None}
        return self.archive.read(kept.place)._replace(**said)

    def trouble(self, kept: Kept) -> str | None:
        """Return what is wrong with a kept page, None where it lies in its place as it was fetched."""
        try:
            self.page(kept)
        except MissingEvidenceError as error:
            return str(error)
        return None

    def forget(self, before: datetime, now: datetime) -> int:
        """Drop pages fetched before a moment, and the files that hold no other; returns how many pages."""
        if self.archive is None:
            return 0
        with writing(self.engine) as connection:
            gone = connection.execute(delete(evidence).where(evidence.c.fetched < before)).rowcount
        with reading(self.engine) as connection:
            wanted = set(connection.scalars(select(evidence.c.file).distinct()))
        self.archive.drop(wanted, now)
        return gone


def _query() -> Select[Any]:
    return select(evidence, articles.c.url.label("article_url")).join(articles, articles.c.id == evidence.c.article_id, isouter=True)


def _kept(row: Row[Any]) -> Kept:
    place = Place(row.file, row.offset, row.size, row.digest)
    return Kept(row.id, row.source, Link(url=row.url, version=row.version), place, row.fetched, row.article_url, row.revision)
