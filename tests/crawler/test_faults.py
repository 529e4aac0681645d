"""Faults of hosts, under their numbers: each against a real server, and the round ends with words."""

from __future__ import annotations

import asyncio
import gzip
import heapq
import itertools
import time
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import brotli
import pytest
from backports import zstd

from crawler.manners import Manners
from crawler.middlewares.redirect import is_login
from spacepact.round import Round
from tests.crawler.loopback import Crawls, Reply, Website
from tests.crawler.pages import page, rss, sitemap, source
from tests.crawler.raw import RawServer

RSS = {"Content-Type": "application/rss+xml"}
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\n"


def one_article(website: Website, **headers: str) -> str:
    website.pages["/feed"] = Reply(rss(("Relay", f"{website.url}/a")), headers=RSS | headers)
    website.pages["/a"] = Reply(page("Two agencies build a lunar relay"))
    return f"{website.url}/feed"


def reasons(found: Round) -> str:
    return " | ".join(failure.reason for failure in found.failures)


class Waiting(asyncio.SelectorEventLoop):
    """An event loop whose clock jumps to the next thing to do: an hour of politeness takes no time."""

    def __init__(self) -> None:
        super().__init__()
        self.jumped = 0.0

    def time(self) -> float:
        return super().time() + self.jumped

    def _run_once(self) -> None:
        if not self._ready and self._scheduled:  # type: ignore[attr-defined]
            self.jumped += max(0.0, heapq.nsmallest(1, self._scheduled)[0].when() - self.time())  # type: ignore[attr-defined]
        super()._run_once()  # type: ignore[misc]


def test_d1_no_tls_no_name_no_connection_for_robots_mean_nothing_is_asked(website: Website, crawls: Crawls) -> None:
    closed = Website()
    closed.close()
    one_article(website)
    for url, words in (
        (website.url.replace("http:", "https:"), "the secure connection failed"),
        (closed.url, "the connection was refused"),
        ("http://no-such-host.invalid", "no such host"),
    ):
        result = crawls.round(source("feed", f"{url}/feed"))
        assert (result.state, result.listed) == ("failed", 0)
        assert f"cannot be read ({words}), so nothing is asked" in reasons(result)
    assert website.asked == []


def test_d3_five_robots_redirects_across_hosts_bind_the_first_host(website: Website, other_website: Website, crawls: Crawls) -> None:
    feed = one_article(website)
    here, there = website, other_website
    for n in range(5):
        path = f"/r{n}" if n else "/robots.txt"
        here.pages[path] = Reply(status=302, headers={"Location": f"{there.url}/r{n + 1}"})
        here, there = there, here
    here.pages["/r5"] = Reply("User-agent: *\nDisallow: /a\n")
    result = crawls.round(source("feed", feed))
    assert website.paths().count("/feed") == 1
    assert "/a" not in website.paths()
    assert result.outcomes == {"rejected": 1}


