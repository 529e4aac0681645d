"""Redirects: five at most, never from https to http or to a login, without a referrer."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from scrapy import Request, Spider
from scrapy.downloadermiddlewares.redirect import RedirectMiddleware as ScrapyRedirects
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response

from crawler.words import MisdirectedError

_LOGIN = re.compile(r"(wp-)?(log|sign)[-_]?in(\.\w+)?|sso|oauth2?|idp|authenticate", re.IGNORECASE)


class RedirectMiddleware(ScrapyRedirects):
    """Scrapy's own, with words for people and no way down from https or into a login."""

    def _engine_started(self) -> None:
        """Do not look for a referrer middleware: no referrer is sent."""

    def process_response(self, request: Request, response: Response, spider: Spider | None = None) -> Request | Response:  # noqa: ARG002
        """Return the response, or the request that follows from it; raise MisdirectedError."""
        try:
            following = super().process_response(request, response)
        except IgnoreRequest:
            raise MisdirectedError(f"more than {self.max_redirect_times} redirects") from None
        if isinstance(following, Request) and request.url.startswith("https:") and following.url.startswith("http:"):
            raise MisdirectedError(f"a redirect from https to http ({following.url})")
        if isinstance(following, Request) and is_login(following.url) and not is_login(request.url):
            raise MisdirectedError(f"a redirect to a login page ({following.url})")
        return following


def is_login(url: str) -> bool:
    """Return whether an address is that of a login page."""
    return any(_LOGIN.fullmatch(part) for part in urlsplit(url).path.split("/"))
