"""Looks after the sources: how each stands, and that operators hear of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from pydantic import AwareDatetime
from sqlalchemy import Connection

from crawler.source import Source
from spacepact.article import Tier
from spacepact.health import Limits, SourceHealth, Verdict, judge, rhythm
from spacepact.noun import Noun
from spacepact.pipeline import Now
from spacepact.settings import Watch
from spacepact.tidings import Standing, Tidings, stand, tidings
from storage import SourceState, Store, Watched

Tell = Callable[[Connection, Tidings], object]
"""Owes tidings to the operators, within a transaction that is open."""


def verdicts(
    sources: Mapping[str, Source], known: Mapping[str, Watched], now: datetime, since: datetime | None = None
) -> dict[str, Verdict]:
    """Return how every source is, those that were never visited too.

    `since`: when this service began to visit; what was due while nobody visited is due from then on.
    """
    return {name: _verdict(source, known.get(name, Watched()), now, since) for name, source in sources.items()}


def _verdict(source: Source, known: Watched, now: datetime, since: datetime | None) -> Verdict:
    due = max(known.next_check_at, since or known.next_check_at) if known.next_check_at else None
    return judge(known.track, Limits(source.health.silent_after, due), now)


class Row(Noun):
    """One source for people: how it is since when and why, and when it was and will be looked at.

    `rhythm`: how long it usually takes until something new comes; `articles`: how many are kept.
    """

    id: str
    name: str
    url: str
    tier: Tier
    country: str
    language: str
    state: SourceHealth
    reason: str
    since: AwareDatetime | None
    last_ok: AwareDatetime | None
    last_new: AwareDatetime | None
    rhythm: timedelta | None
    every: timedelta
    next_check: AwareDatetime | None
    articles: int
    last_visit: str


def table(store: Store, sources: Mapping[str, Source], now: datetime, since: datetime | None = None) -> list[Row]:
    """Return every source in the order of its id."""
    known, counts = store.sources.watched(), store.sources.counts()
    states = {state.id: state for state in store.sources.states()}
    judged = verdicts(sources, known, now, since)
    return [
        _row(name, sources[name], judged[name], known.get(name, Watched()), states.get(name), counts.get(name, 0))
        for name in sorted(sources)
    ]


def _row(name: str, source: Source, verdict: Verdict, watched: Watched, state: SourceState | None, articles: int) -> Row:  # noqa: PLR0917
    standing = watched.standing
    return Row(
        id=name,
        url=source.urls[0],
        **source.model_dump(include={"name", "tier", "country", "language", "every"}),
        state=verdict.state,
        reason=verdict.reason,
        since=standing.since if standing and standing.state == verdict.state else None,
        last_ok=state and state.last_ok_at,
        last_new=state and state.last_new_at,
        rhythm=rhythm(watched.track) if watched.track else None,
        next_check=state and state.next_check_at,
        articles=articles,
        last_visit=state.reason if state else "",
    )


@dataclass
class Watchman:
    """Judges every source at each round of his own, and tells once of each change."""

    store: Store
    sources: Mapping[str, Source]
    settings: Callable[[], Watch]
    tell: Tell
    now: Now

    def __post_init__(self) -> None:
        self.since = self._next = self.now()

    def due(self) -> bool:
        """Return whether it is time for his round."""
        return self.now() >= self._next

    def check(self) -> Tidings | None:
        """Judge all sources now and tell of what changed; returns what was told."""
        self._next = self.now() + self.settings().every
        return self.store.sources.review(self._review, self.tell)

    def _review(self, known: Mapping[str, Watched]) -> tuple[Mapping[str, Standing], Tidings | None]:
        now = self.now()
        visited = {name: source for name, source in self.sources.items() if name in known}
        judged = verdicts(visited, known, now, self.since)
        return tidings({name: stand(known[name].standing, verdict, now) for name, verdict in judged.items()}, self.settings(), now)
