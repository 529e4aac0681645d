"""Visits with the real store and the real decision: restarts, outlets that change their ids, new and returning sources."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from alerts.decide import decide
from alerts.matching import Watchlists
from alerts.watchlist import Watchlist
from crawler.engine import manners
from spacepact.cooperation import Classification, Cooperation, Evidence, Party
from spacepact.keeping import Keeper, here
from spacepact.pipeline import Processor
from spacepact.round import Round
from spacepact.settings import Alerting, Crawl
from spacepact.visits import Visitor
from storage import Store, migrate, open_database
from tests.crawler.loopback import Crawls, Engine, Reply, Website
from tests.crawler.pages import SENTENCES, page, source

START = datetime(2026, 11, 23, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
RSS = {"Content-Type": "application/rss+xml", "ETag": 'W/"1"'}


class Reader:
    """A classifier that finds, in every article, two agencies and the mission that the title names."""

    def classify(self, title: str, text: str, **_: object) -> Classification:
        proof = Evidence(text=text[:80], start=len(title) + 1, end=len(title) + 81)
        parties = (Party(id="jaxa", name="JAXA"), Party(id=f"agency-{title.rpartition(' ')[2]}", name=title))
        found = Cooperation(parties=parties, stage="signed", evidence=(proof,), confidence=0.9)
        return Classification(cooperation=True, score=0.9, scope="intergovernmental", cooperations=(found,))


class Hook:
    """A route that is always there."""

    enabled = True

    def recipients(self, to: object = ()) -> tuple[str, ...]:
        return ("hook",)


class Desk:
    """The service's crawling half over one database file, on a clock that the test turns."""

    def __init__(self, engine: Engine, file: Path, website: Website) -> None:
        self.engine, self.file, self.website, self.now = engine, file, website, START
        self.source = source("feed", f"{website.url}/feed", every="30m", max_pages=1000)
        migrate(open_database(f"sqlite:///{file}"))
        self.restart()

    def restart(self) -> None:
        """Forget all that only a process remembers."""
        manners().rules.clear()
        manners().hosts.clear()
        self.store = Store(open_database(f"sqlite:///{self.file}"))
        asks: Any = Watchlist.model_validate({"name": "All", "deliver": [{"channel": "hook"}]})
        lists = Watchlists({"all": asks}, defaults=Alerting(min_score=0.5))
        ours = partial(decide, watchlists=lists, channels={"hook": Hook()}, policy=Alerting())
        reader: Any = Reader()
        processor = Processor(self.store, reader, ours, lambda: self.now)
        settings = Crawl(delay=0, timeout=30, round_limit=1200, max_pages=1000)
        self.visitor = Visitor(self.store, Keeper(here(lambda: processor)), {"orbit": self.source}, settings, lambda: self.now)

    def visit(self) -> Round:
        return self.engine.do(self.visitor.visit("orbit"), timeout=1300)

    def visit_if_due(self) -> None:
        if self.store.sources.due(["orbit"], self.now):
            self.visit()

    def deliveries(self) -> Counter[str]:
        return Counter(row.reason.partition(":")[0] for row in self.store.reading.deliveries(limit=5000))

    def articles(self) -> int:
        return self.store.sources.counts().get("orbit", 0)


@pytest.fixture
def desk(engine: Engine, crawls: Crawls, website: Website, tmp_path: Path) -> Desk:
    return Desk(engine, tmp_path / "desk.sqlite", website)


def publish(
    website: Website,
    numbers: range,
    *,
    guid: Callable[[int], str] = str,
    path: str = "/n{}",
    posted: datetime | None = None,
    words: str = "",
) -> None:
    date = f"<pubDate>{format_datetime(posted)}</pubDate>" if posted else ""
    items = "".join(
        f"<item><title>Accord {1000 + n}</title><link>{website.url}{path.format(n)}</link><guid>{guid(n)}</guid>{date}</item>"
        for n in numbers
    )
    website.pages["/feed"] = Reply(f'<rss version="2.0"><channel>{items}</channel></rss>', headers={"Content-Type": "application/rss+xml"})
    for n in numbers:
        website.pages[path.format(n)] = Reply(page(f"Accord {1000 + n}", sentences=(f"Accord {1000 + n} is made.{words}", *SENTENCES)))


def test_d6_validators_outlive_a_restart_byte_for_byte(desk: Desk, website: Website) -> None:
    publish(website, range(2))
    website.pages["/feed"] = Reply(website.pages["/feed"].body, headers=RSS | {"Last-Modified": "Mon, 2 Nov 26 8:00 EST"})  # type: ignore[union-attr]
    desk.visit()
    desk.restart()
    assert desk.visit().state == "unchanged"
    assert website.asked[-1].headers["if-none-match"] == 'W/"1"'
    assert website.asked[-1].headers["if-modified-since"] == "Mon, 2 Nov 26 8:00 EST"
    assert desk.articles() == 2


