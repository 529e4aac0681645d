from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from crawler.source import Source
from spacepact.article import Article, Link
from spacepact.cooperation import Classification, Cooperation, Evidence, Party, Tagged
from spacepact.health import SourceHealth
from spacepact.round import Failure, Round
from spacepact.story import Alert, Decision, Delivery, Match, Story, Telling
from spacepact.web import View, judge, make_site
from spacepact.web.site import masked
from storage import Store, migrate, open_database
from storage.applying import keep_story as write_story

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
EVIL = "<script>alert(1)</script>\"'&"


@pytest.fixture
def store(tmp_path: Path) -> Store:
    engine = open_database(f"sqlite:///{tmp_path / 'web.sqlite'}")
    migrate(engine)
    return Store(engine)


@pytest.fixture
def site(store: Store) -> TestClient:
    source = Source.model_validate(
        {
            "name": EVIL,
            "kind": "feed",
            "urls": ["https://a.example/feed"],
            "language": "en",
            "country": "FR",
            "tier": "trade",
            "every": "1h",
        }
    )
    return TestClient(make_site(View(store, {"a": source}, tuple, lambda: NOW)), raise_server_exceptions=False)


def keep_story(store: Store) -> None:
    cooperation = Cooperation(
        parties=(Party(id="jaxa", name="JAXA"), Party(id="evil", name=EVIL)),
        stage="signed",
        evidence=(Evidence(text=f"They signed {EVIL}.", start=0, end=1),),
        confidence=0.9,
    )
    article = Article(url="javascript:alert(1)", source="a", title=EVIL, text="x", fetched=NOW)
    telling = Telling(url=article.url, source="a", site_name=EVIL, tier="trade", title=EVIL, language=None, published=NOW)
    story = Story(id="s1", record="s1", cooperation=cooperation, tellings=(telling,), first_seen=NOW, last_seen=NOW)
    delivery = Delivery(id="d1", channel="hook", recipient=EVIL, watchlists=("all",), reason="first-report")
    alert = Alert(
        id="a1", kind="first-report", story=story, matches=(Match(watchlist="all", reasons=()),), decided=NOW, deliveries=(delivery,)
    )
    said = Classification(cooperation=True, score=0.9, scope="intergovernmental", cooperations=(cooperation,))
    store.add(
        "a",
        Link(url=article.url),
        Tagged(article=article, classification=said),
        lambda *_: Decision(stories=(story,), alerts=(alert,)),
        NOW,
    )


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/records",
        "/records?agency=jaxa&stage=signed",
        "/records/s1",
        "/sources",
        "/deliveries",
        "/stories/s1",
        "/articles/1",
        "/nothing",
        "/stories/nothing",
        "/records/nothing",
    ],
)
def test_every_page_holds_when_empty_and_when_full_and_runs_no_script(site: TestClient, store: Store, path: str) -> None:
    site.get(path)
    keep_story(store)
    answer = site.get(path)
    assert answer.status_code == (404 if "nothing" in path else 200)
    assert "<script" not in answer.text
    assert "javascript:" not in answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert '<main id="main">' in answer.text


def test_the_story_page_shows_evidence_and_who_was_told(site: TestClient, store: Store) -> None:
    keep_story(store)
    page = site.get("/stories/s1").text
    assert "They signed &lt;script&gt;" in page
    assert "first-report" in page
    assert "hook" in page