def test_d4_a_long_strange_robots_file_is_obeyed(website: Website, crawls: Crawls) -> None:
    lines = [b"\xef\xbb\xbfUser-agent: *"]
    lines += [b"Disallow: /\xff\xfe" + b"x" * 80] * (400_000 // 94)
    lines += [b"Disallow: /a"]
    lines += [b"Disallow: /y" + b"y" * 80] * 2200
    body = b"\r".join(lines)
    assert 399_000 < body.index(b"Disallow: /a\r") < 401_000
    assert len(body) > 600_000
    feed = one_article(website)
    website.pages["/robots.txt"] = Reply(body, headers={"Content-Type": "text/plain"})
    assert crawls.round(source("feed", feed)).outcomes == {"rejected": 1}
    assert website.paths() == ["/feed"]


def test_d5_crawl_delay_of_ten_and_retry_after_of_sixty_seconds() -> None:
    async def turns() -> list[float]:
        manners, starts, loop = Manners(), [], asyncio.get_running_loop()
        now = datetime.now(UTC)
        manners.learn("https://orbit.example", "User-agent: *\nCrawl-delay: 10", now)
        for silence in (0, 0, 60, 0):
            async with manners.turn("orbit.example", 1.0, loop.time() + 1000):
                starts.append(loop.time())
            if silence:
                manners.silence("orbit.example", silence, now)
        return starts

    with asyncio.Runner(loop_factory=Waiting) as runner:
        starts = runner.run(turns())
    assert [round(b - a) for a, b in itertools.pairwise(starts)] == [10, 10, 60]


def test_d5_two_sources_of_one_host_wait_for_each_other() -> None:
    async def both() -> tuple[int, list[float]]:
        manners, starts, now, most = Manners(), [], 0, 0
        loop = asyncio.get_running_loop()

        async def ask() -> None:
            nonlocal now, most
            async with manners.turn("slow.example", 1.0, loop.time() + 1000):
                starts.append(loop.time())
                now += 1
                most = max(most, now)
                await asyncio.sleep(5)
                now -= 1

        await asyncio.gather(*(ask() for _ in range(6)))
        return most, starts

    with asyncio.Runner(loop_factory=Waiting) as runner:
        most, starts = runner.run(both())
    assert most == 1
    assert min(b - a for a, b in itertools.pairwise(starts)) >= 5


@pytest.mark.parametrize("etag", ['W/"a  b"', '"caf\xe9"', "no quotes", '"x";gzip'])
def test_d6_validators_are_opaque(website: Website, crawls: Crawls, etag: str) -> None:
    feed = source("feed", one_article(website, ETag=etag, **{"Last-Modified": "Sonntag, 31-Feb-26 25:61:61 XST"}))
    crawls.round(feed)
    again = crawls.round(feed)
    assert (website.asked[-1].headers["if-none-match"], website.asked[-1].headers["if-modified-since"]) == (
        etag,
        "Sonntag, 31-Feb-26 25:61:61 XST",
    )
    assert (again.state, dict(again.outcomes), crawls.shelf.sank) == ("unchanged", {}, [f"{website.url}/a"])


def test_d8_a_permanent_move_is_recorded_and_a_temporary_one_is_not(website: Website, crawls: Crawls) -> None:
    one_article(website)
    website.pages["/old"] = Reply(status=301, headers={"Location": "/older"})
    website.pages["/older"] = Reply(status=308, headers={"Location": "/feed"})
    website.pages["/for-now"] = Reply(status=302, headers={"Location": "/feed"})
    result = crawls.round(source("feed", f"{website.url}/old", f"{website.url}/for-now"))
    assert result.heard.moved == {f"{website.url}/old": f"{website.url}/feed"}
    assert result.outcomes == {"new": 1}


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (Reply(status=302, headers={"Location": "/feed"}), "more than 5 redirects"),
        (Reply(status=302, headers={"Location": "/account/login?next=/feed"}), "a redirect to a login page"),
        (Reply("gone", 410), "410 Gone"),
        (Reply(status=302), "302 Found"),
        (Reply(status=302, headers={"Location": "ftp://orbit.example/feed"}), ""),
    ],
)
def test_d8_a_feed_that_leads_nowhere_is_stopped_and_flagged(website: Website, crawls: Crawls, reply: Reply, words: str) -> None:
    website.pages["/feed"] = reply
    result = crawls.round(source("feed", f"{website.url}/feed"))
    assert result.state == "failed"
    assert words in reasons(result)
    assert len(website.asked) <= 10
    assert "/account/login?next=/feed" not in website.paths()


@pytest.mark.parametrize(
    ("url", "login"),
    [
        ("/wp-login.php", True),
        ("/users/sign_in", True),
        ("/SignIn", True),
        ("/news/login-to-orbit", False),
        ("/sso", True),
        ("/blog/inside", False),
    ],
)
def test_d8_login_pages_are_known_by_their_address(url: str, login: bool) -> None:  # noqa: FBT001
    assert is_login(f"https://orbit.example{url}") is login


