"""spacepact story: what a story is made of and why, and putting that right by hand."""

from __future__ import annotations

import getpass
import json
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import click

from spacepact.cli.options import Context, pass_context

if TYPE_CHECKING:
    from spacepact.ruling import Ruling
    from spacepact.story import Story, Telling
    from storage.reading import DeliveryRow

EXAMPLES = """\b
Examples:
  spacepact story 4b1f0c9d2e7a8b3c5d6f            which articles tell it, why each, who was told
  spacepact story merge 4b1f0c 9a77e1 --reason "one signing, told twice"
  spacepact story split 4b1f0c --article https://outlet.example/17 --reason "another contract"
"""
Command = TypeVar("Command", bound=Callable[..., Any])


class ShownByDefault(click.Group):
    """A group whose first word may be what is to be shown, instead of a command."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read `story ID` as `story show ID`."""
        named = args and not args[0].startswith("-") and args[0] not in self.commands
        return super().parse_args(ctx, ["show", *args] if named else args)


def by_whom(command: Command) -> Command:
    """Add who decides it and why."""
    author = click.option("--author", default=getpass.getuser, show_default="who you are here", help="Who decides it.")
    return author(click.option("--reason", default="", help="Why; it stands on the page of the story.")(command))


@click.group(cls=ShownByDefault, epilog=EXAMPLES)
def story() -> None:
    """Show a story, and merge or split stories by hand: that holds for later articles and for reprocess too."""


@story.command(epilog=EXAMPLES)
@click.argument("ident", metavar="ID")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead.")
@pass_context
def show(context: Context, ident: str, *, as_json: bool) -> None:
    """Print which articles tell a story and why each belongs to it, what was decided by hand, and who was told."""
    app = context.app()
    found = app.regrouping.find(ident)
    rulings, ledger = app.store.rulings.of(found.id), app.store.reading.deliveries(story=found.id)
    if as_json:
        click.echo(json.dumps(_object(found, rulings, ledger), ensure_ascii=False, indent=1))
    else:
        for line in _lines(found, rulings, ledger):
            click.echo(line)


@story.command(epilog=EXAMPLES)
@click.argument("one", metavar="ID")
@click.argument("other", metavar="OTHER")
@by_whom
@pass_context
def merge(context: Context, one: str, other: str, *, author: str, reason: str) -> None:
    """Put story OTHER into story ID, and its record too; who was told of either is not told again."""
    from spacepact.regrouping import By

    whole = context.app().regrouping.merge(one, other, By(author, reason))
    click.echo(whole.id)
    click.echo(f"one story of {len(whole.tellings)} articles; spacepact story {whole.id} shows it", err=True)


@story.command(epilog=EXAMPLES)
@click.argument("ident", metavar="ID")
@click.option("--article", "urls", multiple=True, required=True, metavar="URL", help="An article that goes; repeatable.")
@by_whom
@pass_context
def split(context: Context, ident: str, *, urls: tuple[str, ...], author: str, reason: str) -> None:
    """Make a story of its own from some articles of story ID, and print its id.

    Whoever was told by an alert that showed one of these articles is not told again; who was not is told now.
    """
    from spacepact.regrouping import By

    if not reason:
        raise click.UsageError('say why: --reason "another contract"')
    rest, off = context.app().regrouping.split(ident, urls, By(author, reason))
    click.echo(off.id)
    click.echo(f"{len(off.tellings)} articles tell {off.id} now, {len(rest.tellings)} stay with {rest.id}", err=True)


def _lines(found: Story, rulings: Sequence[Ruling], ledger: Sequence[DeliveryRow]) -> Iterator[str]:
    from alerts.wording import headline

    yield headline(found.cooperation, found.cooperation.missions)
    yield f"story {found.id}, record {found.record}, first reported {found.reported:%Y-%m-%d %H:%M} UTC"
    yield from ([f"follows story {found.previous}: {found.because}"] if found.previous else [])
    yield from (f"“{e.text}”" for e in found.cooperation.evidence)
    yield f"\nTold by {found.sources} sources"
    yield from (line for telling in _by_time(found) for line in _telling(found, telling))
    if rulings:
        yield "\nBy hand"
        yield from (f"  {r.kind} of {' and '.join(r.stories)}: {r.because}" for r in rulings)
    yield "\nWho was told"
    yield from [f"  {row.channel} to {row.recipient}: {row.state}, {row.kind}, {row.why}" for row in ledger] or ["  nobody"]


def _by_time(found: Story) -> list[Telling]:
    return sorted(found.tellings, key=lambda t: (t.published, t.url))


def _telling(found: Story, telling: Telling) -> Iterator[str]:
    head = ", speaks for the story" if telling.url == found.head.url else ""
    yield f"  {telling.published:%Y-%m-%d %H:%M}  {telling.site_name} ({telling.tier}{head}): {telling.title}"
    yield f"    {telling.url}"
    yield f"    here because: {telling.because or 'not recorded'}"


def _object(found: Story, rulings: Sequence[Ruling], ledger: Sequence[DeliveryRow]) -> dict[str, Any]:
    return {
        "id": found.id,
        "record": found.record,
        "previous": found.previous,
        "cooperation": found.cooperation.model_dump(mode="json"),
        "head": found.head.url,
        "tellings": [t.model_dump(mode="json", exclude={"names", "details"}) for t in _by_time(found)],
        "rulings": [r.model_dump(mode="json") for r in rulings],
        "deliveries": [
            {"id": row.id, "channel": row.channel, "recipient": row.recipient, "state": row.state, "kind": row.kind, "why": row.why}
            for row in ledger
        ],
    }
