"""Missions that no gazetteer knows yet, found by how a text names them; less sure than a known name."""

from __future__ import annotations

import re
from collections.abc import Iterator

from classifier.gazetteer import Entry
from classifier.mentions import Mention, slug

CONFIDENCE = 0.6
_CLASS = re.compile(
    r"\b(?:[Ss]atellites?|[Ss]pacecraft|[Mm]ission|[Pp]robe|[Oo]rbiter|[Ll]ander|[Rr]over|[Cc]ubesats?|CubeSats?|[Tt]elescope|[Cc]onstellation)\b"
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


def new_missions(text: str, known: list[Mention]) -> Iterator[Mention]:
    """Yield mentions of unknown missions: "the Sentinel-6C satellite", "a probe called X"; none inside a known name."""
    taken = {i for m in known for i in range(m.start, m.end)}
    for word in _CLASS.finditer(text):
        for span, name in _beside(text, word.start(), word.end()):
            if _NOT_NAMES.fullmatch(name) or not taken.isdisjoint(range(*span)):
                continue
            taken.update(range(*span))
            ident = slug(name)
            yield Mention(*span, Entry(id=ident, kind="mission", name=name), ident, name, name, CONFIDENCE)


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
