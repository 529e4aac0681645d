"""The whole job in two functions; this and spacepact/sending.py are the only places that know the order.

process:  article -> classify -> decide (match, stories) -> store.add                              one transaction, for one or many
deliver:  ledger.reserve -> hold? -> ledger.start -> write -> channel.send -> ledger.settle        for each message owed
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Protocol

from sqlalchemy import Connection

from classifier import Classifier
from spacepact.article import Article, Link
from spacepact.cooperation import Classification, Tagged
from spacepact.round import Finding, Outcome, Page, Rejected
from spacepact.silence import Silence
from spacepact.story import Decision, Story
from storage import Store

Now = Callable[[], datetime]


class Decide(Protocol):
    """Says what follows from an article; pure."""

    def __call__(
        self, tagged: Tagged, before: Classification | None, stories: Sequence[Story], *, now: datetime, silences: Sequence[Silence]
    ) -> Decision: ...


@dataclass(frozen=True)
class Processor:
    """Takes what links led to."""

    store: Store
    classifier: Classifier
    decide: Decide
    now: Now
    prepare: Callable[[], None] = lambda: None
    """Renews what `decide` knows of the world, before the transaction begins."""

    def process(self, source: str, link: Link, found: Article | Rejected, page: Page | None = None) -> Outcome:
        """Tag one article, decide what follows, and keep it all, with the page it was read from, in one transaction."""
        return self.process_all([Finding(source, link, found, page)])[0]

    def process_all(self, findings: Sequence[Finding]) -> list[Outcome]:
        """Process many in one transaction: all of them are kept or none is."""
        said = [self._tag(one.found) for one in findings]
        return self._keep_all(list(zip(findings, said, strict=True)))

    def keep(self, source: str, link: Link, tagged: Tagged, page: Page | None = None) -> Outcome:
        """Decide what follows from an article that is tagged, and keep it all."""
        return self._keep_all([(Finding(source, link, tagged.article, page), tagged)])[0]

    def _tag(self, found: Article | Rejected) -> Tagged | Rejected:
        if isinstance(found, Rejected):
            return found
        said = self.classifier.classify(found.title, found.text, language=found.language, published=found.published)
        return Tagged(article=found, classification=said)

    def _keep_all(self, said: Sequence[tuple[Finding, Tagged | Rejected]]) -> list[Outcome]:
        now = self.now()
        self.prepare()
        tells = any(isinstance(what, Tagged) and what.classification.cooperations for _, what in said)
        silences = self.store.silences.active(now) if tells else ()
        with self.store.together() as within:
            return [self._keep(one, what, now, silences, within) for one, what in said]

    def _keep(self, one: Finding, what: Tagged | Rejected, now: datetime, silences: Sequence[Silence], within: Connection) -> Outcome:
        tells = isinstance(what, Tagged) and what.classification.cooperations
        decide = partial(self.decide, now=now, silences=silences if tells else ())
        if isinstance(what, Rejected):
            return self.store.reject(one.source, one.link, what, now, one.page, decide=decide, within=within)
        return self.store.add(one.source, one.link, what, decide, now, page=one.page, within=within)
