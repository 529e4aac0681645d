"""spacepact explain URL LIST and spacepact why URL: why a watchlist matched an article or did not, and who hears of it when."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import click

from spacepact.cli.options import Context, pass_context
from spacepact.errors import SpacepactError

if TYPE_CHECKING:
    from spacepact.bootstrap import App
    from spacepact.cooperation import Tagged
    from spacepact.loading import Config
    from spacepact.whynot import Answer, Way, WhyNot


def explain_list(context: Context, url: str, name: str, *, as_json: bool) -> None:
    """Print why list `name` matched the article kept under `url`, or what kept it from matching."""
    app, asked = _ask(context, url, [name])
    found = asked.answers(name)
    ways = asked.ways(name) if any(a.held and a.story for a in found) else []
    if as_json:
        click.echo(json.dumps(_as_json(name, asked.kept, found, ways), ensure_ascii=False, indent=1))
    else:
        for line in _lines(app.config, name, asked.kept, found, ways):
            click.echo(line)


@click.command(
    epilog="""\b
Examples:
  spacepact why https://outlet.example/news/17           every list and recipient, with one reason each
  spacepact why https://outlet.example/news/17 lunar
  spacepact why https://outlet.example/news/17 --jsonl | jq -r 'select(.state != "sent") | .reason'
Reasons for silence: known-story, below-score, no-match, silenced, quiet-hours, digest-pending, grouped, quota, unsubscribed, old-news
"""
)
@click.argument("url")
@click.argument("watchlists", nargs=-1, metavar="[LIST]...")
@click.option("--jsonl", is_flag=True, help="One JSON object a line.")
@pass_context
def why(context: Context, url: str, watchlists: tuple[str, ...], *, jsonl: bool) -> None:
    """Print who was told of the article kept under URL and who was not, with one named reason for each list and recipient."""
    _, asked = _ask(context, url, watchlists)
    ways = [way for name in watchlists or sorted(asked.lists.lists) for way in asked.ways(name)]
    for way in ways:
        if jsonl:
            click.echo(json.dumps(way._asdict(), ensure_ascii=False))
        else:
            whom = f"{way.channel} to {way.recipient or 'nobody'}" if way.channel else "nobody"
            click.echo(f"{way.watchlist}: {whom}: {way.reason} - {way.says}")


def _ask(context: Context, url: str, names: Sequence[str]) -> tuple[App, WhyNot]:
    """Return who answers for a kept article; raises SpacepactError where a list or the article is not known."""
    from spacepact.whynot import WhyNot
    from spacepact.yamlfile import did_you_mean

    app = context.app()
    known = sorted(app.config.watchlists.lists)
    for name in names:
        if name not in known:
            raise SpacepactError(f"no watchlist is called {name!r}; {did_you_mean(name, known) or 'spacepact check names what is wrong'}")
    app.audience.refresh()
    kept = app.store.reading.article(url)
    if kept is None:
        raise SpacepactError(
            app.store.reading.fate(url) or f"no source listed {url} so far; give its canonical URL, or its text by --text FILE"
        )
    return app, WhyNot(app.store, app.audience.watchlists, app.config.channels, app.config.settings.alerts, kept, app.now())


def _lines(config: Config, name: str, kept: Tagged, found: Sequence[Answer], ways: Sequence[Way]) -> Iterator[str]:
    from alerts.wording import headline

    said = kept.classification
    matches = any(a.held for a in found)
    yield f"{name} ({config.watchlists.lists[name].name}) {'MATCHES' if matches else 'does not match'} {kept.article.url}"
    yield f"“{kept.article.title}”; score {said.score:.2f}, scope {said.scope}; {len(found)} cooperations"
    if not found:
        yield f"No cooperation was found in it, and a list asks about cooperations; spacepact explain {kept.article.url} says why."
    for number, answer in enumerate(found, 1):
        yield ""
        yield f"{number}. {headline(answer.cooperation, answer.cooperation.missions)}: {'holds' if answer.held else 'does not hold'}"
        yield from (f"   {'yes' if f.held else 'NO '}  {f.reason}" for f in answer.findings)
        yield from (f"   “{sentence}” holds {word}" for word, sentence in answer.keywords.items())
        yield from (f"   “{e.text}”" for e in answer.cooperation.evidence)
        if answer.story:
            yield f"   story {answer.story.id}, told by {answer.story.sources} sources"
    if matches:
        yield ""
        yield "Who hears of it"
        yield from [f"   {w.channel} to {w.recipient or 'nobody'}: {w.says}" for w in ways] or ["   nobody: the list delivers nowhere"]


def _as_json(name: str, kept: Tagged, found: Sequence[Answer], ways: Sequence[Way]) -> dict[str, Any]:
    return {
        "watchlist": name,
        "url": kept.article.url,
        "score": kept.classification.score,
        "matches": any(a.held for a in found),
        "cooperations": [
            {
                "held": a.held,
                "findings": [f._asdict() for f in a.findings],
                "evidence": [e.text for e in a.cooperation.evidence],
                "keywords": a.keywords,
                "story": a.story.id if a.story else None,
            }
            for a in found
        ],
        "deliveries": [w._asdict() for w in ways],
    }
