"""Measure extraction on saved real pages, beside trafilatura (two modes) and newspaper4k, in one run and one process.

    python bench/extract.py [PAGES] [--peers DIRECTORY]

PAGES (default: ../shared/pages beside the repository) holds manifest.jsonl and gzipped pages.
newspaper4k wants an older python-dateutil than ours, so it is no dependency; give it a directory of
its own: `pip install --target DIRECTORY 'newspaper4k[all]'`.

Text F1 is the overlap of word multisets, the mean over pages; a title counts when it is equal after
white space is cleaned; `title shown` when it is that, or a first-level heading of the page; a date
when its day is; authors by F1 of the names; language and canonical address when there is one. A page
that takes longer than LIMIT seconds counts as empty, with its time. Time is processor time. A ratio
above 1 is ours.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import signal
import sys
import time
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from datetime import date, datetime
from pathlib import Path
from types import FrameType
from typing import Any

import trafilatura
from lxml.html import fromstring

from crawler.extract import extract
from spacepact.text import clean_line, clean_text

PAGES = Path(__file__).parents[1] / "../shared/pages"
LIMIT = 10.0


@dataclass
class Found:
    """What one way found on one page."""

    text: str = ""
    title: str = ""
    day: date | None = None
    authors: tuple[str, ...] = ()
    language: str | None = None
    canonical: str | None = None


@dataclass
class Row:
    """The same against what was expected, each 0 to 1."""

    text_f1: float
    title_exact: float
    title_shown: float
    day_published: float
    authors_f1: float
    language_found: float
    canonical_found: float
    seconds: float


Way = Callable[[bytes, str], Found]


class TooLongError(Exception):
    """A page took longer than LIMIT."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pages", nargs="?", type=Path, default=PAGES)
    parser.add_argument("--peers", type=Path, help="where newspaper4k is installed")
    given = parser.parse_args()
    if not (given.pages / "manifest.jsonl").exists():
        print(f"skipped: no saved pages in {given.pages}")
        return
    ways: dict[str, Way] = {"spacepact": by_spacepact, "trafilatura": by_trafilatura, "precision": by_precision}
    if newspaper := newspaper_of(given.peers):
        ways["newspaper4k"] = newspaper
    else:
        print("newspaper4k is not installed; see --help", file=sys.stderr)
    rows: dict[str, list[Row]] = {name: [] for name in ways}
    for html, url, expected in load(given.pages):
        headings = {clean_line(h.text_content()) for h in fromstring(html).iter("h1")}
        for name, way in ways.items():
            rows[name].append(measure(way, html, url, expected, headings))
    show(rows)


def show(rows: dict[str, list[Row]]) -> None:
    ours, *peers = rows
    print(f"{len(rows[ours])} pages, trafilatura {trafilatura.__version__}; first the ratios ours / peer, then the values")
    print(f"{'':18}" + "".join(f"{'/ ' + peer:>14}" for peer in peers) + "   " + "".join(f"{name:>13}" for name in rows))
    for field in fields(Row):
        values = {name: mean([getattr(row, field.name) for row in way]) for name, way in rows.items()}
        label = field.name.replace("_", " ")
        if field.name == "seconds":
            values, label = {name: 1 / value for name, value in values.items()}, "pages/s"
        ratios = "".join(f"{values[ours] / values[peer]:14.3f}" if values[peer] else f"{'-':>14}" for peer in peers)
        print(f"{label:18}{ratios}   " + "".join(f"{value:13.4g}" for value in values.values()))


def load(pages: Path) -> Iterator[tuple[bytes, str, dict[str, Any]]]:
    for line in (pages / "manifest.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        yield gzip.decompress((pages / row["file"]).read_bytes()), row["url"], row["expected"]


def by_spacepact(html: bytes, url: str) -> Found:
    found = extract(html, url)
    day = found.published.date() if found.published else None
    return Found(found.text, found.title, day, found.authors, found.language, found.canonical_url)


def by_trafilatura(html: bytes, url: str, *, favor_precision: bool = False) -> Found:
    found: Any = trafilatura.bare_extraction(html, url=url, with_metadata=True, favor_precision=favor_precision)
    if not found:
        return Found()
    day = date.fromisoformat(found.date) if found.date else None
    authors = tuple((found.author or "").split("; ")) if found.author else ()
    return Found(found.text or "", found.title or "", day, authors, found.language, found.url)


def by_precision(html: bytes, url: str) -> Found:
    return by_trafilatura(html, url, favor_precision=True)


def newspaper_of(directory: Path | None) -> Way | None:
    """Return the way of newspaper4k, where it is installed."""
    if directory:
        sys.path.append(str(directory))
    warnings.simplefilter("ignore")
    try:
        from newspaper import Article  # noqa: PLC0415 - it may be missing
    except ImportError:
        return None

    def way(html: bytes, url: str) -> Found:
        article = Article(url, fetch_images=False)
        article.download(input_html=html.decode("utf-8", "replace"))
        article.parse()
        when = article.publish_date
        day = when.date() if isinstance(when, datetime) else None
        return Found(article.text, article.title, day, tuple(article.authors), article.meta_lang or None, article.canonical_link or None)

    return way


def measure(way: Way, html: bytes, url: str, expected: dict[str, Any], headings: set[str]) -> Row:
    start = time.process_time()
    found = within(LIMIT, lambda: way(html, url))
    seconds = time.process_time() - start
    title = clean_line(found.title)
    exact = title == clean_line(expected["title"])
    return Row(
        overlap(words(clean_text(found.text)), words(clean_text(expected["text"]))),
        exact,
        exact or title in headings,
        found.day == datetime.fromisoformat(expected["published"]).date(),
        overlap(Counter(map(str.casefold, found.authors)), Counter(map(str.casefold, expected["authors"] or ()))),
        bool(found.language),
        bool(found.canonical),
        seconds,
    )


def within(seconds: float, work: Callable[[], Found]) -> Found:
    def stop(_: int, __: FrameType | None) -> None:
        raise TooLongError

    signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        return work()
    except (TooLongError, ImportError, LookupError):  # newspaper4k asks for a further package, or for data, per language
        return Found()
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def words(text: str) -> Counter[str]:
    return Counter(re.findall(r"\w+", text.casefold()))


def overlap(found: Counter[str], expected: Counter[str]) -> float:
    if not found and not expected:
        return 1.0
    return 2 * (found & expected).total() / ((found.total() + expected.total()) or 1)


def mean(values: list[float]) -> float:
    return sum(values) / len(values)


if __name__ == "__main__":
    main()
