"""Words that people ask for: literals and phrases in one pass, regular expressions on RE2 in another.

Case and accents are folded on both sides. A literal matches whole words, its blanks any run of blanks,
hyphens and apostrophes, and never across the end of a sentence. Beside scripts without blanks between
words (Chinese, Japanese, Thai) no border is asked for, nor after Korean, where particles follow a word at
once. `re:` starts a regular expression in RE2 syntax (https://github.com/google/re2/wiki/Syntax), which
runs in linear time whatever it says.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping
from functools import cached_property

import ahocorasick_rs
import re2

MOST_CHARACTERS = 300
_MARKS = re.compile("[\u0300-\u036f]")
_ENDS = ".!?;:\n\u3002\uff01\uff1f\uff1b"
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")

_KOREAN = re.compile("[\uac00-\ud7a3]")


def fold(text: str) -> str:
    """Return text without case and without accents; letters of every script stay letters."""
    if text.isascii():
        return text.lower()
    return unicodedata.normalize("NFKC", _MARKS.sub("", unicodedata.normalize("NFKD", text))).casefold()


class _Table(dict[int, str]):
    """What becomes of a character, filled as characters are met: a letter is folded, what ends a sentence is a full stop, else a blank."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        folded = self[code] = "." if char in _ENDS else fold(char) if char.isalnum() or unicodedata.category(char)[0] == "M" else " "
        return folded


_TABLE = _Table()
_ASCII = str.maketrans({code: _TABLE[code] for code in range(128)})
_NOT_ASCII = re.compile("[^\0-\x7f]+")


def words(text: str) -> str:
    """Return folded text as words between single blanks, with a full stop where a sentence may end."""
    if not text.isascii():
        text = _NOT_ASCII.sub(lambda found: found[0].translate(_TABLE), text)  # most texts are plain now, and translated at once
    text = text.translate(_ASCII if text.isascii() else _TABLE)
    return f" {' '.join(text.replace('.', ' . ').split())} "


def keyword(value: str) -> str:
    """Return a keyword as it is if it can be looked for; ValueError says what is wrong with it."""
    if len(value) > MOST_CHARACTERS:
        raise ValueError(f"a keyword of {len(value)} characters is too long; at most {MOST_CHARACTERS}")
    if not value.startswith("re:"):
        if not words(value).replace(".", " ").strip():
            raise ValueError(f"keyword {value!r} holds no letter or digit")
        return value
    try:
        pattern = _compile(value)
    except re2.error as error:
        raise ValueError(f"keyword {value!r}: {_said(error)}; RE2 syntax: no look-around, no back-references") from None
    if pattern.search("") is not None:
        raise ValueError(f"keyword {value!r} matches everything; ask for at least one character")
    return value


class Keywords:
    """Many keywords, looked for at once."""

    def __init__(self, wanted: Collection[str]) -> None:
        self._patterns = sorted({k for k in wanted if k.startswith("re:")})
        needles: dict[str, list[str]] = {}
        for literal in sorted({k for k in wanted if not k.startswith("re:")}):
            needles.setdefault(_needle(literal), []).append(literal)
        self._literals = list(needles.values())
        self._automaton = ahocorasick_rs.AhoCorasick(list(needles)) if needles else None

    def found(self, text: str) -> frozenset[str]:
        """Return the keywords that a text holds."""
        if not text:
            return frozenset()
        hits: set[str] = set()
        if self._automaton:
            indexes = {i for i, _, _ in self._automaton.find_matches_as_indexes(words(text), overlapping=True)}
            hits.update(literal for i in indexes for literal in self._literals[i])
        if self._patterns:
            hits.update(self._expressions(fold(text)))
        return frozenset(hits)

    @cached_property
    def _set(self) -> re2.Set:
        together = re2.Set.SearchSet(_options())
        for pattern in ("", *map(_expression, self._patterns)):
            together.Add(pattern)
        together.Compile()
        return together

    def _expressions(self, folded: str) -> list[str]:
        found = set(self._set.Match(folded))
        if 0 not in found:  # the empty pattern holds everywhere: without it, RE2 ran out of memory and says nothing
            return [k for k in self._patterns if _compile(k).search(folded)]
        return [self._patterns[i - 1] for i in found if i]


def spans(wanted: Collection[str], text: str) -> Mapping[str, str]:
    """Return each keyword that a text holds with the sentence or line that holds it, for a person to read."""
    found: dict[str, str] = {}
    for sentence in re.split(r"(?<=[.!?\u3002])\s+|\n", text):
        for name in Keywords([k for k in wanted if k not in found]).found(sentence):
            found[name] = sentence.strip()
    return found


def _needle(literal: str) -> str:
    inner = words(literal.strip().strip('"')).strip(" .")
    before = "" if _UNSPACED.match(inner[0]) else " "
    after = "" if _UNSPACED.match(inner[-1]) or _KOREAN.match(inner[-1]) else " "
    return f"{before}{inner}{after}"


def _expression(value: str) -> str:
    """Fold what is not ASCII: in a pattern that can only be a literal, so syntax stays as it is."""
    return re.sub("[^\0-\x7f]+", lambda m: fold(m[0]), value.removeprefix("re:"))


def _compile(value: str) -> re2._Regexp:
    return re2.compile(_expression(value), _options())


def _options() -> re2.Options:
    options = re2.Options()
    options.max_mem, options.log_errors, options.case_sensitive = 64 << 20, False, False
    return options


def _said(error: Exception) -> str:
    what = error.args[0] if error.args else error
    return what.decode("utf-8", "replace") if isinstance(what, bytes) else str(what)
