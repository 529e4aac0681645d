"""One visit to a source that keeps nothing: what it lists, what is taken of it, and why not the rest."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from crawler.engine import crawl, errand, manners
from crawler.extract import Extracted, extract
from crawler.listing import Listed, Listing
from crawler.source import Source
from crawler.spiders.errand import Errand, NoPage, Page
from spacepact.article import Article, Link
from spacepact.noun import Noun
from spacepact.pacing import Pace, follow, limits, next_visit
from spacepact.pipeline import Now
from spacepact.round import Outcome, Rejected, Round
from spacepact.settings import Crawl

Verdict = Literal["taken", "rejected", "unwanted", "failed", "left"]


class Item(Noun):
    """One listed item: its verdict and why; `fields` says what the article's fields hold, shortly."""

    url: str
    title: str = ""
    posted: datetime | None = None
    verdict: Verdict
    why: str = ""
    fields: dict[str, str] = {}


@dataclass
class Trial:
    """What came of it."""

    source: Source
    items: list[Item] = field(default_factory=list)
    round: Round | None = None
    robots: dict[str, str] = field(default_factory=dict)
    next_visit: str = ""


async def try_source(source: Source, id: str, settings: Crawl, now: Now, *, pages: int) -> Trial:  # noqa: A002 - the word of the design
    """Visit a source as the service would, fetch at most `pages` pages, and keep nothing."""
    listed: dict[str, Listed] = {}
    results: dict[str, Article | Rejected] = {}

    def watch(_: str, listing: Listing) -> None:
        for item in listing.items:
            listed.setdefault(item.link.url, item)

    def seen(_: Collection[Link]) -> set[Link]:
        return set()

    async def sink(link: Link, result: Article | Rejected, *_: object) -> Outcome:
        results[link.url] = result
        return "rejected" if isinstance(result, Rejected) else "new"

    bounded = source.model_copy(update={"max_pages": pages})
    round_ = await crawl(bounded, id, {}, seen=seen, sink=sink, settings=settings, now=now, watch=watch)
    failed = {failure.url: failure.reason for failure in round_.failures}
    trial = Trial(source, [_item(source, item, results.get(url), failed.get(url)) for url, item in listed.items()], round_)
    trial.robots = {origin: rules.text for origin, rules in manners().rules.items() if any(u.startswith(origin) for u in source.urls)}
    due = next_visit(id, follow(Pace(), round_), limits(source.every, source.slowest), round_.finished)
    minutes = (due.at - round_.finished).total_seconds() / 60
    trial.next_visit = f"in {minutes:.0f} minutes: {due.reason}"
    return trial


def _item(source: Source, listed: Listed, result: Article | Rejected | None, failed: str | None) -> Item:
    about = {"url": listed.address, "title": listed.title or "", "posted": listed.published}
    if rule := source.why_not(listed.link.url):
        return Item(**about, verdict="unwanted", why=rule)
    if isinstance(result, Article):
        return Item(**about | {"title": result.title}, verdict="taken", fields=_fields(result))
    if isinstance(result, Rejected):
        return Item(**about, verdict="rejected", why=result.reason)
    return Item(**about, verdict="failed", why=failed) if failed else Item(**about, verdict="left", why="a later visit fetches it")


def _fields(article: Article) -> dict[str, str]:
    return {
        "text": f"{len(article.text)} characters",
        "published": article.published.isoformat() if article.published else "",
        "authors": ", ".join(article.authors),
        "language": article.language or "",
        "site_name": article.site_name or "",
        "method": article.method,
    }


async def snap(url: str, settings: Crawl, now: Now) -> tuple[Page, Extracted] | NoPage:
    """Fetch one page and read it."""

    async def work(errand: Errand) -> Page | NoPage:
        return await errand.get(url)

    page = await errand(url, work, settings=settings, now=now)
    if page is None:
        return NoPage(url, "no answer in time")
    return page if isinstance(page, NoPage) else (page, extract(page.body, page.url, content_type=page.content_type))
