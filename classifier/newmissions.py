"""Missions that no gazetteer knows yet, found by how a text names them; less sure than a known name."""

from __future__ import annotations

import re
from collections.abc import Iterator

from classifier.gazetteer import Entry
from classifier.mentions import Mention, slug

CONFIDENCE = 0.6
_CLASS = r"(?:[Ss]atellites?|[Ss]pacecraft|[Mm]ission|[Pp]robe|[Oo]rbiter|[Ll]ander|[Rr]over|[Cc]ubesats?|CubeSats?|[Tt]elescope|[Cc]onstellation|[Ss]pace [Tt]elescope)"
_NUMBERED = r"[A-Z][A-Za-z]*(?:-[A-Z][A-Za-z]*)?[- ]?[0-9]{1,3}[A-Z]?"
_ACRONYM = r"[A-Z][A-Za-z]{0,3}[A-Z]{2,8}(?:-[A-Z0-9]{1,4})?"
_FORMS = (
    re.compile(rf"\b(?P<name>{_NUMBERED}|{_ACRONYM})(?: [a-z]{{4,14}})? {_CLASS}\b"),
    re.compile(
        rf"\b(?:satellite|spacecraft|mission|probe|orbiter|lander|rover|cubesat)s?,? (?:called|named|dubbed|known as),? (?:the )?[“\"']?(?P<name>{_NUMBERED}|{_ACRONYM}|[A-Z][a-z]{{3,12}})\b"
    ),
    re.compile(rf"\b(?:launche[sd]|deploy(?:ed|s)?|carrying) the (?P<name>{_NUMBERED})\b"),
)
_NOT_NAMES = re.compile(
    r"(?:NASA|ESA|JAXA|ISRO|CNSA|USA|EU|UK|US|UN|GPS|LEO|GEO|MEO|SSO|SAR|GNSS|ISR|IOT|RF|GNC|RPO|ISS|EO|PNT|SATCOM|AI|IT|TV|COVID|DARPA|NOAA|GNSS|VHF|UHF|HTS|MILSATCOM|SSA|SDA|STEM|CEO)s?|(?:No|Unit|Phase|Block|Flight|Level|Day|Step|Pad|Class|Type|Gen|Top|Mk|Version|Figure|Chapter|Section|Series|Group|Stage|Tranche)[- ]?\d+[A-Z]?|(?:January|February|March|April|May|June|July|August|September|October|November|December|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)[- ]?\d+"
)


def new_missions(text: str, known: list[Mention]) -> Iterator[Mention]:
    """Yield mentions of unknown missions: "the Sentinel-6C satellite", "a probe called X"; none inside a known name."""
    taken = [(m.start, m.end) for m in known]
    for form in _FORMS:
        for match in form.finditer(text):
            name = match["name"]
            start, end = match.span("name")
            if _NOT_NAMES.fullmatch(name) or any(a < end and start < b for a, b in taken):
                continue
            taken.append((start, end))
            ident = slug(name)
            yield Mention(start, end, Entry(id=ident, kind="mission", name=name), ident, name, name, CONFIDENCE)
