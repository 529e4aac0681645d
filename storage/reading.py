"""What people look at: articles, stories, deliveries. Nothing here writes."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import Any, NamedTuple

from sqlalchemy import Connection, Engine, func, or_, select

from spacepact.article import Article
from spacepact.cooperation import Classification, Cooperation, Tagged
from spacepact.record import ANYTHING, Record, Wanted
from spacepact.story import Story
from storage.database import reading
from storage.tables import alerts, articles, deliveries, links, looks, revisions, stories, story_articles, story_parties, told_too

_STANDS = stories.c.merged_into.is_(None)
"""What was merged into another story is part of that one."""


class DeliveryRow(NamedTuple):
    """One line of the ledger, for people; a notice has a subject and no cooperation."""

    id: str
    channel: str
    recipient: str
    watchlists: list[str]
    state: str
    reason: str
    tries: int
    created: datetime
    settled: datetime | None
    not_before: datetime | None
    due: datetime | None
    waits: str
    message: str | None
    kind: str
    story_id: str | None
    revision: int
    cooperation: Cooperation | None
    subject: str
    shown: tuple[str, ...] = ()
    """The articles that told the story when this was decided."""

    @property
    def why(self) -> str:
        """Why it stands as it does: what it waits for and until when, else the reason or the last answer."""
        if self.state in ("pending", "failed") and self.not_before and self.waits:
            return f"{self.waits} until {self.not_before:%Y-%m-%d %H:%M} UTC ({self.reason})"
        if self.state == "failed" and self.not_before:
            return f"again at {self.not_before:%Y-%m-%d %H:%M} UTC: {self.reason}"
        return self.reason


class Former(NamedTuple):
    """A revision that another one replaced, and when."""

    tagged: Tagged
    replaced: datetime


class History(NamedTuple):
    """An article as it is, its former revisions, the oldest first, and when its page was found gone, if it was, and why."""

    id: int
    tagged: Tagged
    former: tuple[Former, ...]
    gone: datetime | None
    reason: str


class Standing(NamedTuple):
    """The id under which an article is shown, its revision, and when its page was found gone."""

    id: int
    revision: int
    gone: datetime | None


class Reading:
    """Answers questions; each is one read transaction."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def articles(self, limit: int = 1000) -> list[Tagged]:
        """Return the newest articles first."""
        with reading(self.engine) as connection:
            rows = connection.execute(select(articles).order_by(articles.c.fetched.desc(), articles.c.id.desc()).limit(limit)).all()
        return [_tagged(row.body, row.text, row.classification) for row in rows]

    def since(self, start: datetime) -> Iterator[Tagged]:
        """Yield the articles published (where that is unknown: fetched) since a moment, oldest first."""
        when = func.coalesce(articles.c.published, articles.c.fetched)
        query = select(articles.c.body, articles.c.text, articles.c.classification).where(when >= start).order_by(when, articles.c.id)
        with reading(self.engine) as connection:
            for row in connection.execution_options(yield_per=500).execute(query):
                yield _tagged(row.body, row.text, row.classification)

    def article(self, url: str) -> Tagged | None:
        """Return one article by its canonical URL."""
        with reading(self.engine) as connection:
            row = connection.execute(select(articles).where(articles.c.url == url)).first()
        return _tagged(row.body, row.text, row.classification) if row else None

    def history(self, *, url: str | None = None, number: int | None = None) -> History | None:
        """Return an article with its former revisions, by its canonical URL or by its number."""
        which = articles.c.url == url if url is not None else articles.c.id == number
        query = select(articles, looks.c.gone, looks.c.reason).outerjoin(looks, looks.c.article_id == articles.c.id).where(which)
        with reading(self.engine) as connection:
            row = connection.execute(query).first()
            if row is None:
                return None
            old = select(revisions).where(revisions.c.article_id == row.id).order_by(revisions.c.revision)
            former = tuple(Former(_tagged(r.body, r.body["text"], r.classification), r.replaced_at) for r in connection.execute(old))
        return History(row.id, _tagged(row.body, row.text, row.classification), former, row.gone, row.reason if row.gone else "")

    def standing(self, urls: Collection[str]) -> dict[str, Standing]:
        """Return how the articles at these addresses stand."""
        columns = (articles.c.url, articles.c.id, articles.c.revision, looks.c.gone)
        query = select(*columns).outerjoin(looks, looks.c.article_id == articles.c.id).where(articles.c.url.in_(urls))
        with reading(self.engine) as connection:
            return {row.url: Standing(row.id, row.revision, row.gone) for row in connection.execute(query)}

    def fate(self, url: str) -> str | None:
        """Return what became of an address that led to no article; None if no source listed it."""
        with reading(self.engine) as connection:
            row = connection.execute(select(links).where(links.c.url == url).order_by(links.c.seen_at.desc())).first()
        if row is None:
            return None
        why = row.reason or "no reason is kept"
        return f"{url} was listed by {row.source} and {row.outcome} on {row.seen_at:%Y-%m-%d %H:%M} UTC: {why}"

    def told_by(self, url: str) -> list[Story]:
        """Return the stories that an article tells, oldest first."""
        query = select(stories.c.body).join(story_articles, story_articles.c.story_id == stories.c.id)
        with reading(self.engine) as connection:
            found = connection.scalars(query.where(story_articles.c.url == url).order_by(stories.c.first_seen, stories.c.id))
            return [Story.model_validate(body) for body in found]

    def stories(self, limit: int = 100) -> list[Story]:
        """Return the stories last seen first; `told` is left empty."""
        with reading(self.engine) as connection:
            query = select(stories.c.body).where(_STANDS).order_by(stories.c.last_seen.desc(), stories.c.id).limit(limit)
            return [Story.model_validate(body) for body in connection.scalars(query)]

    def story(self, story_id: str) -> Story | None:
        """Return one story by its id, or the one that it was merged into."""
        query = select(stories.c.body, stories.c.merged_into)
        with reading(self.engine) as connection:
            row = connection.execute(query.where(stories.c.id == story_id)).first()
            while row and row.merged_into:
                row = connection.execute(query.where(stories.c.id == row.merged_into)).first()
        return Story.model_validate(row.body) if row else None

    def record(self, record: str) -> list[Story]:
        """Return the stories of one cooperation in the order of time, also by the id of one of them."""
        with reading(self.engine) as connection:
            query = select(stories.c.body).where(stories.c.record == record, _STANDS).order_by(stories.c.first_seen, stories.c.id)
            found = [Story.model_validate(body) for body in connection.scalars(query)]
        part = None if found else self.story(record)
        return self.record(part.record) if part else found

    def records(self, wanted: Wanted = ANYTHING, limit: int = 100) -> list[Record]:
        """Return the records that are wanted, the last to move first."""
        last = func.max(stories.c.last_seen)
        query = select(stories.c.record).where(_STANDS).group_by(stories.c.record).order_by(last.desc(), stories.c.record)
        for key in wanted.keys:
            query = query.where(stories.c.id.in_(select(story_parties.c.story_id).where(story_parties.c.party == key)))
        with reading(self.engine) as connection:
            numbers = connection.scalars(query).all()
            found = (record for start in range(0, len(numbers), 200) for record in _records(connection, numbers[start : start + 200]))
            return list(islice(filter(wanted.holds, found), limit))

    def deliveries(
        self,
        limit: int = 10_000,
        story: str | None = None,
        *,
        state: str | None = None,
        recipient: str | None = None,
        channel: str | None = None,
        since: datetime | None = None,
    ) -> list[DeliveryRow]:
        """Return the ledger, newest first, or what of it is asked for; a story's own holds what told of it with another."""
        own = [deliveries.c[name] for name in DeliveryRow._fields if name in deliveries.c]
        query = select(*own, alerts.c.kind, alerts.c.body.label("told"), stories.c.body).join(alerts, alerts.c.id == deliveries.c.alert_id)
        query = query.outerjoin(stories, stories.c.id == deliveries.c.story_id).order_by(deliveries.c.created.desc(), deliveries.c.id)
        too = select(told_too.c.delivery_id).where(told_too.c.story_id == story)
        query = query.where(or_(deliveries.c.story_id == story, deliveries.c.id.in_(too))) if story else query
        asked = {"state": state, "recipient": recipient, "channel": channel}
        query = query.where(*(deliveries.c[name] == value for name, value in asked.items() if value))
        if since:
            query = query.where(deliveries.c.created >= since)
        with reading(self.engine) as connection:
            rows = connection.execute(query.limit(limit)).mappings().all()
        return [_row(dict(row)) for row in rows]

    def totals(self) -> dict[str, int]:
        """Return how many articles, stories and deliveries by state there are."""
        with reading(self.engine) as connection:
            counts = {"articles": connection.scalar(select(func.count()).select_from(articles)) or 0}
            counts["stories"] = connection.scalar(select(func.count()).select_from(stories).where(_STANDS)) or 0
            counts["cooperation"] = connection.scalar(select(func.count()).where(articles.c.score >= 0.5)) or 0
            by_state = connection.execute(select(deliveries.c.state, func.count()).group_by(deliveries.c.state))
            return counts | {row[0]: row[1] for row in by_state}


def _records(connection: Connection, numbers: Sequence[str]) -> Iterator[Record]:
    """Yield records in the order asked for."""
    query = select(stories.c.body).where(stories.c.record.in_(numbers), _STANDS).order_by(stories.c.first_seen, stories.c.id)
    found: dict[str, list[Story]] = {number: [] for number in numbers}
    for body in connection.scalars(query):
        story = Story.model_validate(body)
        found[story.record].append(story)
    yield from (Record(id=number, stories=tuple(told)) for number, told in found.items() if told)


def read_article(row: Any) -> Article:
    """Return an article as its row keeps it."""
    return Article.model_validate({**row.body, "text": row.text})


def _row(row: dict[str, Any]) -> DeliveryRow:
    told, story = row.pop("told"), row.pop("body")
    cooperation = Cooperation.model_validate(story["cooperation"]) if story else None
    shown = tuple(telling["url"] for telling in told.get("story", {}).get("tellings", ()))
    return DeliveryRow(**row, cooperation=cooperation, subject=told.get("subject", ""), shown=shown)


def _tagged(body: dict[str, object], text: str, classification: object) -> Tagged:
    return Tagged(article=Article.model_validate({**body, "text": text}), classification=Classification.model_validate(classification))
