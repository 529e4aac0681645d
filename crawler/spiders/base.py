"""What every spider does: poll, take what is new, fetch it, hand it over."""

from __future__ import annotations

import asyncio
from abc import abstractmethod
from collections.abc import AsyncIterator
from typing import Any, cast

from scrapy import Request, Spider
from scrapy.exceptions import CloseSpider, IgnoreRequest
from scrapy.http import HtmlResponse, Response
from twisted.python.failure import Failure

from crawler.address import host_of
from crawler.asking import ask, user_agent
from crawler.attempt import attempt
from crawler.browser import BrowserError, render
from crawler.extract import Blocked, extract, to_article
from crawler.listing import Listed, Listing, NotAListing
from crawler.manners import NotAskedError, retry_after_of
from crawler.source import Source
from crawler.visit import Visit
from crawler.words import ForbiddenError, error_words, is_too_large, may_pass, status_kind, status_words
from spacepact.article import Article
from spacepact.round import FailureKind, Page, Rejected, Validators

_OF_THE_WAY = ("content-encoding", "transfer-encoding", "content-length", "connection", "set-cookie")
HTML = "text/html,application/xhtml+xml;q=0.9,*/*;q=0.1"
"""What is accepted for an article's page."""


class SourceSpider(Spider):
    """One round of one source. A kind of source says what it accepts and how it reads a list."""

    name = "source"
    accept = "*/*"

    def __init__(self, visit: Visit, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.visit = visit

    @staticmethod
    @abstractmethod
    def read(body: bytes, url: str, content_type: str | None, source: Source) -> Listing | NotAListing:
        """Return what a polled page lists; pure."""

    async def start(self) -> AsyncIterator[Request]:
        for url in dict.fromkeys(self.visit.source.urls):
            yield self.poll(url)

    def poll(self, url: str, depth: int = 0) -> Request:
        """Return the request for a list, conditional where validators are known; `depth` counts the indexes above it."""
        known = self.visit.validators.get(url)
        return ask(
            url,
            self.visit.settings,
            accept=self.accept,
            validators=known,
            callback=self.on_poll,
            errback=self.on_poll_error,
            polled=url,
            depth=depth,
        )

    async def on_poll(self, response: Response, polled: str, depth: int) -> AsyncIterator[Request]:
        """Read a list and ask for the pages that are new."""
        if response.status == 304 or 200 <= response.status < 300:
            self.visit.hearing.answer(response, polled, self.visit.now())
        if response.status == 304:
            self.visit.unchanged(polled, _validators(response))
            return
        if not 200 <= response.status < 300:
            self.visit.hearing.silence(retry_after_of(response, self.visit.now()), self.visit.now())
            self.visit.poll_failed(polled, status_words(response.status), status_kind(response.status))
            return
        listing = await attempt(self._read_list(response))
        if isinstance(listing, BrowserError):
            self.visit.poll_failed(polled, str(listing))
        elif isinstance(listing, NotAListing):
            self.visit.poll_failed(polled, listing.reason, "unreadable")
        elif isinstance(listing, BaseException):
            self.logger.error("%s: %s could not be read", self.visit.id, polled, exc_info=listing)
            self.visit.poll_failed(polled, f"could not be read: {type(listing).__name__}: {listing}"[:200], "unreadable")
        else:
            self.visit.hearing.listing(listing, polled)
            for item in await self.visit.take(polled, listing, _validators(response)):
                yield ask(item.address, self.visit.settings, accept=HTML, callback=self.on_page, errback=self.on_page_error, listed=item)
            for url in self.visit.deeper(listing.lists, depth):
                yield self.poll(url, depth + 1)
            self._stop_if_broken()

    def on_poll_error(self, failure: Failure) -> None:
        polled = _asked(failure).cb_kwargs["polled"]
        kind: FailureKind = "robots-forbids" if isinstance(failure.value, ForbiddenError) else "failing"
        self.visit.poll_failed(polled, error_words(failure.value, self.visit.settings.max_bytes), kind)

    async def on_page(self, response: Response, listed: Listed) -> None:
        """Turn a page into an article, or into the reason why it is none."""
        self.visit.fetched += 1
        if response.status >= 400 and may_pass(response.status):
            self.visit.page_failed(listed.link, status_words(response.status), status_kind(response.status))
            return
        if response.status != 200:
            await self._keep(listed, none_at(response.status))
            return
        read = await attempt(self._read_page(response, listed))
        if isinstance(read, BrowserError):
            self.visit.page_failed(listed.link, str(read))
        elif isinstance(read, BaseException):
            self.logger.error("%s: %s could not be read", self.visit.id, listed.link.url, exc_info=read)
            self.visit.page_failed(listed.link, f"could not be read: {type(read).__name__}: {read}"[:200])
        elif isinstance(blocked := read[0], Blocked):
            self.visit.answered(host_of(response.url), well=False)
            self.visit.page_failed(listed.link, blocked.reason, "blocked")
        else:
            self.visit.read(read[0])
            await self._keep(listed, *read)

    async def on_page_error(self, failure: Failure) -> None:
        listed: Listed = _asked(failure).cb_kwargs["listed"]
        words = error_words(failure.value, self.visit.settings.max_bytes)
        if isinstance(failure.value, NotAskedError):
            self.visit.not_asked(words)
        elif isinstance(failure.value, ForbiddenError):
            self.visit.filled["forbidden"] += 1
            await self._keep(listed, Rejected(reason=words))
        elif isinstance(failure.value, IgnoreRequest) or is_too_large(failure.value):
            await self._keep(listed, Rejected(reason=words))
        else:
            self.visit.page_failed(listed.link, words)

    async def _read_list(self, response: Response) -> Listing | NotAListing:
        seen = await self._as_seen(response) if self.visit.source.kind == "listing" else response
        return await asyncio.to_thread(self.read, seen.body, seen.url, content_type_of(seen), self.visit.source)

    async def _read_page(self, response: Response, listed: Listed) -> tuple[Article | Rejected, Page]:
        """Return what a page says, and the page as it was read, for the evidence."""
        seen = await self._as_seen(response)
        return await asyncio.to_thread(self._to_article, seen, listed), page_of(seen, listed)

    def _to_article(self, response: Response, listed: Listed) -> Article | Rejected:
        visit = self.visit
        extracted = extract(response.body, response.url, content_type=content_type_of(response))
        found = to_article(extracted, visit.source, visit.id, listed.link, visit.now(), listed=listed)
        undated = isinstance(found, Article) and found.published is None
        return found.model_copy(update={"backlog": True}) if visit.backlog and undated else found

    async def _as_seen(self, response: Response) -> Response:
        """Return a page as its scripts leave it where the source wishes so; as it came otherwise. Raises BrowserError."""
        said = content_type_of(response) or ""
        if self.visit.source.render != "browser" or "html" not in said.lower():
            return response
        settings = self.visit.settings
        left = self.visit.deadline - asyncio.get_running_loop().time()
        filled = await render(
            response.url,
            response.body,
            said,
            fetch=lambda url: self.crawler.engine.download_async(ask(url, settings)),
            agent=user_agent(settings),
            seconds=max(min(settings.timeout, left), 0.01),
        )
        if len(filled) > settings.max_bytes:
            raise BrowserError(f"the browser's page is larger than {settings.max_bytes / 1_000_000:.0f} MB")
        return HtmlResponse(response.url, response.status, {"Content-Type": "text/html; charset=utf-8"}, filled, encoding="utf-8")

    async def _keep(self, listed: Listed, result: Article | Rejected, page: Page | None = None) -> None:
        await self.visit.keep(listed.link, result, page)
        self._stop_if_broken()

    def _stop_if_broken(self) -> None:
        if self.visit.broken:
            raise CloseSpider(self.visit.broken)


def none_at(status: int) -> Rejected:
    """Return what a status other than 200 says about a page."""
    return Rejected(reason=status_words(status), gone=status_kind(status) == "gone")


def _asked(failure: Failure) -> Request:
    return cast("Request", getattr(failure, "request"))  # noqa: B009 - Scrapy adds it


def page_of(response: Response, listed: Listed) -> Page:
    """Return a page as it came, for the evidence; its body is decoded, so that no header says how it travelled."""
    headers = ((name.decode("latin-1"), value.decode("latin-1")) for name, values in response.headers.items() for value in values)
    kept = tuple((name, value) for name, value in headers if name.lower() not in _OF_THE_WAY)
    return Page(response.url, response.status, kept, response.body, listed.title, listed.published)


def content_type_of(response: Response) -> str | None:
    """Return the Content-Type header as it came."""
    value = response.headers.get("Content-Type")
    return value.decode("latin-1") if value else None


def _validators(response: Response) -> Validators:
    etag, modified = response.headers.get("ETag"), response.headers.get("Last-Modified")
    return Validators(etag=etag.decode("latin-1") if etag else None, last_modified=modified.decode("latin-1") if modified else None)
