"""Names that are part of another name: Edwin Hubble, Turkey Creek, ISS A/S, Artemis Fowl."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from classifier.folding import fold
from classifier.gazetteer import MISSION_KINDS, Kind
from classifier.matcher import Hit

_GIVEN_NAMES = Path(__file__).with_name("given-names.txt")
_LENT: frozenset[Kind] = MISSION_KINDS | {"vehicle"}
"""Kinds whose names are lent by people, gods and virtues."""
_LAST_WORD = re.compile(r"([^\W\d_]+(?:-[^\W\d_]+)?) $")
_PLACE = re.compile(r" (?:Creek|County|River|Streets?|Avenue|Road|District|Valley|Hills?|Beach|Arch|Square|Bridge|Boulevard)\b")
_FIRM = re.compile(
    r",? (?:A/S|AG|GmbH|Inc|Ltd|LLC|PLC|plc|Corp|S\.p\.A|N\.V|B\.V|Holdings?|Partners|Capital|Ventures|Pharmaceuticals|Bank|Hotels?)\b"
)
_CAPITALISED = re.compile(r" [A-Z][a-zà-ÿ]{2,}(?: [A-Z][^\W\d_]+)*")
_CLASS = re.compile(
    r"(?:Satellites?|Spacecraft|Probes?|Orbiter|Missions?|Rovers?|Lander|Telescopes?|Constellation|Program(?:me)?s?|Capsules?|Module|Laborator(?:y|ies)"
    r"|Station|Observatory|Cube[Ss]ats?|Rockets?|Launch(?:er)?|Project|Accords?|Phase|Block|Mark|Service|System|Team|Science|Data|Space"
    r"|Crew|Cargo|Lunar|Moon|Mars|Solar|Earth|Deep|Ultra|Wide|Flight|Control|Ground|Instrument|Main|Vehicle|Mini|Kick|Stage|Engine|Test|Implementing|Agreement|Launch|Sample|Surface|Logistics|Human)"
)
_REACH = 120
_SHORT = 3


def part_of_another_name(text: str, hit: Hit, ends: frozenset[int]) -> bool:
    """Return whether the words beside a one-word name make it the name of a person, a place or a firm.

    `ends` holds where known names end: Lockheed Martin is no first name of Orion.
    """
    surface, name = hit.surface, text[hit.start : hit.end]
    if not name.isalpha() or not name.isascii():
        return False
    kind = surface.entry.kind
    if kind in _LENT and _FIRM.match(text, hit.end):
        return True
    if surface.exact or not name[0].isupper():
        return False
    if (kind in _LENT or kind == "country") and _PLACE.match(text, hit.end):
        return True
    if hit.start - 1 in ends:
        return False
    before = _LAST_WORD.search(text, max(0, hit.start - 30), hit.start)
    return before is not None and before[1][0].isupper() and fold(before[1]) in given_names()


def goes_on(text: str, hit: Hit, known: frozenset[int]) -> bool:
    """Return whether a mission's one-word name goes on with a capitalised word that nobody knows: "Artemis Fowl".

    `known` holds where known names start. Headlines in capitals say nothing.
    """
    if hit.surface.entry.kind not in _LENT or hit.surface.exact or not text[hit.start : hit.end].isalpha():
        return False
    run = _CAPITALISED.match(text, hit.end)
    if run is None or run.start() + 1 in known or any(_CLASS.fullmatch(word) for word in run[0].split()):
        return False
    return not _headline(text, hit.start, run.end())


def _headline(text: str, start: int, end: int) -> bool:
    """Return whether most longer words of the line around a span begin with a capital."""
    line = max(text.rfind("\n", 0, start) + 1, start - _REACH), text.find("\n", end)
    around = text[line[0] : start] + text[end : min(line[1] if line[1] >= 0 else len(text), end + _REACH)]
    words = [w for w in around.split() if len(w) > _SHORT and w[0].isalpha()]
    return 2 * sum(w[0].islower() for w in words) < len(words)


@cache
def given_names() -> frozenset[str]:
    """Return common given names, folded; words that also begin sentences (Will, Mark, May) are not among them."""
    return frozenset(fold(word) for word in _GIVEN_NAMES.read_text("utf-8").split())
