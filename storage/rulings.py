"""Merges and splits stories as a person says; the ledger follows, so that nobody is told twice."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, delete, insert, or_, select, update

from spacepact.article import Article
from spacepact.cooperation import Classification, Tagged
from spacepact.ruling import Ruling
from spacepact.story import Decision, Story
from storage.applying import apply, keep_story
from storage.candidates import told_of
from storage.database import lock_stories, reading, writing
from storage.tables import alerts, articles, deliveries, expected, ruled_stories, rulings, stories, story_articles, told_too
from storage.upsert import upsert

Join = Callable[[Story, Story], Story]
Part = Callable[[Story, Mapping[str, Tagged]], tuple[Story, Story]]
Tell = Callable[[Tagged, Story], Decision]
"""Says who is told of a story that was not told of it yet, given its head article."""


class Rulings:
    """Every method is one transaction; the decisions are handed in."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def of(self, story: str) -> list[Ruling]:
        """Return what a person decided about a story, oldest first."""
        query = select(rulings.c.body).join(ruled_stories, ruled_stories.c.ruling_id == rulings.c.id)
        with reading(self.engine) as connection:
            found = connection.scalars(query.where(ruled_stories.c.story_id == story).order_by(rulings.c.made, rulings.c.id))
            return [Ruling.model_validate(body) for body in found]

    def merge(self, ruling: Ruling, join: Join, tell: Tell) -> None:
        """Put the second story into the first: its articles, who was told of it, and the other stories of its record."""
        with writing(self.engine) as connection:
            lock_stories(connection)
            one, other = (_story(connection, number) for number in ruling.stories)
            whole = join(one, other)
            keep_story(connection, whole)
            _move_articles(connection, other.id, whole.id, None)
            connection.execute(update(stories).where(stories.c.id == other.id).values(merged_into=whole.id))
            connection.execute(update(expected).where(expected.c.story_id == other.id).values(story_id=whole.id))
            _move_record(connection, other.record, whole.record, {other.id: whole.id})
            _share_told(connection, other.id, whole.id)
            _spare(connection, whole.id, f"known-story: {ruling.because}", ruling.made)
            _keep(connection, ruling)
            _tell(connection, whole.id, tell, ruling.made)

    def split(self, ruling: Ruling, part: Part, tell: Tell) -> None:
        """Make a story of its own from some articles of the first; who was told of them was told of that one."""
        whole, new = ruling.stories
        with writing(self.engine) as connection:
            lock_stories(connection)
            story = _story(connection, whole)
            rest, off = part(story, _pages(connection, story))
            keep_story(connection, off)
            moved = _divide(connection, rest, off, ruling.made)
            for half in (rest, off):
                keep_story(connection, half.model_copy(update={"revision": half.revision + moved}))
            _move_articles(connection, whole, new, ruling.articles)
            _keep(connection, ruling)
            for number in (whole, new):
                _tell(connection, number, tell, ruling.made)

    def merge_records(self, ruling: Ruling) -> None:
        """Let the record of the second story continue in that of the first."""
        with writing(self.engine) as connection:
            lock_stories(connection)
            one, other = (_story(connection, number) for number in ruling.stories)
            _move_record(connection, other.record, one.record, {})
            _keep(connection, ruling)

    def split_record(self, ruling: Ruling) -> None:
        """Let the stories begin a record of their own, called after the first of them."""
        with writing(self.engine) as connection:
            lock_stories(connection)
            for number in ruling.stories:
                story = _story(connection, number)
                previous = story.previous if story.previous in ruling.stories else None
                keep_story(connection, story.model_copy(update={"record": ruling.id, "previous": previous}))
            _keep(connection, ruling)


def _story(connection: Connection, number: str) -> Story:
    return Story.model_validate(connection.scalars(select(stories.c.body).where(stories.c.id == number)).one())


def _pages(connection: Connection, story: Story) -> dict[str, Tagged]:
    query = select(articles.c.body, articles.c.text, articles.c.classification).where(articles.c.url.in_([t.url for t in story.tellings]))
    pages = (
        Tagged(
            article=Article.model_validate({**row.body, "text": row.text}), classification=Classification.model_validate(row.classification)
        )
        for row in connection.execute(query)
    )
    return {page.article.url: page for page in pages}


def _keep(connection: Connection, ruling: Ruling) -> None:
    connection.execute(insert(rulings).values(id=ruling.id, made=ruling.made, body=ruling.model_dump(mode="json")))
    connection.execute(insert(ruled_stories), [{"ruling_id": ruling.id, "story_id": number} for number in ruling.stories])


