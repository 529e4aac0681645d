"""spacepact silence: for some time, tell nobody about what a condition describes."""

from __future__ import annotations

import json
import secrets
from datetime import UTC, datetime, timedelta
from typing import Any

import click

from spacepact.cli.options import Context, pass_context
from spacepact.errors import SpacepactError

EXAMPLES = """\b
Examples:
  spacepact silence add "missions: [gateway]" --for 7d --author ana --reason "talks leak daily, wait for the vote"
  spacepact silence add --watchlist lunar --for 4h --author ana --reason "list is being rewritten"
  spacepact silence list
  spacepact silence expire 3f9c02
"""


@click.group(epilog=EXAMPLES)
def silence() -> None:
    """Keep quiet about something for a while; what is not sent is kept as suppressed, with author and reason."""


@silence.command(epilog=EXAMPLES)
@click.argument("condition", default="{}")
@click.option("--watchlist", "watchlists", multiple=True, help="Only this list; may stand more than once.  [default: all lists]")
@click.option("--author", required=True, help="Who asks for quiet.")
@click.option("--reason", required=True, help="Why; it stands beside each delivery that is not sent.")
@click.option("--for", "length", metavar="LENGTH", help="How long: 30m, 4h, 7d.")
@click.option("--until", type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M"]), help="Until when, in UTC, instead of --for.")
@pass_context
def add(
    context: Context,
    /,
    condition: str,
    *,
    watchlists: tuple[str, ...],
    author: str,
    reason: str,
    length: str | None,
    until: datetime | None,
) -> None:
    """Silence what CONDITION describes: the fields under `match:` of a watchlist, as one line of YAML."""
    from spacepact.silence import Silence
    from spacepact.text import clean_line

    now = datetime.now(UTC)
    end = _end(length, until, now)
    if condition == "{}" and not watchlists:
        raise click.UsageError('name a CONDITION such as "agencies: [nasa]", or a --watchlist; a silence about everything is none')
    made = Silence(
        id=secrets.token_hex(3),
        match=_checked(context, condition, watchlists),
        watchlists=watchlists,
        author=clean_line(author),
        reason=clean_line(reason),
        created=now,
        until=end,
    )
    _store(context).silences.add(made)
    click.echo(made.id)
    click.echo(f"silent until {end:%Y-%m-%d %H:%M} UTC; spacepact silence expire {made.id} ends it", err=True)


@silence.command("list")
@click.option("--all", "everything", is_flag=True, help="Also those that ended.")
@click.option("--jsonl", is_flag=True, help="One JSON object a line.")
@pass_context
def list_(context: Context, *, everything: bool, jsonl: bool) -> None:
    """Print the silences that hold now."""
    now, silences = datetime.now(UTC), _store(context).silences
    for s in silences.all() if everything else silences.active(now):
        if jsonl:
            click.echo(s.model_dump_json())
        else:
            what = json.dumps(s.match, ensure_ascii=False) if s.match else "everything"
            where = f" of {', '.join(s.watchlists)}" if s.watchlists else ""
            state = "until" if s.until > now else "ended"
            click.echo(f"{s.id}  {state} {s.until:%Y-%m-%d %H:%M} UTC  {what}{where}  {s.author}: {s.reason}")


@silence.command()
@click.argument("ident", metavar="ID")
@pass_context
def expire(context: Context, ident: str) -> None:
    """End a silence now; who was not told is told when the story is reported again."""
    if not _store(context).silences.expire(ident, datetime.now(UTC)):
        raise SpacepactError(f"no silence {ident!r} holds now; spacepact silence list names them")


def _end(length: str | None, until: datetime | None, now: datetime) -> datetime:
    from spacepact.duration import parse_duration

    if (length is None) == (until is None):
        raise click.UsageError("say how long: --for 7d or --until 2026-12-24, not both")
    try:
        parsed = parse_duration(length)
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    end = now + parsed if isinstance(parsed, timedelta) else (until or now).replace(tzinfo=UTC)
    if end <= now:
        raise click.UsageError(f"{end:%Y-%m-%d %H:%M} UTC is past")
    return end


def _checked(context: Context, condition: str, watchlists: tuple[str, ...]) -> Any:
    """Return the condition as plain data, once it and the lists are known to be right."""
    from alerts.watchlist import load_condition
    from spacepact.loading import known_names, load_config
    from spacepact.yamlfile import Document

    config = load_config(context.config, context.env)
    document = Document("CONDITION", condition)
    load_condition(document, known_names(config.gazetteer))
    unknown = [name for name in watchlists if name not in config.watchlists.lists]
    if unknown:
        raise SpacepactError(f"no watchlist is called {unknown[0]!r}; there are: {', '.join(sorted(config.watchlists.lists)) or 'none'}")
    return document.data


def _store(context: Context) -> Any:
    from spacepact.settings import load_settings
    from storage import Store, migrate, open_database

    engine = open_database(load_settings(context.config, context.env).database)
    migrate(engine)
    return Store(engine)
