"""Text folded character by character, so that every offset stays what it was."""

from __future__ import annotations

import re
import unicodedata

_APOSTROPHES = "'’‘`´ʼʹ＇"
_HYPHENS = "-‐‑‒–—−_－ \t\xa0\u2009\u202f\u3000"
_ASCII = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ-_\t`", "abcdefghijklmnopqrstuvwxyz   '")


_SIGNS = (("-", " "), ("_", " "), ("\t", " "), ("`", "'"))
_NOT_ASCII = re.compile("[^\0-\x7f]+")


class _Table(dict[int, int]):
    """Code point -> folded code point, filled as characters are met."""

    def __missing__(self, code: int) -> int:
        folded = self[code] = _fold_one(code)
        return folded


def _fold_one(code: int) -> int:
    char = chr(code)
    if char in _APOSTROPHES:
        return ord("'")
    if char in _HYPHENS:
        return ord(" ")
    if 0xD800 <= code < 0xE000:
        return 0xFFFD
    lower = char.lower()
    if "\u0400" <= lower[0] <= "\u052f":  # Cyrillic й and ё are letters of their own but for the dots of ё
        return ord("е") if lower == "ё" else ord(lower[0])
    base = unicodedata.normalize("NFKD", lower)
    return ord(_BASE.get(lower, base[0] if len(base) == 1 or unicodedata.combining(base[1]) else lower[0]))


_BASE = {"ø": "o", "ł": "l", "đ": "d", "ı": "i", "ð": "d"}
_TABLE = _Table()
_ASCII_BYTES = bytes(range(128))
_FEW = 30


def fold(text: str) -> str:
    """Return text of the same length without case, accents, and kinds of hyphen and apostrophe.

    Hyphens and blanks are one thing (Artemis-II = Artemis II); lone surrogates become U+FFFD.
    """
    if not text.isascii():
        folded = {char: chr(_TABLE[ord(char)]) for char in _strange(text)}
        changed = {char: plain for char, plain in folded.items() if char != plain}
        if len(changed) > _FEW:
            text = _NOT_ASCII.sub(lambda m: m[0].translate(_TABLE), text)
        else:  # mostly quotes and dashes: a replacement each is far cheaper
            for char, plain in changed.items():
                text = text.replace(char, plain)
    if text.isascii():
        return text.translate(_ASCII)
    for sign, plain in _SIGNS:
        text = text.replace(sign, plain)
    return text.lower()


def _strange(text: str) -> set[str]:
    """Return the characters that are not ASCII; to delete bytes is far cheaper than to look at every character."""
    return set(text.encode("utf-8", "surrogatepass").translate(None, _ASCII_BYTES).decode("utf-8", "surrogatepass"))


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
