"""The written forms of an entry: what to look for, and under which rules it counts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from classifier.folding import fold
from classifier.gazetteer import Entry

_SLAVIC_CYRILLIC = frozenset({"ru", "uk", "be", "bg", "sr", "mk", "kk", "ky", "tg", "mn"})
_SLAVIC_LATIN = frozenset({"pl", "cs", "sk", "hr", "sl", "bs"})
_SUFFIXING = frozenset({"tr", "az", "uz", "tk", "fi", "et", "hu", "lv", "lt"})
_ACRONYM = re.compile(r"[A-Z0-9]{2,5}|(?:[A-Z]\.){2,4}")
_TITLECASED = re.compile(r"[A-Z]{4,}")
_VOWELS = {"cyrillic": "аеиоуыэюяйьіїє", "latin": "aeiouy"}


class Surface(NamedTuple):
    """One written form of one entry.

    `key` is searched for: in the text as it stands when `exact`, else in the folded text. `rest` must
    match where the key was found (inflected forms). `capital`: the text must begin with a capital.
    """

    key: str
    entry: Entry
    alias: str
    exact: bool = False
    capital: bool = False
    weak: bool = False
    described: bool = False
    rest: re.Pattern[str] | None = None


def surfaces(entry: Entry) -> Iterator[Surface]:
    """Yield every written form of an entry."""
    weak = frozenset(entry.weak)
    for acronym in entry.acronyms:
        yield from _acronym(entry, acronym, weak=acronym in weak)
    if entry.pattern is None:
        yield from _name(entry, entry.name, "", weak=entry.name in weak)
    for language, names in entry.names.items():
        for name in names:
            yield from _name(entry, name, language, weak=name in weak)
    for demonym in entry.demonyms:
        yield from _name(entry, demonym, "", weak=demonym in weak)
    for phrase in entry.description:
        for surface in _name(entry, phrase, "", weak=False):
            yield surface._replace(described=True)


def _acronym(entry: Entry, acronym: str, *, weak: bool) -> Iterator[Surface]:
    yield Surface(acronym, entry, acronym, exact=True, weak=weak)
    if _TITLECASED.fullmatch(acronym) and not weak and entry.kind in ("agency", "body"):
        yield Surface(acronym.capitalize(), entry, acronym, exact=True)


def _name(entry: Entry, name: str, language: str, *, weak: bool) -> Iterator[Surface]:
    if name in entry.acronyms:
        return
    if _ACRONYM.fullmatch(name):
        yield from _acronym(entry, name, weak=weak)
        return
    folded = fold(name).strip()
    capital = name[:1].isupper() and (weak or " " not in name)
    inflected = _inflected(folded, language)
    if inflected is None:
        yield Surface(folded, entry, name, capital=capital, weak=weak)
    else:
        yield Surface(inflected[0], entry, name, capital=capital, weak=weak, rest=inflected[1])


def _inflected(folded: str, language: str) -> tuple[str, re.Pattern[str]] | None:
    """Return (key, pattern) for a name that changes its endings, else None; only stems of four letters bend."""
    words = folded.split(" ")
    if language in _SLAVIC_CYRILLIC:
        parts = [_stem(w, "cyrillic", 3) for w in words]
    elif language in _SLAVIC_LATIN:
        parts = [_stem(w, "latin", 4) for w in words]
    elif language in _SUFFIXING:
        parts = [(w, "") for w in words[:-1]] + [(words[-1], r"\w{0,6}" if len(words[-1]) > 3 else "")]
    elif language == "de" and len(words) > 1:
        parts = [(w, "[nrsm]?" if w.endswith("e") else "(?:s|es)?" if i == len(words) - 1 else "") for i, w in enumerate(words)]
    else:
        return None
    return parts[0][0], re.compile(" ".join(re.escape(stem) + ending for stem, ending in parts) + r"(?!\w)")


def _stem(word: str, script: str, most: int) -> tuple[str, str]:
    vowels = _VOWELS[script]
    stem = word
    while len(stem) > 4 and len(word) - len(stem) < 2 and stem[-1] in vowels:
        stem = stem[:-1]
    if len(stem) < 4:
        return word, ""
    return stem, rf"\w{{0,{most if len(stem) > 4 else 2}}}"