def test_a_record_shows_its_stages_as_a_plot_in_words_and_in_a_table(site: TestClient, store: Store) -> None:
    keep_story(store)
    first = store.reading.stories()[0]
    later = NOW + timedelta(days=40)
    telling = first.head.model_copy(update={"published": later, "url": "https://a.example/2", "source": "b", "tier": "official"})
    also = telling.model_copy(update={"url": "https://c.example/3", "source": "c", "tier": "blog"})
    ended = first.cooperation.model_copy(update={"stage": "ended"})
    step = first.model_copy(
        update={"id": "s2", "previous": "s1", "because": "signed -> ended", "tellings": (also, telling), "cooperation": ended}
    )
    with store.engine.begin() as connection:
        write_story(connection, step)
    page = site.get("/records/s1").text
    assert '<desc id="plot-words">23 November 2026: signed; 02 January 2027: ended</desc>' in page
    assert 'd="M104.0 40 H346.0 V14"' in page, "signed until the end, then up to ended"
    assert "+1 source<" in page
    assert page.index("https://a.example/2") < page.index("https://c.example/3"), "the official source stands for the story"
    assert site.get("/records/s2").text == page
    assert "1 record found" in site.get("/records?stage=ended").text
    assert "0 records found" in site.get("/records?stage=signed").text


def test_health_tells_a_blind_service_from_a_quiet_one(site: TestClient, store: Store) -> None:
    assert site.get("/health").json()["status"] == "ok"
    lost = Failure(url="https://a.example/feed", reason="no such host")
    store.sources.finish(Round(source="a", state="failed", started=NOW, finished=NOW, failures=(lost,)), NOW)
    answer = site.get("/health")
    assert (answer.status_code, answer.json()["status"]) == (503, "down")
    assert "every source is in trouble" in answer.json()["reasons"][0]


def test_health_without_a_database_is_down_and_gives_no_secret(site: TestClient, store: Store) -> None:
    with store.engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE sources")
    answer = site.get("/health")
    assert (answer.status_code, answer.json()["reasons"]) == (503, ["the database does not answer (OperationalError)"])


@pytest.mark.parametrize(
    ("states", "broken", "totals", "problems", "status"),
    [
        ([("a", "ok"), ("b", "ok")], {}, {}, 0, "ok"),
        ([("a", "ok"), ("b", "waiting")], {}, {}, 0, "ok"),
        ([("a", "ok"), ("b", "failing")], {}, {}, 0, "degraded"),
        ([("a", "ok")], {"slack": "404 no_service"}, {}, 0, "degraded"),
        ([("a", "ok")], {}, {"dead": 1}, 0, "degraded"),
        ([("a", "ok")], {}, {}, 2, "degraded"),
        ([("a", "gone")], {}, {}, 0, "down"),
        ([("a", "late")], {}, {}, 0, "degraded"),
    ],
)
def test_the_verdict_names_its_reasons(
    states: list[tuple[str, SourceHealth]], broken: dict[str, str], totals: dict[str, int], problems: int, status: str
) -> None:
    health = judge(states, broken, totals, problems=problems, now=NOW)
    assert health.status == status
    assert bool(health.reasons) == (status != "ok")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("ada.lovelace@example.org", "a…@example.org"),
        ("550 5.1.1 <ada+news@example.org>: no such user", "550 5.1.1 <a…@example.org>: no such user"),
        ("team-slack", "team-slack"),
        ("5 @ noon", "5 @ noon"),
    ],
)
def test_pages_do_not_show_whole_addresses(text: str, shown: str) -> None:
    assert masked(text) == shown


def test_pages_without_a_database_say_so_in_words(site: TestClient, store: Store, caplog: pytest.LogCaptureFixture) -> None:
    with store.engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE stories")
    for path in ("/", "/records", "/stories/s1", "/deliveries"):
        answer = site.get(path)
        assert answer.status_code == 503
        assert "<h1>The database does not answer</h1>" in answer.text
    assert "no such table" not in answer.text, "the log says it, not the page"
    assert "page /deliveries: the database does not answer: " in caplog.text


def test_every_cell_of_a_table_says_its_column_where_there_is_no_room_for_a_head(site: TestClient, store: Store) -> None:
    keep_story(store)
    for path in ("/deliveries", "/sources"):
        text = site.get(path).text
        heads = re.findall(r'role="columnheader">([^<]+)<', text)
        cells = re.findall(r'role="cell"[^>]* data-name="([^"]+)"', text)
        assert cells == heads, path
        assert len(heads) > 5
