"""Is there room to keep anything?"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable
from pathlib import Path

from sqlalchemy import Engine, make_url
from sqlalchemy.exc import SQLAlchemyError

from storage.database import writing
from storage.tables import keys
from storage.upsert import upsert

SPARE = 1_000_000
"""Bytes that must be free beside what is kept: less would fail at the next page."""


def no_room(engine: Engine, directories: Iterable[Path] = ()) -> str | None:
    """Try to keep a little, durably; return why nothing can be kept, None where it can."""
    file = make_url(engine.url).database if engine.dialect.name == "sqlite" else None
    for directory in [*([Path(file).parent] if file and file != ":memory:" else []), *directories]:
        if (why := _full(directory)) is not None:
            return why
    try:
        with writing(engine) as connection:
            upsert(connection, keys, {"name": "room"}, {"value": os.urandom(8).hex()})
    except SQLAlchemyError as error:
        return f"the database cannot be written to ({str(getattr(error, 'orig', None) or error).strip().splitlines()[0][:200]})"
    return None


def _full(directory: Path) -> str | None:
    if not directory.is_dir():
        return None
    try:
        with tempfile.TemporaryFile(dir=directory) as file:
            os.posix_fallocate(file.fileno(), 0, SPARE)
    except OSError as error:
        return f"{directory}: {error.strerror}"
    return None
