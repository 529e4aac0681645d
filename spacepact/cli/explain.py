"""spacepact explain: what the classifier saw in a text, what decided, and what would have changed its mind."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from spacepact.cli.meaning import meaning
from spacepact.cli.options import Context, pass_context
from spacepact.cli.why import explain_list
from spacepact.cooperation import Cooperation
from spacepact.errors import SpacepactError
from spacepact.text import clean_line, clean_text

if TYPE_CHECKING:
    from classifier.changes import Change
    from classifier.explain import Explanation, Marked, Weight
    from classifier.reasons import Reason

SHOWN = 6000
"""Characters of the text that are printed; names and evidence beyond are listed all the same."""
_STYLES = {"sure": "bold green", "ambiguous": "bold yellow", "left-out": "dim"}


EXAMPLES = """\b
Examples:
  spacepact explain --text article.txt
  spacepact explain https://outlet.example/news/17 --json
  spacepact explain https://outlet.example/news/17 japan-india
"""


@click.command(epilog=EXAMPLES)
@click.argument("url", required=False)
@click.argument("watchlist", required=False)
@click.option(
    "--text",
    "file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path, allow_dash=True),
    help="Explain this file instead of a kept article: its first line is the title; - reads stdin.",
)
@click.option("--language", help="The language of the text, as an ISO 639-1 code.")
@click.option("--published", type=click.DateTime(), help='When it was published: completes dates such as "on Thursday".')
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead.")
@pass_context
def explain(
    context: Context,
    /,
    url: str | None,
    watchlist: str | None,
    *,
    file: Path | None,
    language: str | None,
    published: datetime | None,
    as_json: bool,
) -> None:
    """Say why the article kept under URL, or the text of a file, is cooperation news or not.

    With a WATCHLIST: why that list matched the article or did not, and who hears of it when.

    Prints the text with its names marked, each cooperation with its evidence, the features that
    decided, and what would have to change for the other verdict.
    """
    from classifier import Classifier
    from classifier.explain import explain_document

    if (url is None) == (file is None):
        raise click.UsageError("name the URL of a kept article, or a file by --text FILE, not both")
    if url and watchlist:
        explain_list(context, url, watchlist, as_json=as_json)
        return
    document = _kept(context, url) if url else _read(file or Path("-"))
    document = document._replace(
        language=language or document.language, published=published.replace(tzinfo=UTC) if published else document.published
    )
    explanation = explain_document(Classifier.load(context.config / "gazetteer"), *document)
    if as_json:
        click.echo(explanation.model_dump_json(indent=1))
    else:
        show(Console(highlight=False), explanation)


class _Document(NamedTuple):
    """What explain_document asks for, in its order."""

    title: str
    text: str
    language: str | None = None
    published: datetime | None = None


def _read(file: Path) -> _Document:
    raw = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
    title, _, text = raw.decode("utf-8", "replace").lstrip("\ufeff\r\n ").partition("\n")
    return _Document(clean_line(title), clean_text(text))


def _kept(context: Context, url: str) -> _Document:
    from spacepact.settings import load_settings
    from storage import Store, migrate, open_database

    engine = open_database(load_settings(context.config, context.env).database)
    migrate(engine)
    kept = Store(engine).reading.article(url)
    if kept is None:
        raise SpacepactError(f"no article is kept under {url}; give its canonical URL, or its text by --text FILE")
    return _Document(kept.article.title, kept.article.text, kept.article.language, kept.article.published)


def show(console: Console, explanation: Explanation) -> None:
    """Print an explanation for people; without colours the marks say the same."""
    said = explanation.classification
    _verdict(console, explanation)
    _heading(console, "Text")
    console.print(_marked_text(explanation))
    _heading(console, "Names")
    _names(console, explanation.mentions)
    _heading(console, "Cooperations")
    for number, (cooperation, reasons) in enumerate(zip(said.cooperations, explanation.reasons, strict=True), 1):
        _cooperation(console, number, cooperation)
        _reasons(console, reasons)
    if not said.cooperations:
        console.print("none")
    _heading(console, "What decided (log-odds; + speaks for cooperation news)")
    console.print(_weights(explanation.weights) if explanation.weights else "no sentence is about space: nothing was weighed")
    for proof in explanation.proofs:
        console.print(Text(f"\n“{proof.text}” alone: {proof.score:.2f}"))
        console.print(_weights(proof.weights))
    _heading(console, "For the other verdict")
    console.print(Text("\n".join(_other(explanation))))


def _verdict(console: Console, explanation: Explanation) -> None:
    said = explanation.classification
    verdict = ("COOPERATION NEWS", "bold green") if said.cooperation else ("not cooperation news", "bold")
    console.print(Text(*verdict))
    console.print(f"score {said.score:.2f}, threshold {explanation.threshold:.2f}; scope {said.scope}", style="dim")
    console.print("  ".join(f"{scope} {share:.2f}" for scope, share in explanation.scopes.items()), style="dim")
    if explanation.part:
        console.print(f"a digest: the item at {explanation.part[0]}-{explanation.part[1]} decided", style="dim")


def _heading(console: Console, text: str) -> None:
    console.print(Text(f"\n{text}", "bold underline"))


def _marked_text(explanation: Explanation) -> Text:
    """Return the text with each name followed by [kind id], doubtful ones by [? id], and evidence between » and «."""
    spans = [(m.start, m.end, m) for m in explanation.mentions]
    evidence = {(e.start, e.end) for c in explanation.classification.cooperations for e in c.evidence}
    opens, closes = {a for a, _ in evidence}, {b for _, b in evidence}
    out, text, last = Text(), explanation.text[:SHOWN], 0
    cuts = sorted(
        {0, len(text), *(p for p in (*opens, *closes) if p < len(text)), *(p for a, b, _ in spans for p in (a, b) if p < len(text))}
    )
    names = {a: m for a, _, m in spans}
    for at, end in pairwise(cuts):
        if at in closes:
            out.append("«", "bold cyan")
        if at in opens:
            out.append("»", "bold cyan")
        mention = names.get(at)
        out.append(text[at:end], _STYLES[mention.standing] if mention else None)
        if mention:
            out.append(_tag(mention), "dim")
        last = end
    if last in closes:
        out.append("«", "bold cyan")
    if len(explanation.text) > SHOWN:
        out.append(f"\n… and {len(explanation.text) - SHOWN:,} characters more", "dim")
    return out


def _tag(mention: Marked) -> str:
    return {
        "sure": f" [{mention.kind} {mention.id}]",
        "ambiguous": f" [? {mention.kind} {mention.id}]",
        "left-out": f" [not {mention.id}]",
    }[mention.standing]


def _names(console: Console, mentions: Iterable[Marked]) -> None:
    table = Table("Id", "Kind", "Written as", "Times", "Sure", box=None, pad_edge=False)
    groups: dict[tuple[str, str, str], list[Marked]] = {}
    for mention in mentions:
        groups.setdefault((mention.id, mention.standing, mention.reason), []).append(mention)
    for (ident, standing, _), group in groups.items():
        if standing == "sure":
            table.add_row(Text(ident, _STYLES[standing]), group[0].kind, Text(_written(group)), str(len(group)), f"{_surest(group):.2f}")
    console.print(table if table.row_count else "none is sure")
    for (ident, standing, reason), group in groups.items():
        if standing != "sure":
            console.print(Text.assemble((f"{standing}: ", _STYLES[standing]), f"{_written(group)} as {ident}: {reason}"))


def _written(group: Iterable[Marked]) -> str:
    return ", ".join(dict.fromkeys(m.alias for m in group))


def _surest(group: Iterable[Marked]) -> float:
    return max(m.confidence for m in group)


def _cooperation(console: Console, number: int, cooperation: Cooperation) -> None:
    parties = ", ".join(f"{p.id} ({p.role})" for p in cooperation.parties)
    console.print(Text(f"{number}. {parties}", "bold"))
    what = [
        cooperation.activity,
        cooperation.instrument,
        cooperation.stage,
        cooperation.mode,
        *([cooperation.date] if cooperation.date else []),
    ]
    on = [f"on {', '.join(cooperation.missions)}"] if cooperation.missions else []
    console.print(Padding(Text(" · ".join([*what, *on, f"confidence {cooperation.confidence:.2f}"])), (0, 0, 0, 3)))
    for evidence in cooperation.evidence:
        console.print(Padding(Text(f"“{evidence.text}” [{evidence.start}-{evidence.end}]", "cyan"), (0, 0, 0, 3)))


def _reasons(console: Console, reasons: Iterable[Reason]) -> None:
    """Print the words that decided each field, and the value that came second."""
    for reason in reasons:
        words = ", ".join(f"“{word}”" for word in reason.words) or "no word of its own, the likeliest here"
        if reason.value == "none":
            words = "none is named"
        second = f" (then {reason.second}, {reason.by:.1f} behind)" if reason.by is not None else ""
        console.print(Padding(Text.assemble((f"{reason.field} {reason.value}: ", "bold"), words, (second, "dim")), (0, 0, 0, 3)))


def _weights(weights: Iterable[Weight]) -> Table:
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column(justify="right")
    for weight in weights:
        where = f" ({', '.join(weight.where)})" if weight.where else ""
        said = f": {', '.join(weight.words)}" if weight.words else ""
        table.add_row(
            Text(f"{weight.effect:+.2f}", "green" if weight.effect > 0 else "red"), Text(f"{meaning(weight.feature)}{said}{where}")
        )
    return table


def _other(explanation: Explanation) -> Iterator[str]:
    if not explanation.changes:
        yield "No single change of those that were tried moves the score: nothing here stands near the threshold."
        return
    yield from (f"{_told(c)} {c.what}" for c in explanation.changes)
    row = explanation.together
    if not row or row[-1].cooperation == explanation.classification.cooperation:
        yield "Not even all of them together tip the verdict."
    else:
        which = "The first alone tips" if len(row) == 1 else f"Together the first {len(row)} tip"
        yield f"{which} the verdict: {row[-1].score:.2f}."


def _told(change: Change) -> str:
    return f"{change.score:.2f} {'cooperation news' if change.cooperation else 'not cooperation'}:"
