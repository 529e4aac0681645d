"""Expected events: what is waited for, and how it stands."""

from __future__ import annotations

import json
import sys

import click
from rich.console import Console
from rich.table import Table

from spacepact.cli.options import Context, pass_context


@click.command(
    epilog="""\b
Examples:
  spacepact expected             all of config/expected with their state
  spacepact expected --jsonl
"""
)
@click.option("--jsonl", is_flag=True, help="One JSON object a line.")
@pass_context
def expected(context: Context, *, jsonl: bool) -> None:
    """Print the events of config/expected: open, overdue, seen, or seen late; and what answered them."""
    app = context.app()
    states = app.store.expectations.states()
    rows = [
        {
            "id": number,
            "name": event.name,
            "due": str(event.due),
            "state": known.state if (known := states.get(number)) else "open",
            "settled": known.settled.isoformat() if known and known.settled else None,
            "story": known and known.story_id,
            "url": known and known.url,
        }
        for number, event in sorted(app.config.expected.events.items(), key=lambda e: e[1].due)
    ]
    if jsonl:
        for row in rows:
            click.echo(json.dumps(row, ensure_ascii=False))
        return
    table = Table("Due", "State", "Event", "Answered by", "Id", box=None, pad_edge=False)
    for row in rows:
        table.add_row(row["due"], row["state"], row["name"], row["url"] or "", row["id"])
    Console(width=None if sys.stdout.isatty() else 10_000).print(table, highlight=False)
