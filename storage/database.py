"""Opens a database so that a commit is durable and two writers wait for each other."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import SQLAlchemyError

from spacepact.errors import SpacepactError
from storage.cleaning import clean_parameters, to_json

BUSY_SECONDS = 60
_WRITES = "spacepact_writes"
_STORY_LOCK = 0x5_9AC_E9A_C7


def journal_mode(version: tuple[int, ...]) -> str:
    """Return the journal mode that is safe with an SQLite version.

    WAL loses commits when two connections write and checkpoint at once, up to 3.51.2; mended in
    3.51.3 and in the back-ports 3.50.7 and 3.44.6 (https://www.sqlite.org/wal.html, "WAL-reset bug").
    """
    mended = version >= (3, 51, 3) or (3, 50, 7) <= version < (3, 51) or (3, 44, 6) <= version < (3, 45)
    return "WAL" if mended else "DELETE"


def open_database(url: str) -> Engine:
    """Return an engine; makes the folder of an SQLite file; raises SpacepactError where the URL is wrong.

    Its errors do not show what was being written: keys and addresses are among that.
    """
    try:
        parsed = make_url(url)
        if (make := _MAKERS.get(parsed.get_backend_name())) is not None:
            engine = make(parsed)
            clean_parameters(engine)
            return engine
    except ModuleNotFoundError:
        raise SpacepactError("database: PostgreSQL needs the extra spacepact[postgresql]") from None
    except OSError as error:
        raise SpacepactError(f"database: {error.filename}: {error.strerror}") from None
    except SQLAlchemyError:
        pass
    raise SpacepactError("database: not a database URL that is known; try sqlite:///data/spacepact.sqlite or postgresql://...")


def _open_sqlite(url: URL) -> Engine:
    if url.database and not url.database.startswith((":memory:", "file:")):
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    patient = url if "timeout" in url.query else url.update_query_dict({"timeout": str(BUSY_SECONDS)})
    engine = create_engine(patient, connect_args={"isolation_level": None}, hide_parameters=True, json_serializer=to_json)
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def _open_postgresql(url: URL) -> Engine:
    return create_engine(url.set(drivername="postgresql+psycopg"), pool_pre_ping=True, hide_parameters=True, json_serializer=to_json)


_MAKERS = {"sqlite": _open_sqlite, "postgresql": _open_postgresql}


def _prepare(connection: DBAPIConnection, _record: Any) -> None:
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA journal_mode = {journal_mode(sqlite3.sqlite_version_info)}")
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.close()


def _begin(connection: Connection) -> None:
    # Python's sqlite3 would begin late, and an upgrade from reader to writer can fail at once.
    writes = connection.get_execution_options().get(_WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def trouble(error: SQLAlchemyError) -> str:
    """Return what the database says in one line, with SQLite's own name of what it could not do to its file."""
    told = getattr(error, "orig", None) or error
    said, name = str(told).strip().partition("\n")[0], str(getattr(told, "sqlite_errorname", ""))
    return f"{said} ({name})" if name.startswith("SQLITE_IOERR") else said


@contextmanager
def writing(engine: Engine, within: Connection | None = None) -> Iterator[Connection]:
    """One transaction that writes: all or nothing, durable on return; or a part of one that is open already."""
    if within is not None:
        yield within
        return
    with engine.connect().execution_options(**{_WRITES: True}) as connection, connection.begin():
        yield connection


@contextmanager
def writing_schema(engine: Engine) -> Iterator[Connection]:
    """One transaction that may change tables; SQLite heeds no references in it, for it changes a table by making it anew."""
    with engine.connect().execution_options(**{_WRITES: True}) as connection:
        cursor = connection.connection.cursor()
        if engine.dialect.name == "sqlite":
            cursor.execute("PRAGMA foreign_keys = OFF")
        try:
            with connection.begin():
                yield connection
        finally:
            if engine.dialect.name == "sqlite":
                cursor.execute("PRAGMA foreign_keys = ON")


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """One transaction that only reads."""
    with engine.connect() as connection, connection.begin():
        yield connection


def lock_stories(connection: Connection) -> None:
    """Let only one transaction at a time decide about stories (SQLite has one writer anyway)."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _STORY_LOCK})
