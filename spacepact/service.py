"""`spacepact run`: clock, crawler process, sender and web page, from config/."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import uvicorn

from spacepact.bootstrap import App
from spacepact.crawling import CrawlerProcess
from spacepact.dispatch import EmbeddedDispatcher, Handler, Kind
from spacepact.errors import SpacepactError
from spacepact.schedule import Clock, Due
from spacepact.settings import Web
from spacepact.web import View, make_site

log = logging.getLogger(__name__)

WATCH_SECONDS = 2.0
"""So often config/ is looked at for changes: the times of its files, nothing is read."""
DRAIN_SECONDS = 20.0
"""Deliveries in flight may end in this time; the whole stop takes at most 30 s."""


async def serve(app: App, stop: asyncio.Event) -> None:
    """Run until `stop` is set; then let what is in flight end. Raises SpacepactError where the start is impossible."""
    settings = app.config.settings
    with _listening(settings.web) as listener:
        app.start()
        app.alone()
        site = make_site(view(app))
        app.stopping = stop.is_set
        crawler = CrawlerProcess(app.crawler_command(), app.finish, app.now)
        handlers: dict[Kind, Handler] = {
            "crawl": crawler.crawl,
            "deliver": app.deliver,
            "maintain": app.chores.do,
            "letters": app.audience.postman.deliver,
        }
        due: dict[Kind, Due] = {
            "crawl": app.due_sources,
            "deliver": app.due_lanes,
            "maintain": app.chores.due,
            "letters": app.due_letters,
        }
        dispatcher = EmbeddedDispatcher(handlers, {"crawl": settings.crawl.at_once})
        clock = Clock(dispatcher, due, settings.alerts.tick)
        server = _Server(uvicorn.Config(site, log_config=None, access_log=False, lifespan="off"))
        page = asyncio.create_task(server.serve(sockets=[listener]), name="web")
        log.info(
            "web page on http://%s:%d; %d sources, %d watchlists",
            *listener.getsockname()[:2],
            len(app.config.sources),
            len(app.config.watchlists.lists),
        )
        clock.start()
        with _hang_up(app):
            await _watch(app, stop)
        log.info("stopping: what is in flight ends first")
        clock.stop()
        _, cut = await asyncio.gather(crawler.stop(DRAIN_SECONDS), dispatcher.drain(DRAIN_SECONDS))
        server.should_exit = True
        await page
        log.info("stopped; %s", f"{cut} pieces of work were cut off and are taken up at the next start" if cut else "nothing was cut off")


async def _watch(app: App, stop: asyncio.Event) -> None:
    """Take over what changes in config/ until `stop` is set."""
    while not stop.is_set():
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), WATCH_SECONDS)
        await asyncio.to_thread(app.refresh)


@contextmanager
def _hang_up(app: App) -> Iterator[None]:
    """Let SIGHUP ask for a look at config/ at once, as a server's users expect."""
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGHUP, lambda: loop.run_in_executor(None, app.refresh))
    try:
        yield
    finally:
        loop.remove_signal_handler(signal.SIGHUP)


def stop_on_signals() -> asyncio.Event:
    """Return an event that SIGTERM and SIGINT set."""
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    return stop


def view(app: App) -> View:
    """Return what the web pages show."""

    def missions() -> dict[str, str]:
        return {entry.id: entry.name for entry in app.config.gazetteer.entries}

    return View(
        app.store,
        app.sources,
        lambda: app.config.problems,
        app.now,
        app.audience.subscribing,
        sign_up=lambda: app.audience.sign_up,
        since=app.now(),
        missions=missions,
        trouble=lambda: app.room.trouble,
        low=lambda: [disk.words for disk in app.low_disks()],
    )


class _Server(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield  # signals are ours


@contextmanager
def _listening(web: Web) -> Iterator[socket.socket]:
    try:
        listener = socket.create_server((web.host, web.port))
    except OSError as error:
        raise SpacepactError(
            f"web: cannot listen on {web.host}:{web.port}: {os.strerror(error.errno or 0)}; set web.host and web.port in settings.yaml"
        ) from None
    with listener:
        yield listener
