"""Stories and records put right by hand: merged, split, and told to those who should have heard."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import partial

from alerts.regroup import merge, split
from spacepact.cooperation import Tagged
from spacepact.errors import SpacepactError
from spacepact.noun import stable_id
from spacepact.pipeline import Now
from spacepact.record import Record
from spacepact.ruling import Ruling, RulingKind
from spacepact.story import Decision, Story
from storage import Store


@dataclass(frozen=True)
class By:
    """Who puts it right, and why."""

    author: str
    reason: str = ""


@dataclass(frozen=True)
class Regrouping:
    """Merges and splits; raises SpacepactError where what is asked cannot be.

    `tell` is alerts.decide.tell, but for `now` and `silences`.
    """

    store: Store
    tell: Callable[..., Decision]
    now: Now
    prepare: Callable[[], None] = lambda: None

    def find(self, number: str) -> Story:
        """Return a story by its id; the one that it was merged into, if it was."""
        found = self.store.reading.story(number)
        if found is None:
            raise SpacepactError(f"there is no story {number!r}; spacepact records names them")
        return found

    def merge(self, one: str, other: str, by: By) -> Story:
        """Put a story into another, and return the whole."""
        first, second = self.find(one), self.find(other)
        if first.id == second.id:
            raise SpacepactError(f"{one} and {other} are one story already")
        ruling = self._ruling("merge", (first.id, second.id), by, [t.url for t in second.tellings])
        self.store.rulings.merge(ruling, partial(merge, ruling=ruling), self._teller())
        return self.find(first.id)

    def split(self, number: str, urls: Collection[str], by: By) -> tuple[Story, Story]:
        """Make a story of its own from some articles of another; return what is left, and the new one."""
        story = self.find(number)
        told = {t.url for t in story.tellings}
        if strange := sorted(set(urls) - told):
            raise SpacepactError(f"story {story.id} is not told by {strange[0]}; it is told by: {', '.join(sorted(told))}")
        if told <= set(urls):
            raise SpacepactError(f"story {story.id} would be left without an article; leave one out")
        new = stable_id("split", story.id, str(story.revision), self.now().isoformat(), *sorted(urls))
        ruling = self._ruling("split", (story.id, new), by, sorted(set(urls)))
        self.store.rulings.split(ruling, partial(split, ruling=ruling), self._teller())
        return self.find(story.id), self.find(new)

    def merge_records(self, one: str, other: str, by: By) -> str:
        """Let two records be one; returns its id."""
        first, second = self.record(one), self.record(other)
        if first.id == second.id:
            raise SpacepactError(f"{one} and {other} are one record already")
        self.store.rulings.merge_records(self._ruling("record-merge", (first.stories[0].id, second.stories[0].id), by))
        return first.id

    def split_record(self, record: str, stories: Sequence[str], by: By) -> str:
        """Let some stories of a record begin one of their own; returns its id."""
        there = {story.id for story in self.record(record).stories}
        if strange := sorted(set(stories) - there):
            raise SpacepactError(f"record {record} has no story {strange[0]!r}; it has: {', '.join(sorted(there))}")
        if there <= set(stories):
            raise SpacepactError(f"record {record} would be left without a story; leave one out")
        ruling = self._ruling("record-split", tuple(dict.fromkeys(stories)), by)
        self.store.rulings.split_record(ruling)
        return ruling.id

    def record(self, ident: str) -> Record:
        """Return a record by its id or by that of one of its stories."""
        found = self.store.reading.record(ident)
        if not found:
            raise SpacepactError(f"there is no record {ident!r}; spacepact records names them")
        return Record(id=found[0].record, stories=tuple(found))

    def _ruling(self, kind: RulingKind, stories: tuple[str, ...], by: By, articles: Sequence[str] = ()) -> Ruling:
        now = self.now()
        number = stable_id("ruling", kind, now.isoformat(), *stories, *articles)
        return Ruling(id=number, kind=kind, stories=stories, articles=tuple(articles), author=by.author, reason=by.reason, made=now)

    def _teller(self) -> Callable[[Tagged, Story], Decision]:
        self.prepare()
        now = self.now()
        return partial(self.tell, now=now, silences=self.store.silences.active(now))
