"""Many pages, one transaction: all are kept, or those that can be; what came after a broken disk is still owed."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import Engine, event
from sqlalchemy.exc import OperationalError

from spacepact.article import Article, Link
from spacepact.cooperation import Classification
from spacepact.keeping import MOST, Keeper, here
from spacepact.pipeline import Processor
from spacepact.round import Outcome, Rejected
from spacepact.story import Decision
from storage import Store

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
QUIET = Classification(cooperation=False, score=0.1, scope="none")


class Reader:
    """A classifier that stumbles over one page, and over every one while the database is away."""

    away = False

    def classify(self, title: str, text: str, **_: object) -> Classification:
        if self.away:
            raise OperationalError("SELECT 1", {}, Exception("the database is away"))
        if "stumble" in text:
            raise ValueError(f"{title} cannot be read")
        return QUIET


class House:
    """A keeper over a real database; counts what was committed."""

    def __init__(self, engine: Engine) -> None:
        self.store, self.reader, self.commits = Store(engine), Reader(), 0
        reader: Any = self.reader
        processor = Processor(self.store, reader, lambda *_, **__: Decision(), lambda: NOW)
        self.keeper = Keeper(here(lambda: processor))
        event.listen(engine, "commit", self._count)

    def _count(self, _: object) -> None:
        self.commits += 1

    def keep(self, texts: Sequence[str]) -> list[Outcome | BaseException]:
        async def all_at_once() -> list[Outcome | BaseException]:
            return await asyncio.gather(*(self.one(n, text) for n, text in enumerate(texts)), return_exceptions=True)

        return asyncio.run(all_at_once())

    async def one(self, number: int, text: str) -> Outcome:
        url = f"https://a.example/{number}"
        article = Article(url=url, source="a", title=f"T{number}", text=text, fetched=NOW)
        return await self.keeper.keep("a", Link(url=url), article if text else Rejected(reason="empty"))

    def kept(self) -> int:
        return self.store.reading.totals()["articles"]


@pytest.fixture
def house(database: Engine) -> House:
    return House(database)


def test_what_waits_together_is_kept_together(house: House) -> None:
    before = house.commits
    ends = house.keep([f"words {n}" for n in range(MOST)] + [""])
    assert ends == ["new"] * MOST + ["rejected"]
    assert house.commits - before == 2, "a full batch, and what was over"
    assert house.kept() == MOST


def test_one_page_that_cannot_be_kept_harms_no_other(house: House) -> None:
    ends = house.keep(["rain", "stumble", "sun"])
    assert [ends[0], ends[2]] == ["new", "new"]
    assert isinstance(ends[1], ValueError)
    assert house.kept() == 2
    assert house.keep(["rain", "wind", "sun"]) == ["known", "new", "known"], "it is looked at again"


def test_while_the_database_is_away_each_page_hears_of_it_and_is_kept_later(house: House) -> None:
    house.reader.away = True
    assert all(isinstance(end, OperationalError) for end in house.keep(["rain", "sun"]))
    assert house.kept() == 0
    house.reader.away = False
    assert house.keep(["rain", "sun"]) == ["new", "new"]


def test_two_links_to_one_article_in_one_batch_are_one_article(house: House) -> None:
    async def twice() -> list[Outcome]:
        return await asyncio.gather(house.one(1, "rain"), house.one(1, "rain"), house.one(1, "rain\nsun"))

    assert asyncio.run(twice()) == ["new", "known", "revised"]
    assert house.kept() == 1


def test_a_visit_that_is_broken_off_leaves_the_pages_of_others_alone(house: House) -> None:
    async def broken_off() -> Outcome:
        gone, stays = asyncio.create_task(house.one(1, "rain")), asyncio.create_task(house.one(2, "sun"))
        await asyncio.sleep(0)
        gone.cancel()
        return await stays

    assert asyncio.run(broken_off()) == "new"
