"""Keeps what visits bring, together: while one transaction waits for the disk, what comes meanwhile gathers for the next."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence

from sqlalchemy.exc import OperationalError

from crawler.attempt import attempt
from spacepact.article import Article, Link
from spacepact.pipeline import Processor
from spacepact.round import Finding, Outcome, Page, Rejected

MOST = 50
"""Pages of one transaction: the database is locked while their stories are decided about."""


Work = Callable[[Sequence[Finding]], Awaitable[list[Outcome]]]
"""Processes pages in one transaction: see Processor."""


def here(processor: Callable[[], Processor]) -> Work:
    """Return what processes pages in a thread of this process."""

    async def work(findings: Sequence[Finding]) -> list[Outcome]:
        return await asyncio.to_thread(lambda: processor().process_all(findings))

    return work


class Keeper:
    """What all visits of a process hand their pages to; one transaction at a time."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self._waiting: deque[tuple[Finding, asyncio.Future[Outcome]]] = deque()
        self._writing: asyncio.Task[None] | None = None

    async def keep(self, source: str, link: Link, found: Article | Rejected, page: Page | None = None) -> Outcome:
        """Return what it was once it is kept durably; raises what kept it from being kept."""
        done: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        self._waiting.append((Finding(source, link, found, page), done))
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write(), name="keeper")
        return await done

    async def _write(self) -> None:
        while self._waiting:
            batch = [self._waiting.popleft() for _ in range(min(MOST, len(self._waiting)))]
            ends = await self._ends([finding for finding, _ in batch])
            for (_, done), end in zip(batch, ends, strict=True):
                if done.done():  # the visit was broken off
                    continue
                if isinstance(end, BaseException):
                    done.set_exception(end)
                else:
                    done.set_result(end)

    async def _ends(self, findings: Sequence[Finding]) -> Sequence[Outcome | BaseException]:
        """Return what became of each; where one cannot be kept for its own sake, it alone is not."""
        together = await attempt(self._work(findings))
        if not isinstance(together, BaseException):
            return together
        if len(findings) == 1 or isinstance(together, OSError | OperationalError):  # no room, or no database
            return [together] * len(findings)
        alone = [await attempt(self._work([finding])) for finding in findings]
        return [end if isinstance(end, BaseException) else end[0] for end in alone]
