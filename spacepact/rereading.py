"""Reads pages that are kept once more, on all cores: what is extracted and tagged is what it would be today."""

from __future__ import annotations

import os
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from datetime import datetime, timedelta
from multiprocessing import get_context, parent_process
from pathlib import Path
from threading import Thread
from typing import Any, NamedTuple, TypeVar

from classifier import Classifier
from classifier.gazetteer import load_gazetteer
from crawler.extract import extract, to_article
from crawler.extract.bare import bare_words
from crawler.extract.pdf import SIGNATURE
from crawler.listing import Listed
from crawler.source import Source, load_sources
from spacepact.article import Link
from spacepact.cooperation import Tagged
from spacepact.round import Page, Rejected
from spacepact.story import Decision

T = TypeVar("T")
AHEAD = 8
"""Pages for each process that wait to be read: enough to keep it busy, few enough to fit in memory."""


class Leaf(NamedTuple):
    """One page to be read: under which link of which source it was found, and when it was fetched.

    `sieve`: a page that names nothing of space is not read at all.
    """

    source: str
    link: Link
    page: Page
    fetched: datetime
    sieve: bool = False


OFF_TOPIC = Rejected(reason="it names nothing of space")


class Reader:
    """Extracts and tags; one in each process."""

    def __init__(self, classifier: Classifier, sources: Mapping[str, Source]) -> None:
        self.classifier = classifier
        self.sources = sources

    def read(self, leaf: Leaf) -> Tagged | Rejected:
        """Return what a page says, or why it is no article."""
        page, link = leaf.page, leaf.link
        if leaf.sieve and not self._on_topic(page):
            return OFF_TOPIC
        listed = Listed(link=link, address=page.url, title=page.listed_title, published=page.listed_published)
        found = extract(page.body, page.url, content_type=page.content_type)
        source = self.sources.get(leaf.source) or stranger(leaf.source, page.url)
        article = to_article(found, source, leaf.source, link, leaf.fetched, listed=listed)
        if isinstance(article, Rejected):
            return article
        said = self.classifier.classify(article.title, article.text, language=article.language, published=article.published)
        return Tagged(article=article, classification=said)

    def _on_topic(self, page: Page) -> bool:
        html = not page.body[:1024].lstrip().startswith(SIGNATURE)
        return not html or self.classifier.may_be_about_space(bare_words(page.body, page.content_type))


def stranger(name: str, url: str) -> Source:
    """Return the source of pages whose outlet is not in config/: of the lowest tier, in the language that the page names."""
    return Source(name=name, kind="listing", urls=(url,), language="en", country="XX", tier="blog", every=timedelta(days=1))


def silent(decision: Decision, why: str) -> Decision:
    """Return a decision of which nobody is told: stories are set right, every delivery is suppressed with the reason."""
    held = {"state": "suppressed", "reason": why, "waits": "", "due": None, "batch": None}
    alerts = tuple(
        alert.model_copy(update={"deliveries": tuple(d.model_copy(update=held) if d.state == "pending" else d for d in alert.deliveries)})
        for alert in decision.alerts
    )
    return decision.model_copy(update={"alerts": alerts, "recalled": ()})


Read = Callable[[Iterable[tuple[T, Leaf]]], Iterator[tuple[T, Tagged | Rejected]]]
"""Reads pages and gives them back in their order, each with its key."""


@contextmanager
def readers(config: Path, processes: int) -> Iterator[Read[Any]]:
    """Yield a function that reads pages on so many processes and gives them back in their order, each with its key."""
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn"), initializer=_begin, initargs=(config,)) as pool:

        def read_all(leaves: Iterable[tuple[T, Leaf]]) -> Iterator[tuple[T, Tagged | Rejected]]:
            waiting: deque[tuple[T, Future[Tagged | Rejected]]] = deque()
            for key, leaf in leaves:
                waiting.append((key, pool.submit(_read, leaf)))
                if len(waiting) >= AHEAD * processes:
                    first, future = waiting.popleft()
                    yield first, future.result()
            for last, future in waiting:
                yield last, future.result()

        try:
            yield read_all
        finally:
            pool.shutdown(cancel_futures=True)


_reader: list[Reader] = []


def _begin(config: Path) -> None:
    """Set up a process of the pool; mistakes in config/ were told by the one that started it, and it says when to stop."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=end_with_parent, daemon=True).start()
    _reader[:] = [Reader(Classifier(load_gazetteer(config / "gazetteer")[0]), load_sources(config / "sources")[0])]


def end_with_parent() -> None:
    """End as soon as the process that asked is gone, however it went: nobody waits for the answers."""
    if parent := parent_process():
        parent.join()
        os._exit(1)


def _read(leaf: Leaf) -> Tagged | Rejected:
    return _reader[0].read(leaf)
