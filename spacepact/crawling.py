"""One visit to one source, from the schedule's point of view; and the process in which visits happen."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import random
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy.exc import SQLAlchemyError

from crawler.engine import crawl
from crawler.source import Source
from spacepact.pipeline import Now, Processor
from spacepact.round import Failure, Round
from spacepact.settings import Crawl
from storage import Store

log = logging.getLogger(__name__)

RECYCLE_AFTER = timedelta(days=1)
REST_SECONDS = 60.0
"""How long a source rests when the database cannot keep its visit: it would be due again at once."""


@dataclass(frozen=True)
class Visitor:
    """Crawls a source and keeps what came of it, with the moment of the next visit."""

    store: Store
    processor: Callable[[], Processor]
    sources: dict[str, Source]
    settings: Crawl
    now: Now

    async def visit(self, name: str) -> Round:
        """Crawl one source once; its trouble is in the Round."""
        validators = await asyncio.to_thread(self.store.sources.validators, name)
        processor = await asyncio.to_thread(self.processor)
        seen, sink = partial(processor.seen, name), partial(processor.process, name)
        round_ = await crawl(self.sources[name], name, validators, seen=seen, sink=sink, settings=self.settings, now=self.now)
        await asyncio.to_thread(self.finish, round_)
        return round_

    def finish(self, round_: Round) -> None:
        """Keep a result; the next visit is jittered by a tenth, so that sources do not march in step."""
        every = self.sources[round_.source].every
        later = every * random.uniform(0.95, 1.05)  # noqa: S311 - spreads load, guards nothing
        self.store.sources.finish(round_, round_.finished + later)
        level = logging.WARNING if round_.state in ("failed", "partial") else logging.INFO
        log.log(level, "source %s %s", round_.source, round_.summary)


class CrawlerProcess:
    """The crawler runs apart, so that a spider that loops or eats memory dies alone.

    It is asked by lines of JSON and answers by lines of JSON; it starts at the first request, again
    after it died, and afresh once a day.
    """

    def __init__(self, command: list[str], on_death: Callable[[Round], None], now: Now) -> None:
        self._command, self._on_death, self._now = command, on_death, now
        self._process: asyncio.subprocess.Process | None = None
        self._waiting: dict[str, asyncio.Future[str]] = {}
        self._started: datetime | None = None
        self._starting = asyncio.Lock()
        self._stopping = False

    async def crawl(self, source: str) -> None:
        """Have a source visited; if the process dies of it, the visit is recorded as failed."""
        if self._stopping:
            return
        started = self._now()
        process = await self._ensure()
        self._waiting[source] = done = asyncio.get_running_loop().create_future()
        try:
            assert process.stdin  # noqa: S101 - made with a pipe
            process.stdin.write(json.dumps({"crawl": source}).encode() + b"\n")
            await process.stdin.drain()
            died = await done
        except ConnectionError:
            died = "the crawler process is gone"
        finally:
            self._waiting.pop(source, None)
        if died and not self._stopping:
            failure = Failure(url=source, reason=died)
            lost = Round(source=source, state="failed", started=started, finished=self._now(), failures=(failure,))
            await asyncio.to_thread(self._on_death, lost)

    async def stop(self, seconds: float) -> None:
        """Ask the process to end after the page at hand, and make sure that it does; no visit starts any more."""
        self._stopping = True
        await self._end(seconds)

    async def _end(self, seconds: float) -> None:
        if self._process and self._process.returncode is None:
            self._process.terminate()
            try:
                await asyncio.wait_for(self._process.wait(), seconds)
            except TimeoutError:
                self._process.kill()
                await self._process.wait()

    async def _ensure(self) -> asyncio.subprocess.Process:
        async with self._starting:
            old = self._started and self._now() - self._started > RECYCLE_AFTER
            if old and not self._waiting:
                await self._end(30)
            if self._process is None or self._process.returncode is not None:
                self._process = await asyncio.create_subprocess_exec(
                    *self._command, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
                )
                self._started = self._now()
                asyncio.create_task(self._listen(self._process), name="crawler answers")  # noqa: RUF006 - ends with the process
            return self._process

    async def _listen(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdout  # noqa: S101 - made with a pipe
        async for line in process.stdout:
            self._answer(json.loads(line)["done"], "")
        code = await process.wait()
        why = (
            f"the crawler process was killed by {signal.Signals(-code).name}" if code < 0 else f"the crawler process ended with code {code}"
        )
        for source in list(self._waiting):
            self._answer(source, why)

    def _answer(self, source: str, died: str) -> None:
        waiting = self._waiting.get(source)
        if waiting and not waiting.done():
            waiting.set_result(died)


async def serve_crawls(visitor: Visitor) -> None:
    """The life of the crawler process: a request a line on stdin, an answer a line on stdout."""
    loop, stop = asyncio.get_running_loop(), asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, stop.set)
    loop.add_signal_handler(signal.SIGINT, lambda: None)  # Ctrl-C reaches the whole group; our parent decides
    reader = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    running: set[asyncio.Task[None]] = set()

    async def visit(name: str) -> None:
        try:
            await visitor.visit(name)
        except SQLAlchemyError as error:
            log.error("source %s: the visit cannot be kept: %s; the source rests for a while", name, error.args[0])  # noqa: TRY400
            await asyncio.sleep(REST_SECONDS)
        os.write(sys.stdout.fileno(), json.dumps({"done": name}).encode() + b"\n")

    async def listen() -> None:
        async for line in reader:
            task = asyncio.create_task(visit(json.loads(line)["crawl"]))
            running.add(task)
            task.add_done_callback(running.discard)
        stop.set()

    listener = asyncio.create_task(listen())
    await stop.wait()
    listener.cancel()
    for task in running:
        task.cancel()
    await asyncio.gather(*running, return_exceptions=True)
