"""What a PDF holds, as JSON: `python -m crawler.pdfreader SECONDS < FILE`.

A process of its own, which limits its own time and memory: files from outside may fill or freeze it.
"""

from __future__ import annotations

import json
import logging
import resource
import sys
from collections import Counter
from functools import partial
from io import BytesIO
from itertools import pairwise
from typing import NamedTuple

from pypdf import PdfReader
from pypdf.errors import PyPdfError

from spacepact.text import clean_line

_MEMORY = 1 << 30
_PAGES = 40
_CHARACTERS = 300_000
_CLOSE = 1.35
"""Times the usual distance of two lines: what is further below begins a paragraph."""
_LARGER = 1.15
_DAMAGES = (
    PyPdfError,
    ValueError,
    KeyError,
    TypeError,
    AttributeError,
    IndexError,
    ArithmeticError,
    RecursionError,
    MemoryError,
    OSError,
    NotImplementedError,
    AssertionError,
)


class Run(NamedTuple):
    """A piece of text on a page, with its height from the bottom and its size, in points."""

    text: str
    height: float
    size: float


def _main() -> None:
    seconds = int(sys.argv[1])
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    json.dump(_read(sys.stdin.buffer.read()), sys.stdout)


def _read(body: bytes) -> dict[str, object]:
    logging.disable()
    try:
        reader = PdfReader(BytesIO(body))
        if reader.is_encrypted and not reader.decrypt(""):
            return {"error": "the PDF is locked by a password"}
        pages: list[list[Run]] = []
        for page in reader.pages[:_PAGES]:
            pages.append([])
            page.extract_text(visitor_text=partial(_note, pages[-1]))
            if sum(len(run.text) for runs in pages for run in runs) > _CHARACTERS:
                break
        about = reader.metadata
        root = reader.root_object
    except _DAMAGES as error:
        return {"error": f"the PDF is damaged: {type(error).__name__}: {error}"[:200]}
    return {
        "pages": ["\n\n".join(_blocks(_lines(runs))) for runs in pages],
        "largest": _largest(pages[0]) if pages else "",
        "title": str(about.title or "") if about else "",
        "authors": str(about.author or "") if about else "",
        "created": about.creation_date_raw if about else None,
        "modified": about.modification_date_raw if about else None,
        "language": str(root.get("/Lang") or "") or None,
    }


def _note(runs: list[Run], text: str, cm: list[float], tm: list[float], _: object, size: float) -> None:
    if text.strip():
        height = tm[4] * cm[1] + tm[5] * cm[3] + cm[5]
        runs.append(Run(text, round(height, 1), round(size * abs(tm[3] * cm[3]), 1)))


def _lines(runs: list[Run]) -> list[Run]:
    """Put together what stands on one height."""
    lines: list[Run] = []
    for run in runs:
        if lines and abs(lines[-1].height - run.height) < 0.5 * max(run.size, 1):
            lines[-1] = Run(lines[-1].text + run.text, run.height, run.size)
        else:
            lines.append(run)
    return [Run(clean_line(line.text), line.height, line.size) for line in lines if line.text.strip()]


def _blocks(lines: list[Run]) -> list[str]:
    """Return paragraphs: lines of one size, set close under each other."""
    drops = sorted((one.height - two.height) / one.size for one, two in pairwise(lines) if one.height > two.height and one.size)
    usual = drops[len(drops) // 3] if drops else 0.0
    blocks: list[str] = []
    for above, line in zip([None, *lines], lines, strict=False):
        if above and above.size == line.size and 0 < above.height - line.height <= _CLOSE * usual * line.size:
            blocks[-1] += "\n" + line.text
        else:
            blocks.append(line.text)
    return blocks


def _largest(runs: list[Run]) -> str:
    """Return what is set in the largest size, where that is larger than the running text."""
    sizes: Counter[float] = Counter()
    for run in runs:
        sizes[run.size] += len(run.text.strip())
    worth = [size for size, n in sizes.items() if n >= 10]
    if not worth or max(worth) < _LARGER * sizes.most_common(1)[0][0]:
        return ""
    return clean_line(" ".join(line.text for line in _lines([run for run in runs if run.size == max(worth)])))[:300]


if __name__ == "__main__":
    _main()
