from __future__ import annotations

import asyncio
import logging
import threading

import pytest
from sqlalchemy.exc import OperationalError

from spacepact.dispatch import EmbeddedDispatcher
from spacepact.schedule import Clock


def test_one_at_a_time_for_each_key_and_a_limit_for_each_kind() -> None:
    running: list[str] = []
    most: list[int] = []

    async def work(key: str) -> None:
        running.append(key)
        most.append(len(running))
        await asyncio.sleep(0.02)
        running.remove(key)

    async def main() -> None:
        dispatcher = EmbeddedDispatcher({"crawl": work}, {"crawl": 2})
        assert [dispatcher.submit("crawl", key) for key in ("a", "a", "b", "c", "b")] == [True, False, True, True, False]
        assert await dispatcher.drain(5) == 0
        assert dispatcher.submit("crawl", "a")
        await dispatcher.drain(5)

    asyncio.run(main())
    assert max(most) == 2
    assert len(most) == 4


def test_a_failure_ends_neither_the_others_nor_the_next_try(caplog: pytest.LogCaptureFixture) -> None:
    done: list[str] = []

    async def work(key: str) -> None:
        if key == "bad":
            raise ValueError("no")
        if key == "full":
            raise OperationalError("INSERT", {}, OSError("disk is full"))
        done.append(key)

    async def main() -> None:
        dispatcher = EmbeddedDispatcher({"deliver": work}, {})
        for _ in range(2):
            assert all(dispatcher.submit("deliver", key) for key in ("bad", "full", "good"))
            await dispatcher.drain(5)

    with caplog.at_level(logging.ERROR):
        asyncio.run(main())
    assert done == ["good", "good"]
    assert sum("bad failed" in r.message for r in caplog.records) == 2
    assert sum("disk is full" in r.message and not r.exc_info for r in caplog.records) == 2


def test_work_that_does_not_end_is_cut_off() -> None:
    async def main() -> int:
        dispatcher = EmbeddedDispatcher({"deliver": lambda _: asyncio.sleep(60)}, {})
        dispatcher.submit("deliver", "slow")
        return await dispatcher.drain(0.05)

    assert asyncio.run(main()) == 1


def test_the_clock_asks_at_every_tick_and_survives_a_database_in_trouble() -> None:
    asked = 0
    submitted: list[str] = []

    class Recorder:
        def submit(self, kind: str, key: str) -> bool:
            submitted.append(f"{kind} {key}")
            return True

    def due() -> list[str]:
        nonlocal asked
        asked += 1
        if asked == 1:
            raise OperationalError("SELECT", {}, OSError("locked"))
        return ["nasa"]

    async def main() -> None:
        clock = Clock(Recorder(), {"crawl": due}, 0.05)
        clock.start()
        await asyncio.sleep(0.5)
        clock.stop()

    asyncio.run(main())
    assert asked >= 3
    assert set(submitted) == {"crawl nasa"}


def test_a_stop_in_the_middle_of_a_question_is_silent(caplog: pytest.LogCaptureFixture) -> None:
    asking, answer = threading.Event(), threading.Event()

    def due() -> list[str]:
        asking.set()
        answer.wait(5)
        return []

    async def main() -> None:
        clock = Clock(EmbeddedDispatcher({}, {}), {"crawl": due}, 0.05)
        clock.start()
        await asyncio.to_thread(asking.wait, 5)
        clock.stop()
        await asyncio.sleep(0.1)
        answer.set()

    asyncio.run(main())
    assert asking.is_set()
    assert [record.getMessage() for record in caplog.records if record.levelname == "ERROR"] == []
