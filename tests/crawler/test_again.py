"""Pages that somebody was told of are looked at again: silent edits are corrections, vanished pages are marked."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from spacepact.looking import AFTER, AGAIN
from storage.tables import deliveries
from tests.crawler.loopback import Crawls, Engine, Reply, Website
from tests.crawler.pages import SENTENCES, page
from tests.crawler.test_visits import DAY, HOUR, START, Desk, publish


@pytest.fixture
def told(engine: Engine, crawls: Crawls, website: Website, tmp_path: Path) -> Desk:
    """A desk whose readers were told of one article, /n0."""
    desk = Desk(engine, tmp_path / "desk.sqlite", website)
    publish(website, range(1), posted=START - HOUR)
    desk.visit()
    with desk.store.engine.begin() as connection:
        connection.execute(update(deliveries).values(state="sent", tries=1))
    website.asked.clear()
    return desk


def kinds(desk: Desk) -> Counter[str]:
    return Counter(row.kind for row in desk.store.reading.deliveries())


def test_an_alerted_page_is_looked_at_three_times_and_no_more(told: Desk, website: Website) -> None:
    for days in range(1, 21):
        told.now = START + days * DAY + HOUR
        told.visit()
    assert website.paths().count("/n0") == len(AFTER)
    assert [a.headers["accept"][:9] for a in website.asked if a.path == "/n0"] == ["text/html"] * 3
    assert kinds(told) == Counter({"first-report": 1})


def test_a_page_that_nobody_was_told_of_is_not_asked_for_again(told: Desk, website: Website) -> None:
    publish(website, range(5, 6), posted=START - 30 * DAY)
    told.visit()
    website.asked.clear()
    told.now = START + 8 * DAY
    told.visit()
    assert website.paths() == ["/feed", "/n0"]


def test_a_silent_edit_is_found_and_corrected(told: Desk, website: Website) -> None:
    website.pages["/n0"] = Reply(page("Accord 3000", sentences=("Accord 3000 is made.", *SENTENCES)))
    told.now = START + DAY
    told.visit()
    history = told.store.reading.history(url=f"{website.url}/n0")
    assert history
    assert (history.tagged.article.revision, history.tagged.article.title) == (2, "Accord 3000")
    assert [f.tagged.article.title for f in history.former] == ["Accord 1000"]
    assert history.tagged.article.published == START - HOUR, "the list's date is not forgotten"
    assert kinds(told) == Counter({"first-report": 1, "correction": 1})


NOISE = ("1,234 views", "Updated 5 minutes ago", "We use cookies to improve your visit. Read our cookie policy.", "3 shares | 12 comments")


def test_e9_counters_and_relative_times_make_no_revision(told: Desk, website: Website) -> None:
    website.pages["/n0"] = Reply(page("Accord 1000", sentences=("Accord 1000 is made.", *SENTENCES, *NOISE)))
    told.now = START + DAY
    told.visit()
    assert "/n0" in website.paths()
    history = told.store.reading.history(url=f"{website.url}/n0")
    assert history
    assert (history.tagged.article.revision, history.former) == (1, ())


GONE = {
    "404": Reply("no such page", 404),
    "410": Reply("gone", 410),
    "soft 404": Reply(page("Page not found", sentences=("Nothing is here.",))),
    "front page": Reply("", 301, {"Location": "/"}),
}


@pytest.mark.parametrize("answer", GONE)
def test_a_page_that_is_missing_twice_is_gone_and_those_who_were_told_hear_of_it(told: Desk, website: Website, answer: str) -> None:
    website.pages["/n0"] = GONE[answer]
    website.pages["/"] = Reply(page("Orbit Post", sentences=SENTENCES))
    told.now = START + DAY
    told.visit()
    assert kinds(told) == Counter({"first-report": 1}), "once proves nothing"
    told.now += AGAIN
    told.visit()
    history = told.store.reading.history(url=f"{website.url}/n0")
    assert history
    assert (history.gone, bool(history.reason)) == (told.now, True)
    assert kinds(told) == Counter({"first-report": 1, "withdrawal": 1})
    for _ in range(10):
        told.now += DAY
        told.visit()
    assert kinds(told) == Counter({"first-report": 1, "withdrawal": 1}), "once"
    assert website.paths().count("/n0") == 2, "what is gone is left alone"
    assert told.articles() == 1, "a front page is no article"


def test_a_page_that_was_gone_and_is_back_is_told_to_those_from_whom_it_was_taken_back(told: Desk, website: Website) -> None:
    there = website.pages["/n0"]
    website.pages["/n0"] = GONE["404"]
    for pause in (DAY, AGAIN):
        told.now += pause
        told.visit()
    assert kinds(told) == Counter({"first-report": 1, "withdrawal": 1})
    website.pages["/n0"] = there
    publish(website, range(2), posted=told.now)
    told.now += HOUR
    told.visit()
    history = told.store.reading.history(url=f"{website.url}/n0")
    assert history
    assert (history.gone, history.tagged.article.revision) == (None, 2)
    assert kinds(told)["stage-change"] == 1
    for _ in range(3):
        told.now += HOUR
        told.visit()
    assert kinds(told)["stage-change"] == 1, "once"


def test_an_outlet_that_was_rebuilt_takes_nothing_back(engine: Engine, crawls: Crawls, website: Website, tmp_path: Path) -> None:
    desk = Desk(engine, tmp_path / "desk.sqlite", website)
    publish(website, range(4), posted=START - HOUR)
    desk.visit()
    with desk.store.engine.begin() as connection:
        connection.execute(update(deliveries).values(state="sent", tries=1))
    website.pages = {"/feed": website.pages["/feed"]}
    for hours in (24, 31):
        desk.now = START + hours * HOUR
        desk.visit()
    urls = [f"{website.url}/n{n}" for n in range(4)]
    assert {s.gone for s in desk.store.reading.standing(urls).values()} == {desk.now}
    assert kinds(desk) == Counter({"first-report": 4})


@pytest.mark.parametrize("status", [500, 503, 403, 429])
def test_a_page_that_fails_is_not_gone(told: Desk, website: Website, status: int) -> None:
    website.pages["/n0"] = Reply("later", status)
    for days in range(1, 15):
        told.now = START + days * DAY
        told.visit()
    history = told.store.reading.history(url=f"{website.url}/n0")
    assert history
    assert history.gone is None
    assert kinds(told) == Counter({"first-report": 1})


def test_a_page_that_was_missing_once_and_is_back_is_not_gone(told: Desk, website: Website) -> None:
    there = website.pages["/n0"]
    for days, answer in ((1, Reply("", 404)), (2, there), (8, Reply("", 404)), (8.5, there), (9, there)):
        website.pages["/n0"] = answer
        told.now = START + timedelta(days=days)
        told.visit()
    history = told.store.reading.history(url=f"{website.url}/n0")
    assert history
    assert history.gone is None
    assert kinds(told) == Counter({"first-report": 1})


def test_an_address_that_the_outlet_left_for_another_takes_nothing_with_it(told: Desk, website: Website) -> None:
    publish(website, range(1), path="/2026/n{}", posted=START - HOUR)
    told.now = START + 2 * HOUR
    assert told.visit().outcomes == {"known": 1}
    website.pages["/n0"] = Reply("", 404)
    for days in range(1, 9):
        told.now = START + days * DAY
        told.visit()
    assert kinds(told) == Counter({"first-report": 1})
