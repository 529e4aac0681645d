from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import get_args

import feedparser
import httpx
import pytest
from bs4 import BeautifulSoup
from lxml import etree

from crawler.source import load_sources
from spacepact.cooperation import Stage
from spacepact.demo.content import Expect, Outlet, Page, load_lists, load_outlets, recipients
from spacepact.demo.rendering import NOTICE
from spacepact.demo.site import Outlets
from spacepact.yamlfile import read_document

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
OUTLETS = load_outlets()
PAGES = [(outlet, page) for outlet in OUTLETS for page in outlet.pages]
NEWS = [(outlet, page) for outlet, page in PAGES if page.expect.cooperation]
IDS = [f"{outlet.id}/{page.slug}" for outlet, page in PAGES]


@pytest.fixture
def running() -> Iterator[Outlets]:
    outlets = Outlets()
    outlets.start(NOW)
    yield outlets
    outlets.stop()


def get(url: str, **headers: str) -> httpx.Response:
    return httpx.get(url, headers={name.replace("_", "-"): value for name, value in headers.items()}, trust_env=False)


def loc(response: httpx.Response) -> list[str]:
    return [str(e.text) for e in etree.fromstring(response.content).iter("{*}loc")]


def test_there_is_enough_of_everything() -> None:
    assert len(PAGES) >= 44
    assert {o.kind for o in OUTLETS} == {"feed", "sitemap", "listing"}
    assert {o.format for o in OUTLETS} == {"atom", "json", "rss", "sitemap", "html"}
    assert {o.tier for o in OUTLETS} == {"official", "wire", "trade", "blog"}
    assert {o.language for o in OUTLETS} >= {"en", "fr", "es", "zh"}
    assert {p.expect.stage for _, p in NEWS} == set(get_args(Stage))
    assert {p.expect.instrument for _, p in NEWS} >= {
        "mou", "letter-of-intent", "framework-agreement", "implementing-arrangement", "accession", "contract", "joint-statement",
    }  # fmt: skip
    assert len(PAGES) - len(NEWS) >= 20


@pytest.mark.parametrize("language", ["fr", "es", "zh"])
def test_every_other_language_has_news_and_none(language: str) -> None:
    assert {p.expect.cooperation for o, p in PAGES if o.language == language} == {True, False}


@pytest.mark.parametrize(("outlet", "page"), PAGES, ids=IDS)
def test_an_article_has_the_length_of_news(outlet: Outlet, page: Page) -> None:
    text = " ".join(page.paragraphs)
    length = len(re.sub(r"\s", "", text)) / 2 if outlet.language == "zh" else len(text.split())
    empty = page.missing or page.slug == "draft-on-solar-sails"
    assert (length == 0) if empty else (90 <= length <= 300)


def test_only_one_article_is_old_and_it_is_not_alerted() -> None:
    (old,) = [p for _, p in PAGES if p.hours_ago >= 40]
    assert (old.hours_ago, old.expect.cooperation, old.expect.alert) == (30 * 24, True, "none")


def test_the_earliest_article_of_a_story_carries_the_alert() -> None:
    stories = {p.expect.story for _, p in NEWS}
    for story in stories:
        tellings = sorted((p for _, p in NEWS if p.expect.story == story), key=lambda p: (p.late, -p.hours_ago))
        first = "none" if tellings[0].hours_ago >= 40 else ("stage-change" if tellings[0].late else "first-report")
        assert [p.expect.alert for p in tellings] == [first] + ["none"] * (len(tellings) - 1), story


def test_articles_of_one_story_agree_on_the_facts() -> None:
    for story in {p.expect.story for _, p in NEWS}:
        told = [p.expect for _, p in NEWS if p.expect.story == story]
        facts = {(frozenset(e.parties), frozenset(e.countries), e.stage, e.activity, e.instrument) for e in told}
        assert len(facts) == 1, story


def test_some_stories_are_told_by_many_and_the_official_source_may_be_late() -> None:
    sizes = [sum(p.expect.story == story for _, p in NEWS) for story in {p.expect.story for _, p in NEWS}]
    assert {2, 3, 4} <= set(sizes)
    assert any(o.tier == "official" and p.late and p.expect.alert == "none" for o, p in NEWS)


def test_two_corrections_and_one_change_of_words_only() -> None:
    second = [(p, p.second) for _, p in PAGES if p.second]
    assert sorted(v.expect.alert for _, v in second) == ["correction", "correction", "none"]
    for page, version in second:
        facts = [(e.parties, e.stage, e.activity, e.story) for e in (page.expect, version.expect)]
        assert (facts[0] == facts[1]) == (version.expect.alert == "none")


