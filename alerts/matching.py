"""Which watchlists a cooperation answers, and why; who holds is found at once, the reasons when they are asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial

from pyroaring import BitMap

from alerts.index import NESTED, Index
from alerts.keywords import Keywords
from alerts.reasons import Finding, Reader
from alerts.subject import LABEL, Page, Subject, asked, facts
from alerts.watchlist import Condition, Question, Watchlist
from alerts.world import World
from spacepact.settings import Alerting
from spacepact.story import Match

__all__ = ["Finding", "Matches", "Page", "Subject", "Watchlists", "match_classification"]
NOWHERE = World()


class Watchlists:
    """All watchlists by id, compiled once; `defaults` is what they inherit, `world` what names mean.

    Lists are numbered so that those that ask in the same fields are neighbours: their bitmaps become short.
    """

    def __init__(self, lists: Mapping[str, Watchlist], *, defaults: Alerting | None = None, world: World = NOWHERE) -> None:
        self.lists = dict(lists)
        self.world = world
        self.defaults = defaults or Alerting()
        self.granted = Question().completed(self.defaults)
        shared: dict[Question, Question] = {}
        questions = {name: w.match.completed(self.defaults) for name, w in self.lists.items()}
        self.questions = {name: shared.setdefault(q, q) for name, q in questions.items()}
        shapes = {q: _shape(q) for q in shared}
        self.names = sorted(self.questions, key=lambda name: (shapes[self.questions[name]], name))
        self.numbers = {name: number for number, name in enumerate(self.names)}
        self.keywords = Keywords({k for q in shared for k in keywords_of(q)})
        self._index = Index([self.questions[name] for name in self.names], partial(asked, world=world))

    def match(self, subject: Subject) -> Matches:
        """Return the lists that hold."""
        found = facts(subject, self.world, self.keywords)
        return Matches(self, self._index.holding(found, subject.amounts), subject)

    def explain(self, name: str, subject: Subject) -> list[Finding]:
        """Return every criterion of one list, held or not, for a person who asks why; KeyError if there is no such list."""
        return list(self.reader(subject).findings(self.questions[name]))

    def reader(self, subject: Subject) -> Reader:
        """Return what reads single conditions against a subject."""
        return Reader(subject, self.world, self.keywords)


class Matches(Mapping[str, Match]):
    """The lists that hold, by id; a match is put into words when it is asked for.

    Lists that ask the same share their reasons. `len` and `in` cost nothing that grows with the lists.
    """

    def __init__(self, lists: Watchlists, numbers: BitMap, subject: Subject) -> None:
        self._lists, self._numbers, self._subject = lists, numbers, subject
        self._reader: Reader | None = None
        self._reasons: dict[int, tuple[str, ...]] = {}

    def __len__(self) -> int:
        return len(self._numbers)

    def __iter__(self) -> Iterator[str]:
        return map(self._lists.names.__getitem__, self._numbers.to_array())

    def __contains__(self, name: object) -> bool:
        return name in self._lists.numbers and self._lists.numbers[name] in self._numbers

    def __getitem__(self, name: str) -> Match:
        if name not in self:
            raise KeyError(name)
        question = self._lists.questions[name]
        if id(question) not in self._reasons:
            self._reader = self._reader or self._lists.reader(self._subject)
            self._reasons[id(question)] = self._reader.reasons(question, self._lists.granted)
        return Match(watchlist=name, reasons=self._reasons[id(question)])


def match_classification(watchlists: Watchlists, page: Page) -> list[Match]:
    """Return the watchlists that any cooperation of a page answers; the reasons are those of the first that does."""
    found: dict[str, Matches] = {}
    for cooperation in page.classification.cooperations:
        matches = watchlists.match(Subject(cooperation, page))
        found = dict.fromkeys(matches, matches) | found
    return [found[name][name] for name in sorted(found)]


def _shape(question: Question) -> tuple[object, ...]:
    """Return what neighbours have in common: the fields they ask in, then their values where there are few."""
    few = (question.mode, question.scope, question.stage, question.activity, question.instrument, question.tier, question.languages)
    return (*(not getattr(question, name) for name in (*LABEL, *NESTED)), *few, question.min_score, question.min_sources)


def keywords_of(condition: Condition) -> Iterator[str]:
    """Yield every keyword that a condition asks for, however deep."""
    yield from condition.keywords
    for name in NESTED:
        for child in getattr(condition, name):
            yield from keywords_of(child)
