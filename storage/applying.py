"""Writes what a decision says, within the transaction that asked for it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, delete, insert

from spacepact.story import Decision, Story
from storage.candidates import keys
from storage.expected import see
from storage.owing import owe, recall, renew
from storage.tables import stories, story_articles, story_parties
from storage.upsert import upsert


def apply(connection: Connection, decision: Decision, now: datetime, *, url: str) -> None:
    """Keep the stories that the article at `url` tells, and owe what follows."""
    for story in decision.stories:
        keep_story(connection, story)
        upsert(connection, story_articles, {"story_id": story.id, "url": url}, {})
        renew(connection, story, now)
    recall(connection, decision.recalled, now)
    for alert in decision.alerts:
        owe(connection, alert, now)
    for seen in decision.seen:
        see(connection, seen, now)


def keep_story(connection: Connection, story: Story) -> None:
    """Write a story with what it is found by; who was told of it stands in the ledger."""
    body = story.model_dump(mode="json", exclude={"told"})
    row = {**story.model_dump(include={"record", "revision", "first_seen", "last_seen"}), "body": body}
    upsert(connection, stories, {"id": story.id}, row)
    found_by = {key for reading in story.readings for key in keys(reading)}
    connection.execute(delete(story_parties).where(story_parties.c.story_id == story.id))
    connection.execute(insert(story_parties), [{"story_id": story.id, "party": p} for p in sorted(found_by)])