def _move_articles(connection: Connection, old: str, new: str, urls: Collection[str] | None) -> None:
    """Let articles (None: all of them) tell another story from now on."""
    mine = (story_articles.c.story_id == old) & (story_articles.c.url.in_(urls) if urls is not None else True)
    for url in connection.scalars(select(story_articles.c.url).where(mine)).all():
        upsert(connection, story_articles, {"story_id": new, "url": url}, {})
    connection.execute(delete(story_articles).where(mine))


def _move_record(connection: Connection, old: str, new: str, merged: Mapping[str, str]) -> None:
    """Put all stories of a record into another; what came after a merged story comes after the one that it is part of."""
    for body in connection.scalars(select(stories.c.body).where(stories.c.record.in_({old, new}))).all():
        story = Story.model_validate(body)
        previous = merged.get(story.previous or "", story.previous)
        moved = story.model_copy(update={"record": new, "previous": None if previous == story.id else previous})
        if moved != story:
            keep_story(connection, moved)


def _share_told(connection: Connection, old: str, new: str) -> None:
    """Let whoever was told of a story count as told of another."""
    too = select(told_too.c.delivery_id).where(told_too.c.story_id == old)
    for number in connection.scalars(select(deliveries.c.id).where(or_(deliveries.c.story_id == old, deliveries.c.id.in_(too)))).all():
        upsert(connection, told_too, {"story_id": new, "delivery_id": number}, {})


def _told(connection: Connection, story: str) -> list[Any]:
    """Return the ledger of a story, what told of it with another among it, in the order in which it was decided."""
    too = select(told_too.c.delivery_id).where(told_too.c.story_id == story)
    query = select(deliveries, alerts.c.kind, alerts.c.body).join(alerts, alerts.c.id == deliveries.c.alert_id)
    query = query.where(or_(deliveries.c.story_id == story, deliveries.c.id.in_(too)))
    return list(connection.execute(query.order_by(deliveries.c.created, deliveries.c.id)).all())


def _spare(connection: Connection, story: str, why: str, now: datetime) -> None:
    """Suppress what would tell somebody a second time of a story that was two: one delivery each is enough."""
    met: set[tuple[str, str]] = set()
    news = [row for row in _told(connection, story) if row.kind in ("first-report", "stage-change") and row.reminder == 0]
    for row in sorted(news, key=lambda row: (_idle(row, now), row.tries == 0)):
        who = (row.channel, row.recipient.casefold())
        if _idle(row, now) and who in met:
            held = {"state": "suppressed", "reason": why, "waits": "", "settled": now}
            untouched = (deliveries.c.id == row.id) & (deliveries.c.fence == row.fence)
            connection.execute(update(deliveries).where(untouched).values(held))
        elif row.state in ("sent", "pending", "failed"):
            met.add(who)


def _idle(row: Any, now: datetime) -> bool:
    """Say whether a delivery is owed and nobody is sending it."""
    return row.state in ("pending", "failed") and (row.lease_until is None or row.lease_until <= now)


def _divide(connection: Connection, rest: Story, off: Story, now: datetime) -> bool:
    """Give a new story what told of its articles; True if some of that told of none that stay, and moved for good.

    What still waits will tell of the articles that stay, if it tells of any of them.
    """
    moved = False
    stay, go = ({telling.url for telling in half.tellings} for half in (rest, off))
    for row in _told(connection, rest.id):
        shown = {telling["url"] for telling in row.body["story"]["tellings"]}
        renewed = _idle(row, now) and row.tries == 0 and row.message is None and row.story_id == rest.id
        if not shown & go or (renewed and shown & stay):
            continue
        upsert(connection, told_too, {"story_id": off.id, "delivery_id": row.id}, {})
        if not shown & stay:
            connection.execute(delete(told_too).where(told_too.c.story_id == rest.id, told_too.c.delivery_id == row.id))
            own = (deliveries.c.id == row.id) & (deliveries.c.story_id == rest.id)
            moved |= connection.execute(update(deliveries).where(own).values(story_id=off.id)).rowcount > 0
    return moved


def _tell(connection: Connection, number: str, tell: Tell, now: datetime) -> None:
    """Owe a story to those who ask for it and were not told of it."""
    story = _story(connection, number)
    head = _pages(connection, story).get(story.head.url)
    if head:
        told = told_of(connection, [number], now).get(number, [])
        apply(connection, tell(head, story.model_copy(update={"told": tuple(told)})), now, url=head.article.url)
