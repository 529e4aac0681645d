"""Real loopback servers, and one engine for all tests: a reactor starts only once in a process."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Collection, Coroutine, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler
from typing import Any, TypeVar

from crawler.engine import crawl, run
from crawler.source import Source
from spacepact.article import Article, Link
from spacepact.demo.server import QuietServer
from spacepact.round import Outcome, Page, Rejected, Round, Validators
from spacepact.settings import Crawl

T = TypeVar("T")


@dataclass
class Reply:
    """What a server answers. `delay`: seconds before it; `drip`: seconds between the bytes of the body."""

    body: bytes | str = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    delay: float = 0.0
    drip: float = 0.0


@dataclass(frozen=True)
class Asked:
    """A request as it came: path, headers in lower case, and when (seconds)."""

    path: str
    headers: Mapping[str, str]
    at: float


class Website:
    """A real HTTP server on a free port of the loopback; unknown paths answer 404."""

    def __init__(self, address: str = "127.0.0.1") -> None:
        self.pages: dict[str, Reply | Callable[[Asked], Reply]] = {}
        self.asked: list[Asked] = []
        self.most_at_once = 0
        self._now = 0
        self._lock = threading.Lock()
        self._server = QuietServer((address, 0), self._handler())
        self._server.daemon_threads = True
        self.url = f"http://{address}:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    def paths(self) -> list[str]:
        """Return what was asked for, but robots.txt."""
        return [a.path for a in self.asked if a.path != "/robots.txt"]

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _answer(self, asked: Asked) -> Reply:
        page = self.pages.get(asked.path, Reply("no such page", 404))
        reply = page(asked) if callable(page) else page
        etag = reply.headers.get("ETag")
        if etag and asked.headers.get("if-none-match") == etag:
            return Reply(b"", 304, reply.headers)
        return reply

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        website = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                asked = Asked(self.path, {k.lower(): v for k, v in self.headers.items()}, time.monotonic())
                with website._lock:
                    website.asked.append(asked)
                    website._now += 1
                    website.most_at_once = max(website.most_at_once, website._now)
                try:
                    self._send(website._answer(asked))
                except OSError:
                    self.close_connection = True
                finally:
                    with website._lock:
                        website._now -= 1

            def _send(self, reply: Reply) -> None:
                time.sleep(reply.delay)
                body = reply.body.encode() if isinstance(reply.body, str) else reply.body
                self.send_response(reply.status)
                for name, value in {"Content-Length": str(len(body)), "Content-Type": "text/html", **reply.headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                for part in [body[i : i + 1] for i in range(len(body))] if reply.drip else [body]:
                    self.wfile.write(part)
                    time.sleep(reply.drip)

            def log_message(self, *args: object) -> None:
                pass

        return Handler


class Engine:
    """The crawler's engine in a thread of its own; `do` runs a coroutine in it and waits."""

    def __init__(self) -> None:
        self._ready = threading.Event()
        self._thread = threading.Thread(target=run, args=(self._live,), daemon=True)
        self._thread.start()
        self._ready.wait(10)

    def do(self, work: Coroutine[Any, Any, T], timeout: float = 400) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(timeout)

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._end.set)
        self._thread.join(10)

    async def _live(self) -> None:
        self._loop, self._end = asyncio.get_running_loop(), asyncio.Event()
        self._ready.set()
        await self._end.wait()


class Shelf:
    """Keeps what crawls bring, as storage would: `seen` and `sink` of a round."""

    def __init__(self) -> None:
        self.kept: dict[str, tuple[str, Article | Rejected]] = {}
        self.threads: set[int] = set()
        self.sank: list[str] = []
        self.arrived = threading.Event()
        self.error: Exception | None = None

    def seen(self, links: Collection[Link]) -> set[Link]:
        self.threads.add(threading.get_ident())
        return {link for link in links if link.url in self.kept and self.kept[link.url][0] == link.version}

    async def sink(self, link: Link, result: Article | Rejected, page: Page | None) -> Outcome:
        if self.error:
            raise self.error
        known = link.url in self.kept
        self.kept[link.url] = (link.version, result)
        self.sank.append(link.url)
        self.arrived.set()
        if isinstance(result, Rejected):
            return "rejected"
        return "revised" if known else "new"

    @property
    def articles(self) -> list[Article]:
        return [a for _, a in self.kept.values() if isinstance(a, Article)]

    @property
    def rejected(self) -> dict[str, str]:
        return {url: r.reason for url, (_, r) in self.kept.items() if isinstance(r, Rejected)}


class Crawls:
    """Rounds of one source against one shelf, remembering validators between them."""

    def __init__(self, engine: Engine) -> None:
        self.engine, self.shelf = engine, Shelf()
        self.validators: dict[str, Validators] = {}
        self.now: Callable[[], datetime] = lambda: datetime.now(UTC)

    def round(self, source: Source, **limits: Any) -> Round:
        settings = Crawl(**{"delay": 0, "timeout": 15, "round_limit": 40, **limits})
        shelf = self.shelf
        work = crawl(source, "test", self.validators, seen=shelf.seen, sink=shelf.sink, settings=settings, now=self.now)
        result = self.engine.do(work)
        self.validators = dict(result.validators)
        return result
