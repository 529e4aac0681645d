"""The engine: Scrapy's, in one process, one Crawler a round."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from copy import copy
from datetime import datetime
from functools import cache, lru_cache
from typing import Any, Self, TypeVar

from scrapy.crawler import AsyncCrawlerRunner, Crawler
from scrapy.settings import Settings
from scrapy.utils.reactor import install_reactor

from crawler.asking import user_agent
from crawler.attempt import attempt
from crawler.guard import GuardedResolver
from crawler.manners import Manners
from crawler.source import Kind, Source
from crawler.spiders.again import AgainSpider
from crawler.spiders.base import SourceSpider
from crawler.spiders.errand import Errand, ErrandSpider, errand_source
from crawler.spiders.feed import FeedSpider
from crawler.spiders.listing import ListingSpider
from crawler.spiders.sitemap import SitemapSpider
from crawler.visit import Visit, Watch, unwatched
from spacepact.addresses import private_host
from spacepact.looking import Look
from spacepact.round import Outcome, Round, Seen, Sink, Validators
from spacepact.settings import Crawl

T = TypeVar("T")
Now = Callable[[], datetime]
GRACE = 5.0
"""Seconds beyond the round's limit that a crawl gets to end by itself."""
SPIDERS: Mapping[Kind, type[SourceSpider]] = {"feed": FeedSpider, "sitemap": SitemapSpider, "listing": ListingSpider}


