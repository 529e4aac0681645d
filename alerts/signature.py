"""What an article is about in words that no gazetteer need hold: proper names, and numbers with their units. Pure.

Two outlets share few words on one event, and in two languages hardly any but these.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from functools import lru_cache
from typing import NamedTuple

from babel import Locale, UnknownLocaleError

MOST_NAMES = 12
MOST_DETAILS = 18

_WORD = re.compile(r"[^\W_]+(?:[-'’.][^\W_]+)*")
_NUMBER = re.compile(r"(?<![^\W一-鿿])(?<![.,-])(\d+(?:[.,]\d+)*)(?:[ -]?([^\W\d_]+))?")
_YEAR = re.compile(r"(?:19|20)\d\d")
_EASTERN = re.compile(r"[《「『“]([^》」』”\s]{2,12})[》」』”]|([゠-ヿ]{3,})|(?<![A-Za-z])([A-Z][A-Za-z]+(?:-?\d+)?|[A-Z]+-?\d+)")
_EASTERN_YEAR = re.compile(r"[〇零一二三四五六七八九]{4}(?=年)")
_EASTERN_DIGITS = str.maketrans("〇零一二三四五六七八九", "00123456789")
_DATELINE = re.compile(r"^[^\W\d_a-zà-ÿа-я][^\na-zà-ÿа-я]{1,40}? [-–—] ", re.MULTILINE)
_UPPER = "A-ZÀ-ÖØ-ÞА-ЯЁ"
_EXPANDED = re.compile(
    rf"(?:[{_UPPER}][\w’'-]*\s+(?:(?:of|and|for|the|de|del|du|des|la|los|di|do|da|e|et|y|für|und|и|по)\s+)*){{2,9}}\((?=[^\W_][\w-]*\))"
)
_GERMAN_NAME = re.compile(rf"(?:\b(?:aus|bei|in|nach|und|von)|[\w,] [{_UPPER}][\w’'-]*) $")
"""What stands before a name in German, where nouns have capitals too: a preposition without an article, or another name."""
_ELISION = re.compile(r"^(?:qu|[ldnmtsjc]|dell|nell|all|sull|un)['’]")
_ENDING = re.compile(r"'s$|(?<=[а-яё]{4})(?:ого|ому|ами|ями|ах|ях|ой|ом|ем|ым|их|ых|ов|ев|[аяуюеиыоьй])$")
_PLAIN = frozenset({
    "dr", "i'd", "i'm", "i've", "it's", "jr", "mr", "mrs", "ms", "prime", "u.k", "u.n", "u.s", "vice",
    "earth", "luna", "lunar", "lune", "mars", "moon", "sol", "solar", "soleil", "sun", "terre", "tierra", "земл", "лун", "солнц",
})  # fmt: skip
_COMMON = (
    "academ", "accord", "admin", "aero", "agen", "agree", "ambass", "arrang", "associ", "astron", "author", "cabinet", "center", "centr",
    "chair", "chief", "commi", "congr", "conseil", "consej", "contrac", "contrat", "cosmon", "counc", "deleg", "depart", "deput", "direc",
    "engineer", "europ", "execut", "found", "gener", "gobier", "gouver", "govern", "institut", "internat", "joint", "labor", "memb",
    "memorand", "minist", "mission", "nacion", "nation", "nazion", "offic", "orbit", "organi", "presid", "program", "project", "republi",
    "satel", "scien", "secret", "senat", "space", "spati", "spazi", "state", "treat", "union", "united", "univer",
    "агент", "директор", "космич", "минист", "правит", "президент", "спутник", "центр",
)  # fmt: skip
"""How words begin that tell no event from another: offices, papers, orbits."""
_DEMONYMS = ("ameri", "briti", "danish", "dutch", "emirat", "filipin", "finn", "french", "indo-", "polish", "spani", "swis", "turk", "us-")
"""Beginnings that the name of the country does not give away; the languages that capitalise such words are few."""


class Signature(NamedTuple):
    """`names` stand in the title or at least twice: what an article is about; `details` stand once. Folded, each list bounded."""

    names: tuple[str, ...] = ()
    details: tuple[str, ...] = ()


def signature(title: str, text: str, *, language: str | None, known: Iterable[str] = (), countries: Iterable[str] = ()) -> Signature:
    """Return what distinguishes an article.

    `known` are phrases whose words do not count (parties, agencies, the outlet); `countries` are ISO 3166
    codes whose names, and words made of them, do not count. Chinese and Japanese give what they quote or
    write in katakana or in Latin letters.
    """
    whole = f"{title}\n{text}"
    found = Counter(_eastern(whole)) if language in ("zh", "ja") else _western(title, text, language)
    places = (stem for code in sorted(set(countries)) for stem in _stems(code, language))
    stems = (*_COMMON, *_DEMONYMS, *places)
    common = {fold_word(w) for phrase in known for w in (*_words(phrase), *phrase.split("-"))} | _PLAIN | _calendar(language)
    counted = [(w, n) for w, n in found.most_common() if w not in common and not w.startswith(stems)]
    names = [w for w, n in counted if n > 1]
    details = [w for w, n in counted if n == 1] + list(_numbers(whole, common))
    return Signature(tuple(names[:MOST_NAMES]), tuple(dict.fromkeys(details))[:MOST_DETAILS])


def is_year(name: str) -> bool:
    """Say whether a detail is a mere year: many projects share one."""
    return _YEAR.fullmatch(name) is not None


def _words(text: str) -> Iterator[str]:
    return (_ELISION.sub("", m[0]) for m in _WORD.finditer(text))


@lru_cache(maxsize=16384)
def fold_word(word: str) -> str:
    """Return a word without case, accents, genitive and Russian ending: `Malargüe's` and `MALARGUE` are one."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", word.casefold().replace("’", "'")) if not unicodedata.combining(c))
    return _ENDING.sub("", bare)


