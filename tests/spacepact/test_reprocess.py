"""Kept pages are read anew; stories are set right and nobody is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import update

from spacepact.cooperation import Classification
from storage.tables import articles

if TYPE_CHECKING:
    from conftest import House


def test_a_page_is_read_anew_and_nothing_is_sent(house: House) -> None:
    house.outlet.publish("calm", "A quiet week in the test hall", "The hall was painted green.")
    house.spacepact("crawl")
    none = Classification(cooperation=False, score=0.0, scope="none").model_dump(mode="json")
    with house.store.engine.begin() as connection:
        where = articles.c.url.like("%/lupex")
        connection.execute(update(articles).where(where).values(text="half of it", fingerprint="", score=0, classification=none))
    dry = house.spacepact("reprocess", "--dry-run", "--processes", "1")
    assert (dry.returncode, "1 read otherwise, 1 the same; nothing was changed" in dry.stderr) == (0, True), dry.stderr
    before = house.store.reading.totals()
    done = house.spacepact("reprocess", "--since", "1d", "--source", "outlet", "--processes", "2")
    assert done.returncode == 0
    assert "2 pages: 1 read otherwise, 1 the same" in done.stderr
    after = house.store.reading.totals()
    assert after["cooperation"] == before["cooperation"] + 1
    found = house.store.reading.article(f"{house.outlet.base}/lupex")
    assert found
    assert "JAXA provides the rover" in found.article.text
    assert found.article.revision == 1
    assert after.get("pending", 0) == before.get("pending", 0)
    house.spacepact("crawl")
    house.spacepact("deliver")
    assert sorted(m.kind for m in house.receivers.received) == ["mail", "webhook"], "the alert of the first crawl, once"


def test_a_source_that_nobody_knows_is_wrong_use(house: House) -> None:
    ended = house.spacepact("reprocess", "--source", "outlte")
    assert (ended.returncode, ended.stdout) == (2, "")
    assert "no source is called 'outlte'; did you mean 'outlet'?" in ended.stderr


def test_a_wrong_length_of_time_is_wrong_use(house: House) -> None:
    ended = house.spacepact("reprocess", "--since", "soon")
    assert ended.returncode == 2
    assert "write it like 30m, 2h or 1d" in ended.stderr


def test_a_page_that_is_lost_is_counted_and_the_rest_goes_on(house: House) -> None:
    house.spacepact("crawl")
    for file in (house.home / "data" / "evidence").iterdir():
        file.unlink()
    ended = house.spacepact("reprocess", "--processes", "1")
    assert ended.returncode == 1
    assert "1 pages: 1 page missing" in ended.stderr
