"""Disks that fail, files that others hold, processes that die while the schema changes."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import Engine, inspect, text
from sqlalchemy.exc import OperationalError

from storage import Store, migrate, open_database
from storage.database import writing_schema
from storage.migrate import alembic_config

WRITER = """
import sys
from sqlalchemy.exc import SQLAlchemyError
from storage import Store, open_database
store = Store(open_database(sys.argv[1]))
for name in map(str, range(20)):
    for again in range(3):
        try:
            print("kept" if store.subscribers.key(name, lambda: "v" + name) == "v" + name else "other", name, flush=True)
            break
        except SQLAlchemyError as error:
            print("failed", name, flush=True)
"""
CROWD = """
import os, sys, time
from storage import Store, open_database
store, end, mine = Store(open_database(sys.argv[1])), time.monotonic() + float(sys.argv[2]), 0
while time.monotonic() < end:
    name = f"{os.getpid()}-{mine}"
    assert store.subscribers.key(name, lambda: name * 20) == name * 20
    mine += 1
    if mine % 10 == 0:
        with store.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
print(mine)
"""
MIGRATION = "import sys; from storage import migrate, open_database; migrate(open_database(sys.argv[1]))"


@pytest.fixture(scope="module")
def failing_fsync(tmp_path_factory: pytest.TempPathFactory) -> Path:
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None:
        pytest.skip("no C compiler: fsync cannot be made to fail")
    library = tmp_path_factory.mktemp("fsync") / "fsync.so"
    subprocess.run([compiler, "-shared", "-fPIC", "-o", str(library), str(Path(__file__).with_name("fsync.c"))], check=True)
    return library


@pytest.mark.parametrize("nth", range(1, 9))
def test_g4_a_failed_fsync_is_reported_and_redone_never_acknowledged(tmp_path: Path, failing_fsync: Path, nth: int) -> None:
    url = f"sqlite:///{tmp_path / 'x.sqlite'}"
    migrate(open_database(url))
    env = os.environ | {"LD_PRELOAD": str(failing_fsync), "FSYNC_FAILS": str(nth)}
    ended = subprocess.run([sys.executable, "-c", WRITER, url], env=env, capture_output=True, text=True, timeout=240, check=False)
    assert ended.returncode == 0, ended.stderr
    said = [line.split() for line in ended.stdout.splitlines()]
    assert sum(word == "failed" for word, _ in said) <= 1
    assert [name for word, name in said if word == "kept"] == [str(n) for n in range(20)], "all acknowledged in the end"
    with sqlite3.connect(tmp_path / "x.sqlite") as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert connection.execute("SELECT count(*) FROM keys").fetchone() == (20,)


def test_g4_the_fault_is_really_made(tmp_path: Path, failing_fsync: Path) -> None:
    url = f"sqlite:///{tmp_path / 'x.sqlite'}"
    migrate(open_database(url))
    failed = 0
    for nth in range(1, 5):
        env = os.environ | {"LD_PRELOAD": str(failing_fsync), "FSYNC_FAILS": str(nth)}
        failed += (
            "failed" in subprocess.run([sys.executable, "-c", WRITER, url], env=env, capture_output=True, text=True, check=True).stdout
        )
        with sqlite3.connect(tmp_path / "x.sqlite") as connection:
            connection.execute("DELETE FROM keys")
    assert failed, "no transaction saw the fault"


def test_g8_three_processes_write_and_checkpoint_and_the_file_stays_whole(tmp_path: Path) -> None:
    seconds = os.environ.get("SPACEPACT_G8_SECONDS", "3")  # make faults: ten minutes, as the list of faults says
    url = f"sqlite:///{tmp_path / 'x.sqlite'}"
    migrate(open_database(url))
    crowd = [subprocess.Popen([sys.executable, "-c", CROWD, url, seconds], stdout=subprocess.PIPE, text=True) for _ in range(3)]
    acknowledged = [int(each.communicate(timeout=float(seconds) + 240)[0]) for each in crowd]
    assert min(acknowledged) > 0
    with sqlite3.connect(tmp_path / "x.sqlite") as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert connection.execute("SELECT count(*) FROM keys").fetchone() == (sum(acknowledged),)


START = """
import logging, sys
from sqlalchemy.exc import OperationalError
from storage import migrate, open_database, trouble
logging.basicConfig(format="%(message)s")
try:
    migrate(open_database(sys.argv[1]), pauses=(0.01, 0.01))
except OperationalError as error:
    sys.exit(trouble(error))
