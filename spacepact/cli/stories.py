"""`spacepact stories`: which news items report one event."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import click

from spacepact.cli.jsonl import pipe
from spacepact.cli.options import Context, pass_context

if TYPE_CHECKING:
    from alerts.items import Item
    from classifier import Classifier

EPILOG = """\b
Examples:
  spacepact stories --jsonl < items.jsonl > stories.jsonl
  spacepact stories --jsonl --why < items.jsonl | grep nearest
"""


@click.command(epilog=EPILOG)
@click.option(
    "--jsonl", is_flag=True, help='Read lines {"id","title","text","published"} from stdin, in the order of time; optional: source, url.'
)
@click.option("--why", is_flag=True, help="Say for each item that joined a story which item is nearest, and how sure that is.")
@pass_context
def stories(context: Context, *, jsonl: bool, why: bool) -> None:
    """Put each news item into its story, without looking ahead: {"id","story"} a line.

    A story bears the id of its first item. All news counts, not only cooperation news.
    """
    from alerts.clusters import Clusters
    from classifier import Classifier

    if not jsonl:
        raise click.UsageError("stories reads lines of JSON: spacepact stories --jsonl < FILE")
    classifier, clusters = Classifier.load(context.config / "gazetteer"), Clusters()

    def answer(row: dict[str, Any]) -> dict[str, Any]:
        item = read_item(row, classifier)
        placed = clusters.place(item)
        joined = {"why": {"nearest": placed.nearest, "log_odds": round(placed.score, 2)}} if placed.score is not None else {}
        return {"id": item.id, "story": placed.story} | (joined if why else {})

    sys.exit(pipe(answer, "items"))


def read_item(row: dict[str, Any], classifier: Classifier) -> Item:
    """Return a line as an item; raises KeyError or ValueError where a line lacks what it needs."""
    from alerts.items import make_item

    title, text = str(row["title"] or ""), str(row.get("text") or "")
    source = str(row.get("source") or urlsplit(str(row.get("url") or "")).hostname or "")
    mentioned = classifier.mentioned(title, text)
    return make_item(str(row["id"]), title, text, published=_published(row), source=source, mentioned=mentioned)


def _published(row: dict[str, Any]) -> datetime:
    moment = datetime.fromisoformat(str(row.get("published") or row.get("date") or row["published"]))
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
