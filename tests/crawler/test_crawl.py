"""Rounds against real servers: what is fetched, what is kept, what is asked for again."""

from __future__ import annotations

import asyncio
import gzip
import json
import threading
import time

import pytest

from crawler.engine import crawl
from spacepact.settings import Crawl
from tests.crawler.loopback import Crawls, Reply, Website
from tests.crawler.pages import page, rss, sitemap, source

FEED = {"Content-Type": "application/rss+xml", "ETag": 'W/"v 1"', "Last-Modified": "Mon, 2 Nov 2026 8:00:00 GMT"}


def two_articles(website: Website) -> None:
    website.pages["/a"] = Reply(page("Two agencies build a lunar relay"))
    website.pages["/b?utm_source=rss"] = website.pages["/b"] = Reply(page("A launch site opens in Norvania"))


def feed_of_two(website: Website) -> Reply:
    return Reply(rss(("Relay", f"{website.url}/a"), ("Site", f"{website.url}/b?utm_source=rss#top")), headers=FEED)


def test_feed_end_to_end(website: Website, crawls: Crawls) -> None:
    website.pages["/feed"] = feed_of_two(website)
    two_articles(website)
    result = crawls.round(source("feed", f"{website.url}/feed"))
    assert (result.state, result.listed, result.fetched, result.outcomes) == ("ok", 2, 2, {"new": 2})
    assert result.failures == ()
    article = crawls.shelf.kept[f"{website.url}/a"][1]
    assert {a.title for a in crawls.shelf.articles} == {"Two agencies build a lunar relay", "A launch site opens in Norvania"}
    assert getattr(article, "site_name", None) == "Orbit Post"
    assert crawls.shelf.sank == [f"{website.url}/b", f"{website.url}/a"], "the oldest comes first"


@pytest.mark.parametrize("path", ["/x?dtl/40313/Accord", "/caf%c3%a9", "/y?b=2&a=1", "/z?utm_source=rss", "/%e2%80%a2"])
def test_a_page_is_asked_for_as_the_list_wrote_it(website: Website, crawls: Crawls, path: str) -> None:
    website.pages["/feed"] = Reply(rss(("Relay", website.url + path)), headers=FEED)
    website.pages[path] = Reply(page("Two agencies build a lunar relay"))
    result = crawls.round(source("feed", f"{website.url}/feed"))
    assert (result.state, result.outcomes) == ("ok", {"new": 1})
    assert website.paths() == ["/feed", path]


def test_seen_may_block_for_it_is_not_called_by_the_engine(website: Website, crawls: Crawls) -> None:
    website.pages["/feed"] = feed_of_two(website)
    two_articles(website)
    crawls.round(source("feed", f"{website.url}/feed"))
    assert crawls.shelf.threads
    assert crawls.shelf.threads.isdisjoint({crawls.engine._thread.ident, threading.get_ident()})


def test_second_round_is_unchanged_and_echoes_validators_byte_for_byte(website: Website, crawls: Crawls) -> None:
    website.pages["/feed"] = feed_of_two(website)
    two_articles(website)
    feed = source("feed", f"{website.url}/feed")
    crawls.round(feed)
    again = crawls.round(feed)
    assert (again.state, again.listed, again.fetched) == ("unchanged", 0, 0)
    last = website.asked[-1]
    assert last.headers["if-none-match"] == 'W/"v 1"'
    assert last.headers["if-modified-since"] == "Mon, 2 Nov 2026 8:00:00 GMT"
    assert again.validators[f"{website.url}/feed"].etag == 'W/"v 1"'
    assert website.paths().count("/a") == 1
    assert "cookie" not in last.headers
    assert "referer" not in last.headers
    assert last.headers["user-agent"].startswith("spacepact/")
    assert "(+https://" in last.headers["user-agent"]


def test_known_links_are_not_fetched_without_validators_either(website: Website, crawls: Crawls) -> None:
    website.pages["/feed"] = feed_of_two(website)
    two_articles(website)
    feed = source("feed", f"{website.url}/feed")
    crawls.round(feed)
    crawls.validators = {}
    again = crawls.round(feed)
    assert (again.state, again.fetched, again.outcomes) == ("ok", 0, {"known": 2})


def test_changed_item_is_fetched_again(website: Website, crawls: Crawls) -> None:
    website.pages["/feed"] = Reply(rss(("Relay", f"{website.url}/a"), summary="first"))
    two_articles(website)
    feed = source("feed", f"{website.url}/feed")
    crawls.round(feed)
    website.pages["/feed"] = Reply(rss(("Relay", f"{website.url}/a"), summary="corrected"))
    assert crawls.round(feed).outcomes == {"revised": 1}


