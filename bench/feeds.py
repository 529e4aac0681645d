"""Our feed reader beside feedparser, over feedparser's own public test suite.

For each core field: in how many entries feedparser finds it, in how many of those ours says the same,
and how often each of the two has what the suite itself expects. Texts are compared as text: markup,
white space and control characters are no part of a headline.

    python bench/feeds.py [--show] [FOLDER]        FOLDER: ../shared/suites/feedparser
"""

from __future__ import annotations

import argparse
import ast
import calendar
import io
import re
import sys
import time
import warnings
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import feedparser
from bs4 import BeautifulSoup

from crawler.feed import Feed, FeedItem, NotAFeed, read_feed_document
from spacepact.text import clean_line

BASE = "https://orbit.example/feed"
SUITE = Path(__file__).parents[2] / "shared" / "suites" / "feedparser"
TEXTS = {"title": "title", "summary": "summary", "description": "summary"}
PLAIN = {"link": "link", "id": "id", "guid": "id"}
DATES = ("published", "updated")
HANG = 1.0
"""Seconds that no file of a few kilobytes may take."""


@dataclass
class Tally:
    """What was counted; `losses` are the entries where feedparser's field is not ours."""

    counts: Counter[str] = field(default_factory=Counter)
    losses: list[str] = field(default_factory=list)
    seconds: Counter[str] = field(default_factory=Counter)

    def count(self, what: str, *, same: bool, loss: str = "") -> None:
        self.counts[what] += 1
        self.counts[f"{what} same"] += same
        if not same and loss:
            self.losses.append(loss)


def measure(suite: Path) -> Tally:
    """Read every file of the suite both ways."""
    tally = Tally()
    for file in sorted(suite.rglob("*.xml")):
        body = file.read_bytes()
        headers = _headers(body)
        start = time.process_time()
        theirs = feedparser.parse(io.BytesIO(body), response_headers=headers)
        middle = time.process_time()
        ours = _attempt(body, headers)
        spent = time.process_time() - middle
        tally.seconds.update({"feedparser": middle - start, "ours": spent})
        tally.counts.update({"files": 1, "hangs": spent > HANG, "crashes": isinstance(ours, Exception)})
        _compare(tally, str(file.relative_to(suite)), ours.items if isinstance(ours, Feed) else (), theirs)
        _expect(tally, body, ours.items if isinstance(ours, Feed) else (), theirs)
    return tally


def _headers(body: bytes) -> dict[str, str]:
    """Return the headers that a file's comment asks for."""
    said = {k.lower(): v.strip() for k, v in re.findall(r"^Header:\s*([\w-]+):\s*(.*)$", body.decode("latin-1"), re.MULTILINE)}
    return {"content-location": BASE, "content-type": "application/xml", **said}


def _attempt(body: bytes, headers: dict[str, str]) -> Feed | NotAFeed | Exception:
    try:
        return read_feed_document(body, headers["content-location"], headers["content-type"])
    except Exception as error:  # noqa: BLE001 - a crash is what is counted
        return error


def _compare(tally: Tally, name: str, items: tuple[FeedItem, ...], theirs: Any) -> None:
    tally.count("entries in the same number", same=len(items) == len(theirs.entries), loss=f"{name}: {len(items)} entries")
    for item, entry in zip(items, theirs.entries, strict=False):
        for key in ("title", "summary"):
            if value := _text(entry.get(key) or "", entry.get(f"{key}_detail", {}).get("type")):
                mine = getattr(item, key)
                tally.count(key, same=_squeezed(mine) == value, loss=f"{name}: {key}: {mine!r:.60} is not {value!r:.60}")
        for key in ("link", "id"):
            if entry.get(key):
                mine = getattr(item, key)
                tally.count(key, same=mine == entry[key], loss=f"{name}: {key}: {mine!r:.60} is not {entry[key]!r:.60}")
        for key in DATES:
            if parts := key in entry.keys() and entry.get(f"{key}_parsed"):  # noqa: SIM118 - a FeedParserDict's `in` also finds aliases
                mine = getattr(item, key)
                same = mine is not None and int(mine.timestamp()) == calendar.timegm(parts)
                tally.count(key, same=same, loss=f"{name}: {key}: {mine} is not {tuple(parts)[:6]}")


def _expect(tally: Tally, body: bytes, items: tuple[FeedItem, ...], theirs: Any) -> None:
    for key, wanted in _wanted(body):
        ours = TEXTS.get(key) or PLAIN[key]
        mine = getattr(items[0], ours) if items else ""
        entry = theirs.entries[0] if theirs.entries else {}
        kind = entry.get(f"{ours}_detail", {}).get("type") if key in TEXTS else "text/plain"
        target = _text(wanted, kind)
        tally.count(f"{ours} expected, ours", same=_squeezed(mine) == target, loss=f"expected {ours}: {mine!r:.60} is not {wanted!r:.60}")
        tally.count(f"{ours} expected, feedparser", same=_text(entry.get(key) or "", kind) == target)


def _wanted(body: bytes) -> Iterator[tuple[str, str]]:
    """Yield what a file expects of a core field of its first entry: `entries[0]['title'] == '...'`."""
    said = re.search(rb"^Expect:(.*)$", body, re.MULTILINE)
    try:
        tree = ast.parse((said[1] if said else b"").decode("utf-8", "replace").strip(), mode="eval")
    except SyntaxError:
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.Eq) and isinstance(node.comparators[0], ast.Constant):
            found = re.fullmatch(r"entries\[0\](?:\['(\w+)'\]|\.(\w+))", ast.unparse(node.left))
            key = found and (found[1] or found[2])
            if key in TEXTS or key in PLAIN:
                yield str(key), str(node.comparators[0].value)


def _text(value: str, kind: str | None) -> str:
    """Return a field as text by another road than ours: BeautifulSoup."""
    if kind == "text/plain":
        return _squeezed(clean_line(value))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a title that looks like a file name
        return _squeezed(clean_line(BeautifulSoup(value, "html.parser").get_text(" ")))


def _squeezed(text: str) -> str:
    return re.sub(r"\s", "", text)


def show(tally: Tally) -> None:
    """Print the table."""
    counts, seconds = tally.counts, tally.seconds
    ours, theirs = seconds["ours"], seconds["feedparser"]
    print(f"ours takes {ours / theirs:.2f} of feedparser's processor time ({ours:.2f} s, {theirs:.2f} s)")
    print(f"{counts['files']} files: {counts['crashes']} crashes, {counts['hangs']} over {HANG:g} s")
    print(f"{'':12}{'in feedparser':>15}{'same in ours':>14}{'':4}{'expected by the suite':>22}{'ours':>7}{'feedparser':>12}")
    for key in ("title", "link", "id", "summary", "published", "updated"):
        wanted = counts[f"{key} expected, ours"]
        figures = f"{wanted:22}{counts[f'{key} expected, ours same']:7}{counts[f'{key} expected, feedparser same']:12}" if wanted else ""
        print(f"{key:12}{counts[key]:15}{counts[f'{key} same']:14}{'':4}{figures}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?", default=SUITE)
    parser.add_argument("--show", action="store_true", help="list every entry that differs")
    options = parser.parse_args()
    if not options.folder.is_dir():
        print(f"{options.folder} is absent: feedparser's test files lie beside the project, not in it", file=sys.stderr)
        return 0
    warnings.simplefilter("ignore")
    tally = measure(options.folder)
    show(tally)
    if options.show:
        print(*tally.losses, sep="\n")
    return 1 if tally.counts["crashes"] or tally.counts["hangs"] else 0


if __name__ == "__main__":
    sys.exit(main())
