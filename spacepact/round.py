"""One visit to one source, and what it left behind."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Iterable
from datetime import datetime
from typing import Literal, NamedTuple

from pydantic import AwareDatetime

from spacepact.article import Article, Link
from spacepact.heard import Heard
from spacepact.noun import Noun

Outcome = Literal["new", "revised", "known", "rejected"]
RoundState = Literal["ok", "unchanged", "partial", "failed"]
FailureKind = Literal["failing", "unreadable", "blocked", "robots-forbids", "gone", "later"]
"""`unreadable`: it came, and is not what was expected; `blocked`: a wall; `gone`: 404 or 410; `later`: not asked for this time."""


Filled = Literal["pages", "articles", "published", "authors", "forbidden"]


class Rejected(Noun):
    """A page that was fetched and is no article, with the reason; `gone`: because it is not there (404, 410, or a page that says so)."""

    reason: str
    gone: bool = False


class Page(NamedTuple):
    """A page as it came: its own address, headers and decoded body, and what the list said about it."""

    url: str
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    listed_title: str | None = None
    listed_published: datetime | None = None

    @property
    def content_type(self) -> str | None:
        """The Content-Type header."""
        return next((value for name, value in self.headers if name.lower() == "content-type"), None)


class Validators(Noun):
    """What a server said about one polled URL; echoed byte for byte (RFC 9110, 13.1)."""

    etag: str | None = None
    last_modified: str | None = None


class Failure(Noun):
    """One URL that could not be fetched or understood, and why, in words for people; `page`: an article's, not a list's."""

    url: str
    reason: str
    kind: FailureKind = "failing"
    page: bool = False


class Round(Noun):
    """The result of one visit: a source's failure is a value, never an exception.

    `unchanged`: every polled URL answered 304. `partial`: some pages failed. `failed`: nothing could
    be polled. `validators` maps polled URL to validators, and holds only URLs of which nothing is
    still owed, so that a page that failed is found again in the next round. `filled` counts the pages
    that were read, those that were articles, and the articles that said each thing: a site that is
    rebuilt shows there first. `heard`: about the next visit.
    """

    source: str
    state: RoundState
    started: AwareDatetime
    finished: AwareDatetime
    listed: int = 0
    fetched: int = 0
    outcomes: dict[Outcome, int] = {}
    failures: tuple[Failure, ...] = ()
    filled: dict[Filled, int] = {}
    validators: dict[str, Validators] = {}
    heard: Heard = Heard()

    @property
    def summary(self) -> str:
        """One line for people."""
        counts = ", ".join(f"{n} {what}" for what, n in self.outcomes.items() if n)
        why = f"; {self.failures[0].url}: {self.failures[0].reason}" if self.failures else ""
        return f"{self.state}: {self.listed} listed, {self.fetched} fetched" + (f" ({counts})" if counts else "") + why


class Coverage(Noun):
    """What a period is based on: how many sources were read, and which were not. No news of a period in which we were blind is none."""

    since: AwareDatetime
    until: AwareDatetime
    read: int
    failed: tuple[Failure, ...] = ()
    late: tuple[str, ...] = ()

    @property
    def known(self) -> int:
        """How many sources there are."""
        return self.read + len(self.failed) + len(self.late)


def cover(known: Iterable[str], rounds: Iterable[tuple[str, RoundState, str]], since: datetime, until: datetime) -> Coverage:
    """Return what a period is based on; `rounds` are (source, state, summary) of its visits in the order of time.

    A source was read if one visit could poll it; it failed if none could; it is late if there was none.
    """
    last: dict[str, str] = {}
    read = set()
    for source, state, summary in rounds:
        last[source] = summary
        if state != "failed":
            read.add(source)
    ids = sorted(set(known))
    failed = tuple(Failure(url=i, reason=last[i]) for i in ids if i in last and i not in read)
    return Coverage(since=since, until=until, read=len(read & set(ids)), failed=failed, late=tuple(i for i in ids if i not in last))


class Finding(NamedTuple):
    """What a link of a source led to, and the page as it came (None where none did)."""

    source: str
    link: Link
    found: Article | Rejected
    page: Page | None = None


Sink = Callable[[Link, Article | Rejected, Page | None], Awaitable[Outcome]]
"""Takes what a link led to and the page as it came (None where none did); says what it was once that is kept durably."""

Seen = Callable[[Collection[Link]], set[Link]]
"""Returns those of the links that are already kept in the version given."""
