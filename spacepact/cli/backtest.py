"""spacepact backtest: what a watchlist would have found, told and missed, before it goes live."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console
from rich.progress import track

from spacepact.cli.options import Context, pass_context
from spacepact.errors import ConfigError, SpacepactError

if TYPE_CHECKING:
    from alerts.watchlist import Watchlist
    from spacepact.backtest import Near, Rung, Trial
    from spacepact.cooperation import Tagged
    from spacepact.loading import Config

BAR = 30
MOST_COMPLAINTS = 5
EXAMPLES = """\b
Examples:
  spacepact backtest japan-india --since 90d
  spacepact backtest drafts/lunar.yaml --against lunar
  spacepact classify --jsonl --keep < articles.jsonl > said.jsonl
  spacepact backtest lunar --articles said.jsonl
"""


@click.command(epilog=EXAMPLES)
@click.argument("watchlist", metavar="LIST|FILE")
@click.option(
    "--since", default="90d", show_default=True, metavar="LENGTH", help="How far back: 30d, 52d; with --articles before the last."
)
@click.option("--against", metavar="LIST|FILE", help="Another list, or another version of this one: what would change.")
@click.option(
    "--articles",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Lines of classify --jsonl --keep (with url, title, text, published) instead of the database.",
)
@click.option("--most", default=20, show_default=True, help="How many stories, and how many near misses, to print.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead.")
@pass_context
def backtest(
    context: Context, /, watchlist: str, *, since: str, against: str | None, articles: Path | None, most: int, as_json: bool
) -> None:
    """Run LIST over the articles that are kept: hits a week, stories, messages, overlap, near misses. Nothing is sent.

    Every article is decided about as if it had come when it was published and LIST were alone.
    """
    from alerts.matching import Watchlists
    from spacepact.backtest import Rehearsal
    from spacepact.loading import load_config

    config = load_config(context.config, context.env)
    tried = {"tested": _named(config, watchlist)} | ({"against": _named(config, against)} if against else {})
    lists = {**config.watchlists.lists, **dict(tried.values())}
    names = {role: name for role, (name, _) in tried.items()}
    compiled = Watchlists(lists, defaults=config.watchlists.defaults, world=config.watchlists.world)
    missions = {entry.id: entry.name for entry in config.gazetteer.entries}
    rehearsals = {r: Rehearsal(n, compiled, config.channels, config.settings.alerts, missions) for r, n in names.items()}
    for tagged in track(
        _articles(config, articles, _length(since)), "articles", console=Console(stderr=True), disable=not sys.stderr.isatty()
    ):
        for rehearsal in rehearsals.values():
            rehearsal.take(tagged)
    trials = {role: rehearsal.trial for role, rehearsal in rehearsals.items()}
    if as_json:
        click.echo(json.dumps({role: _as_json(trial) for role, trial in trials.items()}, ensure_ascii=False, indent=1))
    else:
        for line in _report(trials["tested"], trials.get("against"), most):
            click.echo(line)


def _named(config: Config, name: str) -> tuple[str, Watchlist]:
    """Return a list of the config by its id, or one from a file under a name that no list has."""
    from alerts.watchlist import Watchlist, load_file
    from spacepact.loading import known_names
    from spacepact.yamlfile import did_you_mean

    path = Path(name)
    if path.suffix in (".yaml", ".yml") or path.is_file():
        found = load_file(path, Watchlist, known_names(config.gazetteer))
        return (path.stem if path.stem not in config.watchlists.lists else str(path)), found
    if name not in config.watchlists.lists:
        wrong = [p for p in config.problems if Path(p.file).stem == name]
        if wrong:
            raise ConfigError(wrong)
        hint = did_you_mean(name, sorted(config.watchlists.lists))
        raise SpacepactError(f"no watchlist is called {name!r}; {hint or 'name a file *.yaml'}")
    return name, config.watchlists.lists[name]


def _length(text: str) -> timedelta:
    from spacepact.duration import parse_duration

    try:
        parsed = parse_duration(text)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--since") from None
    return parsed if isinstance(parsed, timedelta) else timedelta()


def _articles(config: Config, lines: Path | None, length: timedelta) -> Iterable[Tagged]:
    from spacepact.backtest import moment

    if lines:
        found = sorted(_from_lines(lines), key=moment)
        return [t for t in found if moment(t) >= moment(found[-1]) - length]
    from storage import Store, migrate, open_database

    engine = open_database(config.settings.database)
    migrate(engine)
    return Store(engine).reading.since(datetime.now(UTC) - length)


def _from_lines(path: Path) -> Iterator[Tagged]:
    from spacepact.cli.lines import read_line

    wrong = 0
    for number, line in enumerate(path.read_text("utf-8", errors="replace").splitlines(), 1):
        try:
            yield read_line(json.loads(line)).tagged(f"line:{number}")
        except ValueError as error:
            wrong += 1
            if wrong <= MOST_COMPLAINTS:
                click.echo(f"{path}:{number}:1: left out: {error}", err=True)
    if wrong > MOST_COMPLAINTS:
        click.echo(f"{path}: {wrong} lines were left out in all", err=True)


def _report(trial: Trial, other: Trial | None, most: int) -> Iterator[str]:
    sums = f"{len(trial.hits)} of {trial.read} articles in {trial.days:.0f} days, {_count(len(trial.rung), 'alert')}"
    yield f"{trial.watchlist}: {sums}, {_count(trial.messages.total(), 'message')}"
    if not trial.read:
        yield "There are no articles in this time; look further back with --since."
        return
    yield from _section("Week", _chart(trial))
    yield from _section("Alerts", _alerts(trial.rung[-most:], len(trial.rung)))
    yield from _section(
        "Messages", (f"{channel} to {to}: {n}, {n / trial.days * 7:.1f} a week" for (channel, to), n in sorted(trial.messages.items()))
    )
    shared = (f"{name}: {n} of {_count(len(trial.hits), 'hit')} ({n / len(trial.hits):.0%})" for name, n in trial.others.most_common())
    yield from _section("Overlap with other lists", shared)
    if other:
        yield from _section(f"Against {other.watchlist}", _change(trial, other))
    yield from _section("Near misses", _near(trial.near[-most:], len(trial.near)))


def _section(title: str, lines: Iterable[str]) -> Iterator[str]:
    yield ""
    yield title
    yield from [f"  {line}" for line in lines] or ["  none"]


def _chart(trial: Trial) -> Iterator[str]:
    """Yield a bar a week; silence of several weeks takes one line."""
    weeks = trial.weeks()
    highest = max((hits for _, hits, _ in weeks), default=0) or 1
    for silent, group in groupby(weeks, key=lambda week: week[1:] == (0, 0)):
        some = list(group)
        if silent and len(some) > 1:
            yield f"{some[0][0]} to {some[-1][0]}: nothing in {len(some)} weeks"
            continue
        for week, hits, rung in some:
            yield f"{week}  {_count(hits, 'hit'):>9} {_count(rung, 'alert'):>11}  {'█' * round(hits / highest * BAR)}".rstrip()


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _alerts(rung: Iterable[Rung], total: int) -> Iterator[str]:
    shown = 0
    for r in rung:
        shown += 1
        yield f"{r.when:%Y-%m-%d}  {r.kind}  {r.headline}"
        if r.was:
            yield f"            before: {r.was}"
        yield f"            {r.url}"
        yield f"            because: {', '.join(r.reasons)}"
        yield f"            “{r.evidence}”"
    if shown < total:
        yield f"and {total - shown} before these; --most shows more"


def _near(near: Iterable[Near], total: int) -> Iterator[str]:
    shown = 0
    for n in near:
        shown += 1
        yield f"{n.when:%Y-%m-%d}  {n.title}"
        yield f"            {n.url}"
        yield f"            but: {n.missing}"
    if shown < total:
        yield f"and {total - shown} before these; --most shows more"


def _change(trial: Trial, other: Trial) -> Iterator[str]:
    here, there = {r.story: r for r in trial.rung}, {r.story: r for r in other.rung}
    yield f"{len(there)} stories there, {len(here)} here; {other.messages.total()} messages there, {trial.messages.total()} here"
    for sign, some, rest in (("+", here, there), ("-", there, here)):
        for story in some:
            if story not in rest:
                yield f"{sign} {some[story].when:%Y-%m-%d}  {some[story].headline}  {some[story].url}"


def _as_json(trial: Trial) -> dict[str, Any]:
    return {
        "watchlist": trial.watchlist,
        "articles": trial.read,
        "days": round(trial.days, 1),
        "hits": {url: when.isoformat() for url, when in trial.hits.items()},
        "weeks": [{"week": week, "hits": hits, "alerts": rung} for week, hits, rung in trial.weeks()],
        "alerts": [r._asdict() | {"when": r.when.isoformat()} for r in trial.rung],
        "messages": [{"channel": c, "recipient": to, "messages": n} for (c, to), n in sorted(trial.messages.items())],
        "overlap": dict(trial.others.most_common()),
        "near_misses": [n._asdict() | {"when": n.when.isoformat()} for n in trial.near],
    }