"""


@pytest.mark.parametrize(("failing", "code", "tries"), [("1", 0, 1), ("0", 1, 2)])
def test_g4_a_start_tries_again_before_it_gives_up_in_one_line(
    tmp_path: Path, failing_fsync: Path, failing: str, code: int, tries: int
) -> None:
    env = os.environ | {"LD_PRELOAD": str(failing_fsync), "FSYNC_FAILS": failing}
    start = [sys.executable, "-c", START, f"sqlite:///{tmp_path / 'x.sqlite'}"]
    ended = subprocess.run(start, env=env, capture_output=True, text=True, timeout=240, check=False)
    wrong = "disk I/O error (SQLITE_IOERR_FSYNC)"
    assert (ended.returncode, ended.stderr.splitlines()) == (code, [f"database: {wrong}; another try in 0.01 s"] * tries + [wrong] * code)
    assert "deliveries" in inspect(migrated(tmp_path)).get_table_names(), "the next start finds nothing broken"


def migrated(folder: Path) -> Engine:
    engine = open_database(f"sqlite:///{folder / 'x.sqlite'}")
    migrate(engine)
    return engine


def _hold(file: Path, seconds: float) -> threading.Thread:
    held = threading.Event()

    def hold() -> None:
        connection = sqlite3.connect(file, isolation_level=None)
        connection.execute("BEGIN EXCLUSIVE")
        held.set()
        time.sleep(seconds)
        connection.execute("ROLLBACK")
        connection.close()

    thread = threading.Thread(target=hold)
    thread.start()
    assert held.wait(10)
    return thread


def test_g5_a_writer_waits_for_another_process(tmp_path: Path) -> None:
    store = Store(open_database(f"sqlite:///{tmp_path / 'x.sqlite'}"))
    migrate(store.engine)
    holder = _hold(tmp_path / "x.sqlite", 1.5)
    assert store.subscribers.key("signing", lambda: "first") == "first"
    assert not holder.is_alive()


def test_g5_what_waited_too_long_is_reported_and_can_be_redone(tmp_path: Path) -> None:
    migrate(open_database(f"sqlite:///{tmp_path / 'x.sqlite'}"))
    store = Store(open_database(f"sqlite:///{tmp_path / 'x.sqlite'}?timeout=0.2"))
    holder = _hold(tmp_path / "x.sqlite", 1.5)
    with pytest.raises(OperationalError, match="locked"):
        store.subscribers.key("signing", lambda: "first")
    holder.join()
    assert store.subscribers.key("signing", lambda: "second") == "second", "nothing of the failed try was kept"


@pytest.mark.parametrize(("query", "why"), [("?mode=ro&uri=true", "readonly"), ("-not-one?mode=rw&uri=true", "not a database")])
def test_g5_a_file_that_cannot_be_written_is_named_in_one_line(tmp_path: Path, query: str, why: str) -> None:
    migrate(open_database(f"sqlite:///{tmp_path / 'x'}"))
    (tmp_path / "x-not-one").write_text("no database " * 100)
    config = tmp_path / "config"
    config.mkdir()
    (config / "settings.yaml").write_text(f"database: 'sqlite:///file:{tmp_path / 'x'}{query}'\n")
    said = [sys.executable, "-m", "spacepact.cli", "--config", str(config), "deliver"]
    ended = subprocess.run(said, capture_output=True, text=True, timeout=240, check=False)
    assert ended.returncode == 1
    assert ended.stderr.splitlines()[-1].startswith("spacepact: database: ")
    assert why in ended.stderr
    assert "Traceback" not in ended.stderr


@pytest.mark.parametrize("point", range(20))
def test_g10_a_killed_migration_leaves_the_old_or_the_new_schema(tmp_path: Path, point: int) -> None:
    url = f"sqlite:///{tmp_path / 'x.sqlite'}"
    engine, config = open_database(url), alembic_config()
    with writing_schema(engine) as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
    old = inspect(engine).get_table_names()
    engine.dispose()
    process = subprocess.Popen([sys.executable, "-c", MIGRATION, url])
    journal = tmp_path / "x.sqlite-journal"
    end = time.monotonic() + 30
    while not (journal.exists() or (tmp_path / "x.sqlite-wal").exists()) and process.poll() is None and time.monotonic() < end:
        time.sleep(0.001)
    time.sleep(point * 0.01)
    process.send_signal(signal.SIGKILL)
    process.wait(10)
    engine = open_database(url)
    with engine.connect() as connection:
        version = connection.scalar(text("SELECT version_num FROM alembic_version"))
        assert connection.scalar(text("PRAGMA integrity_check")) == "ok"
    assert (version == "0001") == (inspect(engine).get_table_names() == old), "all of it or nothing"
    migrate(engine)
    assert "silences" in inspect(engine).get_table_names()
    engine.dispose()
