"""One visit to one source, and the life of the process in which visits happen."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import signal
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property, partial

from sqlalchemy.exc import OperationalError, SQLAlchemyError

from crawler.engine import crawl, errand, look_again, manners
from crawler.manners import Manners
from crawler.source import Source
from crawler.spiders.errand import Errand
from spacepact.crawling import finish
from spacepact.errors import SpacepactError
from spacepact.keeping import Keeper
from spacepact.pipeline import Now
from spacepact.round import Round
from spacepact.settings import Crawl
from spacepact.websub import Lease, is_due, reachable, subscription
from storage import Store

log = logging.getLogger(__name__)

REST_SECONDS = 10.0
"""How long a source rests when the database cannot keep its visit, before it is tried to make it due again."""
LOOKS = 10
"""So many kept pages of a source are looked at again after one visit at most."""
BEAT_SECONDS = 10.0
"""So often the crawler process says that it lives; one that loops cannot, and is ended by its parent."""
LONGEST_WAIT = timedelta(hours=1)
"""After so long a visit that died with its process is made good, even where the source is visited more rarely."""


@dataclass(frozen=True)
class Visitor:
    """Crawls a source and keeps what came of it, with the moment of the next visit."""

    store: Store
    keeper: Keeper
    sources: Mapping[str, Source]
    settings: Crawl
    now: Now
    refresh: Callable[[], object] = lambda: None
    base_url: str = ""

    @cached_property
    def manners(self) -> Manners:
        """The crawler's memory about hosts, with what earlier processes knew."""
        known = manners()
        known.recall(self.store.polling.notes(), self.now())
        return known

    async def visit(self, name: str) -> Round:
        """Crawl one source once; its trouble is in the Round. Raises SpacepactError if config/ names it no more."""
        source = await self._source(name)
        await self._begin(name, source)
        return await self._crawl(name, source)

    async def visit_due(self, name: str) -> None:
        """Crawl a source unless another process began the visit that was due; raises as `visit` does."""
        source = await self._source(name)
        if await self._begin(name, source, due=True):
            await self._crawl(name, source)

    async def _source(self, name: str) -> Source:
        await asyncio.to_thread(self.refresh)
        if name not in self.sources:
            raise SpacepactError(f"source {name} is gone from config/")
        return self.sources[name]

    async def _begin(self, name: str, source: Source, *, due: bool = False) -> bool:
        """Keep first that a source is visited: however often the process dies of it, no host is asked more often."""
        now = self.now()
        until = now + min(source.every, LONGEST_WAIT)
        return await asyncio.to_thread(partial(self.store.polling.begin, name, now, until, due=due))

    async def _crawl(self, name: str, source: Source) -> Round:
        memory = self.manners
        validators = await asyncio.to_thread(self.store.sources.validators, name)
        pace = await asyncio.to_thread(self.store.polling.pace, name)
        seen, sink = partial(self.store.seen, name), partial(self.keeper.keep, name)
        round_ = await crawl(source, name, validators, seen=seen, sink=sink, settings=self.settings, now=self.now, backlog=pace.backlog)
        await asyncio.to_thread(finish, self.store, {name: source}, round_)
        await asyncio.to_thread(self.store.polling.note, memory.news())
        await self._subscribe(round_)
        await self._look_again(name, source)
        return round_

    async def _look_again(self, name: str, source: Source) -> None:
        """Look at a few pages once more of which somebody was told: a mended one is a correction, a vanished one is marked."""
        due = await asyncio.to_thread(self.store.looks.begin, name, self.now(), LOOKS)
        if due:
            await look_again(source, name, due, sink=partial(self.keeper.keep, name), settings=self.settings, now=self.now)

    async def _subscribe(self, round_: Round) -> None:
        """Ask the hubs that the source names to tell us of its news; a hub's trouble is kept, and the source is polled all the same."""
        hubs = self.store.hubs
        if round_.heard.hints is not None:  # a list was read
            await asyncio.to_thread(hubs.want, round_.source, round_.heard.hubs)
        for lease in await asyncio.to_thread(hubs.of, round_.source):
            if is_due(lease, self.now()) and reachable(self.base_url, lease.hub):
                await self._ask(lease)

    async def _ask(self, lease: Lease) -> None:
        """Ask a hub; it is kept first, because the hub may ask back before it answers."""
        state = "active" if lease.state == "active" else "asked"
        await asyncio.to_thread(partial(self.store.hubs.change, lease.id, state=state, asked_at=self.now(), reason=""))

        async def post(work: Errand) -> list[str | None]:
            return [await work.post(lease.hub, subscription(lease, self.base_url))]

        (why,) = await errand(lease.hub, post, settings=self.settings, now=self.now, ours=False) or ["no answer in time"]
        if why:
            log.warning("source %s: its hub %s did not take the subscription: %s", lease.source, lease.hub, why)
            await asyncio.to_thread(partial(self.store.hubs.change, lease.id, state="failed", reason=why))


async def owe_again(visitor: Visitor, name: str, *, forgotten: bool) -> None:
    """Rest; then, where the disk was full or the database away (`forgotten`), make the source due as soon as that can be kept."""
    while True:
        await asyncio.sleep(REST_SECONDS)
        try:
            if forgotten:
                now = visitor.now()
                await asyncio.to_thread(visitor.store.polling.begin, name, now, now)
        except OperationalError:
            continue
        return


def say(**said: str) -> None:
    """Tell the parent what is done; nothing at all says that this process lives."""
    os.write(sys.stdout.fileno(), json.dumps(said).encode() + b"\n")


async def answer_for(visitor: Visitor, name: str, stop: asyncio.Event) -> None:
    """Visit a source that is due and say what became of it, whatever that is: who waits for an answer would wait for ever."""
    failed = ""
    try:
        await visitor.visit_due(name)
    except SpacepactError as error:
        log.info("%s", error)
    except SQLAlchemyError as error:
        log.error("source %s: the visit cannot be kept: %s; the source rests for a while", name, error.args[0])  # noqa: TRY400
        await owe_again(visitor, name, forgotten=isinstance(error, OperationalError))
    except Exception as error:  # the edge of the process
        log.exception("source %s: the visit broke off", name)
        failed = f"the visit broke off: {type(error).__name__}: {error}"
        if isinstance(error, MemoryError):
            stop.set()
    say(done=name, failed=failed)


async def serve_crawls(visitor: Visitor) -> None:
    """The life of the crawler process: a request a line on stdin, an answer a line on stdout."""
    loop, stop = asyncio.get_running_loop(), asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, stop.set)
    loop.add_signal_handler(signal.SIGINT, lambda: None)  # Ctrl-C reaches the whole group; our parent decides
    reader = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    running: set[asyncio.Task[None]] = set()

    async def beat() -> None:
        while True:
            say()
            await asyncio.sleep(BEAT_SECONDS)

    async def listen() -> None:
        async for line in reader:
            task = asyncio.create_task(answer_for(visitor, json.loads(line)["crawl"], stop))
            running.add(task)
            task.add_done_callback(running.discard)
        stop.set()

    always = [asyncio.create_task(listen()), asyncio.create_task(beat())]
    await stop.wait()
    for task in (*always, *running):
        task.cancel()
    await asyncio.gather(*running, return_exceptions=True)
