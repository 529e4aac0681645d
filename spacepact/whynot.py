"""Why somebody was told of an article, or was not: one named reason for each list and recipient."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import NamedTuple

from alerts.keywords import spans
from alerts.matching import Finding, Subject, Watchlists, keywords_of
from alerts.owing import Asked, Key, Route, asked_for, backlog, old_news, one_recipient, owe
from alerts.silencing import silenced
from alerts.stories import counterpart, fold, telling
from alerts.subject import page_of
from spacepact.cooperation import Cooperation, Tagged
from spacepact.settings import Alerting
from spacepact.story import Story
from storage import Store
from storage.reading import DeliveryRow

_FIRST = ("sent", "pending", "failed", "dead", "suppressed")


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
    """One recipient of a list: the state of what is owed ("" where nothing is), the name of the reason, and the rest in words.

    Channel and recipient are empty where the list does not match: that is one reason for everybody.
    """

    watchlist: str
    channel: str
    recipient: str
    state: str
    reason: str
    says: str


@dataclass(frozen=True)
class WhyNot:
    """Answers for one kept article."""

    store: Store
    lists: Watchlists
    channels: Mapping[str, Route]
    policy: Alerting
    kept: Tagged
    now: datetime

    @cached_property
    def stories(self) -> list[Story]:
        """The stories that the article tells."""
        return self.store.reading.told_by(self.kept.article.url)

    def answers(self, name: str) -> list[Answer]:
        """Return what a list says about each cooperation of the article."""
        wanted = set(keywords_of(self.lists.questions[name]))
        met = dict(spans(wanted, f"{self.kept.article.title}\n{self.kept.article.text}"))
        found = []
        for cooperation in fold(self.kept.classification.cooperations):
            stands = counterpart(cooperation, [reading for s in self.stories for reading in s.readings])
            story = next((s for s in self.stories if any(reading is stands for reading in s.readings)), None)
            found.append(Answer(cooperation, story, self.lists.explain(name, self._subject(cooperation, story)), met))
        return found

    def ways(self, name: str) -> list[Way]:
        """Return one reason for each recipient of a list, or one for all where it does not match."""
        answers = self.answers(name)
        held = [answer for answer in answers if answer.held and answer.story]
        if not held:
            return [Way(name, "", "", "", *_unmatched(self.kept, answers))]
        found: dict[Key, Way] = {}
        for way in (way for answer in held for way in self._of(name, answer)):
            key = one_recipient(way.channel, way.recipient)
            found[key] = min(found.get(key, way), way, key=lambda w: (*_FIRST, "").index(w.state))
        return sorted(found.values()) or [Way(name, "", "", "", "no-delivery", "the list delivers nowhere")]

    def _of(self, name: str, answer: Answer) -> Iterator[Way]:
        story = answer.story
        if story is None:
            return
        rows: dict[Key, DeliveryRow] = {}
        for row in self.store.reading.deliveries(story=story.id):
            key = one_recipient(row.channel, row.recipient)
            rows[key] = min(rows.get(key, row), row, key=lambda r: (_FIRST.index(r.state), -r.revision))
        asked = asked_for([name], self.lists, self.channels, self.policy.timing)
        for (channel, recipient), wish in asked.items():
            kept = rows.pop(one_recipient(channel, recipient), None)
            yield self._kept(name, kept) if kept else self._planned(name, answer, (channel, recipient), wish)
        yield from (self._kept(name, row) for row in rows.values() if name in row.watchlists)
        yield from self._refused(name, asked)

    def _kept(self, name: str, row: DeliveryRow) -> Way:
        by = "" if name in row.watchlists else f", asked for by {', '.join(row.watchlists)}"
        when = row.settled or row.not_before or row.created
        known = row.state == "sent" and self.kept.article.url not in row.shown
        says = f"{row.state} {when:%Y-%m-%d %H:%M} UTC: {row.kind}, {row.why}{by}"
        says = f"known-story: told before this article joined it; {says}" if known else says
        return Way(name, row.channel, row.recipient, row.state, "known-story" if known else reason_of(row), says)

    def _planned(self, name: str, answer: Answer, key: Key, asked: Asked) -> Way:
        """Say what would be decided now about somebody of whom the ledger knows nothing."""
        assert answer.story  # noqa: S101 - only such are asked about
        refused = self.store.subscribers.refused(key[1], (name,))
        subject = self._subject(answer.cooperation, answer.story)
        quiet = silenced([name], self.store.silences.active(self.now), subject, self.lists.world).get(name)
        report = telling(self.kept.article, self.kept.classification)
        old = backlog(self.kept.article) or old_news(report, self.policy.max_age, self.now)
        made = owe(answer.story, key, asked, "first-report", self.now, withheld=refused or quiet or old, channels=self.channels)
        if made.state == "suppressed":
            return Way(name, *key, "", _named(made.reason), f"not told, and if it were decided now: {made.reason}")
        waits = f" ({made.waits})" if made.waits else ""
        says = f"not told; if it were reported again now, it would go at {made.due:%Y-%m-%d %H:%M} UTC{waits}"
        return Way(name, *key, "", "asked-later", says)

    def _refused(self, name: str, asked: Iterable[Key]) -> Iterator[Way]:
        """Yield those who left this list, and are not asked about any more."""
        known = {recipient.casefold() for _, recipient in asked}
        for one in self.store.subscribers.refusals():
            if one.watchlist == name and one.address.casefold() not in known:
                yield Way(name, "mail", one.address, "", _named(one.reason), f"not told: {one.reason} on {one.since:%Y-%m-%d}")

    def _subject(self, cooperation: Cooperation, story: Story | None) -> Subject:
        return Subject(cooperation, page_of(self.kept.article, self.kept.classification), story.sources if story else 1)


def reason_of(row: DeliveryRow) -> str:
    """Return the name of the reason for which a delivery stands as it does."""
    if row.state == "sent":
        return row.kind
    if row.state == "dead":
        return "given-up"
    if row.state == "suppressed":
        return _named(row.reason)
    return _named(row.waits) or ("trying-again" if row.state == "failed" else "due")


def _named(reason: str) -> str:
    """Return the name at the head of a reason: `silenced: enough by Ana` is `silenced`."""
    return reason.partition(":")[0].partition(" on ")[0].partition(" before ")[0]


def _unmatched(kept: Tagged, answers: Sequence[Answer]) -> tuple[str, str]:
    """Return why a list does not match, by the cooperation that comes nearest."""
    if not answers:
        return "no-cooperation", f"no cooperation was found in it; score {kept.classification.score:.2f}, scope {kept.classification.scope}"
    missed = min(([f for f in answer.findings if not f.held] for answer in answers), key=len)
    name = "below-score" if [f.field for f in missed] == ["min_score"] else "no-match" if missed else "no-story"
    return name, "; ".join(f.reason for f in missed) or "its cooperation is part of no story"
