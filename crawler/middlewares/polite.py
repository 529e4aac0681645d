"""The download handler that waits its turn: the innermost place, so that nothing passes by it."""

from __future__ import annotations

import asyncio
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.exceptions import CannotResolveHostError
from scrapy.http import Response

from crawler.address import host_of
from crawler.attempt import attempt
from crawler.manners import retry_after_of
from crawler.visit import Visit, visit_of
from crawler.words import MisdirectedError


class PoliteHandler(HTTP11DownloadHandler):
    """One request at a time to a host, with pauses, in the time that the round has left."""

    async def download_request(self, request: Request) -> Response:
        """Return the response; raises NotAskedError, or what went wrong on the way."""
        visit = visit_of(self._crawler)
        host = host_of(request.url)
        visit.may_ask(host)
        async with visit.manners.turn(host, visit.settings.delay, visit.deadline):
            visit.may_ask(host)
            left = visit.deadline - asyncio.get_running_loop().time()
            request.meta["download_timeout"] = min(visit.settings.timeout, max(left, 0.01))
            answer = await attempt(super().download_request(request))
        if isinstance(answer, BaseException):
            visit.answered(host, well=False)
            if isinstance(answer, CannotResolveHostError) and urlsplit(request.url).hostname in visit.manners.refused:
                raise MisdirectedError("the address leads into a private network")
            raise answer
        self._heed(visit, host, answer)
        return answer

    def _heed(self, visit: Visit, host: str, response: Response) -> None:
        visit.bytes_read += len(response.body)
        visit.answered(host, well=response.status < 500 and response.status not in (403, 429))
        if wish := retry_after_of(response, visit.now()):
            visit.manners.silence(host, wish, visit.now())