def run(main: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Run a coroutine inside the reactor that crawls need, and return its result.

    Once per process, in its main thread or in another. Signals are the caller's business.
    """
    install_reactor("twisted.internet.asyncioreactor.AsyncioSelectorReactor")
    from twisted.internet import reactor as installed  # noqa: PLC0415 - importing it installs a default one

    reactor: Any = installed

    reactor.installNameResolver(GuardedResolver(reactor.nameResolver, manners().trusted, manners().refused))
    _keep_quiet()
    ends: list[T | BaseException] = []

    async def work() -> None:
        try:
            ends.append(await attempt(main()))
        finally:
            reactor.stop()

    tasks: list[asyncio.Task[None]] = []
    reactor.callWhenRunning(lambda: tasks.append(asyncio.ensure_future(work())))
    reactor.run(installSignalHandlers=False)
    if isinstance(ends[0], BaseException):
        raise ends[0]
    return ends[0]


def _keep_quiet() -> None:
    """Silence what the libraries say about pages: the Round says it; faults in callbacks are still told."""
    for name in ("scrapy", "trafilatura", "htmldate", "charset_normalizer"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    for name in ("scrapy.core.scraper", "scrapy.core.engine", "scrapy.utils.signal"):
        logging.getLogger(name).setLevel(logging.ERROR)


async def crawl(
    source: Source,
    id: str,  # noqa: A002 - the word of the design
    validators: Mapping[str, Validators],
    *,
    seen: Seen,
    sink: Sink,
    settings: Crawl,
    now: Now,
    backlog: bool = False,
    watch: Watch = unwatched,
) -> Round:
    """Visit a source once: poll it, fetch what `seen` does not know, hand it to `sink`.

    `seen` may block: it is called in a thread. A source's trouble is in the Round, never an exception.
    `backlog`: the source is new, so an undated article may be of any age. `watch` is told what each list says.
    """
    deadline = asyncio.get_running_loop().time() + settings.round_limit
    visit = Visit(source, id, validators, seen, sink, settings, now, manners(), deadline, backlog, watch)
    await _run(visit, SPIDERS[source.kind])
    if visit.over:
        visit.not_asked("the time limit of the round was reached")
    return visit.to_round()


async def look_again(source: Source, id: str, looks: Sequence[Look], *, sink: Sink, settings: Crawl, now: Now) -> None:  # noqa: A002
    """Look at kept pages of a source once more, as politely as a crawl; `sink` gets those of which something is certain."""
    deadline = asyncio.get_running_loop().time() + settings.round_limit
    visit = Visit(source, id, {}, set, sink, settings, now, manners(), deadline)
    await _run(visit, AgainSpider, looks=looks)


async def errand(url: str, work: Callable[[Errand], Awaitable[T]], *, settings: Crawl, now: Now, ours: bool = True) -> T | None:
    """Do some work that asks for pages, as politely and guardedly as a crawl; None where it took too long.

    `url` is where it begins; `ours`: we ourselves named it, so a private address is meant.
    """
    deadline = asyncio.get_running_loop().time() + settings.round_limit
    visit = Visit(errand_source(url), "errand", {}, set, _nowhere, settings, now, manners(), deadline)
    ends: list[T] = []

    async def done(errand: Errand) -> None:
        ends.append(await work(errand))

    await _run(visit, ErrandSpider, ours=ours, work=done)
    return ends[0] if ends else None


async def _nowhere(*_: object) -> Outcome:
    return "known"


async def _run(visit: Visit, spider: type[SourceSpider], *, ours: bool = True, **known: Any) -> None:
    """Run a spider until it ends, or a little longer than its time; raises what was wrong with the spider itself."""
    named = [*(visit.source.urls if ours else ()), visit.settings.proxy or ""]
    visit.manners.trusted.update(filter(None, map(private_host, named)))
    crawler = _runner(visit.settings).create_crawler(spider)
    task = asyncio.ensure_future(crawler.crawl_async(visit=visit, **known))
    try:
        await asyncio.wait({task}, timeout=visit.settings.round_limit + GRACE)
    finally:
        if not task.done():
            visit.over = True
            await _break_off(crawler, task)
    if not visit.over and (error := task.exception()):
        raise error


async def _break_off(crawler: Crawler, task: asyncio.Task[None]) -> None:
    stopping = asyncio.ensure_future(crawler.stop_async())
    await asyncio.wait({task, stopping}, timeout=GRACE, return_when=asyncio.ALL_COMPLETED)
    for left in (task, stopping):
        left.cancel()


@cache
def manners() -> Manners:
    """Return the process's memory about hosts, which all its crawls share."""
    return Manners()


@lru_cache(maxsize=1)
def _runner(settings: Crawl) -> AsyncCrawlerRunner:
    """Return what makes crawls: until the settings change, they are read once."""
    return AsyncCrawlerRunner(_Settings(_scrapy_settings(settings)))


class _Settings(Settings):
    """Scrapy's, for rounds of which none changes what a setting holds."""

    def copy(self) -> Self:
        """Return the same settings, to which others can be added: copying what each holds would take longer than asking for a page."""
        fresh = copy(self)
        fresh.attributes = dict(self.attributes)
        return fresh


def _scrapy_settings(settings: Crawl) -> dict[str, Any]:
    """Return Scrapy's settings: what spacepact does itself is switched off there."""
    scrapy = "scrapy.downloadermiddlewares"
    handler = "crawler.middlewares.polite.PoliteHandler"
    return {
        "USER_AGENT": user_agent(settings),
        "DOWNLOADER_MIDDLEWARES_BASE": {},
        "DOWNLOADER_MIDDLEWARES": {
            "crawler.middlewares.robots.RobotsMiddleware": 100,
            f"{scrapy}.retry.RetryMiddleware": 550,
            "crawler.middlewares.redirect.RedirectMiddleware": 600,
            f"{scrapy}.httpcompression.HttpCompressionMiddleware": 700,
            f"{scrapy}.httpproxy.HttpProxyMiddleware": 750,
        },
        "SPIDER_MIDDLEWARES_BASE": {},
        "EXTENSIONS_BASE": {},
        "DOWNLOAD_HANDLERS_BASE": {"http": handler, "https": handler},
        "DOWNLOAD_DELAY": 0,
        "DOWNLOAD_TIMEOUT": settings.timeout,
        "DOWNLOAD_MAXSIZE": settings.max_bytes,
        "DOWNLOAD_WARNSIZE": 0,
        "DOWNLOAD_VERIFY_CERTIFICATES": True,
        "CONCURRENT_REQUESTS": settings.at_once,
        "CONCURRENT_REQUESTS_PER_DOMAIN": 1,
        "CONCURRENT_ITEMS": 1,  # that many tasks are made for every answer; a page goes to its sink, not through a pipeline
        "REDIRECT_MAX_TIMES": 5,
        "RETRY_TIMES": 1,
        "RETRY_HTTP_CODES": [],
        "RETRY_EXCEPTIONS": ["scrapy.exceptions.DownloadFailedError", "scrapy.exceptions.ResponseDataLossError"],
        "SCHEDULER_MEMORY_QUEUE": "scrapy.squeues.FifoMemoryQueue",
        "COOKIES_ENABLED": False,
        "TELNETCONSOLE_ENABLED": False,
        "LOG_ENABLED": False,
    }
