"""robots.txt as RFC 9309 says: unreachable means "nothing for now", not "everything"."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response

from crawler.address import host_of
from crawler.asking import PRODUCT, ask
from crawler.attempt import attempt
from crawler.manners import NotAskedError, Rules
from crawler.visit import visit_of
from crawler.words import ForbiddenError, MisdirectedError, error_words, status_words

LONGEST_USE = timedelta(hours=24)
"""RFC 9309, 2.4: no copy is used for longer."""
MOST_BYTES = 500 * 1024
"""RFC 9309, 2.5: the part that is read."""


class RobotsMiddleware:
    """Lets a request pass when its host's robots.txt does; reads each file once a day."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.visit = visit_of(crawler)
        self._reading: dict[str, asyncio.Task[Rules]] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> RobotsMiddleware:
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Raise ForbiddenError (the rules say no) or NotAskedError (there are no rules to be had)."""
        if request.meta.get("robots"):
            return
        rules = await self._rules(request.url)
        if not rules.protego.can_fetch(request.url, PRODUCT):
            raise ForbiddenError("robots.txt forbids the address")

    async def _rules(self, url: str) -> Rules:
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc}"
        known = self.visit.manners.rules.get(origin)
        if known and self.visit.now() - known.read < LONGEST_USE:
            return known
        if origin not in self._reading:
            self._reading[origin] = asyncio.ensure_future(self._read(origin))
        return await asyncio.shield(self._reading[origin])

    async def _read(self, origin: str) -> Rules:
        request = ask(f"{origin}/robots.txt", self.visit.settings, meta={"robots": True})
        answer = await attempt(self.crawler.engine.download_async(request))
        return self.visit.manners.learn(origin, self._text(origin, answer), self.visit.now())

    def _text(self, origin: str, answer: Response | BaseException) -> str:
        if isinstance(answer, NotAskedError):
            raise answer
        if isinstance(answer, MisdirectedError):
            return ""  # RFC 9309, 2.3.1.2: more than five redirects count as "there is none"
        if isinstance(answer, BaseException):
            raise _unreachable(origin, error_words(answer, self.visit.settings.max_bytes))
        if answer.status == 429 or answer.status >= 500:
            raise _unreachable(origin, status_words(answer.status))
        return readable(answer.body) if 200 <= answer.status < 300 else ""


def _unreachable(origin: str, why: str) -> NotAskedError:
    return NotAskedError(f"robots.txt of {host_of(origin)} cannot be read ({why}), so nothing is asked")


def readable(body: bytes) -> str:
    """Return the part of a robots.txt that counts: the whole lines of its first 500 KiB, as UTF-8."""
    if len(body) > MOST_BYTES:
        head = body[:MOST_BYTES].replace(b"\r", b"\n")
        body = head[: head.rfind(b"\n") + 1]
    return body.decode("utf-8-sig", "replace")
