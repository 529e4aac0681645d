"""Subscribers by hand: who they are, in and out, and what came back."""

from __future__ import annotations

import mailbox
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import click

from spacepact.cli.options import Context, pass_context
from spacepact.errors import SpacepactError
from spacepact.subscriber import Frequency, Wish

if TYPE_CHECKING:
    from spacepact.subscribing import Subscribing

EPILOG = """\b
Examples:
  spacepact subscribers add ada@example.org --list lunar --often daily --zone Europe/Paris
  spacepact subscribers list --jsonl | jq -r 'select(.state == "active") | .address'
  spacepact subscribers export > subscribers.csv
  spacepact subscribers import subscribers.csv --confirmed
  spacepact subscribers bounce < returned-mail.eml
"""


@click.group(epilog=EPILOG)
def subscribers() -> None:
    """People who get alerts by e-mail: list, add, import, export, remove, bounce."""


def _subscribing(context: Context) -> Subscribing:
    return context.app().audience.subscribing


@subscribers.command("list")
@click.option("--jsonl", is_flag=True, help="One JSON object a line.")
@pass_context
def list_(context: Context, *, jsonl: bool) -> None:
    """Print who gets what, who waits to confirm, and who refuses."""
    from spacepact.subscriber_table import rows

    context.talk()
    for row in rows(_subscribing(context).store):
        click.echo(row.model_dump_json() if jsonl else row.line())


@subscribers.command(epilog="Example: spacepact subscribers add ada@example.org --list lunar --often daily --zone Asia/Tokyo")
@click.argument("address")
@click.option("--list", "lists", multiple=True, required=True, help="A watchlist; may be given more than once.")
@click.option("--often", type=click.Choice(get_args(Frequency)), default="immediate", show_default=True)
@click.option("--zone", default="UTC", show_default=True, help="IANA zone, such as Europe/Paris.")
@click.option("--confirmed", is_flag=True, help="You hold their consent; without this they are mailed a request to confirm.")
@pass_context
def add(context: Context, address: str, lists: tuple[str, ...], often: Frequency, zone: str, *, confirmed: bool) -> None:
    """Subscribe an ADDRESS."""
    context.talk()
    desk = _subscribing(context)
    try:
        wish = Wish(watchlists=lists, frequency=often, zone=zone)
        click.echo(_take_in(desk, address, wish, confirmed=confirmed), err=True)
    except ValueError as error:
        raise SpacepactError(_reason(error)) from None


@subscribers.command("import", epilog="Example: spacepact subscribers import people.csv")
@click.argument("file", type=click.File("r", encoding="utf-8-sig"))
@click.option("--confirmed", is_flag=True, help="You hold their consent; without this each is mailed a request to confirm.")
@pass_context
def import_(context: Context, file: Any, *, confirmed: bool) -> None:
    """Subscribe everybody in a CSV FILE (- is stdin) with the columns address, watchlists, frequency, zone.

    A line that is wrong is named and left out; the others are taken in.
    """
    from rich.console import Console
    from rich.progress import track

    from spacepact.subscriber_table import read_csv

    context.talk()
    desk, wrong, taken, screen = _subscribing(context), 0, 0, Console(stderr=True)
    for number, row in track(list(read_csv(file)), "subscribing", console=screen, transient=True, disable=not screen.is_terminal):
        try:
            wish = Wish(watchlists=tuple(row["watchlists"].split()), frequency=row["frequency"] or "immediate", zone=row["zone"] or "UTC")
            _take_in(desk, row["address"], wish, confirmed=confirmed)
            taken += 1
        except (ValueError, SpacepactError) as error:
            wrong += 1
            click.echo(f"{getattr(file, 'name', '-')}:{number}: {_reason(error)}")
    click.echo(f"{taken} {'subscribed' if confirmed else 'are asked to confirm'}, {wrong} wrong", err=True)
    raise SystemExit(1 if wrong else 0)


@subscribers.command
@pass_context
def export(context: Context) -> None:
    """Print subscribers as CSV; no cell can be taken for a formula."""
    from spacepact.subscriber_table import write_csv

    context.talk()
    write_csv(_subscribing(context).store.all(), sys.stdout)


@subscribers.command(epilog="Example: spacepact subscribers remove ada@example.org")
@click.argument("addresses", nargs=-1, required=True)
@pass_context
def remove(context: Context, addresses: tuple[str, ...]) -> None:
    """Forget each ADDRESS, but that it gets nothing any more."""
    from spacepact.subscribing import REMOVED

    context.talk()
    desk = _subscribing(context)
    unknown = [address for address in addresses if not desk.store.remove(address, REMOVED, desk.now())]
    for address in unknown:
        click.echo(f"{address}: was not subscribed; it gets nothing all the same")
    raise SystemExit(1 if unknown else 0)


@subscribers.command(epilog="Example: spacepact subscribers bounce --maildir /var/mail/alerts")
@click.option("--maildir", type=click.Path(exists=True, file_okay=False, path_type=Path), help="Read the new mails of a Maildir instead.")
@pass_context
def bounce(context: Context, maildir: Path | None) -> None:
    """Read returned mail (RFC 3464) from stdin: write no more to addresses that do not exist.

    Have the mail server pipe what comes to the sender's address into this command, or deliver it into a
    Maildir and run it every few minutes. Only mails that bring back a link that we signed are believed.
    """
    context.talk()
    desk, missed = _subscribing(context), 0
    for content in _maildir(maildir) if maildir else [sys.stdin.buffer.read()]:
        told = desk.bounced(content)
        missed += not told
        for line in told or ["not a returned mail of ours; nothing was changed"]:
            click.echo(line)
    raise SystemExit(1 if missed and not maildir else 0)


def _maildir(path: Path) -> Iterator[bytes]:
    """Yield every new mail, and mark it as read when it was dealt with."""
    box = mailbox.Maildir(path, create=False)
    for key, mail in box.items():
        if mail.get_subdir() == "new":
            yield mail.as_bytes()
            mail.set_subdir("cur")
            mail.add_flag("S")
            box[key] = mail


def _take_in(desk: Subscribing, address: str, wish: Wish, *, confirmed: bool) -> str:
    if confirmed:
        desk.admit(address, wish)
        return f"{address} is subscribed"
    asked = desk.ask(address, wish)
    return f"{address} is asked to confirm" if asked else f"{address} was asked within a day already, and is not asked again"


def _reason(error: Exception) -> str:
    """Return the first sentence of an error; pydantic's are long."""
    from pydantic import ValidationError

    return error.errors()[0]["msg"].removeprefix("Value error, ") if isinstance(error, ValidationError) else str(error)
