"""Text folded character by character, so that every offset stays what it was."""

from __future__ import annotations

import re
import sys
import unicodedata

import numpy as np

_APOSTROPHES = "'’‘`´ʼʹ＇"
_HYPHENS = "-‐‑‒–—−_－ \t\xa0\u2009\u202f\u3000"
_ASCII = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ-_\t`", "abcdefghijklmnopqrstuvwxyz   '")


def _fold_one(code: int) -> str:
    if 0xD800 <= code < 0xE000:
        return "\ufffd"
    char = chr(code).lower()
    if char in _APOSTROPHES:
        return "'"
    if char in _HYPHENS:
        return " "
    if "\u0400" <= char[0] <= "\u052f":  # Cyrillic й and ё are letters of their own but for the dots of ё
        return "е" if char == "ё" else char[0]
    base = unicodedata.normalize("NFKD", char)
    alone = len(base) == 1 or unicodedata.combining(base[1])
    return (_BASE.get(char) or (base if alone else char)[0]).lower().translate(_ASCII)


_BASE = {"ø": "o", "ł": "l", "đ": "d", "ı": "i", "ð": "d"}
_FOLDED = np.zeros(sys.maxunicode + 1, "<u4")
"""Code point -> folded code point, filled as characters are met; 0 until then."""


def fold(text: str) -> str:
    """Return text of the same length without case, accents, and kinds of hyphen and apostrophe.

    Hyphens and blanks are one thing (Artemis-II = Artemis II); lone surrogates become U+FFFD.
    """
    if text.isascii():
        return text.translate(_ASCII)
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4")
    folded = _FOLDED.take(codes)
    if not folded.all():
        for code in set(codes[folded == 0].tolist()):
            _FOLDED[code] = ord(_fold_one(code))
        folded = _FOLDED.take(codes)
    return folded.tobytes().decode("utf-32-le")


_NOISE = (  # each begins with a fixed character or one of a few, which makes the search cheap
    re.compile(r"""https?://[^\s)\]>"]+"""),
    re.compile(r"""www\.(?<=\bwww\.)[^\s)\]>"]+"""),
    re.compile(r"\]\([^)\s]{0,400}\)"),
    re.compile(r"[CcPp©](?:(?i:(?<=\bc)(?:redits?\s?:|ourtesy(?::| of\b)|opyright\s)|(?<=\bp)hoto by\b)|(?<=©))[^\n.]{0,160}"),
    re.compile(r"\((?:NASA|ESA|JAXA|AFP|AP|Reuters)(?:/[^()\n]{1,80})+\)"),
)
_MAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,64}\.\w{2,10}")


def mask(text: str) -> str:
    """Return text of the same length in which addresses and picture credits are blank."""
    for pattern in _NOISE:
        text = pattern.sub(_blank, text)
    if "@" in text:
        text = "\n".join([_MAIL.sub(_blank, line) if "@" in line else line for line in text.split("\n")])
    return text


def _blank(found: re.Match[str]) -> str:
    return " " * len(found[0])
