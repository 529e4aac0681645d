"""Reads archives of the web (WARC, as CC-NEWS has them) into the store: on all cores, resumably, without telling anybody."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from crawler.address import canonical, host_of
from crawler.source import Source
from spacepact.archived import Archived
from spacepact.article import TIERS, Link
from spacepact.cooperation import Tagged
from spacepact.pipeline import Processor
from spacepact.reprocess import quiet
from spacepact.rereading import OFF_TOPIC, Leaf, Read
from spacepact.round import Rejected
from spacepact.warc import Broken, Record, records, response, target
from storage import Progress

WHY = "backfilled: it was found in an archive, nobody is told"
KEEP_SECONDS = 2.0
"""So often it is kept how far a file was read; a kill repeats no more, and what is repeated is known."""
MOST_BODY = 16_000_000
CUT = "cut short"
SEEN = ("records", "broken", CUT)
"""What is counted of a file beside what became of its pages."""
_FRONTS = ("www.", "feeds.", "feed.", "rss.", "news.")


class Outlets:
    """Which source a page belongs to: the one whose own host is nearest to the page's."""

    def __init__(self, sources: Mapping[str, Source], *, all_domains: bool = False) -> None:
        self._all = all_domains
        self._by_host: dict[str, list[tuple[str, Source]]] = {}
        for name, source in sorted(sources.items(), key=lambda item: (TIERS.index(item[1].tier), item[0])):
            for host in {_home(url) for url in source.urls}:
                self._by_host.setdefault(host, []).append((name, source))

    def source_of(self, url: str) -> str | None:
        """Return the id of the source that would take a page; where all domains are wanted, the host of one that nobody knows."""
        host = host_of(url).partition(":")[0]
        parts = host.split(".")
        for n in range(len(parts)):
            known = self._by_host.get(".".join(parts[n:]))
            if known:
                return next((name for name, source in known if source.wants(url)), None)
        return host[:100] if self._all and host else None


@dataclass(frozen=True)
class Backfill:
    """One run over archives.

    `alert`: tell what is found as if it had just been collected. `mode` keeps runs apart that ask for other pages.
    `heard` is told, a line each, what is wrong with a file.
    """

    processor: Processor
    outlets: Outlets
    readers: Callable[[], AbstractContextManager[Any]]
    """Yields what reads pages on all cores: `rereading.readers`."""
    alert: bool = False
    mode: str = ""
    heard: Callable[[str], object] = str
    step: Callable[[int, int, Mapping[str, int]], object] = lambda *_: None
    """Is told of every record: bytes read, bytes in all (0 where nobody knows), and what became of the pages so far."""

    def run(self, where: str, *, again: bool = False) -> Counter[str]:
        """Read one file from where it was left; returns what became of its pages, those of earlier runs included.

        A page that is kept already is left as it is: what was collected live knows better.
        """
        archived = Archived(where)
        size, key = archived.size(), archived.where + self.mode
        known = self.processor.store.backfills.progress(key)
        if again or size < known.offset or (known.done and size != known.size):
            known = Progress(size)
        if known.done:
            self.heard(f"{where}: was read already; --again reads it anew")
            return Counter(known.counts)
        if known.offset:
            self.heard(f"{where}: goes on at byte {known.offset:,} of {size:,}")
        run = _Reading(self, where, key, size, known.offset, Counter(known.counts))
        with archived.open(known.offset) as stream, self.readers() as read:
            run.all(read, records(stream, known.offset))
        return run.tally


class _Place(NamedTuple):
    """How far a file was gone through when a page was found there: where its record ends, and what was counted until then."""

    end: int
    leaf: Leaf
    seen: dict[str, int]


@dataclass
class _Reading:
    """One file while it is read; `seen` counts ahead of `tally`, as far as pages wait to be read."""

    job: Backfill
    where: str
    key: str
    size: int
    offset: int
    tally: Counter[str]
    kept_at: float = field(default_factory=time.monotonic)

    def __post_init__(self) -> None:
        self.seen = {what: self.tally[what] for what in SEEN} | {CUT: 0}

    def all(self, read: Read[_Place], found: Iterator[Record | Broken]) -> None:
        """Read to the end; what was read is remembered, however this ends."""
        done = False
        try:
            for place, result in read(self._places(found)):
                self.tally[self._settle(place.leaf, result)] += 1
                self.tally.update({what: n - self.tally[what] for what, n in place.seen.items()})
                self.offset = place.end
                if time.monotonic() - self.kept_at >= KEEP_SECONDS:
                    self._keep(done=False)
            self.tally.update({what: n - self.tally[what] for what, n in self.seen.items()})
            done = not self.tally[CUT]
        finally:
            self._keep(done=done)

    def _places(self, found: Iterator[Record | Broken]) -> Iterator[tuple[_Place, Leaf]]:
        for record in found:
            if isinstance(record, Broken):
                self._tell(CUT if record.cut else "broken", record.start, record.why)
                continue
            self.seen["records"] += 1
            self.job.step(record.end, self.size, self.tally)
            try:
                leaf = self._leaf(record)
            except ValueError as error:
                self._tell("broken", record.start, str(error))
                continue
            if leaf:
                yield _Place(record.end, leaf, dict(self.seen)), leaf

    def _leaf(self, record: Record) -> Leaf | None:
        url = canonical(target(record) or "")
        source = self.job.outlets.source_of(url) if url else None
        found = response(record, MOST_BODY) if source else None
        if not url or not source or not found:
            return None
        return Leaf(source, Link(url=url), found.page, min(found.fetched, self.job.processor.now()), sieve=True)

    def _settle(self, leaf: Leaf, result: Tagged | Rejected) -> str:
        """Keep an article that is new; say in a word what became of a page."""
        if isinstance(result, Rejected):
            return "off topic" if result == OFF_TOPIC else "no article"
        processor = self.job.processor
        if processor.store.reading.article(result.article.url):
            return "known"
        if self.job.alert:
            return processor.keep(leaf.source, leaf.link, result, leaf.page)
        processor.prepare()
        decide = quiet(processor, leaf.fetched, WHY)
        return processor.store.add(leaf.source, leaf.link, result, decide, leaf.fetched, page=leaf.page)

    def _tell(self, what: str, offset: int, why: str) -> None:
        self.seen[what] += 1
        self.job.heard(f"{self.where}: at byte {offset:,}: {why}")

    def _keep(self, *, done: bool) -> None:
        store, now = self.job.processor.store, self.job.processor.now()
        store.backfills.keep(self.key, Progress(self.size, self.size if done else self.offset, done, dict(self.tally)), now)
        self.kept_at = time.monotonic()


def _home(url: str) -> str:
    host = host_of(url).partition(":")[0]
    return next((host.removeprefix(front) for front in _FRONTS if host.startswith(front) and host.count(".") > 1), host)
