"""Which kept stories may be meant by an article: the few that the decision should look at."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, or_, select

from spacepact.cooperation import Cooperation, Tagged
from spacepact.story import Story, Told
from storage.tables import deliveries, stories, story_articles, story_parties, told_too

LOOK_BACK = timedelta(days=800)
AT_MOST = 300


_STANDING = select(stories.c.id, stories.c.body).where(stories.c.merged_into.is_(None))
_KEPT = _STANDING.order_by(stories.c.last_seen.desc(), stories.c.id).limit(AT_MOST)
_BY_PARTY = select(story_parties.c.story_id).where(story_parties.c.party.in_(bindparam("wanted", expanding=True)))
_BY_URL = select(story_articles.c.story_id).where(story_articles.c.url == bindparam("url"))
_TELLING = _KEPT.where(stories.c.id.in_(_BY_URL))
_SHARING_OR_TELLING = _KEPT.where(or_(stories.c.id.in_(_BY_URL), stories.c.id.in_(_BY_PARTY) & (stories.c.last_seen >= bindparam("since"))))


def keys(cooperation: Cooperation) -> set[str]:
    """Return what a story is found by: the ids of its parties, and its countries."""
    return {party.id for party in cooperation.parties} | {f"country:{code}" for code in cooperation.countries}


def sought(cooperation: Cooperation) -> set[str]:
    """Return the keys of stories that may be meant: an outlet may name a state where another names its agency."""
    parties = {party.id for party in cooperation.parties}
    agencies_of = {f"country:{party.removeprefix('state:').upper()}" for party in parties if party.startswith("state:")}
    return parties | agencies_of | {f"state:{code.lower()}" for code in cooperation.countries}


def candidates(connection: Connection, tagged: Tagged, now: datetime) -> list[Story]:
    """Return stories that share a party with the article, by agency or state, or that it already tells; newest first."""
    wanted = sorted({key for c in tagged.classification.cooperations for key in sought(c)})
    query = _SHARING_OR_TELLING if wanted else _TELLING
    rows = connection.execute(query, {"wanted": wanted, "url": tagged.article.url, "since": now - LOOK_BACK}).all()
    told = told_of(connection, [row.id for row in rows], now) if rows else {}
    return [Story.model_validate({**row.body, "told": told.get(row.id, ())}) for row in rows]


def told_of(connection: Connection, ids: Sequence[str], now: datetime) -> dict[str, list[Told]]:
    """Return who was told, or will be, by story; whom no try reached, or who was spared for a reason, is not among them."""
    columns = ("id", "channel", "recipient", "watchlists", "state", "tries", "lease_until", "reminder", "created")
    plain = [deliveries.c[name] for name in columns]
    own = select(*plain, deliveries.c.story_id).where(deliveries.c.story_id.in_(ids))
    with_another = select(*plain, told_too.c.story_id).join(told_too, told_too.c.delivery_id == deliveries.c.id)
    counts = deliveries.c.state.in_(("pending", "failed", "sent"))
    rows = [row for query in (own, with_another.where(told_too.c.story_id.in_(ids))) for row in connection.execute(query.where(counts))]
    told: dict[str, list[Told]] = {}
    for row in sorted(rows, key=lambda row: (row.created, row.id)):
        idle = row.state == "pending" and row.tries == 0 and (row.lease_until is None or row.lease_until <= now)
        who = {"channel": row.channel, "recipient": row.recipient, "watchlists": tuple(row.watchlists)}
        one = Told(**who, owed=row.id if idle else None, again=row.reminder != 0)
        told.setdefault(row.story_id, []).append(one)
    return told
