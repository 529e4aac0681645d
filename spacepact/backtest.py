"""What a watchlist would have done: articles in the order of time through the real decision, with nothing kept or sent.

The list is alone in this world: its stories, its recipients. Channels that are switched off or missing
count as if they worked, and every article is decided about when it was published, so that nothing is old news.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from alerts.decide import decide
from alerts.matching import Finding, Subject, Watchlists
from alerts.owing import Route
from alerts.subject import page_of
from alerts.wording import headline, mission_name
from spacepact.cooperation import Cooperation, Tagged
from spacepact.settings import Alerting
from spacepact.story import Alert, AlertKind, Story
from storage.candidates import AT_MOST, keys, sought

JUST_UNDER = 0.1
"""A score that misses by no more than this is a near miss."""


class Rung(NamedTuple):
    """One alert that would have been decided; `was` is the headline of what was told before, "" where nothing was."""

    when: datetime
    kind: AlertKind
    headline: str
    title: str
    url: str
    reasons: tuple[str, ...]
    evidence: str
    story: str
    was: str = ""


class Near(NamedTuple):
    """An article that failed by one criterion, or just under the score."""

    when: datetime
    title: str
    url: str
    missing: str


@dataclass
class Trial:
    """What came of one list; `hits` are the articles that match, `others` the same for every other list."""

    watchlist: str
    read: int = 0
    first: datetime | None = None
    last: datetime | None = None
    hits: dict[str, datetime] = field(default_factory=dict)
    rung: list[Rung] = field(default_factory=list)
    messages: Counter[tuple[str, str]] = field(default_factory=Counter)
    near: list[Near] = field(default_factory=list)
    others: Counter[str] = field(default_factory=Counter)

    @property
    def days(self) -> float:
        """The time between the first and the last article, at least one day."""
        return max(1.0, (self.last - self.first).total_seconds() / 86_400) if self.first and self.last else 1.0

    def weeks(self) -> list[tuple[str, int, int]]:
        """Return (ISO week, hits, alerts) for each week from the first article to the last, silent ones too."""
        if not self.first or not self.last:
            return []
        days = range(self.first.date().toordinal(), self.last.date().toordinal() + 1)
        order = dict.fromkeys(_week(datetime.fromordinal(day)) for day in days)
        hits, rung = Counter(map(_week, self.hits.values())), Counter(_week(r.when) for r in self.rung)
        return [(week, hits[week], rung[week]) for week in order]


class Rehearsal:
    """Takes articles one after the other and keeps what one list would have done with them."""

    def __init__(self, name: str, lists: Watchlists, channels: Mapping[str, Route], policy: Alerting, missions: Mapping[str, str]) -> None:
        self.trial = Trial(name)
        self._lists, self._policy, self._missions = lists, policy, missions
        alone = {name: lists.lists[name]}
        self._alone = Watchlists(alone, defaults=lists.defaults, world=lists.world)
        self._channels = {t.channel: _Working(t.channel, channels.get(t.channel)) for t in alone[name].deliver}
        self._seen: set[str] = set()
        self._stories: dict[str, Story] = {}
        self._where: dict[str, set[str]] = {}
        self._open: dict[tuple[str, str, str], datetime] = {}

    def take(self, tagged: Tagged) -> None:
        """Decide about one article as if it had come when it was published; a later version of it is left out."""
        if tagged.article.url in self._seen:
            return
        self._seen.add(tagged.article.url)
        now = moment(tagged)
        trial = self.trial
        trial.read, trial.first, trial.last = trial.read + 1, trial.first or now, now
        if not tagged.classification.cooperations:
            return
        decision = decide(tagged, None, self._near(tagged), watchlists=self._alone, channels=self._channels, policy=self._policy, now=now)
        self._match(tagged, decision.stories, now)
        for alert in decision.alerts:
            self._ring(alert, tagged, now)
        for story in decision.stories:
            self._stories[story.id] = story
            for key in {f"url:{tagged.article.url}", *keys(story.cooperation)}:
                self._where.setdefault(key, set()).add(story.id)

    def _near(self, tagged: Tagged) -> list[Story]:
        wanted = {f"url:{tagged.article.url}"}.union(*(sought(c) for c in tagged.classification.cooperations))
        found = [self._stories[i] for i in set().union(*(self._where.get(key, set()) for key in wanted))]
        return sorted(found, key=lambda s: (s.last_seen, s.id), reverse=True)[:AT_MOST]

    def _match(self, tagged: Tagged, stories: Sequence[Story], now: datetime) -> None:
        page, trial = page_of(tagged.article, tagged.classification), self.trial
        sources = {s.sources for s in stories}
        subjects = [Subject(c, page, max(sources, default=1)) for c in tagged.classification.cooperations]
        held = {name for subject in subjects for name in self._lists.match(subject)}
        if trial.watchlist in held:
            trial.hits[tagged.article.url] = now
            trial.others.update(held - {trial.watchlist})
        elif missing := next(filter(None, (near_miss(self._lists.explain(trial.watchlist, s), s) for s in subjects)), None):
            trial.near.append(Near(now, tagged.article.title, tagged.article.url, missing))

    def _ring(self, alert: Alert, tagged: Tagged, now: datetime) -> None:
        cooperation = alert.story.cooperation
        line, was = self._headline(cooperation), self._headline(alert.was) if alert.was else ""
        reasons = tuple(r for m in alert.matches for r in m.reasons)
        evidence = cooperation.evidence[0].text if cooperation.evidence else ""
        page = (tagged.article.title, tagged.article.url)
        self.trial.rung.append(Rung(now, alert.kind, line, *page, reasons, evidence, alert.story.id, was))
        for delivery in alert.deliveries:
            key = (delivery.channel, delivery.recipient, delivery.batch or delivery.id)
            if now > self._open.get(key, datetime.min.replace(tzinfo=now.tzinfo)):
                self._open[key] = delivery.due or now
                self.trial.messages[delivery.channel, delivery.recipient] += 1

    def _headline(self, cooperation: Cooperation) -> str:
        texts = [e.text for e in cooperation.evidence]
        return headline(cooperation, [mission_name(m, self._missions, texts) for m in cooperation.missions])


@dataclass(frozen=True)
class _Working:
    """A channel that works, for those whom the real one would reach."""

    name: str
    real: Route | None
    enabled: bool = True

    def recipients(self, to: Sequence[str] = ()) -> tuple[str, ...]:
        return (self.real.recipients(to) if self.real else tuple(to)) or (self.name,)


def moment(tagged: Tagged) -> datetime:
    """Return when an article counts as told: when it was published, never later than when it was fetched."""
    article = tagged.article
    return min(article.published or article.fetched, article.fetched)


def near_miss(findings: Iterable[Finding], subject: Subject) -> str | None:
    """Return what alone kept a list from matching, if it was one criterion, or a score that lacked little."""
    failed = [f for f in findings if not f.held]
    if len(failed) != 1:
        return None
    return failed[0].reason if failed[0].field != "min_score" or _lacks(failed[0], subject) <= JUST_UNDER else None


def _lacks(finding: Finding, subject: Subject) -> float:
    return float(finding.reason.rsplit(" ", 1)[-1]) - subject.page.classification.score


def _week(day: datetime) -> str:
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02}"
