"""What an article is about in words that no gazetteer need hold: proper names, and numbers with their units. Pure.

Two outlets share few words on one event, and in two languages hardly any but these.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

from babel import Locale

MOST_NAMES = 12
MOST_DETAILS = 18

_WORD = re.compile(r"[^\W_]+(?:[-'’.][^\W_]+)*")
_NUMBER = re.compile(r"(?<![\w.,-])(\d+(?:[.,]\d+)*)(?:[ -]?([^\W\d_]+))?")
_YEAR = re.compile(r"(?:19|20)\d\d")
_EASTERN = re.compile(r"[《「『“]([^》」』”\s]{2,12})[》」』”]|([゠-ヿ]{3,})|(?<![A-Za-z])([A-Z][A-Za-z]+(?:-?\d+)?|[A-Z]+-?\d+)")
_EASTERN_YEAR = re.compile(r"[〇零一二三四五六七八九]{4}(?=年)")
_EASTERN_DIGITS = str.maketrans("〇零一二三四五六七八九", "00123456789")
_DATELINE = re.compile(r"^[^\W\d_a-zà-ÿа-я][^\na-zà-ÿа-я]{1,40}? [-–—] ", re.MULTILINE)
_UPPER = "A-ZÀ-ÖØ-ÞА-ЯЁ"
_EXPANDED = re.compile(
    rf"(?:[{_UPPER}][\w’'-]*\s+(?:(?:of|and|for|the|de|del|du|des|la|los|di|do|da|e|et|y|für|und|и|по)\s+)*){{2,9}}\((?=[^\W_][\w-]*\))"
)
_ELISION = re.compile(r"^(?:qu|[ldnmtsjc]|dell|nell|all|sull|un)['’]")
_ENDING = re.compile(r"['’]s$|(?<=[а-яё]{4})(?:ого|ому|ами|ями|ах|ях|ой|ом|ем|ым|их|ых|ов|ев|[аяуюеиыоьй])$")
_COMMON = tuple(
    """
    agen admin academ aero ambass associ author cabinet center centr chair chief commi congr consej conseil counc deleg depart deput direc
    engineer europ execut found gobier gouver govern institut internat joint labor memb minist mission nacion nation nazion offic organi
    presid program project republi scien secret senat space spati spazi state univer union united
    accord agree arrang astron cosmon contrat contrac memorand treat
    earth lune luna lunar mars moon orbit satel sol solar sun terre tierra
    агент космич правит минист центр президент директор луна земл марс солнц спутник
    """.split()
)
"""How words begin that tell no event from another: offices, papers, heavenly bodies."""
_DEMONYMS = ("ameri", "briti", "danish", "dutch", "emirat", "filipin", "finn", "french", "indo", "pol", "spani", "swis", "turk", "uk", "us")
"""Beginnings that the name of the country does not give away; the languages that capitalise such words are few."""


class Signature(NamedTuple):
    """`names` stand in the title or at least twice: what an article is about; `details` stand once. Folded, each list bounded."""

    names: tuple[str, ...] = ()
    details: tuple[str, ...] = ()


def signature(title: str, text: str, *, language: str | None, known: Iterable[str] = (), countries: Iterable[str] = ()) -> Signature:
    """Return what distinguishes an article.

    `known` are phrases whose words do not count (parties, agencies, the outlet); `countries` are ISO 3166
    codes whose names, and words made of them, do not count. Scripts without capitals give what is quoted
    or written in katakana or in Latin letters.
    """
    if language in ("zh", "ja"):
        found, marked = Counter(_eastern(f"{title}\n{text}")), Counter(_eastern(title))
    else:
        unmarked = frozenset(w for w in _words(f"{title}\n{text}") if w.islower())
        body = _EXPANDED.sub("(", _DATELINE.sub("", text))
        found = Counter(_western(body, unmarked, language))
        marked = Counter(w for w in map(_fold, _words(title)) if w in found)
        if _sentence_case(title):
            marked |= Counter(_western(f". {title}", unmarked, language))
    common = _calendar(language) | {_fold(w) for phrase in known for w in _words(phrase)}
    stems = (*_COMMON, *_DEMONYMS, *_countries(tuple(sorted(countries)), language))
    counted = [(w, n) for w, n in (found + marked + marked).most_common() if w not in common and not w.startswith(stems)]
    names = [w for w, n in counted if n > 1 and not w[0].isdigit()]
    once = [w for w, n in counted if n == 1 or w[0].isdigit()]
    details = [*once, *(n for n in _numbers(f"{title}\n{text}") if n not in once)]
    return Signature(tuple(names[:MOST_NAMES]), tuple(dict.fromkeys(details))[:MOST_DETAILS])


def is_year(name: str) -> bool:
    """Say whether a detail is a mere year: many projects share one."""
    return _YEAR.fullmatch(name) is not None


def _words(text: str) -> Iterator[str]:
    return (_ELISION.sub("", m[0]) for m in _WORD.finditer(text))


def _fold(word: str) -> str:
    """Return a word without case, accents, genitive and Russian ending: `Malargüe's` and `Malargue` are one."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", word.casefold().replace("й", "и")) if not unicodedata.combining(c))
    return _ENDING.sub("", plain)


def _western(text: str, unmarked: frozenset[str], language: str | None) -> Iterator[str]:
    """Yield the proper names of a text, folded; a capital at the start of a sentence proves nothing by itself."""
    inside, first = Counter[str](), Counter[str]()
    for m in _WORD.finditer(text):
        word = _ELISION.sub("", m[0])
        if len(word) < 2 or not word[0].isupper() or word.lower() in unmarked:
            continue
        plain = word[1:].islower() or not word[1:].isalnum()
        if language == "de" and plain:  # every noun has a capital
            continue
        before = text[max(0, m.start() - 4) : m.start()].rstrip(" \"'“”«»„‘’(")
        starts = plain and (not before or before[-1] in ".!?…:;\n-–—•")
        (first if starts else inside)[_fold(word)] += 1
    return (first & Counter({w: first[w] for w in inside}) | Counter()).elements() if not inside else (inside + _only(first, inside)).elements()