def test_an_expectation_without_its_facts_is_refused() -> None:
    with pytest.raises(ValueError, match="are wanted for cooperation news"):
        Expect(cooperation=True, why="no parties")
    with pytest.raises(ValueError, match="and only for it"):
        Expect(cooperation=False, why="an alert about nothing", alert="first-report")


def test_the_id_of_an_outlet_is_its_file() -> None:
    folder = Path(__file__).parents[2] / "spacepact/demo/outlets"
    assert {p.stem for p in folder.glob("*.yaml")} == {o.id for o in OUTLETS} == {p.stem for p in (folder / "articles").iterdir()}
    assert all(read_document(p).data["id"] == p.stem for p in folder.glob("*.yaml"))


def test_atom_lists_what_is_there(running: Outlets) -> None:
    feed = feedparser.parse(get(running.url("press-desk") + "/feed.atom").content)
    assert (feed.version, feed.bozo, len(feed.entries)) == ("atom10", False, 6)
    assert feed.entries[0].published == "2026-11-23T01:00:00+00:00"


@pytest.mark.parametrize(("outlet", "path", "count"), [("courrier-orbite", "/rss.xml", 8), ("orbita-sur", "/feed/", 4)])
def test_rss_lists_what_is_there(running: Outlets, outlet: str, path: str, count: int) -> None:
    feed = feedparser.parse(get(running.url(outlet) + path).content)
    assert (feed.version, feed.bozo, len(feed.entries)) == ("rss20", False, count)
    assert all(get(entry.link).status_code == 200 for entry in feed.entries)


def test_json_feed_lists_even_the_page_that_is_gone(running: Outlets) -> None:
    response = get(running.url("meridian-wire") + "/feed.json")
    assert response.headers["content-type"] == "application/feed+json"
    statuses = {item["url"].rsplit("/", 1)[1]: get(item["url"]).status_code for item in json.loads(response.content)["items"]}
    assert [slug for slug, status in statuses.items() if status == 404] == ["lunar-rover-photo-gallery"]
    assert "italy-korea-suspend-altimeter" not in statuses


def test_sitemap_index_leads_to_the_articles(running: Outlets) -> None:
    (below,) = loc(get(running.url("orbit-ledger") + "/sitemap_index.xml"))
    pages = loc(get(below))
    assert len(pages) == 13
    assert get(pages[0]).status_code == 200


def test_the_listing_leads_to_articles_and_to_nothing_else(running: Outlets) -> None:
    page = BeautifulSoup(get(running.url("perigee-notes") + "/").content, "lxml")
    links = [str(a["href"]) for a in page.select("main.posts h2 a")]
    assert len(links) == 9
    assert all(link.startswith("/notes/") for link in links)
    assert page.select("aside h2 a")


def test_robots_close_one_path_that_the_sitemap_lists(running: Outlets) -> None:
    assert "Disallow: /members/" in get(running.url("orbit-ledger") + "/robots.txt").text.splitlines()
    assert any("/members/" in url for url in loc(get(running.url("orbit-ledger") + "/sitemap-news.xml")))


@pytest.mark.parametrize("number", [1, 2])
def test_every_page_shows_its_article_and_says_that_it_is_fiction(running: Outlets, number: int) -> None:
    if number == 2:
        running.next_round()
    for outlet in running.outlets:
        for page in outlet.pages:
            if page.missing or (page.late and number == 1):
                continue
            html = BeautifulSoup(get(running.url(outlet.id) + outlet.address(page)).content, "lxml")
            shown = page.second if page.second and number == 2 else page
            assert html.h1 is not None
            assert html.h1.get_text() == shown.title
            assert NOTICE in html.get_text()
            assert "{weekday}" not in html.get_text()
            assert len(html.get_text()) > sum(map(len, shown.paragraphs))


def test_a_page_names_the_weekday_on_which_it_was_published(running: Outlets) -> None:
    page = get(running.url("meridian-wire") + "/story/japan-india-seal-moon-pole-plan")
    assert "on Sunday" in page.text
    assert parsedate_to_datetime(page.headers["last-modified"]) == NOW - timedelta(hours=30)


@pytest.mark.parametrize("path", ["/feed.atom", "/robots.txt", "/releases/webb-carbon-chemistry-young-disc"])
def test_what_is_known_is_not_sent_again(running: Outlets, path: str) -> None:
    url = running.url("press-desk") + path
    first = get(url)
    by_tag = get(url, If_None_Match=f'"other", W/{first.headers["etag"]}')
    by_date = get(url, If_Modified_Since=first.headers["last-modified"])
    assert (by_tag.status_code, by_tag.content, by_date.status_code) == (304, b"", 304)
    assert get(url, If_None_Match='"other"', If_Modified_Since=first.headers["last-modified"]).status_code == 200
    assert get(url, If_Modified_Since="yesterday").status_code == 200


