"""How far a rule can get towards the expected titles of saved pages: where a page's own claims differ, which one is expected?

    python bench/titles.py [PAGES] [--misses]

A page claims a title up to five times: JSON-LD, og:title, twitter:title, the first heading, `<title>` (each without the
outlet's name). Pages whose claims agree in the same way look the same to every rule; what most of them expect is the best that
a rule can answer. `five letters`: which claims are equal, in that order, `-` for none; the counts: which of them was expected.
"""

from __future__ import annotations

import argparse
from collections import Counter, defaultdict
from pathlib import Path

from extract import PAGES, load

from crawler.extract import extract, parse
from crawler.extract.charset import decode
from crawler.extract.structured import Structured
from crawler.extract.title import plain_title
from spacepact.text import clean_line, clean_text


def claims(html: bytes, url: str) -> list[str]:
    """Return what a page calls itself in five places, "" where it says nothing."""
    tree = parse(decode(html, None))
    if tree is None:
        return [""] * 5
    said = Structured(tree)
    heading = next((line for h in tree.iter("h1") if (line := clean_line(h.text_content()))), "")
    named = next(iter(tree.xpath("//head/title/text()")), "")
    places = [said.headline, said.first("og:title") or "", said.first("twitter:title") or "", heading, named]
    return [plain_title(clean(place), said.site_name, url) if place else "" for place in places]


def clean(title: str) -> str:
    """Return a title as it is compared: without characters that nobody sees."""
    return clean_line(clean_text(title))


def pattern(titles: list[str]) -> tuple[str, dict[str, str]]:
    """Return which titles are equal, as letters, and the letter of each."""
    letters: dict[str, str] = {}
    return "".join(letters.setdefault(t, "abcde"[len(letters)]) if t else "-" for t in titles), letters


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pages", nargs="?", type=Path, default=PAGES)
    parser.add_argument("--misses", action="store_true", help="print the pages whose title is another than expected")
    given = parser.parse_args()
    if not (given.pages / "manifest.jsonl").exists():
        print(f"skipped: no saved pages in {given.pages}")
        return
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    exact = 0
    for html, url, expected in load(given.pages):
        want, found = clean(expected["title"]), clean(extract(html, url).title)
        shape, letters = pattern(claims(html, url))
        counts[shape][letters.get(want, "none")] += 1
        exact += want == found
        if given.misses and want != found:
            print(f"{url}\n  expected {want}\n  found    {found}\n  claims   {shape} {list(letters)}")
    show(counts, exact)


def show(counts: dict[str, Counter[str]], exact: int) -> None:
    total = sum(c.total() for c in counts.values())
    for shape, expected in sorted(counts.items(), key=lambda item: -item[1].total()):
        print(f"{shape}  {expected.total():4}  {dict(expected.most_common())}")
    best = sum(max(expected.values()) for expected in counts.values())
    claimed = total - sum(expected["none"] for expected in counts.values())
    torn = sum(expected.total() - max(expected.values()) for expected in counts.values())
    print(f"{total} pages: {exact} exact ({exact / total:.3f}); claimed anywhere on the page {claimed} ({claimed / total:.3f})")
    torn_apart = Counter[str]()
    for shape, expected in counts.items():
        if shape[0] == shape[3] != "-" and shape[1] not in ("-", shape[0]):
            torn_apart += Counter({"it": expected[shape[0]], "og:title": expected[shape[1]]})
            torn_apart["neither"] += expected.total() - expected[shape[0]] - expected[shape[1]]
    print(f"JSON-LD and the heading say the same, og:title another: {torn_apart.total()} pages, expected was {dict(torn_apart)}")
    print(f"the best that any rule over what is equal can do: {best} ({best / total:.3f}); {torn} pages expect another than their like")


if __name__ == "__main__":
    main()
