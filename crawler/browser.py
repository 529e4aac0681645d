"""Pages that only a script fills, read with the system's Chromium through Playwright (extra `browser`).

The browser itself reaches nothing: every request of a page goes through the fetch that the caller
gives, with its robots rules, pauses, limits and guard. Pictures, films, fonts and styles are not asked for.
"""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scrapy.http import Response

from crawler.attempt import attempt

if TYPE_CHECKING:
    from playwright.async_api import BrowserContext, Route, WebSocketRoute

Fetch = Callable[[str], Awaitable[Response]]
"""Fetches one address as the crawler fetches: politely and guarded; may raise."""

_NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome")
_WANTED = frozenset({"document", "script", "xhr", "fetch"})
_MOST = 60
"""Requests that one page may make."""
_QUIET = 8.0
"""Seconds that a page's scripts get to come to rest."""
_ALONE = asyncio.Semaphore(1)
"""A browser is heavy: one at a time in a process."""
_ARGUMENTS = ("--disable-background-networking", "--force-webrtc-ip-handling-policy=disable_non_proxied_udp", "--disable-dev-shm-usage")
_NOWHERE = "http://127.0.0.1:9"
"""A proxy that answers nobody: what the page does not ask through us, it does not get."""


class BrowserError(Exception):
    """A page could not be rendered; the words are for people."""


@dataclass
class _Requests:
    """The requests of one page while it is rendered."""

    url: str
    body: bytes
    content_type: str
    fetch: Fetch
    left: int = _MOST

    async def answer(self, route: Route) -> None:
        """Answer a request of the page: its own document from what was fetched, the rest by fetching."""
        request = route.request
        if request.url.partition("#")[0] == self.url.partition("#")[0] and request.resource_type == "document":
            await route.fulfill(status=200, body=self.body, content_type=self.content_type)
            return
        if request.method != "GET" or request.resource_type not in _WANTED or self.left <= 0:
            await route.abort()
            return
        self.left -= 1
        got = await attempt(self.fetch(request.url))
        if isinstance(got, BaseException):
            await route.abort()
            return
        said = (got.headers.get("Content-Type") or b"").decode("latin-1")
        headers = {"Content-Type": said, "Access-Control-Allow-Origin": "*"} if said else {"Access-Control-Allow-Origin": "*"}
        await route.fulfill(status=got.status, body=got.body, headers=headers)


async def render(url: str, body: bytes, content_type: str, *, fetch: Fetch, agent: str, seconds: float) -> bytes:
    """Return the page (UTF-8) as its scripts leave it; `body` is what was fetched from `url`. Raises BrowserError."""
    try:
        from playwright.async_api import Error, async_playwright  # noqa: PLC0415 - an extra
    except ImportError:
        raise BrowserError("`render: browser` needs the extra: pip install 'spacepact[browser]'") from None
    program = next(filter(None, map(shutil.which, _NAMES)), None)
    if program is None:
        raise BrowserError(f"`render: browser` needs Chromium on the path, under one of the names {', '.join(_NAMES)}")
    try:
        async with _ALONE, asyncio.timeout(seconds), async_playwright() as playwright:
            browser = await playwright.chromium.launch(
                executable_path=program,
                args=_ARGUMENTS,
                proxy={"server": _NOWHERE, "bypass": "<-loopback>"},
                chromium_sandbox=os.geteuid() != 0,
            )
            context = await browser.new_context(user_agent=agent, accept_downloads=False, service_workers="block")
            requests = _Requests(url, body, content_type, fetch)
            markup = await _filled(context, requests)
            await browser.close()
            return markup.encode("utf-8", "replace")
    except TimeoutError:
        raise BrowserError(f"the browser took longer than {seconds:.0f} seconds") from None
    except Error as error:
        raise BrowserError(f"the browser failed: {error.message.splitlines()[0]}"[:200]) from None


async def _filled(context: BrowserContext, requests: _Requests) -> str:
    from playwright.async_api import TimeoutError as StillBusyError  # noqa: PLC0415 - an extra

    await context.route("**/*", requests.answer)
    await context.route_web_socket("**/*", _closed)
    page = await context.new_page()
    await page.goto(requests.url, wait_until="domcontentloaded", timeout=0)
    with suppress(StillBusyError):  # a page that never rests is read as it stands
        await page.wait_for_load_state("networkidle", timeout=_QUIET * 1000)
    return await page.content()


async def _closed(socket: WebSocketRoute) -> None:
    await socket.close()
