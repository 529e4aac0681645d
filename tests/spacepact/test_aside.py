"""The process that keeps pages: it may be killed at any moment, and it ends with the one that started it."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import psutil
import pytest

from spacepact.article import Article, Link
from spacepact.aside import Aside
from spacepact.bootstrap import make_app
from spacepact.errors import SpacepactError
from spacepact.keeping import Keeper
from spacepact.round import Finding, Outcome, Rejected
from storage import Store

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
MANY = 400


def finding(number: int) -> Finding:
    url = f"https://a.example/{number}"
    return Finding("a", Link(url=url), Article(url=url, source="a", title=f"Rain {number}", text=f"It rains {number}.", fetched=NOW))


@pytest.fixture
def store(draft_config: Path) -> Store:
    return make_app(draft_config, {}).migrated().store


def kept(store: Store) -> int:
    return store.reading.totals().get("articles", 0)


def workers() -> list[psutil.Process]:
    return [p for p in psutil.Process().children(recursive=True) if any("spawn_main" in word for word in p.cmdline())]


def wait_for(true: Callable[[], object], seconds: float = 120) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_killed_on_the_way_it_loses_nothing_and_doubles_nothing(draft_config: Path, store: Store) -> None:
    aside = Aside(draft_config)
    keeper = Keeper(aside)

    async def life() -> list[Outcome]:
        pages = [asyncio.ensure_future(keeper.keep(*finding(n))) for n in range(MANY)]
        for last in (0, MANY // 2):
            await pages[last]
            for worker in workers():
                worker.kill()
        return await asyncio.gather(*pages)

    try:
        ends = asyncio.run(life())
    finally:
        aside.close()
    assert set(ends) <= {"new", "known"}, "known: it was kept, and the answer was lost"
    assert kept(store) == MANY
    assert workers() == []


def test_a_page_that_was_with_the_dead_process_is_told_to_be_owed(draft_config: Path, store: Store) -> None:
    aside = Aside(draft_config)

    async def life() -> None:
        assert await aside([finding(1)]) == ["new"]
        task = asyncio.ensure_future(aside([finding(n) for n in range(2, MANY)]))
        await asyncio.sleep(0.01)
        for worker in workers():
            worker.kill()
        with pytest.raises(SpacepactError, match="the process that keeps pages died"):
            await task
        assert await aside([finding(1), Finding("a", Link(url="https://a.example/x"), Rejected(reason="empty"))]) == ["known", "rejected"]

    try:
        asyncio.run(life())
    finally:
        aside.close()
    assert kept(store) == 1, "all of a transaction or nothing"


def test_one_that_hangs_is_ended_and_another_goes_on(draft_config: Path, store: Store) -> None:
    aside = Aside(draft_config, silence=60)

    async def life() -> None:
        assert await aside([finding(1)]) == ["new"]
        aside._silence = 1
        for worker in workers():
            worker.suspend()
        with pytest.raises(SpacepactError, match="fell silent"):
            await aside([finding(2)])
        aside._silence = 60
        assert await aside([finding(2)]) == ["new"]

    try:
        asyncio.run(life())
    finally:
        aside.close()
    assert kept(store) == 2


PARENT = """
import asyncio, os, signal, sys
from pathlib import Path
from spacepact.aside import Aside
from tests.spacepact.test_aside import finding
if __name__ == "__main__":
    asyncio.run(Aside(Path(sys.argv[1]))([finding(1)]))
    print("kept", flush=True)
    signal.pause()
"""


def test_it_ends_with_the_process_that_started_it(draft_config: Path, store: Store, tmp_path: Path) -> None:
    script = tmp_path / "parent.py"
    script.write_text(PARENT)
    root = Path(__file__).parents[2]
    command = [sys.executable, str(script), str(draft_config)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env={"PYTHONPATH": str(root), "PATH": "/usr/bin:/bin"}) as parent:
        assert parent.stdout
        assert parent.stdout.readline() == b"kept\n"
        left = psutil.Process(parent.pid).children(recursive=True)
        assert left
        parent.kill()
    wait_for(lambda: not [p for p in left if p.is_running() and p.status() != psutil.STATUS_ZOMBIE])
    assert kept(store) == 1
