"""The crawler's process as the service sees it, and what becomes of a visit's result."""

from __future__ import annotations

import asyncio
import json
import logging
import signal
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from crawler.source import Source
from spacepact.pacing import Next, follow, limits, next_visit
from spacepact.pipeline import Now
from spacepact.round import Failure, Round
from storage import Store
from storage.database import writing

log = logging.getLogger(__name__)

RECYCLE_AFTER = timedelta(days=1)
SILENCE = timedelta(minutes=2)
"""A crawler process that shows no sign of life for so long is ended; it gives one every few seconds."""


def finish(store: Store, sources: Mapping[str, Source], round_: Round) -> None:
    """Keep a result, and when the next visit is due."""
    source = sources[round_.source]
    pace = follow(store.polling.pace(round_.source), round_)
    pushed = store.hubs.listening(round_.source, round_.finished)
    due = next_visit(round_.source, pace, limits(source.every, source.slowest), round_.finished, pushed=pushed)
    if store.hubs.pushed_since(round_.source, round_.started):
        due = Next(round_.finished, "its hub told of news during the visit")
    with writing(store.engine) as within:
        store.polling.keep(round_.source, pace.model_copy(update={"reason": due.reason}), within)
        store.sources.finish(round_, due.at, within)
    for old, new in pace.moved.items():
        log.warning("source %s: %s has moved for good to %s; change its file", round_.source, old, new)
    level = logging.WARNING if round_.state in ("failed", "partial") else logging.INFO
    log.log(level, "source %s %s", round_.source, round_.summary)


class CrawlerProcess:
    """The crawler runs apart, so that a spider that loops or eats memory dies alone.

    It is asked by lines of JSON and answers by lines of JSON; it starts at the first request, again
    after it died, and afresh once a day. A line without `done` says that it lives; one that falls silent is killed.
    """

    def __init__(self, command: list[str], on_death: Callable[[Round], None], now: Now, silence: timedelta = SILENCE) -> None:
        self._command, self._on_death, self._now, self._silence = command, on_death, now, silence
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
        try:
            while line := await asyncio.wait_for(process.stdout.readline(), self._silence.total_seconds()):
                said: dict[str, str] = json.loads(line)
                self._answer(said.get("done"), said.get("failed", ""))
            why = _end_of(await process.wait())
        except TimeoutError:
            why = f"the crawler process gave no sign of life for {self._silence.total_seconds():g} s and was ended"
            log.error("%s; the next visit starts another", why)  # noqa: TRY400 - the sentence says it all
            process.kill()
            await process.wait()
        for source in list(self._waiting):
            self._answer(source, why)

    def _answer(self, source: str | None, died: str) -> None:
        waiting = self._waiting.get(source or "")
        if waiting and not waiting.done():
            waiting.set_result(died)


def _end_of(code: int) -> str:
    return f"the crawler process was killed by {signal.Signals(-code).name}" if code < 0 else f"the crawler process ended with code {code}"