def test_d9_a_calendar_without_end_stops_at_its_budgets_and_the_next_source_is_in_time(website: Website, crawls: Crawls) -> None:
    def calendar(asked: object) -> Reply:
        month = int(getattr(asked, "path").rpartition("/")[2])  # noqa: B009
        entries = "".join(f"<sitemap><loc>{website.url}/calendar/{month * 1000 + n}</loc></sitemap>" for n in range(1000))
        return Reply(f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{entries}</sitemapindex>')

    class Endless(dict[str, object]):
        def get(self, path: str, default: object = None) -> object:
            return calendar if path.startswith("/calendar/") else super().get(path, default)

    website.pages = Endless()  # type: ignore[assignment]
    start = time.process_time()
    result = crawls.round(source("sitemap", f"{website.url}/calendar/1"))
    assert len(website.paths()) <= 61
    assert time.process_time() - start < 10
    assert "an index names more than 60 lists" in reasons(result)
    website.pages = {}
    assert crawls.round(source("feed", one_article(website))).outcomes == {"new": 1}


def test_d9_a_list_of_a_million_pages_is_fetched_a_budget_at_a_time(website: Website, crawls: Crawls) -> None:
    website.pages["/map"] = Reply(sitemap(*((f"{website.url}/p{n}", "") for n in range(20_000))))
    website.pages |= {f"/p{n}": Reply(page("A page among many")) for n in range(30)}
    result = crawls.round(source("sitemap", f"{website.url}/map", max_pages=5), round_limit=300)
    assert (result.fetched, result.heard.more) == (5, True)


BOMBS = {
    "gzip": gzip.compress(bytes(40_000_000)),
    "deflate": zlib.compress(bytes(40_000_000)),
    "br": brotli.compress(bytes(40_000_000), quality=1),
    "zstd": zstd.compress(bytes(40_000_000)),
}
TEN_GIGABYTES = {"gzip": gzip.compress(bytes(10_000_000)) * 1000, "zstd": zstd.compress(bytes(10_000_000)) * 1000}


@pytest.mark.parametrize(("encoding", "body"), [*BOMBS.items(), *TEN_GIGABYTES.items()], ids=[*BOMBS, "gzip 10 GB", "zstd 10 GB"])
def test_e2_bombs_are_cut_at_sixteen_megabytes(website: Website, crawls: Crawls, encoding: str, body: bytes) -> None:
    website.pages["/feed"] = Reply(body, headers=RSS | {"Content-Encoding": encoding})
    start = time.process_time()
    result = crawls.round(source("feed", f"{website.url}/feed"))
    assert reasons(result) == "the page is larger than 16 MB"
    assert encoding in website.asked[-1].headers["accept-encoding"]
    assert time.process_time() - start < 8


def test_e2_a_bomb_inside_a_sitemap_file_is_cut(website: Website, crawls: Crawls) -> None:
    website.pages["/map.xml.gz"] = Reply(BOMBS["gzip"], headers={"Content-Type": "application/gzip"})
    result = crawls.round(source("sitemap", f"{website.url}/map.xml.gz"))
    assert reasons(result) == "the sitemap is larger than 16 MB"


def endless() -> Iterator[bytes]:
    yield HEAD + b"Connection: close\r\n\r\n<rss>"
    while True:
        yield b"<item>" * 10_000


BROKEN = {
    "an endless body": (endless, "the page is larger than 1 MB"),
    "a length that is too long": (lambda: [HEAD + b"Content-Length: 5000\r\n\r\n<rss>"], "the answer was cut short"),
    "a length that is no number": (lambda: [HEAD + b"Content-Length: many\r\n\r\n<rss>"], ""),
    "a chunk that is none": (lambda: [HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n<rss>\r\n"], ""),
    "a chunked body without an end": (lambda: [HEAD + b"Transfer-Encoding: chunked\r\n\r\n5\r\n<rss>\r\n"], "the answer was cut short"),
    "half a gzip": (lambda: [HEAD + b"Content-Encoding: gzip\r\n\r\n" + gzip.compress(rss().encode())[:20]], ""),
    "gzip that is none": (lambda: [HEAD + b"Content-Encoding: gzip\r\n\r\n<rss>"], "the answer's compression is broken"),
    "no HTTP": (lambda: [b"220 mail.orbit.example ESMTP\r\n"], ""),
    "nothing": (list, "the connection broke"),
    "headers without end": (lambda: itertools.chain([HEAD], itertools.repeat(b"X-More: " + b"x" * 5000 + b"\r\n")), ""),
}


@pytest.mark.parametrize("broken", BROKEN)
def test_e3_a_broken_answer_ends_in_words_and_removes_nothing(website: Website, crawls: Crawls, broken: str) -> None:
    pieces, words = BROKEN[broken]
    crawls.round(source("feed", one_article(website, ETag='"1"')))
    before, kept = dict(crawls.shelf.kept), crawls.validators
    server = RawServer(pieces())
    start = time.monotonic()
    result = crawls.round(source("feed", f"{server.url}/feed"), timeout=3, max_bytes=1_000_000)
    server.close()
    assert result.state == "failed", result
    assert words in reasons(result)
    assert time.monotonic() - start < 30
    assert crawls.shelf.kept == before
    assert kept
    assert (datetime.now(UTC) - result.finished) < timedelta(minutes=1)
