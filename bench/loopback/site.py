"""Many small web sites on loopback, a port each, in one event loop; some of them are ill."""

from __future__ import annotations

import asyncio
import os
import socket
import struct
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from itertools import count
from threading import Thread
from typing import Literal
from xml.sax.saxutils import escape

from loopback.news import News

Trouble = Literal["hangs", "drips", "500", "garbage", "reset", "cut", "bad gzip"]
HANGING: tuple[Trouble, ...] = ("hangs", "drips")
BROKEN: tuple[Trouble, ...] = ("500", "garbage", "reset", "cut", "bad gzip")
LISTED = 30
"""How many of its newest pages a feed lists."""


@dataclass
class Site:
    """One outlet with a feed of its newest pages; `trouble` says what is wrong with every answer."""

    number: int
    trouble: Trouble | None = None
    pages: dict[str, tuple[News, datetime]] = field(default_factory=dict)
    port: int = 0
    served: int = 0
    _slugs: count[int] = field(default_factory=lambda: count(1))

    @property
    def base(self) -> str:
        """The address without a slash at the end."""
        return f"http://127.0.0.1:{self.port}"

    def publish(self, news: News) -> None:
        """Put a page at the head of the feed; its address says which story it tells."""
        kind = "calm" if news.story is None else f"story-{news.story}"
        self.pages[f"/{kind}-{self.number}-{next(self._slugs)}"] = (news, datetime.now(UTC))

    def answer(self, path: str, etag: str) -> tuple[int, str, bytes]:
        """Return status, headers and body."""
        if path == "/feed":
            newest = list(self.pages.items())[-LISTED:][::-1]
            tag = f'"{len(self.pages)}"'
            if etag == tag:
                return 304, f"ETag: {tag}\r\n", b""
            items = "".join(map(self._item, newest))
            feed = f'<rss version="2.0"><channel><title>Site {self.number}</title>{items}</channel></rss>'
            return 200, f"ETag: {tag}\r\nContent-Type: application/rss+xml\r\n", feed.encode()
        if path in self.pages:
            news, at = self.pages[path]
            head = f'<meta charset="utf-8"><meta property="article:published_time" content="{at.isoformat()}">'
            return 200, "Content-Type: text/html\r\n", f'<!doctype html><html lang="en"><head>{head}{news.html}'.encode()
        return 404, "", b"nothing here"

    def _item(self, page: tuple[str, tuple[News, datetime]]) -> str:
        path, (news, at) = page
        return f"<item><title>{escape(news.title)}</title><link>{self.base}{path}</link><pubDate>{format_datetime(at)}</pubDate></item>"


class Web:
    """All sites, served by one thread."""

    def __init__(self, sites: list[Site]) -> None:
        self.sites = sites
        self._loop = asyncio.new_event_loop()
        for site in sites:
            server = self._loop.run_until_complete(asyncio.start_server(_visitor(site), "127.0.0.1", 0))
            site.port = server.sockets[0].getsockname()[1]
        Thread(target=self._loop.run_forever, name="web", daemon=True).start()


def _visitor(site: Site) -> asyncio.streams._ClientConnectedCallback:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while request := await reader.readuntil(b"\r\n\r\n"):
                site.served += 1
                if site.trouble:
                    await _misbehave(site.trouble, reader, writer)
                    break
                lines = request.decode("latin-1").split("\r\n")
                etag = next((line.split(":", 1)[1].strip() for line in lines if line.lower().startswith("if-none-match:")), "")
                status, headers, body = site.answer(lines[0].split()[1], etag)
                length = "" if status == 304 else f"Content-Length: {len(body)}\r\n"
                writer.write(f"HTTP/1.1 {status} Said\r\n{headers}{length}\r\n".encode() + body)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    return serve


async def _misbehave(trouble: Trouble, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
    if trouble == "hangs":
        await reader.read()
    elif trouble == "drips":
        writer.write(head + b"Content-Length: 100000\r\n\r\n")
        while not reader.at_eof():
            writer.write(b".")
            await writer.drain()
            await asyncio.sleep(1)
    elif trouble == "reset":
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        writer.transport.abort()
    else:
        answers = {
            "500": b"HTTP/1.1 500 Broken\r\nContent-Length: 6\r\n\r\nbroken",
            "garbage": os.urandom(4000),
            "cut": head + b"Content-Length: 50000\r\n\r\n<html>",
            "bad gzip": head + b"Content-Encoding: gzip\r\nContent-Length: 64\r\n\r\n" + os.urandom(64),
        }
        writer.write(answers[trouble])
        await writer.drain()
