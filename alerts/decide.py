"""What follows from one article: which stories it tells, who is told what, and who is not told, each with its reason.

Pure: the same arguments give the same decision. Storage applies it in the transaction that keeps the article.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from alerts.expected import ExpectedEvents
from alerts.matching import Page, Subject, Watchlists
from alerts.owing import (
    Asked,
    Route,
    asked_again,
    asked_for,
    backlog,
    old_news,
    one_recipient,
    owe,
    owe_again,
    recall,
    told_by,
    told_groups,
)
from alerts.silencing import silenced
from alerts.steps import step
from alerts.stories import Relation, changed, common_names, counterpart, fold, relate, story_id, telling
from alerts.subject import page_of
from spacepact.cooperation import Classification, Cooperation, Tagged
from spacepact.noun import stable_id
from spacepact.settings import Alerting
from spacepact.silence import Silence
from spacepact.story import Alert, AlertKind, Decision, Delivery, Match, Recall, Seen, Story, Telling, Told


def decide(
    tagged: Tagged,
    before: Classification | None,
    stories: Sequence[Story],
    *,
    watchlists: Watchlists,
    channels: Mapping[str, Route],
    policy: Alerting,
    now: datetime,
    expected: ExpectedEvents | None = None,
    silences: Sequence[Silence] = (),
) -> Decision:
    """Decide about one article; `expected` are the events that somebody waits for.

    `silences` are those that hold now: what they describe is not told, but kept as suppressed. Corrections
    of what was told go out all the same.

    `before` is what the former revision of this article said (None: it is new). `stories` are those that
    share a party with one of its cooperations, or that it tells already. A delivery that comes back pending
    although the same (recipient, channel, story, revision) was suppressed earlier replaces the suppressed one.
    """
    desk = _Desk(tagged, watchlists, channels, policy, now, {s.id: s for s in stories}, silences)
    ours = fold(tagged.classification.cooperations)
    if before is not None:
        ours = desk.revise(fold(before.cooperations), ours)
    for cooperation in ours:
        desk.place(cooperation)
    touched = tuple(desk.stories[i] for i in sorted(desk.touched))
    seen = tuple(desk.seen(touched, expected)) if expected else ()
    return Decision(stories=touched, alerts=tuple(desk.alerts), recalled=tuple(desk.recalled), seen=seen)


def tell(
    tagged: Tagged,
    story: Story,
    *,
    watchlists: Watchlists,
    channels: Mapping[str, Route],
    policy: Alerting,
    now: datetime,
    silences: Sequence[Silence] = (),
) -> Decision:
    """Decide who is told of a story that a person has merged or split, and was not told yet; `tagged` is its head."""
    desk = _Desk(tagged, watchlists, channels, policy, now, {story.id: story}, silences)
    desk.tell(story, "first-report", story.cooperation)
    return Decision(stories=tuple(desk.stories.values()), alerts=tuple(desk.alerts), recalled=tuple(desk.recalled))


@dataclass
class _Desk:
    """One article's decision in the making; `taken` are stories that another of its cooperations stands for.

    `before` are the stories that it joined, as they were: a text is not compared with itself.
    """

    tagged: Tagged
    watchlists: Watchlists
    channels: Mapping[str, Route]
    policy: Alerting
    now: datetime
    stories: dict[str, Story]
    silences: Sequence[Silence] = ()
    touched: set[str] = field(default_factory=set)
    taken: set[str] = field(default_factory=set)
    before: dict[str, Story] = field(default_factory=dict)
    alerts: list[Alert] = field(default_factory=list)
    recalled: list[Recall] = field(default_factory=list)

    @cached_property
    def report(self) -> Telling:
        return telling(self.tagged.article, self.tagged.classification)

    @cached_property
    def page(self) -> Page:
        return page_of(self.tagged.article, self.tagged.classification)

    @cached_property
    def common(self) -> Mapping[str, int]:
        return common_names(self.stories.values())

    def revise(self, before: list[Cooperation], ours: list[Cooperation]) -> list[Cooperation]:
        """Set right the stories that this article tells already; return the cooperations that are new in it."""
        left, old = list(ours), list(before)
        told = [s for s in self.stories.values() if any(t.url == self.report.url for t in s.tellings)]
        for story in sorted(told, key=lambda s: (s.cooperation.mode == "hypothetical", s.id)):
            pairs = list(_pairs(story, old, left))
            if any(_withdrawn(story, was) for was, _ in pairs):
                left += [new for _, new in pairs if new]
                continue
            still = [(was, new) for was, new in pairs if new]
            if pairs:
                self.taken.add(story.id)
            if still:
                self._reworded(story, *still[0])
            elif pairs:
                self._gone(story)
        return left

    def place(self, cooperation: Cooperation) -> None:
        """Let a cooperation join its story, follow one in its record, or begin one."""
        related = [(self._relate(cooperation, self.before.get(s.id, s)), s) for s in self.stories.values() if s.id not in self.taken]
        same = [(r.weight, s.last_seen, s.id, r.reason) for r, s in related if r.kind == "same-event"]
        record = [(_stood(s), s.last_seen, r.weight, s.id, r.reason) for r, s in related if r.kind == "same-record"]
        if same:
            *_, joined, why = max(same)
            self._join(self.stories[joined], cooperation, why)
        elif record:
            *_, followed, why = max(record)
            self._begin(cooperation, self.stories[followed], why)
        else:
            self._begin(cooperation)

    def _relate(self, cooperation: Cooperation, story: Story) -> Relation:
        """Compare with a story and with what a person merged into it; what was split off stays apart."""
        if self.report.url in story.apart:
            return Relation("unrelated", 0, "split off by hand")
        views = [story, *(story.model_copy(update={"cooperation": reading}) for reading in story.also)]
        relations = [relate(cooperation, self.report, view, self.common) for view in views]
        return max(relations, key=lambda r: (r.kind == "same-event", r.kind == "same-record", r.weight))

    def _begin(self, cooperation: Cooperation, previous: Story | None = None, why: str = "") -> None:
        new = story_id(self.tagged.article, cooperation)
        self.taken.add(new)
        story = Story(
            id=new,
            record=previous.record if previous else new,
            cooperation=cooperation,
            tellings=(self.report.model_copy(update={"because": "the first report"}),),
            first_seen=self.now,
            last_seen=self.now,
            previous=previous.id if previous else None,
            because=why,
        )
        moved = previous is not None and _stood(previous) and step(previous.cooperation, cooperation) == "forward"
        was = previous.cooperation if previous and moved else None
        self.tell(story, "stage-change" if was else "first-report", cooperation, was)

    def _join(self, story: Story, cooperation: Cooperation, why: str) -> None:
        joined = self._with_report(story, why)
        if joined.head.url == self.report.url and story.id not in self.before:
            also = story.readings if story.also else ()
            joined = joined.model_copy(update={"cooperation": cooperation, "also": also})
        self.before.setdefault(story.id, story)
        self.tell(joined, "first-report", cooperation)

    def _reworded(self, story: Story, was: Cooperation, new: Cooperation) -> None:
        story = self._with_report(story)
        facts = changed(was, new)
        if story.head.url == self.report.url:
            former, story = story.cooperation, story.model_copy(update={"cooperation": new})
            if facts and story.told:
                story = story.model_copy(update={"revision": story.revision + 1})
                self._tell_again(story, "correction", former, f"correction: {', '.join(facts)}")
        self.tell(story, "first-report", new)

    def _gone(self, story: Story) -> None:
        rest = tuple(t for t in story.tellings if t.url != self.report.url)
        if rest:
            self._keep(story.model_copy(update={"tellings": rest, "last_seen": self.now}))
            return
        story = self._with_report(story)
        if not story.told:
            self._keep(story)
            return
        withdrawn = story.model_copy(update={"revision": story.revision + 1})
        why = "the page of the only report was taken away" if self.tagged.gone else "the only report says so no more"
        self._tell_again(withdrawn, "withdrawal", story.cooperation, f"withdrawal: {why}")
        # What nobody stands for any more is kept as a mere possibility: whoever reports it next reports news.
        possible = story.cooperation.model_copy(update={"mode": "hypothetical"})
        self._keep(withdrawn.model_copy(update={"cooperation": possible}))

    def _with_report(self, story: Story, why: str = "") -> Story:
        former = [t.because for t in story.tellings if t.url == self.report.url]
        others = tuple(t for t in story.tellings if t.url != self.report.url)
        report = self.report.model_copy(update={"because": former[0] if former else why})
        return story.model_copy(update={"tellings": (*others, report), "last_seen": max(self.now, story.last_seen)})

    def _subject(self, story: Story, cooperation: Cooperation) -> Subject:
        return Subject(cooperation, self.page, sources=story.sources)

    def _keep(self, story: Story) -> None:
        self.stories[story.id] = story
        self.touched.add(story.id)

    def tell(self, story: Story, kind: AlertKind, cooperation: Cooperation, was: Cooperation | None = None) -> None:
        """Keep the story; tell everybody whose list matches and who was not told yet."""
        subject = self._subject(story, cooperation)
        matches = self.watchlists.match(subject)
        quiet = silenced(matches, self.silences, subject, self.watchlists.world) if self.silences else {}
        known = {one_recipient(t.channel, t.recipient) for t in story.told}
        why = f"stage-change: {was.stage} -> {cooperation.stage}" if was else "first-report"
        old = self._old()
        loud = self._asked((name for name in matches if name not in quiet), known)
        hushed = self._asked((name for name in matches if name in quiet), known | {one_recipient(*key) for key in loud})
        owed = {key: owe(story, key, a, why, self.now, withheld=old, channels=self.channels) for key, a in loud.items()}
        for key, a in hushed.items():
            owed[key] = owe(story, key, a, why, self.now, withheld=quiet[a.watchlists[0]], channels=self.channels)
        deliveries = tuple(owed[key] for key in sorted(owed))
        again = tuple(self._again(story, [name for name in matches if name not in quiet], subject.sources))
        story = story.model_copy(update={"told": (*story.told, *told_by((*deliveries, *again)))})
        self._keep(story)
        for what, some in ((kind, deliveries), ("more-sources", again)):
            self._alert(story, what, was, [matches[name] for name in sorted({n for d in some for n in d.watchlists})], some)

    def _again(self, story: Story, names: Iterable[str], sources: int) -> Iterator[Delivery]:
        """Yield what is told again to those who know, because a list of theirs waited for so many sources."""
        waited = {name for name in names if (self.watchlists.questions[name].min_sources or 1) > 1}
        told = told_groups(story.told)
        for key, a in sorted(self._asked(waited, ()).items()):
            fresh = tuple(sorted(set(a.watchlists) - {name for t in told.get(key, ()) for name in t.watchlists}))
            if key in told and fresh:
                most = max(self.watchlists.questions[name].min_sources or 1 for name in fresh)
                why = f"more-sources: {sources} report it"
                asked = a._replace(watchlists=fresh)
                one = owe(story, key, asked, why, self.now, withheld=self._old(), channels=self.channels)
                yield owe_again(one, story, most)

    def _old(self) -> str | None:
        return backlog(self.tagged.article) or old_news(self.report, self.policy.max_age, self.now)

    def _asked(self, names: Iterable[str], known: Collection[tuple[str, str]]) -> dict[tuple[str, str], Asked]:
        """Return who is to be told, without those that are known (as `one_recipient` spells them)."""
        asked = asked_for(names, self.watchlists, self.channels, self.policy.timing)
        return {key: a for key, a in asked.items() if one_recipient(*key) not in known}

    def _tell_again(self, story: Story, kind: AlertKind, was: Cooperation, why: str) -> None:
        """Tell those, and only those, who were told; who was not told yet is told what is right, or nothing any more."""
        groups = told_groups(story.told)
        unaware = {key: told for key, told in groups.items() if all(t.owed for t in told)}
        self.recalled += recall(unaware.values(), kind)
        self.recalled += recall(([t for t in told if t.again] for key, told in groups.items() if key not in unaware), kind)
        self._tell_those({key: told for key, told in groups.items() if key not in unaware}, story, kind, was, why)
        if kind == "correction":
            self._tell_those(unaware, story, "first-report", None, "first-report: corrected before it was sent")

    def _tell_those(
        self, groups: Mapping[tuple[str, str], Sequence[Told]], story: Story, kind: AlertKind, was: Cooperation | None, why: str
    ) -> None:
        deliveries = tuple(
            owe(story, key, asked_again(told, self.watchlists, self.policy.timing), why, self.now, channels=self.channels, kind=kind)
            for key, told in sorted(groups.items())
        )
        names = sorted({name for d in deliveries for name in d.watchlists})
        self._alert(story, kind, was, [Match(watchlist=n, reasons=("you were told about this story",)) for n in names], deliveries)

    def seen(self, touched: Sequence[Story], expected: ExpectedEvents) -> Iterator[Seen]:
        """Yield the expected events that this article reports."""
        for story in touched:
            if all(t.url != self.report.url for t in story.tellings):
                continue
            for number in expected.answered(self._subject(story, story.cooperation), self.report.published):
                yield Seen(expected=number, story=story.id, url=self.report.url, published=self.report.published)

    def _alert(self, story: Story, kind: AlertKind, was: Cooperation | None, matches: Sequence[Match], owed: tuple[Delivery, ...]) -> None:
        if not owed:
            return
        article = self.tagged.article
        number = stable_id("alert", kind, story.id, str(story.revision), article.url, str(article.revision), *(d.id for d in owed))
        facts = {"story": story, "was": was, "matches": tuple(matches), "gone": kind == "withdrawal" and self.tagged.gone}
        self.alerts.append(Alert(id=number, kind=kind, decided=self.now, deliveries=owed, **facts))


def _pairs(story: Story, old: list[Cooperation], left: list[Cooperation]) -> Iterator[tuple[Cooperation, Cooperation | None]]:
    """Yield what the former revision said about a story with what stands in its place now; both are taken from their lists."""
    for reading in story.readings:
        was = counterpart(reading, old)
        if was is None:
            continue
        old.remove(was)
        new = counterpart(was, left)
        if new:
            left.remove(new)
        yield was, new


def _withdrawn(story: Story, was: Cooperation) -> bool:
    """Say whether what the only report of a story said was taken back: who says it again begins the next story of the record."""
    return len(story.tellings) == 1 and story.cooperation.mode == "hypothetical" != was.mode


def _stood(story: Story) -> bool:
    """Say whether a reader can know a story: a denial or a mere possibility that nobody was told is nothing to come back to."""
    return bool(story.told) or story.cooperation.mode in ("asserted", "future")
