"""The whole job in two functions; this and spacepact/sending.py are the only places that know the order.

process:  article -> classify -> decide (match, stories) -> store.add                              one transaction
deliver:  ledger.reserve -> hold? -> ledger.start -> write -> channel.send -> ledger.settle        for each message owed
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Protocol

from classifier import Classifier
from spacepact.article import Article, Link
from spacepact.cooperation import Classification, Tagged
from spacepact.round import Outcome, Page, Rejected
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
    """Takes what a link led to: the crawler's `sink`."""

    store: Store
    classifier: Classifier
    decide: Decide
    now: Now
    prepare: Callable[[], None] = lambda: None
    """Renews what `decide` knows of the world, before the transaction begins."""

    def process(self, source: str, link: Link, found: Article | Rejected, page: Page | None = None) -> Outcome:
        """Tag one article, decide what follows, and keep it all, with the page it was read from, in one transaction."""
        if isinstance(found, Rejected):
            now = self.now()
            mute = partial(self.decide, now=now, silences=())
            return self.store.reject(source, link, found, now, page, decide=mute)
        said = self.classifier.classify(found.title, found.text, language=found.language, published=found.published)
        return self.keep(source, link, Tagged(article=found, classification=said), page)

    def keep(self, source: str, link: Link, tagged: Tagged, page: Page | None = None) -> Outcome:
        """Decide what follows from an article that is tagged, and keep it all."""
        now = self.now()
        self.prepare()
        silences = self.store.silences.active(now) if tagged.classification.cooperations else ()
        return self.store.add(source, link, tagged, partial(self.decide, now=now, silences=silences), now, page=page)
