"""Extracts and tags kept pages anew, and counts what that changes; nobody is alerted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import datetime
from functools import partial
from pathlib import Path

from spacepact.cooperation import Tagged
from spacepact.pipeline import Processor
from spacepact.rereading import Leaf, readers, silent
from spacepact.round import Rejected
from spacepact.story import Decision
from storage import Kept, MissingEvidenceError

WHY = "reprocessed: the page was read anew, nobody is told"
NEWS = 0.5


class Tally(Counter[str]):
    """What became of the pages, by word."""

    @property
    def rows(self) -> list[tuple[str, int, int]]:
        """What was counted before and after: (what, before, after)."""
        return [
            (what, self[f"{what} before"], self[f"{what} after"])
            for what in ("articles", "cooperation news", "with a date", "with authors")
        ]


def reprocess(
    processor: Processor, config: Path, kept: Iterable[Kept], *, processes: int, dry: bool = False, step: Callable[[str], object] = str
) -> Tally:
    """Read the pages anew and put the new reading in the place of the old; `dry`: only count.

    A page that gave no article and gives one now is added; one that gave an article and gives none now is
    counted and left as it is. `step` hears of every page what became of it.
    """
    tally: Tally = Tally()
    with readers(config, processes) as read:
        for one, result in read(_leaves(processor, kept, tally, step)):
            what = _weigh(processor, one, result, tally, dry=dry)
            tally[what] += 1
            step(what)
    return tally


def _leaves(processor: Processor, kept: Iterable[Kept], tally: Tally, step: Callable[[str], object]) -> Iterator[tuple[Kept, Leaf]]:
    for one in kept:
        try:
            page = processor.store.evidence.page(one)
        except MissingEvidenceError:
            tally["page missing"] += 1
            step("page missing")
            continue
        yield one, Leaf(one.source, one.link, page, one.fetched)


def _weigh(processor: Processor, one: Kept, result: Tagged | Rejected, tally: Tally, *, dry: bool) -> str:
    store, now = processor.store, processor.now()
    old = store.reading.article(one.article_url) if one.article_url else None
    if old and old.article.revision != one.revision:
        return "older revision"
    _count(tally, "before", old)
    _count(tally, "after", result if isinstance(result, Tagged) else old)
    decide = quiet(processor, now, WHY)
    if isinstance(result, Rejected):
        return "no article any more" if old else "still no article"
    if old is None:
        if not dry:
            store.add(one.source, one.link, result, decide, now)
        return "an article now"
    same = old.article.model_dump(include={"url", "revision", "tier", "fetched"})
    fresh = result.article.model_copy(update=same)
    new = result.model_copy(update={"article": fresh})
    if new == old:
        return "the same"
    if not dry and not store.reread(new, decide, now):
        return "older revision"
    return "read otherwise" if new.article != old.article else "tagged otherwise"


def quiet(processor: Processor, now: datetime, why: str) -> Callable[..., Decision]:
    """Return the processor's way to decide, with nobody told."""
    decide = partial(processor.decide, now=now, silences=())
    return lambda *facts: silent(decide(*facts), why)


def _count(tally: Tally, when: str, tagged: Tagged | None) -> None:
    if tagged:
        tally[f"articles {when}"] += 1
        tally[f"cooperation news {when}"] += tagged.classification.score >= NEWS
        tally[f"with a date {when}"] += tagged.article.published is not None
        tally[f"with authors {when}"] += bool(tagged.article.authors)


def chosen(processor: Processor, since: datetime, sources: Collection[str]) -> list[Kept]:
    """Return the newest page of every link that was fetched from a moment on."""
    return list(processor.store.evidence.latest(since, sources))
