"""Bytes to text: header, byte order mark, meta, then detection; a lie is noticed."""

from __future__ import annotations

import re

from charset_normalizer import from_bytes
from w3lib.encoding import html_to_unicode

_HIGH = re.compile(rb"[\x80-\xff]+")
_FEW = 8
"""Runs of high bytes: too few to tell encodings apart."""


def decode(body: bytes, content_type: str | None) -> str:
    """Return the text of a page; never raises, undecodable bytes become U+FFFD.

    A page that is sound UTF-8 is UTF-8, whatever it says.
    """
    if not body.startswith((b"\xff\xfe", b"\xfe\xff")) and b"\x1b$" not in body and b"\x00" not in body[:64]:
        try:
            return body.decode("utf-8-sig")
        except UnicodeDecodeError:
            pass
    text = str(html_to_unicode(content_type, body, default_encoding="cp1252", auto_detect_fun=_detect)[1])
    if text.count("�") > sum(c != "�" and not c.isascii() for c in text):
        other = body.decode(_detect(body), "replace")
        return other if other.count("�") < text.count("�") else text
    return text


def _detect(body: bytes) -> str:
    """Return the likeliest encoding; lone high bytes among ASCII letters are Western."""
    runs = _HIGH.findall(body[:200_000])
    if len(runs) < _FEW or sum(map(len, runs)) < 1.5 * len(runs):
        return "cp1252"
    best = from_bytes(body[:100_000]).best()
    return best.encoding if best else "cp1252"
