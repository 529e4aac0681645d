"""Companies and universities that no gazetteer knows yet, found by how a text introduces them: their home is what it says."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path

from classifier.domicile import AMERICAN_STATES
from classifier.gazetteer import Entry, Kind
from classifier.mentions import SURE, Mention, slug
from classifier.seats import COMPANY, LEGAL, UPPER, WORD, eastern, seated
from classifier.words import Finder
from spacepact.noun import Noun
from spacepact.yamlfile import read_yaml

CONFIDENCE = 0.6
_SHORTEST = (1, 3)
"""A name must be longer: in other scripts, in ASCII."""
_CITIES = Path(__file__).with_name("cities.yaml")
_HEADS = Finder((
    "company", "firm", "startup", "start up", "manufacturer", "operator", "developer", "provider", "builder", "supplier",
    "maker", "contractor", "consultancy",
))  # fmt: skip
_NAME = rf"(?P<name>{WORD}(?: (?:{WORD}|of (?=[{UPPER}])[\w’'&-]+)){{0,3}})"
_NEXT = re.compile(rf" [“\"]?{_NAME}")
_APPOSED = re.compile(rf"(?<![\w.’'-]){_NAME}(?: \([^()]{{2,40}}\))?, (?:an?|the) (?P<between>[^.,;:()]{{0,70}})$")
_MARK = re.compile(r"[,;:()]|(?<![A-Z])\. ")
_GOES_ON = re.compile(
    r"[,.;:)\n]| (?:that|which|whose|who|based|from|in|of|on|and|headquartered|with|for|behind|building|making|backed|founded)\b|$"
)
_SEAT = re.compile(r"[^.;:()]{0,40}?\b(?:from|of|in|near) (?P<seat>[^.;:()]{2,40})")
_BASED = re.compile(rf"[- ]based {_NAME}(?! [a-z-]+ (?:company|firm|operator|provider|start))")
_OWNED = re.compile(rf"['’]s {_NAME}")
_PLACE = re.compile(rf"[{UPPER}][\w.’'-]*(?: [{UPPER}][\w’'-]*)*")
_LAST_PLACE = re.compile(_PLACE.pattern + "$")
_UNIVERSITY = re.compile(rf"University of (?:the )?(?P<seat>(?P<first>[{UPPER}][\w’'-]+)(?: [{UPPER}][\w’'-]+)?)")
_NOT_NAMES = re.compile(
    r"(?:The|It|Its|In|On|At|We|He|She|A|An|This|That|And|But|CEO|President|Chief|Mr|Ms|Dr|Earth|Campus|Space|Moon)\b"
    r"|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b"
    r"|(?:January|February|March|April|May|June|July|August|September|October|November|December)\b"
    r"|.*\b(?:Ministry|Department|Minister|Agency|Administration|Force|Command|Council|University|Institute|Office|Government|Program(?:me)?)\b"
)


class _File(Noun):
    cities: dict[str, tuple[str, ...]]


@cache
def _homes() -> dict[str, str]:
    """Return city or American state -> country code."""
    found = {city: code for code, cities in read_yaml(_CITIES, _File).cities.items() for city in cities}
    return found | dict.fromkeys(AMERICAN_STATES.split("|"), "US")


def new_companies(text: str, folded: str, known: Sequence[Mention]) -> Iterator[Mention]:
    """Yield mentions of unknown companies: "the Dutch firm X", "X, a start-up from Turin", "Halifax-based X", "Japan's X Optics".

    `known` stands in order of offset, and no two of different spans overlap.
    """
    starts = [m.start for m in known]

    def free(start: int, end: int) -> bool:
        before = bisect_right(starts, end - 1)
        return not before or known[before - 1].end <= start

    found: dict[str, str] = {}
    kinds: dict[str, Kind] = {}
    for (start, end), home in _universities(text):
        found[text[start:end]], kinds[text[start:end]] = home, "university"
    for (start, end), home in _introduced(text, folded, known):
        name = LEGAL.sub("", text[start:end])
        long = len(name) > _SHORTEST[name.isascii()] and free(start, start + len(name))
        if long and _NOT_NAMES.match(name) is None and name.split(" ")[0] not in _homes():
            found.setdefault(name, home)
    taken: set[int] = set()
    for words, name in sorted(_called(found, text), key=lambda item: -len(item[0])):
        ident = slug(name)
        entry = Entry.model_construct(id=ident, kind=kinds.get(name, "company"), name=name, country=(found[name],))
        for at in _places(text, words):
            if free(at, at + len(words)) and taken.isdisjoint((at, at + len(words) - 1)):
                taken.update(range(at, at + len(words)))
                yield Mention(at, at + len(words), entry, ident, name, words, CONFIDENCE)


def _called(names: Iterable[str], text: str) -> Iterator[tuple[str, str]]:
    """Yield what a text may call each name: itself, and without its last word ("Vantrel" for "Vantrel Orbital")."""
    for name in names:
        yield name, name
        short = name.rsplit(" ", 1)[0]
        if COMPANY.fullmatch(name) and len(short) > _SHORTEST[True] + 1 and short not in _homes() and f" {short.lower()} " not in text:
            yield short, name


def _introduced(text: str, folded: str, known: Sequence[Mention]) -> Iterator[tuple[tuple[int, int], str]]:
    """Yield the span of each new name with the country of its home."""
    states = [m for m in known if m.entry.kind == "country" and m.confidence >= SURE]
    for _, start, end in sorted(_HEADS.spans(folded)):
        if _whole(folded, start, end):
            yield from _beside(text, start, end, states)
    for at in _places(folded, "based"):
        name = _BASED.match(text, at - 1)
        place = _LAST_PLACE.search(text[max(0, at - 30) : at - 1])
        home = _home(text, at - 1 - len(place[0]), at - 1, states) if place is not None else ""
        if name is not None and home:
            yield name.span("name"), home
    for owner, home in _owners(text, states):
        name = _OWNED.match(text, owner)
        if name is not None and COMPANY.fullmatch(name["name"]):
            yield name.span("name"), home
    yield from seated(text, lambda start, end: _home(text, start, end, states))
    yield from eastern(text, states)


def _universities(text: str) -> Iterator[tuple[tuple[int, int], str]]:
    """Yield the span of "University of Oulu" and of "Oulu University", with the country."""
    for at in _places(text, "University"):
        named = _UNIVERSITY.match(text, at)
        if named is not None:
            seats = [(named["seat"], at, named.end()), (named["first"], at, named.end("first"))]
        else:
            words = text[max(0, at - 30) : at - 1].split(" ")
            seats = [(city, at - 1 - len(city), at + len("University")) for city in (" ".join(words[-2:]), words[-1])]
        yield from [((start, end), _homes()[seat]) for seat, start, end in seats if seat in _homes()][:1]


def _owners(text: str, states: Sequence[Mention]) -> Iterator[tuple[int, str]]:
    """Yield where "'s" follows a state or a city, and the country."""
    yield from ((m.end, m.entry.country[0]) for m in states if text[m.end : m.end + 2] in ("'s", "’s"))
    for sign in ("'s ", "’s "):
        at = text.find(sign)
        while at >= 0:
            words = text[max(0, at - 20) : at].rsplit(" ", 2)
            city = next((w for w in (" ".join(words[-2:]), words[-1]) if w in _homes()), "")
            if city:
                yield at, _homes()[city]
            at = text.find(sign, at + 1)


def _beside(text: str, start: int, end: int, states: Sequence[Mention]) -> Iterator[tuple[tuple[int, int], str]]:
    """Yield the name that a word such as "firm" introduces: after it, or before it in apposition."""
    offset = max(0, start - 150)
    apposed = _APPOSED.search(text[offset:start])
    if apposed is not None and _GOES_ON.match(text, end):
        home = _home(text, offset + apposed.start("between"), start, states) or _seat(text, end, states)
        if home:
            yield (offset + apposed.start("name"), offset + apposed.end("name")), home
        return
    name = _NEXT.match(text, end)
    home = _home(text, _clause(text, start), start, states)
    if name is not None and home:
        yield name.span("name"), home


def _clause(text: str, end: int) -> int:
    """Return where the last words before an offset begin, without a comma or full stop between."""
    start = max(0, end - 45)
    return start + max((mark.end() for mark in _MARK.finditer(text[start:end])), default=0)


def _seat(text: str, end: int, states: Sequence[Mention]) -> str:
    seat = _SEAT.match(text[end : end + 100])
    return _home(text, end + seat.start("seat"), end + seat.end("seat"), states) if seat is not None else ""


def _home(text: str, start: int, end: int, states: Sequence[Mention]) -> str:
    """Return the country that the words of a span name last, by itself or by a city."""
    inside = [m for m in states if start <= m.start and m.end <= end]
    if inside:
        return inside[-1].entry.country[0]
    for place in _PLACE.finditer(text[start:end]):
        words = place[0].split(" ")
        for n in range(len(words)):
            city = " ".join(words[n:]).rstrip(".").removesuffix("-based")
            city = city.title() if city.isupper() else city
            if city in _homes():
                return _homes()[city]
    return ""


def _places(text: str, words: str) -> Iterator[int]:
    """Yield where words stand whole."""
    at = text.find(words)
    while at >= 0:
        if _whole(text, at, at + len(words)):
            yield at
        at = text.find(words, at + len(words))


def _whole(text: str, start: int, end: int) -> bool:
    return not (text[start - 1 : start].isalnum() or text[end : end + 1].isalnum())
