"""`spacepact demo`: the whole job on fictional outlets, offline."""

from __future__ import annotations

import asyncio
import logging

import click

from spacepact.cli.options import Context
from spacepact.settings import default_config_dir


@click.command
@click.option("--once", is_flag=True, help="End after the run; exit 0 only if exactly the expected alerts arrived.")
def demo(*, once: bool) -> None:
    """Watch fictional outlets being collected, tagged and alerted; then look at the messages in a browser."""
    from rich.console import Console

    from spacepact.demo.run import demonstrate
    from spacepact.service import stop_on_signals

    Context(default_config_dir(), logging.WARNING).talk()
    console = Console()

    async def life() -> bool:
        return await demonstrate(console, once=once, stop=stop_on_signals())

    raise SystemExit(0 if asyncio.run(life()) else 1)