def test_sitemap_end_to_end_with_index_and_gzip(website: Website, crawls: Crawls) -> None:
    index = f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><sitemap><loc>{website.url}/news.xml.gz</loc></sitemap></sitemapindex>'
    website.pages["/sitemap.xml"] = Reply(index, headers={"ETag": '"i"', "Content-Type": "application/xml"})
    body = gzip.compress(sitemap((f"{website.url}/a", "2026-11-02"), (f"{website.url}/video/1", "2026-11-02")).encode())
    website.pages["/news.xml.gz"] = Reply(body, headers={"ETag": '"n"', "Content-Type": "application/gzip"})
    two_articles(website)
    site = source("sitemap", f"{website.url}/sitemap.xml", exclude=("/video/",))
    result = crawls.round(site)
    assert (result.state, result.listed, result.outcomes) == ("ok", 1, {"new": 1})
    assert set(result.validators) == {f"{website.url}/news.xml.gz"}, "an index is always read: it may not know that a sitemap changed"
    assert crawls.round(site).state == "unchanged"
    newer = sitemap((f"{website.url}/a", "2026-11-03")).encode()
    website.pages["/news.xml.gz"] = Reply(newer, headers={"ETag": '"n2"'})
    assert crawls.round(site).outcomes == {"revised": 1}


def test_listing_end_to_end(website: Website, crawls: Crawls) -> None:
    titles = '<a href="/a">Two agencies build a lunar relay</a> <a href="/b">A launch site opens</a>'
    links = f'{titles} <a href="/a#comments"><img src="x"></a>'
    website.pages["/news"] = Reply(
        f'<html><body><nav><a href="/about-this-site">About this site</a></nav><main>{links}</main></body></html>'
    )
    two_articles(website)
    listing = source("listing", f"{website.url}/news")
    result = crawls.round(listing)
    assert (result.state, result.listed, result.outcomes) == ("ok", 2, {"new": 2})
    assert "/about-this-site" not in website.paths()
    assert crawls.round(listing).outcomes == {"known": 2}


def test_listing_with_selector(website: Website, crawls: Crawls) -> None:
    website.pages["/news"] = Reply('<body><div class="row"><h3><a href="a">Relay</a></h3></div><a href="/b">A launch site opens</a></body>')
    two_articles(website)
    assert crawls.round(source("listing", f"{website.url}/news", links=".row h3")).listed == 1
    empty = crawls.round(source("listing", f"{website.url}/news", links=".card a"))
    assert empty.state == "failed"
    assert "no links where they were expected" in empty.failures[0].reason


def test_json_feed(website: Website, crawls: Crawls) -> None:
    items = [{"id": "1", "url": "/a", "title": "Relay"}, {"id": f"{website.url}/b", "title": "Site"}, {"id": "3"}]
    body = json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "Orbit Post", "items": items})
    website.pages["/feed.json"] = Reply(body, headers={"Content-Type": "application/feed+json"})
    two_articles(website)
    assert crawls.round(source("feed", f"{website.url}/feed.json")).outcomes == {"new": 2}


def test_duplicate_links_are_fetched_once(website: Website, crawls: Crawls) -> None:
    address = f"{website.url}/a"
    body = rss(("Relay", address), ("Relay", f"{address}?utm_medium=x"), ("Relay", f"{address}#more"), ("No", "mailto:desk@orbit.example"))
    website.pages["/feed"] = website.pages["/feed2"] = Reply(body, headers={"ETag": '"f"'})
    two_articles(website)
    result = crawls.round(source("feed", f"{website.url}/feed", f"{website.url}/feed2"))
    assert website.paths().count("/a") == 1
    assert set(result.validators) == {f"{website.url}/feed", f"{website.url}/feed2"}


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (Reply("gone", 404), "404 Not Found"),
        (Reply("gone", 410), "410 Gone"),
        (Reply("oops", 500), "500 Internal Server Error"),
        (Reply("<!DOCTYPE html><html><body>Welcome</body></html>"), "the answer is HTML, not a feed"),
        (Reply("just words", headers={"Content-Type": "text/plain"}), "the answer is not a feed"),
        (Reply(""), "the answer is empty, not a feed"),
        (Reply('{"items": []}', headers={"Content-Type": "application/json"}), "the answer is JSON, but not a JSON Feed"),
        (Reply("cut", headers={"Content-Length": "100", "Connection": "close"}), "the answer was cut short"),
    ],
)
def test_a_feed_that_is_none_fails_in_words(website: Website, crawls: Crawls, reply: Reply, words: str) -> None:
    website.pages["/feed"] = reply
    result = crawls.round(source("feed", f"{website.url}/feed"), timeout=1)
    assert (result.state, result.validators) == ("failed", {})
    assert [f.reason for f in result.failures] == [words]
    assert words in result.summary


