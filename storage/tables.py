"""The tables. Nouns that only travel are kept whole as JSON; what is asked for has a column."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)


class Moment(TypeDecorator[datetime]):
    """An aware time, kept in UTC (SQLite forgets time zones)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        utc = value.astimezone(UTC)
        return utc if dialect.name == "postgresql" else utc.replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - the interface of TypeDecorator
        return value and (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(UTC)


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_N_label)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _table(name: str, *columns: Any) -> Table:
    return Table(name, metadata, *columns)


sources = _table(
    "sources",
    Column("id", String(100), primary_key=True),
    Column("next_check_at", Moment, nullable=False),
    Column("state", String(20), nullable=False),
    Column("reason", Text, nullable=False),
    Column("failing_since", Moment),
    Column("last_ok_at", Moment),
    Column("last_new_at", Moment),
    Column("visit_until", Moment),
    Column("track", JSON),
    Column("standing", JSON),
)
validators = _table(
    "validators",
    Column("source", String(100), primary_key=True),
    Column("url", Text, primary_key=True),
    Column("etag", Text),
    Column("last_modified", Text),
)
polling = _table(
    "polling",
    Column("source", String(100), primary_key=True),
    Column("body", JSON, nullable=False),
)
host_notes = _table(
    "host_notes",
    Column("key", Text, primary_key=True),
    Column("robots", Text),
    Column("read", Moment),
    Column("silent_until", Moment),
)
leases = _table(
    "leases",
    Column("id", String(40), primary_key=True),
    Column("source", String(100), nullable=False, index=True),
    Column("hub", Text, nullable=False),
    Column("topic", Text, nullable=False),
    Column("secret", String(80), nullable=False),
    Column("state", String(20), nullable=False),
    Column("reason", Text, nullable=False),
    Column("asked_at", Moment),
    Column("lease_until", Moment),
    Column("pushed_at", Moment),
    UniqueConstraint("source", "hub", "topic"),
)
rounds = _table(
    "rounds",
    Column("id", Integer, primary_key=True),
    Column("source", String(100), nullable=False),
    Column("started", Moment, nullable=False, index=True),
    Column("state", String(20), nullable=False),
    Column("body", JSON, nullable=False),
)
articles = _table(
    "articles",
    Column("id", Integer, primary_key=True),
    Column("url", Text, nullable=False, unique=True),
    Column("source", String(100), nullable=False, index=True),
    Column("revision", Integer, nullable=False),
    Column("fingerprint", String(64), nullable=False, index=True),
    Column("title", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("published", Moment),
    Column("language", String(20)),
    Column("fetched", Moment, nullable=False, index=True),
    Column("scope", String(40), nullable=False),
    Column("score", Float, nullable=False),
    Column("body", JSON, nullable=False),
    Column("classification", JSON, nullable=False),
)
revisions = _table(
    "revisions",
    Column("article_id", ForeignKey("articles.id"), primary_key=True),
    Column("revision", Integer, primary_key=True),
    Column("body", JSON, nullable=False),
    Column("classification", JSON, nullable=False),
    Column("replaced_at", Moment, nullable=False),
)
links = _table(
    "links",
    Column("source", String(100), primary_key=True),
    Column("url", Text, primary_key=True),
    Column("version", Text, nullable=False),
    Column("outcome", String(20), nullable=False),
    Column("reason", Text, nullable=False),
    Column("seen_at", Moment, nullable=False),
    Column("article_id", ForeignKey("articles.id"), index=True),
)
looks = _table(
    "looks",
    Column("article_id", ForeignKey("articles.id"), primary_key=True),
    Column("source", String(100), nullable=False),
    Column("since", Moment, nullable=False),
    Column("number", Integer, nullable=False),
    Column("due", Moment),
    Column("missing", Moment),
    Column("gone", Moment),
    Column("reason", Text, nullable=False),
    Index("ix_looks_due", "source", "due"),
)
backfills = _table(
    "backfills",
    Column("file", Text, primary_key=True),
    Column("size", BigInteger, nullable=False),
    Column("offset", BigInteger, nullable=False),
    Column("done", Boolean, nullable=False),
    Column("counts", JSON, nullable=False),
    Column("read", Moment, nullable=False),
)
evidence = _table(
    "evidence",
    Column("id", Integer, primary_key=True),
    Column("source", String(100), nullable=False),
    Column("url", Text, nullable=False),
    Column("version", Text, nullable=False),
    Column("listed", JSON, nullable=False),
    Column("article_id", ForeignKey("articles.id"), index=True),
    Column("revision", Integer),
    Column("fetched", Moment, nullable=False, index=True),
    Column("file", String(100), nullable=False, index=True),
    Column("offset", BigInteger, nullable=False),
    Column("size", Integer, nullable=False),
    Column("digest", String(64), nullable=False),
    Index("ix_evidence_link", "source", "url"),
)
stories = _table(
    "stories",
    Column("id", String(40), primary_key=True),
    Column("record", String(40), nullable=False, index=True),
    Column("revision", Integer, nullable=False),
    Column("first_seen", Moment, nullable=False),
    Column("last_seen", Moment, nullable=False, index=True),
    Column("body", JSON, nullable=False),
    Column("merged_into", String(40)),
)
story_parties = _table(
    "story_parties",
    Column("story_id", ForeignKey("stories.id"), primary_key=True),
    Column("party", String(200), primary_key=True, index=True),
)
story_articles = _table(
    "story_articles",
    Column("story_id", ForeignKey("stories.id"), primary_key=True),
    Column("url", Text, primary_key=True, index=True),
)
alerts = _table(
    "alerts",
    Column("id", String(40), primary_key=True),
    Column("story_id", ForeignKey("stories.id"), index=True),
    Column("revision", Integer, nullable=False),
    Column("kind", String(20), nullable=False),
    Column("decided", Moment, nullable=False, index=True),
    Column("body", JSON, nullable=False),
)
deliveries = _table(
    "deliveries",
    Column("id", String(40), primary_key=True),
    Column("alert_id", ForeignKey("alerts.id"), nullable=False, index=True),
    Column("story_id", ForeignKey("stories.id")),
    Column("revision", Integer, nullable=False),
    Column("reminder", Integer, nullable=False, server_default="0"),
    Column("channel", String(100), nullable=False),
    Column("recipient", Text, nullable=False),
    Column("watchlists", JSON, nullable=False),
    Column("state", String(20), nullable=False),
    Column("reason", Text, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("fence", Integer, nullable=False),
    Column("created", Moment, nullable=False),
    Column("not_before", Moment),
    Column("lease_until", Moment),
    Column("settled", Moment),
    Column("reference", Text),
    Column("due", Moment),
    Column("waits", Text, nullable=False, server_default=""),
    Column("batch", Text),
    Column("message", String(40), index=True),
    Column("timing", JSON),
    Column("remind_at", Moment),
    Column("replayed", Integer, nullable=False, server_default="0"),
    UniqueConstraint("recipient", "channel", "story_id", "revision", "reminder"),
    Index("ix_deliveries_due", "channel", "state", "not_before"),
    Index("ix_deliveries_recipient", "channel", "recipient", "settled"),
    Index("ix_deliveries_story", "story_id"),
    Index("ix_deliveries_remind", "remind_at"),
)
told_too = _table(
    "told_too",
    Column("story_id", ForeignKey("stories.id"), primary_key=True),
    Column("delivery_id", ForeignKey("deliveries.id", ondelete="CASCADE"), primary_key=True),
)
tries = _table(
    "tries",
    Column("delivery_id", ForeignKey("deliveries.id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("started", Moment, nullable=False),
    Column("ended", Moment),
    Column("answer", Text),
)
rulings = _table(
    "rulings",
    Column("id", String(40), primary_key=True),
    Column("made", Moment, nullable=False),
    Column("body", JSON, nullable=False),
)
ruled_stories = _table(
    "ruled_stories",
    Column("ruling_id", ForeignKey("rulings.id"), primary_key=True),
    Column("story_id", ForeignKey("stories.id"), primary_key=True, index=True),
)
lanes = _table(
    "lanes",
    Column("channel", String(100), primary_key=True),
    Column("paused_until", Moment),
    Column("broken", Text),
    Column("failing_since", Moment),
)
expected = _table(
    "expected",
    Column("id", String(100), primary_key=True),
    Column("state", String(20), nullable=False),
    Column("since", Moment, nullable=False),
    Column("settled", Moment),
    Column("story_id", ForeignKey("stories.id")),
    Column("url", Text),
)
silences = _table(
    "silences",
    Column("id", String(40), primary_key=True),
    Column("created", Moment, nullable=False),
    Column("until", Moment, nullable=False, index=True),
    Column("body", JSON, nullable=False),
)
digests = _table(
    "digests",
    Column("channel", String(100), primary_key=True),
    Column("recipient", String(300), primary_key=True),
    Column("batch", String(200), primary_key=True),
    Column("slot", Moment, nullable=False),
)
subscribers = _table(
    "subscribers",
    Column("key", String(254), primary_key=True),
    Column("address", String(254), nullable=False),
    Column("frequency", String(20), nullable=False),
    Column("zone", String(64), nullable=False),
    Column("confirmed", Moment, nullable=False),
)
subscriptions = _table(
    "subscriptions",
    Column("key", ForeignKey("subscribers.key", ondelete="CASCADE"), primary_key=True),
    Column("watchlist", String(100), primary_key=True),
)
refusals = _table(
    "refusals",
    Column("key", String(254), primary_key=True),
    Column("watchlist", String(100), primary_key=True),
    Column("address", String(254), nullable=False),
    Column("reason", Text, nullable=False),
    Column("since", Moment, nullable=False),
)
letters = _table(
    "letters",
    Column("key", String(254), primary_key=True),
    Column("address", String(254), nullable=False),
    Column("wish", JSON, nullable=False),
    Column("asked", Moment, nullable=False),
    Column("state", String(20), nullable=False),
    Column("answer", Text, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("not_before", Moment, nullable=False),
    Column("lease_until", Moment),
)
keys = _table(
    "keys",
    Column("name", String(40), primary_key=True),
    Column("value", Text, nullable=False),
)
