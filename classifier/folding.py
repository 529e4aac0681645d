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


_ADDRESS = re.compile(r"""https?://[^\s)\]>"]+""")
_HOST = re.compile(r"""www\.(?<=\bwww\.)[^\s)\]>"]+""")
_LINK = re.compile(r"\]\([^)\s]{0,400}\)")
_MAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,64}\.\w{2,10}")
_CREDIT = re.compile(r"(?i:\b(?:credits?\s?:|courtesy(?::| of\b)|copyright\s|photo by\b)|©)[^\n.]{0,160}")
_AGENCY_CREDIT = re.compile(r"\((?:NASA|ESA|JAXA|AFP|AP|Reuters)(?:/[^()\n]{1,80})+\)")
_NOISE = (
    (("://",), _ADDRESS),
    (("www.",), _HOST),
    (("](",), _LINK),
    (("@",), _MAIL),
    (("redit", "REDIT", "ourtesy", "opyright", "hoto by", "©"), _CREDIT),
    (("(NASA/", "(ESA/", "(JAXA/", "(AFP/", "(AP/", "(Reuters/"), _AGENCY_CREDIT),
)


def mask(text: str) -> str:
    """Return text of the same length in which addresses and picture credits are blank."""
    for signs, pattern in _NOISE:
        if any(sign in text for sign in signs):  # a plain search is far cheaper than the pattern
            text = pattern.sub(lambda m: " " * len(m[0]), text)
    return text
