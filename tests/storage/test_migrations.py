from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, event, inspect, select, text

from storage import journal_mode, migrate, open_database
from storage.migrate import alembic_config
from storage.tables import deliveries, metadata


def test_the_migrations_make_exactly_the_tables(database: Engine) -> None:
    with database.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_migrating_twice_changes_nothing(database: Engine) -> None:
    before = inspect(database).get_table_names()
    migrate(database)
    assert inspect(database).get_table_names() == before


def test_a_start_with_the_newest_schema_writes_nothing(database: Engine) -> None:
    said: list[str] = []
    event.listen(database, "before_cursor_execute", lambda *words: said.append(words[2]))
    migrate(database)
    assert {statement.split()[0] for statement in said} <= {"BEGIN", "SELECT", "PRAGMA"}
    assert "foreign_key_check" not in " ".join(said)


def test_a_ledger_of_the_first_schema_is_kept_whole(database: Engine) -> None:
    config = alembic_config()
    with database.connect() as connection, connection.begin():
        metadata.drop_all(connection)
        connection.execute(text("DROP TABLE alembic_version"))
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        at = {"now": datetime(2026, 5, 12, tzinfo=UTC)} if database.dialect.name == "postgresql" else {"now": "2026-05-12 00:00:00.000000"}
        for line in (
            "INSERT INTO stories VALUES ('s', 'r', 1, :now, :now, '{}')",
            "INSERT INTO alerts VALUES ('a', 's', 1, 'first-report', :now, '{}')",
            """INSERT INTO deliveries
                (id, alert_id, story_id, revision, channel, recipient, watchlists, state, reason, tries, fence, created)
                VALUES ('d', 'a', 's', 1, 'mail', 'x', '[]', 'sent', 'first-report', 1, 1, :now)""",
            "INSERT INTO tries VALUES ('d', 1, :now, NULL, NULL)",
        ):
            connection.execute(text(line), at)
    migrate(database)
    with database.connect() as connection:
        assert connection.execute(select(deliveries.c.message, deliveries.c.due, deliveries.c.reminder)).one() == (
            "d",
            datetime(2026, 5, 12, tzinfo=UTC),
            0,
        )
        assert connection.scalar(text("SELECT count(*) FROM tries")) == 1


@pytest.mark.parametrize(
    ("version", "mode"),
    [
        ((3, 40, 1), "DELETE"),
        ((3, 44, 5), "DELETE"),
        ((3, 44, 6), "WAL"),
        ((3, 45, 0), "DELETE"),
        ((3, 50, 7), "WAL"),
        ((3, 51, 2), "DELETE"),
        ((3, 51, 3), "WAL"),
        ((3, 54, 0), "WAL"),
    ],
)
def test_g8_wal_only_where_the_reset_bug_is_mended(version: tuple[int, ...], mode: str) -> None:
    assert journal_mode(version) == mode


def test_sqlite_commits_are_durable(tmp_path: Path) -> None:
    engine = open_database(f"sqlite:///{tmp_path / 'x.sqlite'}")
    with engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
    engine.dispose()