def _western(title: str, text: str, language: str | None) -> Counter[str]:
    """Return the proper names with how often they stand; one in title and text counts twice in the title."""
    unmarked = frozenset(w for w in _words(f"{title}\n{text}") if w.islower())
    found = Counter(_capitalised(_EXPANDED.sub("(", _DATELINE.sub("", text)), unmarked, language))
    headed = {fold_word(w) for w in _words(title)} & found.keys()
    sentence = sum(w[0].isupper() for w in title.split()) <= 0.6 * len(title.split())
    alone = set(_capitalised(title, unmarked, language)) - headed if sentence else set[str]()
    return found + Counter(dict.fromkeys(headed, 2)) + Counter(alone)


def _capitalised(text: str, unmarked: frozenset[str], language: str | None) -> list[str]:
    """Return the words with a capital, folded, except those that have it only because a sentence begins."""
    certain, found = set[str](), list[str]()
    for m in _WORD.finditer(text):
        word = _ELISION.sub("", m[0])
        plain = word[1:].islower()
        if len(word) < 2 or not word[0].isupper() or word.lower() in unmarked:
            continue
        if plain and language == "de" and not _GERMAN_NAME.search(text[max(0, m.start() - 40) : m.start()]):
            continue
        before = text[max(0, m.start() - 4) : m.start()].rstrip(" \"'“”«»„‘’(")
        if not plain or (before and before[-1] not in ".!?…:;\n-–—•"):
            certain.add(fold_word(word))
        found.append(fold_word(word))
    return [w for w in found if w in certain]


def _eastern(text: str) -> Iterator[str]:
    return (next(filter(None, m.groups())).casefold() for m in _EASTERN.finditer(text))


def _numbers(text: str, common: AbstractSet[str]) -> Iterator[str]:
    """Yield years as they are, other numbers with the first letter of their unit, which is no month: `35 metros` is `35m`."""
    text = _EASTERN_YEAR.sub(lambda m: m[0].translate(_EASTERN_DIGITS), text)
    for m in _NUMBER.finditer(text):
        number, unit = m[1], fold_word(m[2] or "")
        if _YEAR.fullmatch(number):
            yield number
        elif len(unit) > 1 and unit not in common and number.strip("0"):
            yield f"{number}{unit[0]}"


@lru_cache(maxsize=256)
def _locales(language: str | None) -> tuple[Locale, ...]:
    try:
        return Locale("en"), Locale(language or "en")
    except (UnknownLocaleError, ValueError):
        return (Locale("en"),)


@lru_cache(maxsize=256)
def _calendar(language: str | None) -> frozenset[str]:
    """Return the names of months and days in a language and in English (Unicode CLDR)."""
    tables = (t["format"][width] for one in _locales(language) for t in (one.months, one.days) for width in ("wide", "abbreviated"))
    return frozenset(fold_word(name.rstrip(".")) for table in tables for name in table.values())


@lru_cache(maxsize=1024)
def _stems(code: str, language: str | None) -> tuple[str, ...]:
    """Return how words begin that are made of a country's name in a language and in English (Unicode CLDR): `ital` for IT."""
    names = (one.territories.get(code, "") for one in _locales(language))
    return tuple({fold_word(word)[:4] for name in names for word in _words(name) if len(word) > 3})