def test_unreachable_hosts_fail_in_words(crawls: Crawls) -> None:
    closed = Website()
    closed.close()
    refused = crawls.round(source("feed", f"{closed.url}/feed"))
    assert "the connection was refused" in refused.failures[0].reason
    nowhere = crawls.round(source("feed", "http://no-such-host.invalid/feed"))
    assert "no such host" in nowhere.failures[0].reason
    assert nowhere.state == "failed"


def test_one_broken_list_of_two_is_partial(website: Website, crawls: Crawls) -> None:
    website.pages["/feed"] = feed_of_two(website)
    two_articles(website)
    result = crawls.round(source("feed", f"{website.url}/feed", f"{website.url}/nothing"))
    assert result.state == "partial"
    assert set(result.validators) == {f"{website.url}/feed"}


def test_a_page_that_fails_for_now_is_owed_and_asked_for_again(website: Website, crawls: Crawls) -> None:
    website.pages["/feed"] = feed_of_two(website)
    two_articles(website)
    website.pages["/b?utm_source=rss"] = Reply("try later", 500)
    feed = source("feed", f"{website.url}/feed")
    first = crawls.round(feed)
    assert (first.state, first.validators, first.outcomes) == ("partial", {}, {"new": 1})
    assert [(f.url, f.reason) for f in first.failures] == [(f"{website.url}/b", "500 Internal Server Error")]
    two_articles(website)
    second = crawls.round(feed)
    assert (second.state, second.outcomes) == ("ok", {"known": 1, "new": 1})
    assert f"{website.url}/feed" in second.validators


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (Reply(""), "empty"),
        (Reply("<html><head><title>Relay</title></head><body></body></html>"), "no text"),
        (Reply(page("Page not found", sentences=("Sorry.",))), "no such page"),
        (Reply(page("Relay", sentences=("Short.",))), "characters of text"),
        (Reply("%PDF-1.7", headers={"Content-Type": "application/pdf"}), "the PDF is damaged"),
        (Reply("GIF89a", headers={"Content-Type": "image/gif"}), "image/gif"),
        (Reply("gone", 404), "404 Not Found"),
        (Reply("x" * 20_000), "the page is larger than 0.01 MB"),
        (Reply(gzip.compress(b"x" * 2_000_000), headers={"Content-Encoding": "gzip"}), "the page is larger than 0.01 MB"),
    ],
)
def test_a_page_that_is_no_article_is_rejected_with_the_reason(website: Website, crawls: Crawls, reply: Reply, words: str) -> None:
    website.pages["/feed"] = Reply(rss(("Relay", f"{website.url}/a")), headers=FEED)
    website.pages["/a"] = reply
    result = crawls.round(source("feed", f"{website.url}/feed"), max_bytes=10_000)
    assert (result.state, result.outcomes) == ("ok", {"rejected": 1})
    assert words in crawls.shelf.rejected[f"{website.url}/a"]
    assert result.validators


def test_a_wall_is_no_rejection_but_a_failure_that_passes(website: Website, crawls: Crawls) -> None:
    website.pages["/feed"] = Reply(rss(("Relay", f"{website.url}/a")), headers=FEED)
    website.pages["/a"] = Reply("<html><head><title>Just a moment...</title></head><body><p>Checking your browser</p></body></html>")
    feed = source("feed", f"{website.url}/feed")
    assert "challenge page" in crawls.round(feed).failures[0].reason
    assert crawls.shelf.kept == {}
    two_articles(website)
    assert crawls.round(feed).outcomes == {"new": 1}


def test_twenty_megabytes_are_cut_off(website: Website, crawls: Crawls) -> None:
    website.pages["/feed"] = Reply(rss(("Relay", f"{website.url}/a")))
    website.pages["/a"] = Reply(b"<p>" + b"x" * 20_000_000)
    crawls.round(source("feed", f"{website.url}/feed"))
    assert crawls.shelf.rejected == {f"{website.url}/a": "the page is larger than 16 MB"}


