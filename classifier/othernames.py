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
_LONGEST = 40
_OPENING = "\"'(“‘[«—–"
_PLACE = re.compile(r" (?:Creek|County|River|Streets?|Avenue|Road|District|Valley|Hills?|Beach|Arch|Square|Bridge|Boulevard|City)\b")
_FIRM = re.compile(
    r",? (?:A/S|AG|GmbH|Inc|Ltd|LLC|PLC|plc|Corp|S\.p\.A|N\.V|B\.V|Holdings?|Capital|Ventures|Pharmaceuticals|Bank|Hotels?)\b"
)
_CAPITALISED = re.compile(r"( [A-Z][a-zà-ÿ]{2,})(?: [A-Z][^\W\d_]+)*")
_CLASS = re.compile(
    "Satellites?|Spacecraft|Probes?|Orbiter|Missions?|Rovers?|Lander|Telescopes?|Constellation|Program(?:me)?s?|Capsules?|Module|Station"
    "|Laborator(?:y|ies)|Observatory|Cube[Ss]ats?|Rockets?|Launch(?:er)?|Project|Accords?|Phase|Block|Mark|Service|System|Team|Science|Data"
    "|Space|Crew|Cargo|Lunar|Moon|Mars|Solar|Earth|Deep|Ultra|Wide|Flight|Control|Ground|Instrument|Main|Vehicle|Mini|Kick|Stage|Engine"
    "|Test|Implementing|Agreement|Sample|Surface|Logistics|Human"
)
_SAINTS = frozenset({"San", "Santa", "St.", "St", "Saint", "São"})
_OWNS = ("'s ", "’s ")
_BLANKS = (" ", ",")
_REACH = 120
_SHORT = 3
_SMALL = re.compile(
    "about|after|amid|among|around|before|between|during|from|into|near|over|than|that|their|through|toward|under|upon|will|with"
)


def part_of_another_name(text: str, hit: Hit, ends: frozenset[int]) -> bool:
    """Return whether the words beside a one-word name make it the name of a person, a place or a firm.

    `ends` holds where known names end: Lockheed Martin is no first name of Orion.
    """
    start, end = hit.start, hit.end
    kind, lent = hit.surface.entry.kind, hit.surface.entry.kind in _LENT
    if lent and text[end : end + 1] in _BLANKS and _FIRM.match(text, end) and text[start:end].isalpha():
        return True
    if hit.surface.exact:
        return False
    if (lent or kind == "country") and text[end : end + 1] == " " and _PLACE.match(text, end) and _lone_name(text[start:end]):
        return True
    return text[start - 1 : start] == " " and start - 1 not in ends and _lone_name(text[start:end]) and _after_given_name(text, start)


def _lone_name(name: str) -> bool:
    return name.isalpha() and name.isascii() and name[0].isupper()


def _after_given_name(text: str, start: int) -> bool:
    """Return whether a given name stands before an offset, be it with an initial between: "Edwin P. Hubble"."""
    at, word = _word_before(text, start - 1)
    if word.islower():
        return False
    if word[1:] == ".":
        at, word = _word_before(text, at)
    word = word.lstrip(_OPENING)
    if not word[:1].isupper():
        return False
    parts = word.split("-")
    return fold(parts[0]) in given_names() and all(p[:1].isupper() for p in parts) and _word_before(text, at)[1] not in _SAINTS


def _word_before(text: str, end: int) -> tuple[int, str]:
    """Return the word that ends at an offset, and the offset of the blank before it."""
    end = max(0, end)
    first = max(0, end - _LONGEST)
    at = max(text.rfind(" ", first, end), first - 1)
    return at, text[at + 1 : end].rpartition("\n")[2]


def goes_on(text: str, hit: Hit, known: frozenset[int], agencies: frozenset[int]) -> bool:
    """Return whether a mission's one-word name goes on with a capitalised word that nobody knows: "Artemis Fowl".

    `known` holds where known names start, `agencies` where agencies end: what is "NASA's Artemis ..." is Artemis.
    Headlines in capitals say nothing.
    """
    surface = hit.surface
    if surface.exact or surface.entry.kind not in _LENT or text[hit.end : hit.end + 1] != " " or not text[hit.start : hit.end].isalpha():
        return False
    run = _CAPITALISED.match(text, hit.end)
    if text[hit.start - 3 : hit.start] in _OWNS and hit.start - 3 in agencies:
        return False
    if run is None or run.start() + 1 in known or any(_CLASS.fullmatch(word) for word in run[0].split()):
        return False
    return not _headline(text, hit.start, run.end(1))


def _headline(text: str, start: int, end: int) -> bool:
    """Return whether the line around a span is set in capitals: two of three longer words, or nothing else stands there."""
    before = text[max(0, start - _REACH) : start].rpartition("\n")[2]
    after = text[end : end + _REACH].partition("\n")[0]
    words = [w for w in (before + after).split() if len(w) > _SHORT and w[0].isalpha() and not _SMALL.fullmatch(w)]
    return not words or 3 * sum(w[0].islower() for w in words) < len(words)


@cache
def given_names() -> frozenset[str]:
    """Return common given names, folded; words that also begin sentences (Will, Mark, May) are not among them."""
    return frozenset(fold(word) for word in _GIVEN_NAMES.read_text("utf-8").split())
