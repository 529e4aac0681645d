"""Pages are tagged and kept by a process of their own, so that fetching and keeping have a core each."""

from __future__ import annotations

import asyncio
import os
import resource
import signal
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import active_children, get_context
from pathlib import Path
from threading import Thread

from spacepact.bootstrap import App, make_app
from spacepact.errors import SpacepactError
from spacepact.rereading import end_with_parent
from spacepact.round import Finding, Outcome

SILENCE = 300.0
"""Seconds: a transaction that takes longer hangs, and nobody else could keep anything."""


class Aside:
    """A Keeper's work in another process, over the same config/; starts at once, and again at the first page after it died.

    `talk` lets its log speak; `silence`: after so many seconds it is ended.
    """

    def __init__(self, config: Path, talk: Callable[[], object] = str, silence: float = SILENCE) -> None:
        self._begin, self._silence = (config, talk), silence
        self._pool: ProcessPoolExecutor | None = self._start()

    async def __call__(self, findings: Sequence[Finding]) -> list[Outcome]:
        """Process pages in one transaction; raises SpacepactError where the process died: nobody knows what it had kept."""
        self._pool = self._pool or self._start()
        try:
            work = asyncio.get_running_loop().run_in_executor(self._pool, _keep, findings)
            if (await asyncio.wait({work}, timeout=self._silence))[1]:
                for process in active_children():
                    process.kill()
            return await work
        except BrokenProcessPool:
            self.close()
            raise SpacepactError("the process that keeps pages died, or fell silent and was ended") from None

    def close(self) -> None:
        """Let the transaction at hand end, then the process."""
        if self._pool:
            self._pool.shutdown()
            self._pool = None

    def _start(self) -> ProcessPoolExecutor:
        pool = ProcessPoolExecutor(1, mp_context=get_context("spawn"), initializer=_begin, initargs=self._begin)
        pool.submit(int)  # the first piece of work starts it
        return pool


_app: list[App] = []


def _begin(config: Path, talk: Callable[[], object]) -> None:
    """Set up the process; whoever started it says when to stop."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    Thread(target=end_with_parent, daemon=True).start()
    talk()
    _app[:] = [make_app(config, os.environ)]
    limit_memory(_app[0])


def limit_memory(app: App) -> None:
    """Let this process use `crawl.max_memory` bytes: what needs more fails alone."""
    most = app.config.settings.crawl.max_memory
    resource.setrlimit(resource.RLIMIT_DATA, (most, most))


def _keep(findings: Sequence[Finding]) -> list[Outcome]:
    app = _app[0]
    app.refresh()
    return app.processor.process_all(findings)
