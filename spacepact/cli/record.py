"""spacepact records and record: cooperations followed over time."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, get_args

import click

from spacepact.cli.options import Context, pass_context
from spacepact.cli.story import ShownByDefault, by_whom
from spacepact.cooperation import Stage

if TYPE_CHECKING:
    from spacepact.record import Record
    from spacepact.story import Story
    from storage.reading import DeliveryRow

EXAMPLES = """\b
Examples:
  spacepact record 4b1f0c9d2e7a8b3c5d6f       its stages with date, evidence, sources and alerts
  spacepact record merge 4b1f0c 9a77e1 --reason "the same programme under its new name"
  spacepact record split 4b1f0c --story 9a77e1 --reason "a second satellite"
"""


@click.command(
    epilog="""\b
Examples:
  spacepact records                            every cooperation that is followed, the last to move first
  spacepact records --agency jaxa --stage suspended
  spacepact records --mission gateway --json | jq '.[].id'
"""
)
@click.option("--agency", default="", help="Only with this party, by its id: jaxa, state:fr.")
@click.option("--country", default="", help="Only with this country (ISO 3166-1).")
@click.option("--mission", default="", help="Only about this mission, by its id.")
@click.option("--stage", type=click.Choice(get_args(Stage)), metavar="STAGE", help="Only what stands at this stage now.")
@click.option("--limit", type=click.IntRange(1), default=100, show_default=True, help="At most so many.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON list instead.")
@pass_context
def records(context: Context, /, limit: int, *, as_json: bool, stage: str | None, **wanted: str) -> None:
    """Print the records: who cooperates on what, and where that stands."""
    from spacepact.record import Wanted

    found = context.app().store.reading.records(Wanted(**wanted, stage=stage or ""), limit)
    if as_json:
        click.echo(json.dumps([_summary(record) for record in found], ensure_ascii=False, indent=1))
    else:
        _table(found)


def _table(found: Sequence[Record]) -> None:
    from rich.console import Console
    from rich.table import Table

    from alerts.wording import enumerate_names, party_name

    table = Table("Since", "Stages", "Parties", "Missions", "Sources", "Id", box=None, pad_edge=False)
    for record in found:
        stages = " > ".join(step.cooperation.stage for step in record.steps)
        parties = enumerate_names([party_name(party) for party in record.parties], most=4)
        sources = str(sum(step.sources for step in record.steps))
        table.add_row(f"{record.since:%Y-%m-%d}", stages, parties, ", ".join(record.missions), sources, record.id)
    Console(soft_wrap=not sys.stdout.isatty(), width=None if sys.stdout.isatty() else 10_000).print(table, highlight=False)


@click.group(cls=ShownByDefault, epilog=EXAMPLES)
def record() -> None:
    """Show one cooperation over time, and merge or split records by hand."""


@record.command(epilog=EXAMPLES)
@click.argument("ident", metavar="ID")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead.")
@pass_context
def show(context: Context, ident: str, *, as_json: bool) -> None:
    """Print the stages of a record, each with its date, evidence, sources and alerts; the id of a story names its record too."""
    app = context.app()
    found = app.regrouping.record(ident)
    ledger = {step.id: app.store.reading.deliveries(story=step.id) for step in found.steps}
    if as_json:
        steps = [_step(step, ledger[step.id]) for step in found.steps]
        click.echo(json.dumps(_summary(found) | {"steps": steps}, ensure_ascii=False, indent=1))
    else:
        for line in _lines(found, ledger):
            click.echo(line)


@record.command(epilog=EXAMPLES)
@click.argument("one", metavar="ID")
@click.argument("other", metavar="OTHER")
@by_whom
@pass_context
def merge(context: Context, one: str, other: str, *, author: str, reason: str) -> None:
    """Let record OTHER continue in record ID; its stories stay what they are."""
    from spacepact.regrouping import By

    click.echo(context.app().regrouping.merge_records(one, other, By(author, reason)))


@record.command(epilog=EXAMPLES)
@click.argument("ident", metavar="ID")
@click.option("--story", "stories", multiple=True, required=True, metavar="STORY", help="A story that goes; repeatable.")
@by_whom
@pass_context
def split(context: Context, ident: str, *, stories: tuple[str, ...], author: str, reason: str) -> None:
    """Let some stories of record ID begin a record of their own, and print its id."""
    from spacepact.regrouping import By

    click.echo(context.app().regrouping.split_record(ident, stories, By(author, reason)))


def _lines(found: Record, ledger: dict[str, list[DeliveryRow]]) -> Iterator[str]:
    from alerts.wording import enumerate_names, party_name

    about = f" on {', '.join(found.missions)}" if found.missions else ""
    yield f"{enumerate_names([party_name(party) for party in found.parties], most=6)}{about}"
    yield f"record {found.id}, since {found.since:%Y-%m-%d}, now {found.stage}"
    for step in found.steps:
        more = f" +{step.sources - 1} sources" if step.sources > 1 else ""
        yield ""
        yield f"{step.reported:%Y-%m-%d}  {step.cooperation.stage} ({step.cooperation.mode})  story {step.id}"
        yield from ([f"  because: {step.because}"] if step.because else [])
        yield from (f"  “{e.text}”" for e in step.cooperation.evidence[:1])
        yield f"  {step.head.site_name} ({step.head.tier}){more}: {step.head.url}"
        yield from (f"  {row.kind} over {row.channel} to {row.recipient}: {row.state}, {row.why}" for row in ledger[step.id])


def _summary(found: Record) -> dict[str, Any]:
    return {
        "id": found.id,
        "since": found.since.isoformat(),
        "stage": found.stage,
        "parties": [{"id": p.id, "name": p.name, "role": p.role} for p in found.parties],
        "countries": found.countries,
        "missions": found.missions,
        "stages": [
            {"date": s.reported.isoformat(), "stage": s.cooperation.stage, "story": s.id, "sources": s.sources} for s in found.steps
        ],
    }


def _step(step: Story, ledger: Sequence[DeliveryRow]) -> dict[str, Any]:
    return {
        "story": step.id,
        "date": step.reported.isoformat(),
        "stage": step.cooperation.stage,
        "mode": step.cooperation.mode,
        "because": step.because,
        "evidence": [e.text for e in step.cooperation.evidence],
        "head": step.head.url,
        "sources": [{"url": t.url, "title": t.title, "site_name": t.site_name, "tier": t.tier} for t in step.tellings],
        "alerts": [{"kind": r.kind, "channel": r.channel, "recipient": r.recipient, "state": r.state, "why": r.why} for r in ledger],
    }
