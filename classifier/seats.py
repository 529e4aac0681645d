"""Where a text seats a company: "Vantrel Oy of Turku", a dateline before its name, "法国初创公司“布拉塞罗”"."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from classifier.mentions import Mention

Found = tuple[tuple[int, int], str]
"""The span of a name, and the country of its home."""
UPPER = "A-ZÀ-ÖØ-ÞĀĂĄĆČĎĐĒĖĘĚĞĢĪĮİĶĹĻĽŁŃŅŇŌŐŒŔŘŚŞŠŤŪŮŰŲŹŻŽ"
WORD = rf"[{UPPER}][\w’'&-]*(?<!['’]s)"
_FORMS = r",? (?:Inc|Ltd|Limited|LLC|GmbH|Corp|Corporation|Co|AG|SE|SA|SAS|SpA|Srl|BV|Oy|AB|AS|ASA|PLC|plc|Pty|Pvt|KK)"
LEGAL = re.compile(rf"{_FORMS}\.?(?= |$)")
COMPANY = re.compile(
    r".* (?:Aerospace|Aerosystems|Analytics|Communications|Defen[cs]e|Dynamics|Electronics|Engineering|Imaging|Industries|Instruments"
    r"|Labs?|Launch|Launchers?|Networks|Optics|Orbital|Photonics|Propulsion|Robotics|Rockets?|Satellites|Semiconductors?|Space|Spacecraft"
    r"|Spacetech|Systems|Tech|Technologies|Telecom|Inc|Ltd|GmbH|Corp|AG|SE|SpA|AB)"
)
_BEFORE = re.compile(rf"(?<![\w.’'-])(?P<name>{WORD}(?: {WORD}){{0,3}})(?P<legal>{_FORMS})?$")
_SEAT = re.compile(rf"(?P<seat>[{UPPER}][\w.’'-]*(?: [{UPPER}][\w’'-]*)*(?:, (?:the )?[{UPPER}][\w.’'-]*(?: [{UPPER}][\w’'-]*)*)?)")
_KIND = "company|firm|startup|developer|provider|maker|builder|manufacturer|operator|specialist|supplier"
_DATELINE = re.compile(
    rf"(?P<seat>[{UPPER}][\w.’' -]{{1,30}}?)(?:,[^—–\n]{{1,40}}?| \([^()\n]{{2,30}}\))? ?(?:—|–|--) (?:Today, )?"
    rf"(?P<name>{WORD}(?: {WORD}){{0,3}})"
    rf"(?P<says>(?:,? [A-Z][A-Za-z]+\.)?, an? (?:\w+[ -]){{1,5}}?(?:{_KIND})\b"
    r"|,?(?: [A-Z]\w+\.?,)?(?: [^.\n]{1,90},)? (?:today|announced|has announced)\b)?"
)
_EAST = re.compile(r"[^，。；、“和与同]{0,12}(?:公司|企业|[制运供][造营应]商|开发商)“(?P<name>[^”“]{2,12})”")
_CORRESPONDENTS = frozenset({"WASHINGTON"})
"""Datelines that tell where the reporter sits."""


def seated(text: str, home: Callable[[int, int], str]) -> Iterator[Found]:
    """Yield names of companies that "of" or "from" seats in a town, and the one that a dateline stands before.

    `home`: the country that the words of a span name, by itself or by a city.
    """
    for word in (" of ", " from "):
        at = text.find(word)
        while at >= 0:
            end = at + len(word)
            seat = _SEAT.match(text, end) if text[end : end + 1].isupper() else None
            name = _BEFORE.search(text[max(0, at - 60) : at]) if seat is not None else None
            if seat is not None and name is not None and (name["legal"] or COMPANY.fullmatch(name["name"])):
                start = max(0, at - 60) + name.start("name")
                if country := home(*seat.span("seat")):
                    yield (start, start + len(name["name"])), country
            at = text.find(word, end)
    yield from _after_dateline(text, home)


def _after_dateline(text: str, home: Callable[[int, int], str]) -> Iterator[Found]:
    start = text.find("\n") + 1
    line = _DATELINE.match(text, start)
    if line is None or line["seat"] in _CORRESPONDENTS:
        return
    if (line["says"] or COMPANY.fullmatch(line["name"])) and (country := home(*line.span("seat"))):
        yield line.span("name"), country


def eastern(text: str, states: Sequence[Mention]) -> Iterator[Found]:
    """Yield the names of companies in quotes after their country: "法国初创公司“布拉塞罗”"."""
    for state in states:
        name = _EAST.match(text, state.end) if text[state.end : state.end + 1] > "\u4dff" else None
        if name is not None:
            yield name.span("name"), state.entry.country[0]