def test_broken_charset_is_read(website: Website, crawls: Crawls) -> None:
    website.pages["/feed"] = Reply(rss(("Relay", f"{website.url}/a")))
    website.pages["/a"] = Reply(page("Größe und Ähre").encode("cp1252") + b"\x81", headers={"Content-Type": "text/html; charset=utf-8"})
    crawls.round(source("feed", f"{website.url}/feed"))
    assert [a.title for a in crawls.shelf.articles] == ["Größe und Ähre"]


def test_the_page_budget_leaves_the_oldest_for_the_next_round(website: Website, crawls: Crawls) -> None:
    website.pages["/feed"] = feed_of_two(website)
    two_articles(website)
    feed = source("feed", f"{website.url}/feed", max_pages=1)
    first = crawls.round(feed)
    assert (first.state, first.validators, crawls.shelf.sank) == ("ok", {}, [f"{website.url}/a"])
    second = crawls.round(feed)
    assert (second.outcomes, bool(second.validators)) == ({"known": 1, "new": 1}, True)


def test_a_slow_server_hits_the_limit_of_the_round(website: Website, crawls: Crawls) -> None:
    links = [(str(i), f"{website.url}/p{i}") for i in range(20)]
    website.pages["/feed"] = Reply(rss(*links), headers=FEED)
    website.pages.update({f"/p{i}": Reply(page("A slow page comes late"), delay=1) for i in range(20)})
    result = crawls.round(source("feed", f"{website.url}/feed"), round_limit=4)
    assert result.state == "partial"
    assert (result.finished - result.started).total_seconds() < 10
    assert any("the time limit of the round" in f.reason for f in result.failures)
    assert result.validators == {}
    assert 1 <= len(crawls.shelf.articles) < 6


def test_a_server_that_never_ends_is_cut_off(website: Website, crawls: Crawls) -> None:
    website.pages["/feed"] = Reply("x" * 1000, drip=0.05)
    result = crawls.round(source("feed", f"{website.url}/feed"), timeout=0.5)
    assert (result.state, result.failures[0].reason) == ("failed", "no answer in time")


def test_a_host_that_keeps_failing_is_left_alone(website: Website, crawls: Crawls) -> None:
    website.pages["/feed"] = Reply(rss(*[(str(i), f"{website.url}/p{i}") for i in range(12)]))
    website.pages.update({f"/p{i}": Reply("busy", 500) for i in range(12)})
    result = crawls.round(source("feed", f"{website.url}/feed"))
    assert len(website.paths()) == 1 + 5
    assert result.failures[-1].reason.startswith("7 pages left for a later round: 127.0.0.1:")


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), ValueError("a bug in the classifier")])
def test_a_failing_sink_loses_nothing(website: Website, crawls: Crawls, error: Exception) -> None:
    website.pages["/feed"] = feed_of_two(website)
    two_articles(website)
    feed = source("feed", f"{website.url}/feed")
    crawls.shelf.error = error
    broken = crawls.round(feed)
    assert broken.state == ("failed" if isinstance(error, OSError) else "partial")
    assert broken.validators == {}
    assert str(error) in broken.failures[0].reason
    crawls.shelf.error = None
    assert crawls.round(feed).outcomes == {"new": 2}


def test_rounds_of_several_sources_run_at_once(website: Website, other_website: Website, crawls: Crawls) -> None:
    for site in (website, other_website):
        site.pages["/feed"] = feed_of_two(site)
        two_articles(site)
    both = source("feed", f"{website.url}/feed", f"{other_website.url}/feed")
    assert crawls.round(both).outcomes == {"new": 4}


def test_a_cancelled_crawl_stops_and_keeps_nothing_more(website: Website, crawls: Crawls) -> None:
    website.pages["/feed"] = Reply(rss(*[(str(i), f"{website.url}/p{i}") for i in range(9)]))
    website.pages.update({f"/p{i}": Reply(page("A slow page comes late"), delay=0.3) for i in range(9)})
    shelf, settings = crawls.shelf, Crawl(delay=0, timeout=15, round_limit=40)

    async def cancelled() -> None:
        work = crawl(source("feed", f"{website.url}/feed"), "test", {}, seen=shelf.seen, sink=shelf.sink, settings=settings, now=crawls.now)
        task = asyncio.ensure_future(work)
        await asyncio.to_thread(shelf.arrived.wait, 30)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    crawls.engine.do(cancelled())
    kept, asked = len(shelf.kept), len(website.asked)
    time.sleep(0.6)
    assert 0 < len(shelf.kept) == kept < 9
    assert len(website.asked) == asked
