"""spacepact schema: what an editor must know to complete and check the files of config/."""

from __future__ import annotations

import json

import click

from spacepact.cli.options import Context, pass_context

EXAMPLES = """\b
Examples:
  spacepact schema watchlist > docs/schema/watchlist.json
  spacepact schema watchlist --ids > watchlist.json     also completes agencies, missions, countries
\b
The first line of a file tells editors that use yaml-language-server where its schema is:
  # yaml-language-server: $schema=../../docs/schema/watchlist.json
"""


@click.command(epilog=EXAMPLES)
@click.argument("kind", type=click.Choice(["watchlist", "expected", "source", "channels", "settings"]))
@click.option("--ids", is_flag=True, help="Name the ids of config/gazetteer, so that an editor completes them.")
@pass_context
def schema(context: Context, /, kind: str, *, ids: bool) -> None:
    """Print the JSON Schema (2020-12) of a KIND of file in config/."""
    from classifier.gazetteer import load_gazetteer
    from spacepact.loading import known_names
    from spacepact.schemas import schema as make

    known = known_names(load_gazetteer(context.config / "gazetteer")[0]) if ids else None
    click.echo(json.dumps(make(kind, known), indent=1, ensure_ascii=False))
