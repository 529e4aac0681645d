"""Brings a database to the schema of this version."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import OperationalError

from spacepact.errors import SpacepactError
from storage.database import trouble, writing_schema

log = logging.getLogger(__name__)

PAUSES = (0.2, 1.0, 3.0)
"""Seconds before each further try where SQLite cannot read its file: another process may be mending it after a kill."""
_SCHEMA_LOCK = 0x5_9AC_E5C_8E3A


def alembic_config() -> Config:
    """Return Alembic's settings; there is no alembic.ini to keep in step."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")))
    return config


def migrate(engine: Engine, pauses: Sequence[float] = PAUSES) -> None:
    """Upgrade to the newest schema in one transaction: after a crash the old or the new one stands."""
    for pause in pauses:
        try:
            _upgrade(engine)
        except OperationalError as error:
            if "SQLITE_IOERR" not in trouble(error):
                raise
            log.warning("database: %s; another try in %g s", trouble(error), pause)
            engine.dispose()
            time.sleep(pause)
        else:
            return
    _upgrade(engine)


def _upgrade(engine: Engine) -> None:
    config = alembic_config()
    if _is_newest(engine, config):
        return
    with _whole(engine) as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def _is_newest(engine: Engine, config: Config) -> bool:
    """Say whether there is nothing to do: most starts find the schema of this version, and need no check of all references."""
    with engine.connect() as connection:
        heads = MigrationContext.configure(connection).get_current_heads()
    return set(heads) == set(ScriptDirectory.from_config(config).get_heads())


@contextmanager
def _whole(engine: Engine) -> Iterator[Connection]:
    """One transaction in which SQLite may make a table anew that others refer to; the references are checked at its end."""
    with writing_schema(engine) as connection:
        if engine.dialect.name == "postgresql":  # services that start together wait for the first of them
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _SCHEMA_LOCK})
        yield connection
        if engine.dialect.name == "sqlite" and (lost := connection.exec_driver_sql("PRAGMA foreign_key_check").first()):
            raise SpacepactError(f"database: a row of {lost[0]} refers to nothing; the schema stays as it was")
