"""Text is cleaned once, on entry; every later stage may trust it."""

from __future__ import annotations

import re
import unicodedata

_LINE_BREAKS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_UNWANTED = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f"  # C0 (but tab and newline) and C1
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # bidirectional controls
    "\u00ad\u200b\u2060"  # where a word may or may not break: nobody sees them, and no name would be found around them
    "\ud800-\udfff\ufeff\ufff9-\ufffb\ufffe\uffff]"  # lone surrogates, byte order mark, non-characters
)
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_BLANKS = re.compile("[ \t\xa0\u1680\u2000-\u200a\u202f\u205f\u3000]+")
_SPACED_BREAKS = re.compile(" ?\n[ \n]*")


def clean_text(text: str) -> str:
    """Return text in NFC without control characters; one newline between paragraphs."""
    text = _UNWANTED.sub("", _LINE_BREAKS.sub("\n", text))
    text = _BLANKS.sub(" ", unicodedata.normalize("NFC", text))
    return _SPACED_BREAKS.sub("\n", text).strip()


def storable(text: str) -> str:
    """Return text without NUL and lone surrogates, which no database takes; the very same text where it has none."""
    return text if text.isascii() and "\0" not in text else _UNSTORABLE.sub("", text)


def clean_line(text: str) -> str:
    """Return text as one clean line: what a title, a name or a mail header may hold."""
    return " ".join(clean_text(text).split())