def test_the_second_round_brings_late_articles_and_second_versions(running: Outlets) -> None:
    wire, blog = running.url("meridian-wire"), running.url("perigee-notes")
    before, quiet = get(f"{wire}/feed.json"), get(f"{blog}/")
    assert get(f"{wire}/story/italy-korea-suspend-altimeter").status_code == 404
    running.next_round()
    after = get(f"{wire}/feed.json", If_None_Match=before.headers["etag"])
    assert after.status_code == 200
    items = {item["url"].rsplit("/", 1)[1]: item for item in after.json()["items"]}
    old = {item["url"].rsplit("/", 1)[1]: item for item in before.json()["items"]}
    assert set(items) - set(old) == {"italy-korea-suspend-altimeter"}
    assert [slug for slug in old if old[slug]["date_modified"] != items[slug]["date_modified"]] == ["peru-korea-imagery-agreement"]
    assert "have only begun to negotiate" in get(f"{wire}/story/peru-korea-imagery-agreement").text
    assert get(f"{blog}/", If_None_Match=quiet.headers["etag"]).status_code == 304


def test_requests_are_remembered(running: Outlets) -> None:
    get(running.url("orbita-sur") + "/nada")
    assert [(r.outlet, r.path, r.status) for r in running.requests] == [("orbita-sur", "/nada", 404)]


def test_the_source_files_are_what_the_crawler_reads(running: Outlets, tmp_path: Path) -> None:
    running.source_files(tmp_path / "sources")
    sources, problems = load_sources(tmp_path / "sources")
    assert problems == []
    assert {name: (s.kind, s.tier, s.language) for name, s in sources.items()} == {o.id: (o.kind, o.tier, o.language) for o in OUTLETS}
    assert sources["perigee-notes"].links == "main.posts h2 a"
    assert all(get(url).status_code == 200 for s in sources.values() for url in s.urls)


def test_a_stopped_outlet_answers_no_more() -> None:
    outlets = Outlets()
    outlets.start(NOW)
    url = outlets.url("press-desk")
    outlets.stop()
    with pytest.raises(httpx.ConnectError):
        get(url)
    with pytest.raises(KeyError):
        outlets.url("press-desk")


def test_nobody_serves_before_the_start() -> None:
    with pytest.raises(RuntimeError, match="start the outlets first"):
        Outlets().next_round()


def test_each_list_asks_for_what_its_name_says() -> None:
    lists = load_lists()
    signed = Expect(
        cooperation=True, why="a test", parties=("esa", "jaxa"), countries=("ESA", "JP"), stage="signed", activity="science", story="s"
    )
    assert [(t.channel, t.recipient) for t in recipients(signed, lists)] == [
        ("desk-mail", "analyst@desk.example"), ("partner-hook", "partner-hook"), ("team-slack", "team-slack"),
    ]  # fmt: skip
    ended = signed.model_copy(update={"stage": "ended", "parties": ("asi", "kasa"), "countries": ("IT", "KR")})
    assert [(t.channel, t.recipient) for t in recipients(ended, lists)] == [
        ("desk-mail", "ops@desk.example"), ("team-slack", "team-slack"),
    ]  # fmt: skip


def test_expected_alerts_follow_from_the_articles_and_the_lists(running: Outlets) -> None:
    alerts = running.expected()
    assert len({(a.story, a.alert) for a in alerts}) == len(alerts)
    assert {a.alert for a in alerts if a.round == 1} == {"first-report"}
    assert sorted(a.alert for a in alerts if a.round == 2) == ["correction", "correction", "stage-change", "stage-change"]
    assert all(any(t.recipient == "team-slack" for t in a.deliveries) for a in alerts)
    assert {t.channel for a in alerts for t in a.deliveries} == {"desk-mail", "team-slack", "partner-hook"}
    lupex = next(a for a in alerts if a.story == "jaxa-isro-lupex")
    assert len(lupex.urls) == 4
    assert "nasa-jaxa-rover-barter" not in {a.story for a in alerts}


def test_a_correction_goes_to_those_who_were_told(running: Outlets) -> None:
    first, corrected = (a for a in running.expected() if a.story == "cnes-dust-sensor")
    assert (first.parties, corrected.parties) == (("cnes", "jaxa"), ("cnes", "kasa"))
    assert "analyst@desk.example" in {t.recipient for t in first.deliveries}
    assert corrected.deliveries == first.deliveries
