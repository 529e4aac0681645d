"""An errand: a few pages asked for one after the other, with the manners and the guard of a crawl."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Any, NamedTuple, Protocol
from urllib.parse import urlencode, urlsplit

from scrapy import Request
from scrapy.http import Response

from crawler.asking import ask
from crawler.attempt import attempt
from crawler.listing import Listing, NotAListing
from crawler.source import Source
from crawler.spiders.base import SourceSpider, content_type_of
from crawler.words import error_words, status_words
from spacepact.text import clean_line


class Page(NamedTuple):
    """An answer: where it came from in the end, its bytes, its Content-Type, and its site's robots.txt ("" where there is none)."""

    url: str
    body: bytes
    content_type: str | None
    robots: str


class NoPage(NamedTuple):
    """Why there is no answer, in words for people."""

    url: str
    reason: str


Get = Callable[[str], Awaitable[Page | NoPage]]
"""Asks for a page."""


class Errand(Protocol):
    """What a piece of work may do."""

    async def get(self, url: str) -> Page | NoPage:
        """Ask for a page."""
        ...

    async def post(self, url: str, form: Mapping[str, str]) -> str | None:
        """Post a form; return why it was not taken, None where it was."""
        ...


def errand_source(url: str) -> Source:
    """Return a source that stands for an errand."""
    about = {"name": "errand", "kind": "listing", "language": "en", "country": "EU", "tier": "blog", "every": "1d"}
    return Source.model_validate({**about, "urls": [url]})


class ErrandSpider(SourceSpider):
    """Does one piece of work."""

    def __init__(self, work: Callable[[Errand], Awaitable[None]], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.work = work

    async def start(self) -> AsyncIterator[Request]:
        await self.work(self)
        return
        yield

    async def get(self, url: str) -> Page | NoPage:
        """Ask for a page."""
        settings = self.visit.settings
        answer = await attempt(self.crawler.engine.download_async(ask(url, settings)))
        if isinstance(answer, BaseException):
            return NoPage(url, error_words(answer, settings.max_bytes))
        if answer.status != 200:
            return NoPage(url, status_words(answer.status))
        return Page(answer.url, answer.body, content_type_of(answer), self._robots(answer))

    async def post(self, url: str, form: Mapping[str, str]) -> str | None:
        """Post a form to a machine that waits for it: its robots.txt is for those who read pages."""
        request = ask(url, self.visit.settings, meta={"robots": True, "dont_redirect": True})
        headers = {**request.headers, b"Content-Type": b"application/x-www-form-urlencoded"}
        answer = await attempt(self.crawler.engine.download_async(request.replace(method="POST", body=urlencode(form), headers=headers)))
        if isinstance(answer, BaseException):
            return error_words(answer, self.visit.settings.max_bytes)
        if 200 <= answer.status < 300:
            return None
        return f"{status_words(answer.status)}: {clean_line(answer.body[:300].decode('utf-8', 'replace'))}"

    def _robots(self, answer: Response) -> str:
        parts = urlsplit(answer.url)
        rules = self.visit.manners.rules.get(f"{parts.scheme}://{parts.netloc}")
        return rules.text if rules else ""

    @staticmethod
    def read(body: bytes, url: str, content_type: str | None, source: Source) -> Listing | NotAListing:  # noqa: ARG004
        """An errand polls nothing."""
        return NotAListing(reason="an errand polls nothing")
