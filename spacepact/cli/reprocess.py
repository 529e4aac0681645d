"""`spacepact reprocess`: read the pages that are kept anew."""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime, timedelta

import click

from spacepact.cli.options import Context, LengthOfTime, pass_context

EPILOG = """\b
Examples:
  spacepact reprocess --since 30d              all that was fetched in 30 days
  spacepact reprocess --source esa-top --dry-run    only say what would change
"""


@click.command(epilog=EPILOG)
@click.option("--since", type=LengthOfTime(), default="30d", show_default=True, help="Pages fetched in this time, like 36h or 30d.")
@click.option("--source", "sources", multiple=True, metavar="ID", help="Only pages of this source; repeatable.")
@click.option("--dry-run", is_flag=True, help="Only count; change nothing.")
@click.option("--processes", type=click.IntRange(1), default=os.cpu_count(), show_default="all cores")
@pass_context
def reprocess(context: Context, since: timedelta, sources: tuple[str, ...], processes: int, *, dry_run: bool) -> None:
    """Extract and tag the kept pages anew; stories are set right, nobody is alerted."""
    from rich.console import Console
    from rich.progress import Progress
    from rich.table import Table

    from crawler.source import unknown_source
    from spacepact.bootstrap import make_app
    from spacepact.reprocess import chosen
    from spacepact.reprocess import reprocess as run

    context.talk()
    app = make_app(context.config, context.env)
    app.start()
    kept = chosen(app.processor, datetime.now(UTC) - since, sources)
    unknown = [name for name in sources if name not in app.config.sources]
    if unknown and not kept:
        raise click.UsageError(unknown_source(unknown[0], app.config.sources))
    with Progress(transient=True, disable=not sys.stderr.isatty(), console=Console(stderr=True)) as progress:
        task = progress.add_task("pages", total=len(kept))
        tally = run(app.processor, context.config, kept, processes=processes, dry=dry_run, step=lambda _: progress.advance(task))
    table = Table("", "before", "after")
    for what, before, after in tally.rows:
        table.add_row(what, str(before), str(after))
    Console(highlight=False).print(table)
    words = ", ".join(f"{n} {what}" for what, n in sorted(tally.items()) if not what.endswith((" before", " after")))
    click.echo(f"{len(kept)} pages: {words or 'none'}{'; nothing was changed (--dry-run)' if dry_run else ''}", err=True)
    raise SystemExit(1 if tally["page missing"] else 0)
