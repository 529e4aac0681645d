"""Text folded character by character, so that every offset stays what it was."""

from __future__ import annotations

import re
import unicodedata

from classifier.codepoints import Table

_APOSTROPHES = "'’‘`´ʼʹ＇"
_HYPHENS = "-‐‑‒–—−_－ \t\xa0\u2009\u202f\u3000"
_ASCII = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ-_\t`", "abcdefghijklmnopqrstuvwxyz   '")


def _fold_one(char: str) -> int:
    if "\ud800" <= char <= "\udfff":
        return 0xFFFD
    lower = char.lower()
    if lower in _APOSTROPHES:
        return ord("'")
    if lower in _HYPHENS:
        return ord(" ")
    if "\u0400" <= lower[0] <= "\u052f":  # Cyrillic й and ё are letters of their own but for the dots of ё
        return ord("е" if lower == "ё" else lower[0])
    base = unicodedata.normalize("NFKD", lower)
    alone = len(base) == 1 or unicodedata.combining(base[1])
    return ord((_BASE.get(lower) or (base if alone else lower)[0]).lower().translate(_ASCII))


_BASE = {"ø": "o", "ł": "l", "đ": "d", "ı": "i", "ð": "d"}
_FOLDED = Table(_fold_one, "<u4")


def fold(text: str) -> str:
    """Return text of the same length without case, accents, and kinds of hyphen and apostrophe.

    Hyphens and blanks are one thing (Artemis-II = Artemis II); lone surrogates become U+FFFD.
    """
    if text.isascii():
        return text.translate(_ASCII)
    return _FOLDED.of(text).tobytes().decode("utf-32-le")


_NOISE = (  # each begins with a fixed character or one of a few, which makes the search cheap
    re.compile(r"""https?://[^\s)\]>"]+"""),
    re.compile(r"""www\.(?<=\bwww\.)[^\s)\]>"]+"""),
    re.compile(r"\]\([^)\s]{0,400}\)"),
    re.compile(r"[CcPp©](?:(?i:(?<=\bc)(?:redits?\s?:|ourtesy(?::| of\b)|opyright\s)|(?<=\bp)hoto by\b)|(?<=©))[^\n.]{0,160}"),
    re.compile(r"\((?:NASA|ESA|JAXA|AFP|AP|Reuters)(?:/[^()\n]{1,80})+\)"),
    re.compile(r"The post (?<=\bThe post )[^\n]{1,300}? appeared first on [^\n]{1,80}"),
)
_WIRE = r"\((?:SPX|AFP|AP|UPI|XNA|PTI|Reuters|Xinhua|Sputnik)\)"
_OF_WIRE = re.compile(_WIRE)
_DATELINE = re.compile(
    rf"^[A-Z][^\n()]{{2,60}} {_WIRE}(?: [A-Z][a-z]{{2,8}}\.? \d{{1,2}}, \d{{4}}| ?[-–—]{{1,2}}(?= ))",
    re.MULTILINE,
)
_MAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,64}\.\w{2,10}")


_PLAIN = {"\xa0": " ", "\u202f": " ", "\u2009": " ", "‐": "-", "‑": "-"}
"""Blanks and hyphens that only forbid a line to break: names and patterns know the plain ones."""


def mask(text: str) -> str:
    """Return text of the same length in which blanks and hyphens are plain, and what nobody reports is blank.

    That is addresses, picture credits, the datelines of wires and the lines that feeds put at the end of a teaser.
    """
    if not text.isascii():
        for char, plain in _PLAIN.items():
            text = text.replace(char, plain)
    for pattern in _NOISE:
        text = pattern.sub(_blank, text)
    if "@" in text:
        text = "\n".join([_MAIL.sub(_blank, line) if "@" in line else line for line in text.split("\n")])
    return _DATELINE.sub(_blank, text) if _OF_WIRE.search(text) else text


def _blank(found: re.Match[str]) -> str:
    return " " * len(found[0])
