"""A second look at pages that are kept: an outlet may mend them without a word, or take them away."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Any
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.http import Response
from twisted.python.failure import Failure

from crawler.asking import ask
from crawler.attempt import attempt
from crawler.listing import Listed
from crawler.spiders.base import HTML, SourceSpider, none_at
from crawler.spiders.errand import ErrandSpider
from spacepact.looking import Look
from spacepact.round import Rejected


class AgainSpider(SourceSpider):
    """Hands over what is certain, an article or a page that is gone; whatever else a page answers proves nothing."""

    read = staticmethod(ErrandSpider.read)

    def __init__(self, looks: Sequence[Look], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.looks = looks

    async def start(self) -> AsyncIterator[Request]:
        for look in self.looks:
            known: dict[str, Any] = {"listed": Listed(link=look.link, address=look.link.url), "article": look.article}
            yield ask(look.link.url, self.visit.settings, accept=HTML, callback=self.on_again, errback=self.on_again_error, **known)

    async def on_again(self, response: Response, listed: Listed, article: str) -> None:
        """Hand over what a page says now."""
        if response.status != 200:
            found = none_at(response.status)
            if found.gone:
                await self._keep(listed, found)
            return
        if _is_front(response.url) and not _is_front(listed.address):
            await self._keep(listed, Rejected(reason="it leads to the front page now", gone=True))
            return
        read = await attempt(self._read_page(response, listed))
        if isinstance(read, BaseException):
            self.logger.info("%s: %s could not be read again: %s", self.visit.id, listed.link.url, read)
        elif read[0].gone if isinstance(read[0], Rejected) else read[0].url == article:
            await self._keep(listed, *read)

    def on_again_error(self, failure: Failure, **_: object) -> None:
        """Let it be: the page is looked at another time."""
        self.logger.info("%s: a page could not be looked at again: %s", self.visit.id, failure.value)


def _is_front(url: str) -> bool:
    return urlsplit(url).path in ("", "/")
