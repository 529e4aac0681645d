"""Is there room to keep anything, and how much?"""

from __future__ import annotations

import os
import platform
import shutil
import tempfile
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from sqlalchemy import Connection, Engine, make_url, select
from sqlalchemy.exc import SQLAlchemyError

from spacepact.disks import LOWS, Disk, Low
from spacepact.noun import stable_id
from spacepact.tidings import Tidings
from storage.database import trouble, writing
from storage.tables import keys
from storage.upsert import upsert

SPARE = 1_000_000
"""Bytes that must be free beside what is kept: less would fail at the next page."""

Review = Callable[[Mapping[str, Low]], tuple[Mapping[str, Low], Tidings | None]]
"""Says which disks are low now, and what operators are to be told of it."""


def no_room(engine: Engine, directories: Iterable[Path] = ()) -> str | None:
    """Try to keep a little, durably; return why nothing can be kept, None where it can."""
    for directory in _places(engine, directories):
        if (why := _full(directory)) is not None:
            return why
    try:
        with writing(engine) as connection:
            upsert(connection, keys, {"name": "room"}, {"value": os.urandom(8).hex()})
    except SQLAlchemyError as error:
        return f"the database cannot be written to ({trouble(error)[:200]})"
    return None


def disks(engine: Engine, directories: Iterable[Path] = ()) -> list[Disk]:
    """Return the disks of an SQLite file and of some directories, each disk once."""
    found: dict[int, Disk] = {}
    for directory in _places(engine, directories):
        usage = shutil.disk_usage(directory)
        found.setdefault(directory.stat().st_dev, Disk(str(directory), usage.free, usage.total))
    return list(found.values())


def review_disks(engine: Engine, review: Review, tell: Callable[[Connection, Tidings], object]) -> Tidings | None:
    """Keep which disks of this machine are low, and hand on what is to be told, in one transaction: each change is told once."""
    name = f"disks {stable_id(platform.node())}"
    with writing(engine) as connection:
        kept = connection.scalar(select(keys.c.value).where(keys.c.name == name))
        known = LOWS.validate_json(kept) if kept else {}
        lows, tidings = review(known)
        if lows != known:
            upsert(connection, keys, {"name": name}, {"value": LOWS.dump_json(dict(lows)).decode()})
        if tidings:
            tell(connection, tidings)
    return tidings


def _places(engine: Engine, directories: Iterable[Path]) -> list[Path]:
    file = make_url(engine.url).database if engine.dialect.name == "sqlite" else None
    beside = [Path(file).parent] if file and file != ":memory:" else []
    return [directory for directory in (*beside, *directories) if directory.is_dir()]


def _full(directory: Path) -> str | None:
    try:
        with tempfile.TemporaryFile(dir=directory) as file:
            os.posix_fallocate(file.fileno(), 0, SPARE)
    except OSError as error:
        return f"{directory}: {error.strerror}"
    return None
