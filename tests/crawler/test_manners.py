"""robots.txt, redirects, pauses, proxies: what hosts may expect of us."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime, timedelta

import pytest

from crawler.engine import manners
from crawler.manners import NotAskedError, retry_after
from crawler.middlewares.robots import readable
from tests.crawler.loopback import Asked, Crawls, Engine, Reply, Website
from tests.crawler.pages import page, rss, source


def one_article(website: Website, robots: Reply | None = None) -> str:
    website.pages["/feed"] = Reply(rss(("Relay", f"{website.url}/a")), headers={"ETag": '"1"'})
    website.pages["/a"] = Reply(page("Two agencies build a lunar relay"))
    if robots:
        website.pages["/robots.txt"] = robots
    return f"{website.url}/feed"


@pytest.mark.parametrize("status", [500, 503, 429])
def test_d1_unreachable_robots_mean_nothing_is_asked_until_they_are_back(website: Website, crawls: Crawls, status: int) -> None:
    feed = source("feed", one_article(website, Reply("down", status)))
    result = crawls.round(feed)
    assert website.paths() == []
    assert result.state == "failed"
    assert result.failures[0].reason.startswith(f"robots.txt of 127.0.0.1:{website.url.rpartition(':')[2]} cannot be read ({status} ")
    website.pages["/robots.txt"] = Reply("User-agent: *\nAllow: /\n")
    assert crawls.round(feed).outcomes == {"new": 1}


def test_d1_robots_that_never_come_mean_nothing_is_asked(website: Website, crawls: Crawls) -> None:
    result = crawls.round(source("feed", one_article(website, Reply("late", delay=1.5))), timeout=0.5)
    assert "cannot be read (no answer in time)" in result.failures[0].reason
    assert website.paths() == []


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410])
def test_d2_absent_robots_allow_everything(website: Website, crawls: Crawls, status: int) -> None:
    assert crawls.round(source("feed", one_article(website, Reply("none", status)))).outcomes == {"new": 1}


@pytest.mark.parametrize(
    ("rules", "asked"),
    [
        ("User-agent: *\nDisallow: /\n", []),
        ("User-agent: spacepact\nDisallow: /a\n\nUser-agent: *\nDisallow: /\n", ["/feed"]),
        ("\ufeffUser-agent: *\rDisallow: /a\r", ["/feed"]),
        ("User-agent: otherbot\nDisallow: /\n", ["/feed", "/a"]),
    ],
)
def test_disallowed_addresses_are_not_asked_for(website: Website, crawls: Crawls, rules: str, asked: list[str]) -> None:
    result = crawls.round(source("feed", one_article(website, Reply(rules, headers={"Content-Type": "text/plain"}))))
    assert website.paths() == asked
    if asked == ["/feed"]:
        assert crawls.shelf.rejected == {f"{website.url}/a": "robots.txt forbids the address"}
    if not asked:
        assert (result.state, result.failures[0].reason) == ("failed", "robots.txt forbids the address")


def test_robots_are_read_once_a_day(website: Website, crawls: Crawls) -> None:
    feed = source("feed", one_article(website, Reply("User-agent: *\nAllow: /\n")))
    crawls.round(feed)
    crawls.round(feed)
    assert [a.path for a in website.asked].count("/robots.txt") == 1
    crawls.now = lambda: datetime.now(UTC) + timedelta(hours=25)
    crawls.round(feed)
    assert [a.path for a in website.asked].count("/robots.txt") == 2


def test_d3_robots_redirects_are_followed_and_bind_the_first_host(website: Website, other_website: Website, crawls: Crawls) -> None:
    feed = one_article(website, Reply(status=301, headers={"Location": f"{other_website.url}/r1"}))
    other_website.pages["/r1"] = Reply(status=302, headers={"Location": "/r2"})
    other_website.pages["/r2"] = Reply("User-agent: *\nDisallow: /a\n")
    crawls.round(source("feed", feed))
    assert website.paths() == ["/feed"]


def test_d3_a_loop_of_robots_redirects_ends(website: Website, crawls: Crawls) -> None:
    feed = one_article(website, Reply(status=302, headers={"Location": "/robots.txt"}))
    assert crawls.round(source("feed", feed)).outcomes == {"new": 1}
    assert [a.path for a in website.asked].count("/robots.txt") <= 10


def test_d4_only_the_first_500_kib_of_whole_lines_count() -> None:
    filler = b"# filler\n" * 45_000
    rules = filler + b"Disallow: /a\n" + b"# more\n" * 40_000
    assert len(rules) > 600_000
    assert "Disallow: /a" in readable(rules)
    assert len(readable(rules)) <= 500 * 1024
    assert readable(rules).endswith("\n")
    assert readable(b"\xef\xbb\xbfUser-agent: \xff*\r") == "User-agent: �*\r"


def test_page_redirects_are_followed_but_not_for_ever(website: Website, crawls: Crawls) -> None:
    feed = one_article(website)
    website.pages["/feed"] = Reply(rss(("Moved", f"{website.url}/old"), ("Loop", f"{website.url}/loop")))
    website.pages["/old"] = Reply(status=301, headers={"Location": "/a"})
    website.pages["/loop"] = Reply(status=302, headers={"Location": "/loop"})
    crawls.round(source("feed", feed))
    assert [a.url for a in crawls.shelf.articles] == [f"{website.url}/a"]
    assert crawls.shelf.rejected == {f"{website.url}/loop": "more than 5 redirects"}
    assert website.paths().count("/loop") <= 10


def test_d5_one_request_at_a_time_with_a_pause(website: Website, crawls: Crawls) -> None:
    website.pages["/feed"] = Reply(rss(*[(str(i), f"{website.url}/p{i}") for i in range(4)]))
    website.pages.update({f"/p{i}": Reply(page("A page among several"), delay=0.1) for i in range(4)})
    result = crawls.round(source("feed", f"{website.url}/feed"), delay=1, at_once=8)
    assert result.fetched == 4
    assert website.most_at_once == 1
    gaps = [b.at - a.at for a, b in zip(website.asked, website.asked[1:], strict=False)]
    assert min(gaps) >= 0.7


def test_d5_crawl_delay_is_obeyed(website: Website, crawls: Crawls) -> None:
    crawls.round(source("feed", one_article(website, Reply("User-agent: *\nCrawl-delay: 0.6\n"))))
    feed, article = (next(a.at for a in website.asked if a.path == path) for path in ("/feed", "/a"))
    assert article - feed >= 0.55


def test_d5_retry_after_of_a_page_silences_the_host(website: Website, crawls: Crawls) -> None:
    feed = one_article(website)
    body = rss(("Relay", f"{website.url}/a"), ("Busy", f"{website.url}/busy"))
    website.pages["/feed"] = Reply(body)
    website.pages["/busy"] = Reply("busy", 503, headers={"Retry-After": "1"})
    start = time.monotonic()
    result = crawls.round(source("feed", feed))
    busy, article = (next(a.at for a in website.asked if a.path == path) for path in ("/busy", "/a"))
    assert article - busy >= 0.95, f"the feed's last item is asked for first; all took {time.monotonic() - start:.1f} s"
    assert result.outcomes == {"new": 1}


def test_a_silence_beyond_the_round_leaves_the_pages_for_later(website: Website, crawls: Crawls) -> None:
    feed = one_article(website)
    website.pages["/feed"] = Reply(rss(("Relay", f"{website.url}/a"), ("Busy", f"{website.url}/busy")), headers={"ETag": '"1"'})
    website.pages["/busy"] = Reply("busy", 429, headers={"Retry-After": "60"})
    result = crawls.round(source("feed", feed))
    assert website.paths() == ["/feed", "/busy"]
    assert any("asked for silence (Retry-After)" in f.reason for f in result.failures)
    assert result.validators == {}
    assert "asked for silence" in crawls.round(source("feed", feed)).failures[0].reason
    assert website.paths() == ["/feed", "/busy"]


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("120", 120.0),
        (" 5 ", 5.0),
        ("Mon, 23 Nov 2026 12:01:00 GMT", 60.0),
        ("Mon, 23 Nov 2026 11:00:00 GMT", 0.0),
        ("soon", None),
        ("", None),
    ],
)
def test_retry_after_is_seconds_or_a_date(header: str, seconds: float | None) -> None:
    assert retry_after(header, datetime(2026, 11, 23, 12, tzinfo=UTC)) == seconds


def test_a_turn_that_would_come_too_late_is_refused(engine: Engine) -> None:
    async def late() -> None:
        host = manners()
        host.silence("late.example", 100_000, datetime.now(UTC))
        async with host.turn("late.example", 0, asyncio.get_running_loop().time() + 1):
            pass

    with pytest.raises(NotAskedError, match=r"late\.example asked for silence .* for 86400 s more"):
        engine.do(late())


def test_everything_goes_through_the_proxy_when_one_is_set(website: Website, crawls: Crawls) -> None:
    feed = rss(("Relay", "http://orbit.example/a"))
    website.pages["http://orbit.example/feed"] = Reply(feed)
    website.pages["http://orbit.example/a"] = Reply(page("Two agencies build a lunar relay"))
    result = crawls.round(source("feed", "http://orbit.example/feed"), proxy=website.url)
    assert result.outcomes == {"new": 1}
    assert [a.path for a in website.asked] == [f"http://orbit.example/{p}" for p in ("robots.txt", "feed", "a")]


def test_proxies_of_the_environment_are_not_used(website: Website, crawls: Crawls, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.delenv("no_proxy", raising=False)
    assert crawls.round(source("feed", one_article(website))).outcomes == {"new": 1}


def test_a_page_may_answer_by_request(website: Website, crawls: Crawls) -> None:
    feed = one_article(website)

    def only_for_html(asked: Asked) -> Reply:
        return Reply(page("Two agencies build a lunar relay")) if "text/html" in asked.headers["accept"] else Reply("no", 406)

    website.pages["/a"] = only_for_html
    assert crawls.round(source("feed", feed)).outcomes == {"new": 1}
