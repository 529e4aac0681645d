"""The book that is kept during one round: what was listed, what is settled, what went wrong."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, cast

from scrapy.crawler import Crawler
from sqlalchemy.exc import SQLAlchemyError

from crawler.attempt import attempt
from crawler.hearing import Hearing
from crawler.listing import Listed, Listing
from crawler.manners import Manners, NotAskedError
from crawler.source import Source
from spacepact.article import Article, Link
from spacepact.round import Failure, FailureKind, Filled, Outcome, Page, Rejected, Round, RoundState, Seen, Sink, Validators
from spacepact.settings import Crawl

PATIENCE = 5
"""A host that fails so often in a row is left alone for the rest of the round."""
PAGES_OF_BYTES = 20
"""A round reads at most so many times `crawl.max_bytes`."""

MOST_LISTS = 60
"""A round polls at most so many lists, those that indexes name included ..."""
DEEPEST = 3
"""... and so many indexes below each other."""

Watch = Callable[[str, Listing], None]
"""Is told what a polled address lists."""

log = logging.getLogger(__name__)


def unwatched(url: str, listing: Listing) -> None:
    """Tell nobody."""


@dataclass
class Poll:
    """What became of one polled address; `pages` are the addresses that it listed."""

    state: Literal["listed", "unchanged", "failed", "index"]
    validators: Validators = field(default_factory=Validators)
    pages: tuple[str, ...] = ()


@dataclass
class Visit:
    """One round of one source while it runs. `deadline` is of the event loop's clock, in seconds; `backlog`: see Article."""

    source: Source
    id: str
    validators: Mapping[str, Validators]
    seen: Seen
    sink: Sink
    settings: Crawl
    now: Callable[[], datetime]
    manners: Manners
    deadline: float
    backlog: bool = False
    watch: Watch = unwatched
    started: datetime = field(init=False)
    polls: dict[str, Poll] = field(default_factory=dict)
    settled: dict[str, bool] = field(default_factory=dict)
    outcomes: Counter[Outcome] = field(default_factory=Counter)
    failures: list[Failure] = field(default_factory=list)
    filled: Counter[Filled] = field(default_factory=Counter)
    left: Counter[str] = field(default_factory=Counter)
    misses: Counter[str] = field(default_factory=Counter)
    hearing: Hearing = field(default_factory=Hearing)
    lists: dict[str, None] = field(default_factory=dict)
    more: bool = False
    asked: int = 0
    fetched: int = 0
    bytes_read: int = 0
    broken: str | None = None
    over: bool = False

    def __post_init__(self) -> None:
        self.started = self.now()
        self.lists = dict.fromkeys(self.source.urls)

    def unchanged(self, url: str, fresh: Validators) -> None:
        """Note that a polled address answered 304, perhaps with newer validators (RFC 9110, 15.4.5)."""
        old = self.validators.get(url, Validators())
        self.polls[url] = Poll("unchanged", Validators(etag=fresh.etag or old.etag, last_modified=fresh.last_modified or old.last_modified))

    def poll_failed(self, url: str, reason: str, kind: FailureKind = "failing") -> None:
        """Note that a polled address could not be read."""
        self.polls[url] = Poll("failed")
        self.failures.append(Failure(url=url, reason=reason, kind=kind))

    async def take(self, url: str, listing: Listing, validators: Validators) -> list[Listed]:
        """Note what a polled address lists; return what is to be fetched now, the oldest first."""
        self.watch(url, listing)
        wanted = {i.link.url: i for i in reversed(listing.items) if self.source.wants(i.link.url)}
        state: Literal["index", "listed"] = "index" if listing.lists else "listed"
        self.polls[url] = Poll(state, validators, tuple(wanted))
        first = [i for u, i in reversed(wanted.items()) if u not in self.settled]
        links = [i.link for i in first]
        kept = await attempt(asyncio.to_thread(self.seen, links)) if links else set[Link]()
        if isinstance(kept, BaseException):
            self._break(kept)
            return []
        self.outcomes["known"] += len(kept)
        self.settled |= {link.url: link in kept for link in links}
        room = min(self.source.max_pages or self.settings.max_pages, self.settings.max_pages) - self.asked
        new = [i for i in first if i.link not in kept]
        due = new[: max(room, 0)]
        self.more |= len(due) < len(new)
        self.asked += len(due)
        return due[::-1]

    def deeper(self, lists: Collection[str], depth: int) -> list[str]:
        """Return which further lists are polled: each once, and no calendar or index without end."""
        new = [url for url in lists if url not in self.lists]
        room = MOST_LISTS - len(self.lists) if depth < DEEPEST else 0
        if len(new) > room:
            self.left[f"an index names more than {MOST_LISTS} lists, or leads more than {DEEPEST} deep"] += len(new) - room
        self.lists |= dict.fromkeys(new[:room])
        return new[:room]

    async def keep(self, link: Link, result: Article | Rejected, page: Page | None = None) -> None:
        """Hand over what a link led to; the round breaks where it cannot be kept."""
        if self.broken or self.over:
            return
        outcome = await attempt(self.sink(link, result, page))
        if isinstance(outcome, OSError | SQLAlchemyError):
            self._break(outcome)
        elif isinstance(outcome, BaseException):
            log.error("%s: %s could not be processed", self.id, link.url, exc_info=outcome)
            self.page_failed(link, f"could not be processed: {_first_line(outcome)}")
        else:
            self.outcomes[outcome] += 1
            self.settled[link.url] = True

    def read(self, result: Article | Rejected) -> None:
        """Count what a page that was fetched and read said."""
        self.filled["pages"] += 1
        if isinstance(result, Article):
            self.filled["articles"] += 1
            self.filled["published"] += result.published is not None
            self.filled["authors"] += bool(result.authors)

    def page_failed(self, link: Link, reason: str, kind: FailureKind = "failing") -> None:
        """Note that a page is still owed; it is asked for again in the next round."""
        self.failures.append(Failure(url=link.url, reason=reason, kind=kind, page=True))

    def not_asked(self, reason: str) -> None:
        """Note that a page was not even asked for; the reasons are told once, with a count."""
        self.left[reason] += 1

    def may_ask(self, host: str) -> None:
        """Raise NotAskedError where the rest of the round leaves this host alone."""
        if self.broken or self.over:
            raise NotAskedError("the round was broken off")
        if self.misses[host] >= PATIENCE:
            raise NotAskedError(f"{host} failed {PATIENCE} times in a row")
        if self.bytes_read >= PAGES_OF_BYTES * self.settings.max_bytes:
            raise NotAskedError(f"the round has read {self.bytes_read / 1_000_000:.0f} MB")

    def answered(self, host: str, *, well: bool) -> None:
        """Note whether a host answered well; misses count only in a row."""
        self.misses[host] = 0 if well else self.misses[host] + 1

    def to_round(self) -> Round:
        """Return the result, once everything has ended."""
        url = self.source.urls[0]
        left = [
            Failure(url=url, reason=f"{n} pages left for a later round: {why}", kind="later", page=True) for why, n in self.left.items()
        ]
        first = [Failure(url=url, reason=self.broken)] if self.broken else []
        return Round(
            source=self.id,
            state=self._state(),
            started=self.started,
            finished=self.now(),
            listed=len(self.settled),
            fetched=self.fetched,
            outcomes={what: n for what, n in self.outcomes.items() if n},
            heard=self.hearing.heard(self.now(), more=self.more or bool(self.left)),
            failures=(*first, *self.failures, *left),
            filled=dict(self.filled),
            validators={} if self.broken else {u: p.validators for u, p in self.polls.items() if self._owes_nothing(p)},
        )

    def _state(self) -> RoundState:
        states = [p.state for p in self.polls.values()]
        if self.broken or not set(states) & {"listed", "unchanged", "index"}:
            return "failed"
        if self.failures or self.left:
            return "partial"
        return "ok" if "listed" in states or "unchanged" not in states else "unchanged"

    def _owes_nothing(self, poll: Poll) -> bool:
        answered = poll.state in ("listed", "unchanged") and poll.validators != Validators()
        return answered and all(self.settled[url] for url in poll.pages)

    def _break(self, error: BaseException) -> None:
        self.broken = f"nothing can be kept: {_first_line(error)}"
        log.error("%s: the round is broken off: %s", self.id, self.broken)


def visit_of(crawler: Crawler) -> Visit:
    """Return the visit that a crawler's spider carries."""
    return cast("Visit", getattr(crawler.spider, "visit"))  # noqa: B009 - Scrapy's Spider does not declare it


def _first_line(error: BaseException) -> str:
    return f"{type(error).__name__}: {getattr(error, 'orig', None) or error}".splitlines()[0][:200]
