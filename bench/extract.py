"""Measure extraction on saved real pages, beside trafilatura's own defaults, in one run and one process.

    python bench/extract.py [PAGES]

PAGES (default: ../shared/pages beside the repository) holds manifest.jsonl and gzipped pages.
Text F1 is the overlap of word multisets; a title counts when it is equal after white space is
cleaned; a date when its day is.
"""

from __future__ import annotations

import gzip
import json
import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import trafilatura

from crawler.extract import extract
from spacepact.text import clean_line, clean_text

PAGES = Path(__file__).parents[1] / "../shared/pages"


@dataclass
class Row:
    """What one way found on one page, against what was expected."""

    f1: float
    title: bool
    day: bool
    seconds: float


def main() -> None:
    pages = Path(sys.argv[1]) if len(sys.argv) > 1 else PAGES
    if not (pages / "manifest.jsonl").exists():
        print(f"skipped: no saved pages in {pages}")
        return
    ours, theirs = [], []
    for html, url, expected in load(pages):
        ours.append(measure(by_spacepact, html, url, expected))
        theirs.append(measure(by_trafilatura, html, url, expected))
    print(f"{len(ours)} pages{'':12}ratio  spacepact  trafilatura {trafilatura.__version__}")
    for name, value in {"text F1": f1, "title exact": title, "day published": day, "pages/s": speed}.items():
        print(f"{name:20}{value(ours) / value(theirs):7.3f}{value(ours):11.4g}{value(theirs):13.4g}")


def load(pages: Path) -> Iterator[tuple[bytes, str, dict[str, Any]]]:
    for line in (pages / "manifest.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        yield gzip.decompress((pages / row["file"]).read_bytes()), row["url"], row["expected"]


def by_spacepact(html: bytes, url: str) -> tuple[str, str, str]:
    found = extract(html, url)
    return found.text, found.title, found.published.date().isoformat() if found.published else ""


def by_trafilatura(html: bytes, url: str) -> tuple[str, str, str]:
    found: Any = trafilatura.bare_extraction(html, url=url, with_metadata=True)
    return (found.text or "", found.title or "", found.date or "") if found else ("", "", "")


def measure(way: Callable[[bytes, str], tuple[str, str, str]], html: bytes, url: str, expected: dict[str, Any]) -> Row:
    start = time.perf_counter()
    text, headline, when = way(html, url)
    seconds = time.perf_counter() - start
    wanted = datetime.fromisoformat(expected["published"]).date().isoformat()
    return Row(
        overlap(clean_text(text), clean_text(expected["text"])),
        clean_line(headline) == clean_line(expected["title"]),
        when == wanted,
        seconds,
    )


def overlap(found: str, expected: str) -> float:
    a, b = (Counter(re.findall(r"\w+", t.casefold())) for t in (found, expected))
    return 2 * (a & b).total() / ((a.total() + b.total()) or 1)


def f1(rows: list[Row]) -> float:
    return sum(r.f1 for r in rows) / len(rows)


def title(rows: list[Row]) -> float:
    return sum(r.title for r in rows) / len(rows)


def day(rows: list[Row]) -> float:
    return sum(r.day for r in rows) / len(rows)


def speed(rows: list[Row]) -> float:
    return len(rows) / sum(r.seconds for r in rows)


if __name__ == "__main__":
    main()
