"""Missions that no gazetteer knows yet, found by how a text names them; less sure than a known name."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence

from classifier.gazetteer import Entry
from classifier.mentions import Mention, slug
from classifier.words import Finder

CONFIDENCE = 0.6
_CLASS = re.compile(
    r"\b(?:[Ss]atellites?|[Ss]pacecraft|[Mm]ission|[Pp]robe|[Oo]rbiter|[Ll]ander|[Rr]over|[Cc]ubesats?|CubeSats?|[Tt]elescope|[Cc]onstellation)\b"
)
_CLASS_WORDS = Finder(
    ("satellite", "spacecraft", "mission", "probe", "orbiter", "lander", "rover", "cubesat", "telescope", "constellation")
)
_NUMBERED = r"[A-Z][A-Za-z]{0,20}(?:-[A-Z][A-Za-z]{0,20})?[- ]?[0-9]{1,3}[A-Z]?"
_CAPITALS = r"[A-Z][A-Za-z]{0,3}[A-Z]{2,8}(?:-[A-Z0-9]{1,4})?"
_BEFORE = re.compile(rf"(?<![\w-])(?P<name>{_NUMBERED}|{_CAPITALS})(?: [a-z]{{4,14}})? (?:[Ss]pace )?$")
_AFTER = re.compile(rf",? (?:called|named|dubbed|known as),? (?:the )?[“\"']?(?P<name>{_NUMBERED}|{_CAPITALS}|[A-Z][a-z]{{3,12}})(?![\w-])")
_REACH = 60
_NOT_NAMES = re.compile(
    r"(?:NASA|ESA|JAXA|ISRO|CNSA|USA|EU|UK|US|UN|GPS|LEO|GEO|MEO|SSO|SAR|GNSS|ISR|IOT|RF|GNC|RPO|ISS|EO|PNT|SATCOM|AI|IT|TV|COVID"
    r"|DARPA|NOAA|VHF|UHF|HTS|MILSATCOM|SSA|SDA|STEM|CEO)s?"
    r"|(?:No|Unit|Phase|Block|Flight|Level|Day|Step|Pad|Class|Type|Gen|Top|Mk|Version|Figure|Chapter|Section|Series|Group|Stage|Tranche)"
    r"[- ]?\d+[A-Z]?"
    r"|(?:January|February|March|April|May|June|July|August|September|October|November|December"
    r"|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)[- ]?\d+"
)


def new_missions(text: str, folded: str, known: Sequence[Mention]) -> Iterator[Mention]:
    """Yield mentions of unknown missions: "the Sentinel-6C satellite", "a probe called X"; none inside a known name.

    `known` stands in order of offset, and no two of different spans overlap.
    """
    starts = [m.start for m in known]
    last = 0
    for _, at, _ in _CLASS_WORDS.spans(folded):
        word = _CLASS.match(text, at)
        for (start, end), name in _beside(text, *word.span()) if word is not None else ():
            before = bisect_right(starts, end - 1)
            if start < last or (before and known[before - 1].end > start) or _NOT_NAMES.fullmatch(name):
                continue
            last = end
            ident = slug(name)
            entry = Entry.model_construct(id=ident, kind="mission", name=name)
            yield Mention(start, end, entry, ident, name, name, CONFIDENCE)


def _beside(text: str, start: int, end: int) -> Iterator[tuple[tuple[int, int], str]]:
    offset = max(0, start - _REACH)
    before = _BEFORE.search(text[offset:start])
    if before is not None:
        a, b = before.span("name")
        yield (a + offset, b + offset), before["name"]
    after = _AFTER.match(text[end : end + _REACH])
    if after is not None:
        a, b = after.span("name")
        yield (a + end, b + end), after["name"]