@pytest.mark.parametrize("dies", [False, True])
def test_d7_twenty_restarts_in_an_hour_ask_for_each_address_once_an_interval(desk: Desk, website: Website, dies: bool) -> None:  # noqa: FBT001
    publish(website, range(5))
    for n in range(20):
        desk.now = START + n * timedelta(minutes=3)
        desk.restart()
        if dies and n % 2 and desk.store.sources.due(["orbit"], desk.now):
            desk.store.polling.begin("orbit", desk.now, desk.now + desk.source.every)  # and the process is killed
        else:
            desk.visit_if_due()
    asked = Counter(a.path for a in website.asked)
    assert asked["/feed"] <= 2, "the interval is 30 minutes"
    assert asked["/robots.txt"] == 1, "its interval is a day"
    assert {asked[f"/n{n}"] for n in range(5)} == {1}


def test_d7_a_visit_that_died_is_made_good_within_the_hour(desk: Desk, website: Website) -> None:
    publish(website, range(1))
    desk.store.polling.begin("orbit", desk.now, desk.now + HOUR)
    desk.visit_if_due()
    assert website.asked == []
    desk.now += HOUR
    desk.visit_if_due()
    assert desk.articles() == 1


def test_e8_five_hundred_changed_guids_are_nothing_new(desk: Desk, website: Website) -> None:
    publish(website, range(500), posted=START - HOUR)
    assert desk.visit().outcomes == {"new": 500}
    before = (desk.articles(), desk.deliveries())
    publish(website, range(500), guid=lambda n: f"urn:other:{n}", posted=START - HOUR)
    desk.now += HOUR
    assert desk.visit().outcomes == {"known": 500}
    assert (desk.articles(), desk.deliveries()) == before == (500, Counter({"first-report": 500}))


def test_e8_one_guid_on_two_stories_is_two_stories(desk: Desk, website: Website) -> None:
    publish(website, range(2), guid=lambda _: "urn:same", posted=START - HOUR)
    desk.visit()
    assert len(desk.store.reading.stories()) == 2


def test_e8_moved_permalinks_and_new_dates_make_no_new_articles(desk: Desk, website: Website) -> None:
    publish(website, range(20), posted=START - HOUR)
    desk.visit()
    desk.now += HOUR
    for n in range(20):
        website.pages[f"/n{n}"] = Reply(status=301, headers={"Location": f"/2026/n{n}"})
    publish(website, range(20), path="/2026/n{}", posted=START - HOUR)
    assert desk.visit().outcomes == {"known": 20}
    desk.now += HOUR
    publish(website, range(20), path="/2026/n{}", posted=START + HOUR)
    assert desk.visit().outcomes == {"known": 20}
    assert (desk.articles(), desk.deliveries()) == (20, Counter({"first-report": 20}))


def test_e9_an_edit_is_one_revision_and_noise_is_none(desk: Desk, website: Website) -> None:
    publish(website, range(1), posted=START - HOUR)
    desk.visit()
    desk.now += HOUR
    publish(website, range(1), path="/n{}?utm_source=rss", posted=START - HOUR)
    assert desk.visit().outcomes == {"known": 1}
    desk.now += HOUR
    publish(website, range(1), posted=START, words=" It was made in Lindholm.")
    assert desk.visit().outcomes == {"revised": 1}
    assert desk.articles() == 1


@pytest.mark.parametrize(("count", "dated"), [(500, True), (60, False)])
def test_e11_a_new_source_with_many_old_items_tells_nothing(desk: Desk, website: Website, count: int, dated: bool) -> None:  # noqa: FBT001
    publish(website, range(count), posted=START - 30 * DAY if dated else None)
    assert desk.visit().outcomes == {"new": count}
    assert desk.deliveries() == Counter({"old-news" if dated else "backlog": count})
    desk.now += HOUR
    publish(website, range(count - 20, count + 10), posted=START + HOUR / 2 if dated else None)
    desk.visit()
    assert desk.deliveries()["first-report"] == 10, "what is posted later is news"


def test_e11_a_source_that_comes_back_tells_what_is_younger_than_two_days_once(desk: Desk, website: Website) -> None:
    publish(website, range(3), posted=START - HOUR)
    desk.visit()
    website.pages.clear()
    desk.now += 10 * DAY
    assert desk.visit().state == "failed"
    publish(website, range(3, 8), posted=desk.now - 5 * DAY)
    old = str(website.pages["/feed"].body)  # type: ignore[union-attr]
    publish(website, range(8, 12), posted=desk.now - 30 * HOUR)
    fresh = re.findall("<item>.*</item>", str(website.pages["/feed"].body))[0]  # type: ignore[union-attr]
    website.pages["/feed"] = Reply(old.replace("</channel>", fresh + "</channel>"), headers={"Content-Type": "application/rss+xml"})
    assert desk.visit().outcomes == {"new": 9}
    desk.visit()
    assert desk.deliveries() == Counter({"first-report": 3 + 4, "old-news": 5})
