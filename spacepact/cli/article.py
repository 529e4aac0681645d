"""`spacepact article`: one article as it is kept, and how it changed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from spacepact.cli.options import Context, pass_context
from spacepact.errors import SpacepactError

if TYPE_CHECKING:
    from rich.text import Text

    from spacepact.comparing import Passage
    from storage import History
    from storage.evidence import Evidence

EPILOG = """\b
Examples:
  spacepact article https://outlet.example/news/17            as it is kept
  spacepact article https://outlet.example/news/17 --diff     how it changed, the newest change first
  spacepact article https://outlet.example/news/17 --diff --json | jq '.[0].passages'
  spacepact article https://outlet.example/news/17 --pages     the fetched pages that prove it, and whether they are unaltered
Without colours a change reads [-was-]{+is+}."""


@click.command(epilog=EPILOG)
@click.argument("url")
@click.option("--diff", is_flag=True, help="How each revision differs from the one before.")
@click.option("--pages", is_flag=True, help="The fetched pages it was read from: when, where each is kept, its SHA-256.")
@click.option("--json", "as_json", is_flag=True, help="JSON instead.")
@pass_context
def article(context: Context, url: str, *, diff: bool, pages: bool, as_json: bool) -> None:
    """Show the article kept under URL: its revisions, whether its page is gone, its text."""
    app = context.app()
    history = app.store.reading.history(url=url)
    if history is None:
        raise SpacepactError(app.store.reading.fate(url) or f"no article is kept under {url}; give its canonical URL")
    if diff and pages:
        raise click.UsageError("--diff or --pages, not both")
    if pages:
        _pages(app.store.evidence, url, as_json=as_json)
    elif diff:
        _differences(history, as_json=as_json)
    elif as_json:
        shown = history.tagged.article.model_dump(mode="json")
        click.echo(json.dumps({**shown, "gone": history.gone and history.gone.isoformat()}, ensure_ascii=False))
    else:
        _head(history)
        click.echo(f"\n{history.tagged.article.text}")


def _head(history: History) -> None:
    article = history.tagged.article
    published = f"{article.published:%Y-%m-%d %H:%M} UTC" if article.published else "no date"
    click.echo(f"{article.title}\n{article.site_name or article.source}, {published}, revision {article.revision}\n{article.url}")
    if history.gone:
        click.echo(f"Its page is gone: not found on {history.gone:%Y-%m-%d %H:%M} UTC ({history.reason}).")


def _pages(evidence: Evidence, url: str, *, as_json: bool) -> None:
    kept = evidence.of_article(url)
    for one in kept:
        trouble = evidence.trouble(one)
        told = {
            "revision": one.revision,
            "fetched": one.fetched.isoformat(),
            **one.place._asdict(),
            "link": one.link.url,
            "trouble": trouble,
        }
        place = f"{one.place.file} at {one.place.offset}, sha256 {one.place.digest}"
        when = f"revision {one.revision}, fetched {one.fetched:%Y-%m-%d %H:%M} UTC"
        click.echo(json.dumps(told, ensure_ascii=False) if as_json else f"{when}: {place}: {trouble or 'unaltered'}")
    if not kept and not as_json:
        click.echo("No fetched page is kept for it: settings.yaml, evidence.enabled and evidence.keep.")


def _differences(history: History, *, as_json: bool) -> None:
    from rich.console import Console

    from spacepact.revisions import changes

    found = changes(history)
    if as_json:
        told = [
            {
                "revision": c.number,
                "after": c.after,
                "found": c.found.isoformat(),
                "passages": [{"part": p.part, "pieces": [piece._asdict() for piece in p.pieces]} for p in c.passages if p.changed],
            }
            for c in found
        ]
        click.echo(json.dumps(told, ensure_ascii=False))
        return
    _head(history)
    console = Console(highlight=False, soft_wrap=True)
    for change in found:
        console.print(f"\nRevision {change.number}, found {change.found:%Y-%m-%d %H:%M} UTC, compared with revision {change.after}")
        for passage in change.passages:
            console.print(_line(passage, coloured=console.color_system is not None and not console.no_color))
    if not found:
        click.echo("\nIt says what it said when it was first read.")


def _line(passage: Passage, *, coloured: bool) -> Text:
    from rich.text import Text

    if not passage.changed:
        count = passage.pieces[0].text.count("\n") + 1
        return Text(f"  ({count} unchanged paragraph{'s' if count > 1 else ''})", style="dim")
    line = Text("  " if passage.part == "text" else f"  {passage.part}: ")
    marks = {"same": ("", "", ""), "old": ("[-", "-]", "red strike"), "new": ("{+", "+}", "green")}
    for piece in passage.pieces:
        before, after, style = marks[piece.kind]
        line.append(piece.text if coloured else f"{before}{piece.text}{after}", style=style)
    return line
