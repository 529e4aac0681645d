"""`spacepact backfill`: what archives of the web hold of our outlets."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

import click

from spacepact.cli.options import Context, pass_context
from spacepact.errors import SpacepactError

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

EPILOG = """\b
Examples:
  spacepact backfill CC-NEWS-20260501-00042.warc.gz        pages of the outlets in config/sources
  spacepact backfill https://archive.example/CC-NEWS-20260501-00042.warc.gz
  spacepact backfill --all-domains *.warc.gz                pages of any outlet that name something of space
What was begun goes on where it stopped, also after a kill. Exit 1 if a file could not be read to its end."""
LINE_SECONDS = 10.0
"""So often a line is printed where nobody sees a bar."""


@click.command(epilog=EPILOG)
@click.argument("files", nargs=-1, required=True, metavar="FILE-OR-URL...")
@click.option("--all-domains", is_flag=True, help="Pages of any outlet, not only of those in config/sources.")
@click.option("--alert", is_flag=True, help="Tell what is found, within alerts.max_age; without it nobody is told.")
@click.option("--again", is_flag=True, help="Read from the beginning what was read before.")
@click.option("--processes", type=click.IntRange(1), default=os.cpu_count(), show_default="all cores")
@pass_context
def backfill(context: Context, files: tuple[str, ...], processes: int, *, all_domains: bool, alert: bool, again: bool) -> None:
    """Read archives (WARC, one gzip member a record, as CC-NEWS has them) and keep the articles about space in them."""
    from spacepact.backfill import CUT, SEEN, Backfill, Outlets
    from spacepact.bootstrap import make_app
    from spacepact.rereading import readers

    context.talk()
    app = make_app(context.config, context.env)
    app.start()
    outlets = Outlets(app.config.sources, all_domains=all_domains)
    bad = False
    with _bar() as bar:
        for where in files:
            shown = _Shown(where, bar)
            job = Backfill(
                app.processor,
                outlets,
                partial(readers, context.config, processes),
                alert=alert,
                mode="#all-domains" if all_domains else "",
                heard=partial(_say, bar),
                step=shown.step,
            )
            try:
                tally = job.run(where, again=again)
            except SpacepactError as error:
                bad = True
                _say(bar, f"spacepact: {error}")
                continue
            bad = bad or bool(tally[CUT]) or bool(tally["broken"] and not tally["records"])
            pages = {what: n for what, n in sorted(tally.items()) if what not in SEEN}
            words = ", ".join(f"{n:,} {what}" for what, n in pages.items()) or "none of ours"
            wrong = "".join(f", {tally[what]} {what}" for what in ("broken", CUT) if tally[what])
            _say(bar, f"{where}: {tally['records']:,} records{wrong}; {sum(pages.values()):,} pages: {words}")
    raise SystemExit(1 if bad else 0)


def _bar() -> Progress:
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        DownloadColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
    )
    return Progress(*columns, transient=True, disable=not sys.stderr.isatty(), console=Console(stderr=True, highlight=False))


def _say(bar: Progress, line: str) -> None:
    bar.console.print(line, markup=False, soft_wrap=True)


@dataclass
class _Shown:
    """How far one file is, and how fast: a bar for people, a line now and then for a log."""

    where: str
    bar: Progress
    begun: float = field(default_factory=time.monotonic)
    told: float = field(default_factory=time.monotonic)
    before: int | None = None
    task: TaskID | None = None

    def step(self, offset: int, size: int, tally: Mapping[str, int]) -> None:
        now, pages = time.monotonic(), sum(n for what, n in tally.items() if what not in ("records", "broken", "cut short"))
        if self.task is None or self.before is None:
            self.task, self.before = self.bar.add_task(self.where.rpartition("/")[2], total=size or None, rate=""), pages
        rate = f"{(pages - self.before) / max(now - self.begun, 0.001):.0f} pages/s, {tally.get('new', 0):,} new"
        self.bar.update(self.task, completed=offset, rate=rate)
        if self.bar.disable and now - self.told >= LINE_SECONDS:
            self.told = now
            part = f"{100 * offset / size:.0f} %" if size else f"{offset / 1e6:.0f} MB"
            _say(self.bar, f"{self.where}: {part}, {pages:,} pages, {rate}")
