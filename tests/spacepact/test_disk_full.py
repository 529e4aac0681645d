"""G3: the disk is full. Nothing is lost or broken, operators hear of it without a disk, and all goes on when there is room."""

from __future__ import annotations

import asyncio
import os
import shutil
import sqlite3
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml
from sqlalchemy import Connection, Engine, insert
from sqlalchemy.exc import IntegrityError

from spacepact.disks import Disk, low, review
from spacepact.room import AGAIN, EVERY, SUBJECT, Room
from spacepact.settings import Watch
from spacepact.tidings import Tidings
from storage import disks, no_room, review_disks
from storage.tables import keys

if TYPE_CHECKING:
    from conftest import House, Service


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 6 MB, as real as any."""
    disk = tmp_path / "data"
    disk.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=6m", "none", str(disk)], capture_output=True, check=False)
    if mounted.returncode:
        pytest.skip("only root may mount a small file system here")
    yield disk
    subprocess.run(["umount", "-l", str(disk)], check=True)


def fill(disk: Path) -> Path:
    """Leave not a byte."""
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as file:
        for size in (65_536, 512, 1):
            try:
                while True:
                    file.write(b"x" * size)
            except OSError:
                continue
    return filler


def health(house: House) -> str:
    with urllib.request.urlopen(f"http://127.0.0.1:{house.port}/health", timeout=60) as answer:
        return str(answer.read().decode())


def titles(house: House) -> list[str]:
    return [m.title for m in house.receivers.received if m.kind == "mail"]


def test_g3_a_full_disk_loses_nothing_and_operators_hear_of_it(house: House, small_disk: Path) -> None:
    house.build(every="1s")
    settings = yaml.safe_load((house.config / "settings.yaml").read_text())
    settings["alerts"]["operators"] = ["mail"]
    settings["watch"] = {"disk_percent": 0, "disk_megabytes": 0}  # the small disk would be called nearly full from the start
    house.write("settings.yaml", settings)
    service = house.run()
    service.wait_for(lambda: len(house.receivers.received) == 2)
    filler = fill(small_disk)
    house.outlet.publish(
        "second", "CNES and KASA sign agreement", "CNES and KASA signed a framework agreement on space science cooperation on Friday."
    )
    service.wait_for(lambda: SUBJECT in titles(house))
    service.wait_for(lambda: "nothing can be kept" in health(house))
    assert '"degraded"' in health(house)
    time.sleep(2 * EVERY.total_seconds())
    assert titles(house).count(SUBJECT) == 1, "once"
    said = service.log.read_text()
    assert "Traceback" not in said
    assert said.count("nothing can be kept: ") <= 2, said
    asked = house.outlet.requests["/feed"]
    time.sleep(5)
    assert house.outlet.requests["/feed"] <= asked + 1, "no outlet is asked in vain"
    filler.unlink()
    begun = time.monotonic()
    service.wait_for(lambda: any("KASA" in title for title in titles(house)))
    assert time.monotonic() - begun < 60
    service.wait_for(lambda: AGAIN in titles(house))
    service.wait_for(lambda: '"ok"' in health(house))
    whole(house, service)


def whole(house: House, service: Service) -> None:
    """Stop; everything was told once, and the database is sound."""
    service.wait_for(lambda: not house.store.reading.totals().get("pending"))
    service.stop()
    arrived = [(m.kind, m.recipient, m.key) for m in house.receivers.received]
    assert len(arrived) == len(set(arrived)), "nothing came twice"
    assert len([one for one in arrived if one[0] == "webhook"]) == 2, "each story once"
    with sqlite3.connect(house.home / "data" / "test.sqlite") as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_g3_a_start_on_a_full_disk_is_one_line(house: House, small_disk: Path) -> None:
    house.spacepact("crawl")
    fill(small_disk)
    ended = house.spacepact("run")
    assert ended.returncode == 1
    assert ended.stderr.splitlines()[-1] == f"spacepact: database: {small_disk}: {os.strerror(28)}"
    assert "Traceback" not in ended.stderr


def test_an_error_of_the_database_shows_nothing_that_was_written(database: Engine) -> None:
    with pytest.raises(IntegrityError) as raised, database.begin() as connection:
        connection.execute(insert(keys), [{"name": "a", "value": "the secret"}, {"name": "a", "value": "the secret"}])
    assert "the secret" not in str(raised.value)


def test_what_has_room_has_no_trouble(database: Engine, tmp_path: Path) -> None:
    assert no_room(database, [tmp_path, tmp_path / "not yet made"]) is None


def test_a_full_disk_is_named_with_its_directory(database: Engine, small_disk: Path) -> None:
    filler = fill(small_disk)
    assert no_room(database, [small_disk]) == f"{small_disk}: {os.strerror(28)}"
    filler.unlink()
    assert no_room(database, [small_disk]) is None


def test_operators_hear_once_of_each_outage_however_long_and_again_of_its_end() -> None:
    said: list[str] = []
    answers = iter(["full", "full", "full", None, None, "full"])
    reached = iter([False, True, True])
    moment = datetime(2026, 11, 23, 12, tzinfo=UTC)

    async def shout(key: str, subject: str, text: str) -> bool:
        said.append(f"{subject} {key[:4]} {'full' in text}")
        return next(reached)

    room = Room(lambda: next(answers), shout, lambda _, subject, __: said.append(subject), lambda: moment)

    async def life() -> None:
        nonlocal moment
        for _ in range(6):
            assert room.due()
            await room.check()
            assert not room.due()
            moment += EVERY + timedelta(seconds=1)

    asyncio.run(life())
    lost = f"{SUBJECT} full True"
    assert said == [lost, lost, AGAIN, lost], "told again only until it reached somebody"


GIB = 2**30
WATCH = Watch()


def test_a_disk_is_low_below_five_percent_or_500_megabytes() -> None:
    big, small, fine = Disk("/big", 40 * GIB, 1000 * GIB), Disk("/small", GIB // 4, GIB), Disk("/fine", 60 * GIB, 1000 * GIB)
    assert [disk.directory for disk in low([big, small, fine], WATCH)] == ["/big", "/small"]
    assert low([big, small], Watch(disk_percent=0, disk_megabytes=0)) == []
    assert big.words == "/big: 42,950 MB of 1,073,742 MB are free (4.0 %)"


def test_a_low_disk_is_told_once_then_again_while_it_lasts_and_when_there_is_room_again() -> None:
    start, lows, told = datetime(2026, 11, 23, 12, tzinfo=UTC), {}, []
    full, edge, free = (Disk("/data", percent * GIB, 100 * GIB) for percent in (4, 5, 9))
    for days, disk in ((0, free), (1, full), (1.5, full), (2, full), (3, full), (9, full), (10, edge), (11, free), (12, free)):
        lows, tidings = review([disk], lows, WATCH, start + timedelta(days=days))
        if tidings:
            told.append((days, tidings.subject))
    low_, well = "A disk is nearly full", "There is room on the disk again"
    assert told == [(1, low_), (2, low_), (9, low_), (11, well)], "at the limit itself it is not yet well"
    assert lows == {}


def test_disks_are_remembered_in_the_transaction_that_tells(database: Engine, tmp_path: Path) -> None:
    now, told = datetime(2026, 11, 23, 12, tzinfo=UTC), []
    found = disks(database, [tmp_path, tmp_path / "not yet made"])
    assert [disk.directory for disk in found] == [str(tmp_path)], "one disk, once"
    assert 0 < found[0].free <= found[0].size == shutil.disk_usage(tmp_path).total

    def look(tell: Callable[[Connection, Tidings], object]) -> None:
        review_disks(database, lambda known: review(found, known, Watch(disk_percent=100), now), tell)

    def fail(*_: object) -> None:
        raise OSError("no room")

    with pytest.raises(OSError, match="no room"):
        look(fail)
    for _ in range(3):
        look(lambda _, tidings: told.append(tidings.text))
    assert len(told) == 1, "what could not be told is told later; what was told is known after a restart"
    assert found[0].words in told[0]


def test_operators_hear_of_a_disk_before_it_is_full(house: House, small_disk: Path) -> None:
    house.build(every="1s")
    settings = yaml.safe_load((house.config / "settings.yaml").read_text())
    settings["alerts"]["operators"] = ["mail"]
    house.write("settings.yaml", settings | {"watch": {"every": "1s", "disk_percent": 40, "disk_megabytes": 1}})
    service = house.run()
    service.wait_for(lambda: len(house.receivers.received) == 2)
    assert '"ok"' in health(house)
    (small_disk / "filler").write_bytes(b"x" * 4_000_000)
    service.wait_for(lambda: "A disk is nearly full" in titles(house))
    assert f"nearly full: {small_disk}: " in health(house)
    (small_disk / "filler").unlink()
    service.wait_for(lambda: "There is room on the disk again" in titles(house))
    assert titles(house).count("A disk is nearly full") == 1
    assert '"ok"' in health(house)
    service.stop()
