"""spacepact explain URL LIST: why a watchlist matched an article or did not, and who hears of it when."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from spacepact.cli.options import Context
from spacepact.errors import SpacepactError

if TYPE_CHECKING:
    from alerts.matching import Finding, Subject
    from spacepact.cooperation import Cooperation, Tagged
    from spacepact.loading import Config
    from spacepact.story import Delivery, Story
    from storage import Store
    from storage.reading import DeliveryRow


class Answer(NamedTuple):
    """One cooperation of the article: its story if it has one, every criterion of the list, the words that keywords met."""

    cooperation: Cooperation
    story: Story | None
    findings: list[Finding]
    keywords: dict[str, str]

    @property
    def held(self) -> bool:
        """Whether the list matches."""
        return all(f.held for f in self.findings)


class Way(NamedTuple):
    """One recipient: what the ledger says, or what would be decided now."""

    channel: str
    recipient: str
    says: str


def explain_list(context: Context, url: str, name: str, *, as_json: bool) -> None:
    """Print why list `name` matched the article kept under `url`, or what kept it from matching."""
    from spacepact.loading import load_config
    from spacepact.yamlfile import did_you_mean
    from storage import Store, migrate, open_database

    config = load_config(context.config, context.env)
    if name not in config.watchlists.lists:
        hint = did_you_mean(name, sorted(config.watchlists.lists))
        raise SpacepactError(f"no watchlist is called {name!r}; {hint or 'spacepact check names what is wrong'}")
    engine = open_database(config.settings.database)
    migrate(engine)
    store = Store(engine)
    kept = store.reading.article(url)
    if kept is None:
        raise SpacepactError(
            store.reading.fate(url) or f"no source listed {url} so far; give its canonical URL, or its text by --text FILE"
        )
    found = list(_answers(config, name, kept, store.reading.told_by(url)))
    ways = [way for answer in found if answer.held and answer.story for way in _ways(config, store, name, kept, answer)]
    if as_json:
        click.echo(json.dumps(_as_json(name, kept, found, ways), ensure_ascii=False, indent=1))
    else:
        for line in _lines(config, name, kept, found, ways):
            click.echo(line)


def _answers(config: Config, name: str, kept: Tagged, stories: Sequence[Story]) -> Iterator[Answer]:
    from alerts.keywords import spans
    from alerts.matching import keywords_of
    from alerts.stories import fold

    wanted = set(keywords_of(config.watchlists.questions[name]))
    for cooperation in fold(kept.classification.cooperations):
        subject, story = _subject(kept, cooperation, stories)
        yield Answer(
            cooperation, story, config.watchlists.explain(name, subject), dict(spans(wanted, f"{kept.article.title}\n{kept.article.text}"))
        )


def _subject(kept: Tagged, cooperation: Cooperation, stories: Sequence[Story]) -> tuple[Subject, Story | None]:
    from alerts.matching import Subject
    from alerts.stories import counterpart
    from alerts.subject import page_of

    stands = counterpart(cooperation, [s.cooperation for s in stories])
    story = next((s for s in stories if s.cooperation is stands), None)
    sources = len({t.source for t in story.tellings}) if story else 1
    return Subject(cooperation, page_of(kept.article, kept.classification), sources), story


def _ways(config: Config, store: Store, name: str, kept: Tagged, answer: Answer) -> Iterator[Way]:
    """Yield who hears of a story by this list: from the ledger, else as it would be decided now."""
    from alerts.owing import asked_for, old_news, owe
    from alerts.silencing import silenced
    from alerts.stories import telling

    now, story, lists, policy = datetime.now(UTC), answer.story, config.watchlists, config.settings.alerts
    if story is None:
        return
    subject, _ = _subject(kept, answer.cooperation, [story])
    quiet = silenced([name], store.silences.active(now), subject, lists.world).get(name)
    old = old_news(telling(kept.article, kept.classification), policy.max_age, now)
    rows = {(row.channel, row.recipient): row for row in store.reading.deliveries(story=story.id)}
    for key, asked in sorted(asked_for([name], lists, config.channels, policy.timing).items()):
        if key in rows:
            yield Way(*key, _kept(rows[key], name))
        else:
            yield Way(*key, _planned(owe(story, key, asked, "first-report", now, withheld=quiet or old, channels=config.channels)))


def _kept(row: DeliveryRow, name: str) -> str:
    by = "" if name in row.watchlists else f", asked for by {', '.join(row.watchlists)}"
    when = row.settled or row.not_before or row.created
    return f"{row.state} {when:%Y-%m-%d %H:%M} UTC: {row.kind}, {row.why}{by}"


def _planned(delivery: Delivery) -> str:
    if delivery.state == "suppressed":
        return f"not told, and if it were decided now: {delivery.reason}"
    waits = f" ({delivery.waits})" if delivery.waits else ""
    return f"not told; if it were reported again now, it would go at {delivery.due:%Y-%m-%d %H:%M} UTC{waits}"


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
            yield f"   story {answer.story.id}, told by {len({t.source for t in answer.story.tellings})} sources"
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
