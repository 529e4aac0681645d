"""The service: run, and its parts by hand."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sized
from dataclasses import replace

import click

from spacepact.cli.options import Context, pass_context

log = logging.getLogger(__name__)


@click.command
@pass_context
def run(context: Context) -> None:
    """Run the service from config/: clock, crawler, sender and web page, until SIGTERM."""
    from spacepact.bootstrap import make_app
    from spacepact.service import serve, stop_on_signals

    async def life() -> None:
        await serve(make_app(context.config, context.env), stop_on_signals())

    context.talk()
    asyncio.run(life())


@click.command
@click.argument("sources", nargs=-1)
@pass_context
def crawl(context: Context, sources: tuple[str, ...]) -> None:
    """Visit each SOURCE once (all, if none is named) and keep what is new; alerts become due."""
    from crawler.engine import run as run_reactor
    from spacepact.bootstrap import make_app

    context.talk()
    app = make_app(context.config, context.env)
    app.start()
    failed = run_reactor(lambda: app.visit_all(sources))
    raise SystemExit(1 if failed else 0)


@click.command
@pass_context
def deliver(context: Context) -> None:
    """Send everything that is due now, and end."""
    from spacepact.bootstrap import make_app

    context.talk()
    app = make_app(context.config, context.env)
    app.start()
    sent = asyncio.run(app.deliver_all())
    click.echo(f"{sent} sent", err=True)


@click.command
@pass_context
def check(context: Context) -> None:
    """Find every mistake in config/; prints file:line:column, what is wrong and what would be right.

    A watchlist that can never match, or that a wider one makes needless, is one too.
    """
    from alerts.deadlists import dead_lists
    from spacepact.loading import load_config

    config = load_config(context.config, context.env)
    problems = [*config.problems, *dead_lists(context.config / "watchlists", config.watchlists)]
    for problem in problems:
        click.echo(problem)
    counts: dict[str, Sized] = {
        "sources": config.sources,
        "watchlists": config.watchlists.lists,
        "channels": config.channels,
        "gazetteer entries": config.gazetteer.entries,
    }
    found = ", ".join(f"{len(things)} {name}" for name, things in counts.items())
    click.echo(f"{len(problems)} mistakes; {found}" if problems else f"all right: {found}", err=True)
    raise SystemExit(1 if problems else 0)


@click.command(hidden=True)
@pass_context
def crawl_worker(context: Context) -> None:
    """Serve `spacepact run`: a source a line on stdin."""
    from spacepact.aside import Aside, limit_memory

    context.talk()
    aside = Aside(context.config, context.talk)  # starts while this process loads Scrapy
    from crawler.engine import run as run_reactor
    from spacepact.bootstrap import make_app
    from spacepact.keeping import Keeper
    from spacepact.visits import serve_crawls

    app = make_app(context.config, context.env)
    limit_memory(app)
    visitor = replace(app.visitor, keeper=Keeper(aside))
    try:
        run_reactor(lambda: serve_crawls(visitor))
    finally:
        aside.close()
