"""Press releases as PDF: title, text and dates from what `crawler.pdfreader` finds in a file."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

from crawler.extract.dates import parse_date
from spacepact.text import clean_line, clean_text

SIGNATURE = b"%PDF-"
_PATIENCE = 5
"""Times the processor time that the clock may take: the machine may be busy."""
_HYPHEN = re.compile(r"(\w)[-\u00ad\u2010]\n(?=[a-zà-öø-ÿа-я])")
_HEAD = 1500
"""Characters in which the date of a press release stands."""
_DATE = re.compile(
    r"\b(\d{4}-\d{2}-\d{2})\b|\b([A-Z][a-z]{2,8}\.? \d{1,2},? \d{4})\b|\b(\d{1,2}(?:st|nd|rd|th)?\.? [A-Z][a-z]{2,8}\.?,? \d{4})\b"
)
_STAMP = re.compile(r"D?:?(\d{8})(\d{6}|\d{4})?(?:Z|([+-])(\d{2})'?(\d{2})?)?")
_STARTS = re.compile(r"\s*([•▪‣◦*–—-]\s|\d{1,2}[.)]\s|\(?[a-z]\)\s)")
_NO_TITLE = re.compile(
    r"(microsoft (word|powerpoint) - .*|untitled.*|.*\.(docx?|pdf|indd|qxd|rtf|odt)|(slide|page|document|layout) ?\d*|\W*)", re.IGNORECASE
)


class UnreadableError(Exception):
    """The file could not be read; the words are for people."""


@dataclass
class Paper:
    """What a PDF holds: the texts of its pages, what is set largest on the first, and its own metadata."""

    pages: list[str] = field(default_factory=list)
    largest: str = ""
    title: str = ""
    authors: str = ""
    created: str | None = None
    modified: str | None = None
    language: str | None = None


def read_paper(body: bytes, seconds: int = 20) -> Paper:
    """Read a PDF in another process, cut off after so many seconds of processor time, or at a gigabyte. Raises UnreadableError."""
    try:
        done = subprocess.run(  # noqa: S603 - our own module, nothing of the file's
            [sys.executable, "-P", "-m", "crawler.pdfreader", str(seconds)],
            input=body,
            capture_output=True,
            timeout=_PATIENCE * seconds,
            check=False,
            env=_plain_environment(),
        )
    except subprocess.TimeoutExpired:
        raise UnreadableError(f"the PDF took longer than {_PATIENCE * seconds} seconds") from None
    try:
        said = json.loads(done.stdout)
    except ValueError:
        raise UnreadableError("the PDF took more time or memory than any press release") from None
    if "error" in said:
        raise UnreadableError(said["error"])
    return Paper(**said)


def headline_of(paper: Paper) -> str:
    """Return the title: the file's own where the first page shows it, else what is set largest there."""
    named = "" if _NO_TITLE.fullmatch(paper.title) else clean_line(paper.title)
    first = _key(paper.pages[0]) if paper.pages else ""
    if named and _key(named) in first:
        return named
    lines = clean_text(paper.pages[0]).split("\n") if paper.pages else [""]
    return clean_line(paper.largest) or named or lines[0]


def text_of(paper: Paper) -> str:
    """Return the text, one paragraph a line, without what every page repeats and without page numbers."""
    repeated = _repeated(paper.pages)
    blocks = [block for page in paper.pages for block in page.split("\n\n")]
    kept = ["\n".join(line for line in block.split("\n") if _shape(line) not in repeated and not line.isdigit()) for block in blocks]
    return clean_text("\n".join(line for block in kept if block for line in _paragraphs(_HYPHEN.sub(r"\1", block).split("\n"))))


def _repeated(pages: list[str]) -> set[str]:
    shapes = Counter(shape for page in pages for shape in {_shape(line) for line in page.split("\n")})
    return {shape for shape, n in shapes.items() if n > 1 and n > len(pages) / 2}


def _shape(line: str) -> str:
    return re.sub(r"\d+", "0", line).casefold()


def _paragraphs(lines: list[str]) -> list[str]:
    """Join the lines of a block; a bullet begins a paragraph."""
    found: list[str] = []
    for line in lines:
        if found and not _STARTS.match(line):
            found[-1] += " " + line
        else:
            found.append(line)
    return found


def _key(words: str) -> str:
    return "".join(c for c in words.casefold() if c.isalnum())


def _plain_environment() -> dict[str, str]:
    """Return what the other process needs to know, and none of the secrets of this one."""
    return {name: os.environ[name] for name in ("PATH", "PYTHONPATH", "LANG", "LC_ALL") if name in os.environ}


def published_in(paper: Paper) -> datetime | None:
    """Return the date that stands at the head of the first page, else the day the file was made."""
    head = clean_text("\n".join(paper.pages[:1]))[:_HEAD]
    shown = (parse_date(" ".join(filter(None, found.groups()))) for found in _DATE.finditer(head))
    return next(filter(None, shown), None) or pdf_date(paper.created)


def pdf_date(value: str | None) -> datetime | None:
    """Return a date as PDF writes it, `D:YYYYMMDDHHmmSSOHH'mm'` (ISO 32000-1, 7.9.4)."""
    found = _STAMP.match(value or "")
    if not found:
        return None
    day, time, sign, hours, minutes = found.groups()
    zone = f"{sign}{hours}:{minutes or '00'}" if sign and hours else "+00:00"
    return parse_date(f"{day[:4]}-{day[4:6]}-{day[6:]}T{(time or '000000')[:2]}:{(time or '000000')[2:4]}:00{zone}")
