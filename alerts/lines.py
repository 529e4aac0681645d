"""Connections to one host, shared by all channels that lead there for as long as one of them sends."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache

import httpx
from aiohttp import ClientSession, ClientTimeout, DummyCookieJar, TCPConnector
from pydantic import SecretStr

from alerts.channel import Channel, OptionsT, Send
from alerts.guard import parsed

AT_ONCE = 4
"""How many channels may send to one host at the same moment: a thousand connections at once are an attack."""

IDLE = 1.5
"""Seconds after which an idle connection is not used again: servers hang up without a word, gunicorn after two."""


class Line:
    """What the channels share. A name's connections serve that name only: TLS has proved no other."""

    def __init__(self, scheme: str) -> None:
        connections = TCPConnector(ssl=scheme != "https" or _certificates(), limit=0, keepalive_timeout=IDLE)
        self.session = ClientSession(connector=connections, cookie_jar=DummyCookieJar(), auto_decompress=False, timeout=ClientTimeout())
        self.turns = asyncio.Semaphore(AT_ONCE)
        self.users = 0


_lines: dict[tuple[asyncio.AbstractEventLoop, str, bytes], Line] = {}


@asynccontextmanager
async def line_to(url: str) -> AsyncIterator[Line]:
    """Return the line to the host of a URL; who leaves it last closes its connections."""
    loop, whole = asyncio.get_running_loop(), parsed(url)
    key = (loop, whole.scheme, whole.netloc)
    if (line := _lines.get(key)) is None:
        line = _lines[key] = Line(whole.scheme)
    line.users += 1
    try:
        yield line
    finally:
        line.users -= 1
        if not line.users:
            del _lines[key]
            await line.session.close()


class Posting(Channel[OptionsT]):
    """A channel that sends by POST to one address, `url`."""

    shares = True
    url: SecretStr

    @asynccontextmanager
    async def session(self) -> AsyncIterator[Send]:
        async with line_to(self.url.get_secret_value()):
            yield self.send

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        async with line_to(self.url.get_secret_value()) as line, line.turns:
            yield


@cache
def _certificates() -> ssl.SSLContext:
    """Return the authorities that we trust; loading them takes longer than a POST."""
    return httpx.create_ssl_context(trust_env=False)
