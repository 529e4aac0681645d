"""The stages one by one, for pipes: extract, classify, match."""

from __future__ import annotations

import gc
import json
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from spacepact.cli.jsonl import pipe
from spacepact.cli.options import Context, pass_context


def _need_jsonl(jsonl: bool, command: str) -> None:  # noqa: FBT001
    if not jsonl:
        raise click.UsageError(f"{command} reads lines of JSON: spacepact {command} --jsonl < FILE")


@click.command
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path, allow_dash=True), required=False)
@click.option("--url", default="", help="The page's address: resolves links, finds the site's rules.")
@click.option("--jsonl", is_flag=True, help='Read lines {"id","url","html"} from stdin.')
@pass_context
def extract(_: Context, file: Path | None, url: str, *, jsonl: bool) -> None:
    """Print the article that an HTML page holds, as JSON."""
    from crawler.extract import extract as read_page

    if jsonl:
        sys.exit(pipe(lambda row: read_page(row["html"], row.get("url") or "").model_dump(mode="json"), "pages"))
    if file is None:
        raise click.UsageError("name a FILE.html, or give --jsonl")
    page = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
    click.echo(json.dumps(read_page(page, url).model_dump(mode="json"), ensure_ascii=False, indent=1))


@click.command
@click.option("--jsonl", is_flag=True, help='Read lines {"id","title","text"} from stdin; optional: url, published, language.')
@click.option("--keep", is_flag=True, help="Repeat the line's own keys, as backtest --articles wants them.")
@pass_context
def classify(context: Context, *, jsonl: bool, keep: bool) -> None:
    """Say of each document whether it is cooperation news: who, with whom, on what, at which stage."""
    from classifier import Classifier

    _need_jsonl(jsonl, "classify")
    classifier = Classifier.load(context.config / "gazetteer")
    gc.freeze()  # what was loaded stays: no collection looks at it again

    def answer(row: dict[str, Any]) -> dict[str, Any]:
        published = datetime.fromisoformat(row["published"]) if row.get("published") else None
        said = classifier.classify(str(row["title"] or ""), str(row["text"] or ""), language=row.get("language"), published=published)
        answered: dict[str, Any] = said.model_dump(mode="json")
        return {**row, **answered} if keep else answered

    sys.exit(pipe(answer, "documents"))


@click.command
@click.option("--jsonl", is_flag=True, help="Read lines as classify prints them from stdin.")
@click.option(
    "--watchlists",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="A directory of watchlists.  [default: the config's]",
)
@pass_context
def match(context: Context, watchlists: Path | None, *, jsonl: bool) -> None:
    """Say of each classified document which watchlists ask for it, and why."""
    from alerts.matching import match_classification
    from spacepact.cli.lines import read_line
    from spacepact.loading import load_config

    _need_jsonl(jsonl, "match")
    config = load_config(context.config, context.env, watchlists)
    for problem in config.problems:
        click.echo(f"spacepact: {problem}", err=True)

    def answer(row: dict[str, Any]) -> dict[str, Any]:
        return {"matches": [found.model_dump(mode="json") for found in match_classification(config.watchlists, read_line(row).page())]}

    sys.exit(pipe(answer, "documents"))
