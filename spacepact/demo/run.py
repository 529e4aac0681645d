"""Runs the demonstration: the same `serve` as `spacepact run`, over outlets and receivers on loopback."""

from __future__ import annotations

import asyncio
import base64
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread

import uvicorn
from rich.console import Console

from spacepact.bootstrap import App, make_app
from spacepact.demo import show
from spacepact.demo.house import build
from spacepact.demo.inbox import make_inbox
from spacepact.demo.receivers import Receivers, free_port
from spacepact.demo.site import Outlets
from spacepact.demo.verdict import Verdict, judge, sent, wanted
from spacepact.service import serve

PATIENCE = 120.0
"""Seconds after which a round that does not settle is judged as it stands."""


async def demonstrate(console: Console, *, once: bool, stop: asyncio.Event) -> bool:
    """Show the whole job; returns whether exactly the expected alerts arrived."""
    started = time.monotonic()
    with _world() as (home, outlets, receivers):
        port = free_port()
        app = make_app(build(home, outlets, receivers, port), os.environ)
        ended = asyncio.Event()
        service = asyncio.create_task(serve(app, ended), name="service")
        try:
            await _rounds(console, app, outlets, receivers, service)
            result = _report(console, app, outlets, receivers, time.monotonic() - started)
            if not once:
                await _exhibit(console, app, receivers, stop)
        finally:
            ended.set()
            await service
    return result.right


async def _rounds(console: Console, app: App, outlets: Outlets, receivers: Receivers, service: asyncio.Task[None]) -> None:
    await _settle(console, app, receivers, service, f"round 1: {len(outlets.outlets)} outlets are visited for the first time")
    outlets.next_round()
    await _settle(console, app, receivers, service, "round 2: late articles and corrections")


async def _settle(console: Console, app: App, receivers: Receivers, service: asyncio.Task[None], what: str) -> None:
    """Wait until every source was visited twice from now on and nothing is owed; say how it goes."""
    since, deadline, before = app.now(), time.monotonic() + PATIENCE, ""
    with console.status(what) as status:
        while time.monotonic() < deadline and not service.done():
            await asyncio.sleep(0.25)
            settled, words = await asyncio.to_thread(_progress, app, since)
            line = f"{words}, {len(receivers.received)} messages arrived"
            status.update(f"{what}: {line}")
            if line != before and not console.is_terminal:
                console.print(f"{what}: {line}", highlight=False)
            before = line
            if settled:
                break
    if service.done():
        await service
    console.print(f"[green]✓[/] {what}: {before}", highlight=False)


def _progress(app: App, since: datetime) -> tuple[bool, str]:
    totals = app.store.reading.totals()
    visited = sum(count >= 2 for count in app.store.sources.visits(since).values())
    owed = totals.get("pending", 0) + totals.get("failed", 0)
    words = f"{totals['articles']} articles, {totals['stories']} stories, {totals.get('sent', 0)} alerts sent, {owed} owed"
    return visited == len(app.config.sources) and owed == 0, words


def _report(console: Console, app: App, outlets: Outlets, receivers: Receivers, seconds: float) -> Verdict:
    reading, expectations = app.store.reading, outlets.expected()
    rows, articles = reading.deliveries(), reading.articles()
    stories = {story.id: story for story in reading.stories(limit=10_000)}
    result = judge(wanted(expectations), sent(rows, stories, expectations), rows, receivers.received, receivers.refused)
    show.collected(console, outlets.outlets, articles, app.store.sources.states())
    show.told(console, rows, stories)
    pages = [(outlets.url(o.id) + o.address(p), p) for o in outlets.outlets for p in o.pages]
    show.left_alone(console, pages, {t.article.url: t for t in articles})
    show.held_back(console, rows)
    counts = {"articles": len(articles), "stories": len(stories), "alerts expected": wanted(expectations).total()}
    show.verdict(console, result, counts | {"arrived": len(receivers.received)}, seconds)
    return result


async def _exhibit(console: Console, app: App, receivers: Receivers, stop: asyncio.Event) -> None:
    """Serve what arrived until the person has seen enough."""
    with _pages(receivers, app.config.settings.base_url) as inbox:
        console.print(f"\nWhat arrived: [link={inbox}]{inbox}[/link]\nThe service:  {app.config.settings.base_url}\nCtrl-C ends it.")
        await stop.wait()


@contextmanager
def _world() -> Iterator[tuple[Path, Outlets, Receivers]]:
    """A temporary home, the outlets and the receivers, all gone afterwards."""
    outlets, receivers = Outlets(), Receivers("whsec_" + base64.b64encode(os.urandom(24)).decode())
    with tempfile.TemporaryDirectory(prefix="spacepact-demo-") as home:
        outlets.start(datetime.now(UTC))
        receivers.start()
        try:
            yield Path(home), outlets, receivers
        finally:
            outlets.stop()
            receivers.stop()


@contextmanager
def _pages(receivers: Receivers, service: str) -> Iterator[str]:
    server = uvicorn.Server(uvicorn.Config(make_inbox(receivers.received, service), port=free_port(), log_config=None, access_log=False))
    thread = Thread(target=server.run, name="inbox", daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.config.port}"
    finally:
        server.should_exit = True
        thread.join(5)
