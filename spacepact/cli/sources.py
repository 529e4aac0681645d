"""`spacepact sources`: is every source well, and if not, why?"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, get_args

import click

from spacepact.article import TIERS
from spacepact.cli.options import Context, pass_context
from spacepact.health import BAD, SourceHealth, days

if TYPE_CHECKING:
    from spacepact.watching import Row

EPILOG = """\b
Examples:
  spacepact sources                          every source, with its state and why
  spacepact sources --bad                    only those in trouble; exit 1 if there are any
  spacepact sources --state late --tier official
  spacepact sources --jsonl | jq 'select(.country == "JP")'
States: """ + ", ".join(get_args(SourceHealth))


@click.command(epilog=EPILOG)
@click.argument("ids", nargs=-1, metavar="[SOURCE]...")
@click.option("--state", "states", multiple=True, type=click.Choice(get_args(SourceHealth)), help="Only sources in this state; repeatable.")
@click.option("--tier", type=click.Choice(TIERS), help="Only sources of this tier.")
@click.option("--country", help="Only sources of this country (ISO 3166-1, or EU).")
@click.option("--bad", is_flag=True, help="Only sources in trouble; exit 1 if there are any.")
@click.option("--jsonl", is_flag=True, help="One JSON object a source instead of a table.")
@pass_context
def sources(
    context: Context, ids: tuple[str, ...], states: tuple[str, ...], tier: str | None, country: str | None, *, bad: bool, jsonl: bool
) -> None:
    """Show how every SOURCE is and why, its last news, its own rhythm and its next visit."""
    from crawler.source import unknown_source
    from spacepact.watching import table

    app = context.app()
    unknown = [name for name in ids if name not in app.config.sources]
    if unknown:
        raise click.UsageError(unknown_source(unknown[0], app.config.sources))
    rows = [
        row
        for row in table(app.store, app.config.sources, app.now())
        if (not ids or row.id in ids)
        and (not states or row.state in states)
        and tier in (None, row.tier)
        and (country is None or row.country == country.upper())
        and (not bad or row.state in BAD)
    ]
    if jsonl:
        for row in rows:
            click.echo(row.model_dump_json())
    else:
        _show(rows)
    raise SystemExit(1 if bad and rows else 0)


def _show(rows: Sequence[Row]) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table

    table = Table("source", "tier", "state", "last well", "last new", "rhythm", "next visit", "why", box=box.SIMPLE_HEAD, pad_edge=False)
    for row in rows:
        colour = "red" if row.state in BAD[:-2] else "yellow" if row.state in BAD else "green" if row.state == "ok" else ""
        moments = [f"{moment:%Y-%m-%d %H:%M}" if moment else "-" for moment in (row.last_ok, row.last_new, row.next_check)]
        state = f"[{colour}]{row.state}[/]" if colour else row.state
        usual = days(row.rhythm) if row.rhythm else "-"
        table.add_row(row.id, row.tier, state, moments[0], moments[1], usual, moments[2], row.reason.replace("[", r"\["))
    console = Console(width=None if sys.stdout.isatty() else 200, highlight=False)
    console.print(table)
    counts = Counter(row.state for row in rows)
    click.echo(f"{len(rows)} sources: " + (", ".join(f"{n} {state}" for state, n in counts.most_common()) or "none"), err=True)
