"""The ledger by hand: what was told to whom, what was given up, and sending it again."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console
from rich.table import Table

from spacepact.cli.options import Context, pass_context

if TYPE_CHECKING:
    from storage.reading import DeliveryRow

STATES = ("pending", "failed", "sent", "dead", "suppressed")


class Moment(click.ParamType[datetime]):
    """A length of time back from now (7d, 12h), or a date."""

    name = "7d|DATE"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """Return an aware moment; fails with what would be right."""
        from spacepact.duration import parse_duration

        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            try:
                return datetime.now(UTC) - parse_duration(value)  # type: ignore[operator, no-any-return]
            except ValueError:
                self.fail(f"{value!r} is no moment; write 7d, 12h or 2026-05-12", param, ctx)
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


@click.command(
    epilog="""\b
Examples:
  spacepact deliveries --state dead            what was given up, and what the receiver said
  spacepact deliveries --recipient analyst@example.org --since 7d
  spacepact deliveries --jsonl | jq -r 'select(.tries > 1).id'
"""
)
@click.option("--state", type=click.Choice(STATES), help="Only those in this state.")
@click.option("--recipient", help="Only those to this address.")
@click.option("--channel", help="Only those over this channel.")
@click.option("--since", type=Moment(), help="Only those made since then.")
@click.option("--limit", type=click.IntRange(1), default=10_000, show_default=True, help="At most so many, the newest.")
@click.option("--jsonl", is_flag=True, help="One JSON object a line.")
@pass_context
def deliveries(context: Context, /, limit: int, *, jsonl: bool, **only: Any) -> None:
    """Print the ledger, newest first: every alert x recipient x channel with its state, reason, tries and ids."""
    reading = context.app().store.reading
    rows = reading.deliveries(limit, **only)
    if jsonl:
        for row in rows:
            click.echo(json.dumps(_object(row), ensure_ascii=False))
    else:
        _print(rows)


def _object(row: DeliveryRow) -> dict[str, Any]:
    moments = {name: getattr(row, name) and getattr(row, name).isoformat() for name in ("created", "due", "not_before", "settled")}
    plain = ("id", "message", "kind", "story_id", "revision", "channel", "recipient", "watchlists", "state", "reason", "waits", "tries")
    return {name: getattr(row, name) for name in plain} | moments | {"subject": _subject(row)}


def _subject(row: DeliveryRow) -> str:
    from alerts.wording import headline

    return headline(row.cooperation, row.cooperation.missions) if row.cooperation else row.subject


def _print(rows: Sequence[DeliveryRow]) -> None:
    """Print a table; as wide as its words where nobody looks at it on a terminal."""
    table = Table("Made", "State", "Alert", "What", "Channel", "Recipient", "Tries", "Why", "Id", box=None, pad_edge=False)
    for row in rows:
        words = (row.kind, _subject(row), row.channel, row.recipient, str(row.tries), row.why, row.id)
        table.add_row(f"{row.created:%Y-%m-%d %H:%M}", row.state, *words)
    Console(soft_wrap=not sys.stdout.isatty(), width=None if sys.stdout.isatty() else 10_000).print(table, highlight=False)


@click.command(
    epilog="""\b
Examples:
  spacepact replay 4b1f0c9d2e7a8b3c5d6f           one delivery, or all of one message
  spacepact replay --channel partner --since 2d   what was given up over a channel
  spacepact replay --channel partner --since 2d --all   also what it had said OK to
"""
)
@click.argument("ids", nargs=-1)
@click.option("--channel", help="All that was given up over this channel.")
@click.option("--since", type=Moment(), help="Of these, what was made since then.")
@click.option("--all", "everything", is_flag=True, help="Also what was sent: the receiver has lost it.")
@pass_context
def replay(context: Context, ids: tuple[str, ...], channel: str | None, since: datetime | None, *, everything: bool) -> None:
    """Owe deliveries again under their original ids; the service sends them, or `spacepact deliver` does."""
    from storage.replay import AGAIN
    from storage.replay import replay as again

    if bool(ids) == bool(channel):
        raise click.UsageError("name the IDs, or a --channel")
    if channel and since is None:
        raise click.UsageError("a --channel wants --since, such as --since 2d")
    app = context.app()
    if channel and channel not in app.config.channels:
        raise click.UsageError(f"there is no channel {channel!r}; there are: {', '.join(sorted(app.config.channels)) or 'none'}")
    done = again(app.store.engine, app.now(), ids=ids, channel=channel, since=since, states=AGAIN if everything else ("dead", "failed"))
    for number in done.again:
        click.echo(number)
    for skipped in done.skipped:
        click.echo(f"not again: {skipped.id}: {skipped.reason}", err=True)
    click.echo(f"{len(done.again)} owed again, {len(done.skipped)} not", err=True)
    raise SystemExit(1 if ids and done.skipped else 0)


@click.command(epilog="\b\nExample:\n  spacepact mend partner    it answers again: send what it is owed\n")
@click.argument("channels", nargs=-1, required=True)
@pass_context
def mend(context: Context, channels: tuple[str, ...]) -> None:
    """Open CHANNELS again that were closed because they were broken; what they owe is sent."""
    app = context.app()
    unknown = [name for name in channels if name not in app.config.channels]
    if unknown:
        raise click.UsageError(f"there is no channel {unknown[0]!r}; there are: {', '.join(sorted(app.config.channels)) or 'none'}")
    opened = app.store.ledger.mend(channels)
    for name in channels:
        click.echo(f"{name}: {'open again' if name in opened else 'was open'}")
