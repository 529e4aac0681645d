"""Channels by hand: which there are, and whether a message really arrives."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

import click

from spacepact.cli.options import Context, pass_context
from spacepact.errors import SendError, SpacepactError

if TYPE_CHECKING:
    from spacepact.bootstrap import App

EPILOG = """\b
Examples:
  spacepact channel list
  spacepact channel test team-slack
  spacepact channel test desk-mail --to ada@example.org
"""


@click.group(epilog=EPILOG)
def channel() -> None:
    """Ways to those who are told: list them, test one."""


@channel.command("list")
@pass_context
def list_(context: Context) -> None:
    """Print every channel of channels.yaml: its kind, how it is, whom it reaches; exits 1 if one is wrong or broken."""
    context.talk()
    app = context.app()
    broken = app.store.ledger.broken()
    for name, found in app.config.channels.items():
        state = f"broken: {broken[name]}" if name in broken else "ready" if found.enabled else "off"
        click.echo("\t".join([name, found.kind or "-", state, " ".join(found.recipients())]))
    wrong = [p for p in app.config.problems if p.file.endswith("channels.yaml")]
    for problem in wrong:
        click.echo(problem)
    raise SystemExit(1 if broken or wrong else 0)


@channel.command(epilog="Example: spacepact channel test desk-mail --to ada@example.org")
@click.argument("name")
@click.option("--to", multiple=True, help="For mail: whom to write to instead of those in channels.yaml.")
@pass_context
def test(context: Context, name: str, to: tuple[str, ...]) -> None:
    """Really send a test message over the channel NAME, and print what the receiver answered.

    Exits 0 if every recipient's message was taken, else 1. The ledger is not touched.
    """
    from spacepact.yamlfile import did_you_mean

    context.talk()
    app = context.app()
    if name not in app.config.channels:
        wrong = [str(p) for p in app.config.problems if p.file.endswith("channels.yaml")]
        hint = did_you_mean(name, sorted(app.config.channels)) or "channels.yaml names none"
        raise SpacepactError("\n".join([f"no channel that works is called {name!r}; {hint}", *wrong]))
    recipients = app.config.channels[name].recipients(to)
    if not recipients:
        raise click.UsageError(f"{name} names no recipient; say --to name@example.org")
    sent = [asyncio.run(_send(app, name, recipient)) for recipient in recipients]
    raise SystemExit(0 if all(sent) else 1)


async def _send(app: App, name: str, recipient: str) -> bool:
    from alerts.digest import write
    from alerts.sample import sample

    delivery, alert = sample(name, recipient, app.config.settings.base_url, app.now())
    refused = app.store.subscribers.refused(recipient, ())
    if refused:
        click.echo(f"{recipient}: not sent, {refused}")
        return False
    started = time.monotonic()
    try:
        receipt = await app.config.channels[name].send(write(delivery.id, [(delivery, alert)], links=app.audience.links))
    except SendError as error:
        fate = "the channel is broken" if error.broken else "another try cannot help" if error.permanent else "another try may help"
        click.echo(f"{recipient}: {error} ({fate})")
        return False
    click.echo(f"{recipient}: {receipt.answer} ({time.monotonic() - started:.2f} s)")
    return True
