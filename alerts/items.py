"""One news item as it is compared with others: rare words, names, and what it says was done. Pure."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from alerts.acts import Deed, default_acts
from alerts.signature import fold_word
from spacepact.cooperation import Mentioned

MOST_TERMS = 70
"""How many terms of a text count: news puts what matters first."""

_WORD = re.compile(r"[^\W_]+(?:[-'’.][^\W_]+)*")
_INNER = re.compile(r"[-'’.]")
_EASTERN = re.compile(r"[぀-ヿ一-鿿]")
_FOOT = re.compile(r"\n?The post .{0,300}? appeared first on [^\n]*", re.DOTALL)
_DATELINE = re.compile(r"^\s*[A-Z][\w .,()]{2,60}\([A-Z]{2,9}\) \w{3} \d\d, \d{4}\s*")
_SUFFIX = re.compile(r"(?:ings?|ers?|ed|es|s|ly)$")
_ROMAN = {"ii": "2", "iii": "3", "iv": "4", "vi": "6", "vii": "7", "viii": "8"}
_NTH = re.compile(r"\d+(?:st|nd|rd|th)")
_ORDINAL = {"second": "2", "third": "3", "fourth": "4", "fifth": "5", "sixth": "6", "seventh": "7", "eighth": "8"}
_STOP = frozenset({
    "the", "a", "an", "of", "to", "in", "on", "for", "and", "at", "by", "with", "from", "as", "is", "are", "was", "were", "be", "been",
    "has", "have", "had", "it", "its", "this", "that", "these", "those", "will", "would", "can", "could", "may", "not", "no", "but",
    "or", "than", "then", "their", "they", "them", "he", "she", "his", "her", "we", "our", "you", "your", "i", "us", "who", "which",
    "what", "when", "where", "how", "why", "all", "more", "most", "new", "first", "after", "before", "about", "into", "over", "up",
    "out", "off", "just", "also", "only", "other", "some", "such", "one", "two", "le", "la", "les", "de", "des", "du", "un", "une",
    "et", "en", "sur", "pour", "par", "au", "aux", "dans", "der", "die", "das", "und", "von", "mit", "für", "im", "den", "ein", "eine",
    "el", "los", "las", "del", "y", "con", "il", "lo", "gli", "di", "da", "e", "per", "o", "os", "na", "do", "dos", "em", "com", "que",
    "и", "в", "на", "с", "по", "для", "о", "из", "к",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Item:
    """One item; `terms` weighs words and numbered names, `days` is its time in days since 1970."""

    id: str
    source: str
    days: float
    title: str
    terms: dict[str, float]
    heads: frozenset[str]
    names: dict[str, str]
    titled: frozenset[str]
    deed: Deed
    genre: bool
    numbers: dict[str, frozenset[str]]


def make_item(ident: str, title: str, text: str, *, published: datetime, source: str, mentioned: Iterable[Mentioned]) -> Item:
    """Return an item; `mentioned` are the entities that the gazetteer knows in it."""
    body = _DATELINE.sub("", _FOOT.sub("", text).strip())
    head, rest = list(terms(title)), list(terms(body[:4000]))[:MOST_TERMS]
    counts = Counter(rest)
    for term in head:
        counts[term] += 2
    known = list(mentioned)
    return Item(
        id=ident,
        source=source,
        days=published.timestamp() / 86400,
        title=" ".join(title.casefold().split()),
        terms={term: 1 + math.log(n) for term, n in counts.items()},
        heads=frozenset(head),
        names={m.id: m.kind for m in known},
        titled=frozenset(m.id for m in known if m.titled),
        deed=default_acts().read(title, body),
        genre=default_acts().is_genre(title),
        numbers=_numbers(counts),
    )


def terms(text: str) -> Iterable[str]:
    """Yield the stems of a text that carry meaning, `artemis 2` for a numbered name, and pairs of Eastern characters."""
    before = ""
    for match in _WORD.finditer(text):
        for word in _INNER.split(_fold(match[0])):
            if not word:
                continue
            if _EASTERN.search(word):
                yield from (word[i : i + 2] for i in range(max(1, len(word) - 1)))
            elif word not in _STOP:
                yield _stem(word)
                if word.isdigit() and before.isalpha() and before not in _STOP:
                    yield f"{_stem(before)} {word}"
                elif before in _ORDINAL or _NTH.fullmatch(before):
                    yield f"{_stem(word)} {_ORDINAL.get(before) or before[:-2]}"
            before = word


@lru_cache(maxsize=65536)
def _fold(word: str) -> str:
    return _INNER.sub("-", "-".join(_ROMAN.get(part, part) for part in fold_word(word).split("-")))


@lru_cache(maxsize=65536)
def _stem(word: str) -> str:
    if word.isdigit() or len(word) < 5:
        return word
    return (_SUFFIX.sub("", word) if len(word) > 5 else word.removesuffix("s"))[:6]


def _numbers(counts: Iterable[str]) -> dict[str, frozenset[str]]:
    """Return the numbers that follow each word: what is numbered differently is another thing."""
    found: dict[str, set[str]] = {}
    for term in counts:
        word, blank, number = term.partition(" ")
        if blank:
            found.setdefault(word, set()).add(number)
    return {word: frozenset(numbers) for word, numbers in found.items()}
