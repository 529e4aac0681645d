"""Bytes to text: header, byte order mark, meta, then detection; a lie is noticed."""

from __future__ import annotations

from charset_normalizer import from_bytes
from w3lib.encoding import html_to_unicode


def decode(body: bytes, content_type: str | None) -> str:
    """Return the text of a page; never raises, undecodable bytes become U+FFFD.

    A page that is sound UTF-8 is UTF-8, whatever it says (WHATWG: byte order mark first).
    """
    if not body.startswith((b"\xff\xfe", b"\xfe\xff")) and not (b"\x1b$" in body[:65536] or b"\x00" in body[:64]):
        try:
            return body.decode("utf-8-sig")
        except UnicodeDecodeError:
            pass
    text = str(html_to_unicode(content_type, body, default_encoding="cp1252", auto_detect_fun=_detect)[1])
    if text.count("�") > 5 and (detected := _detect(body)):
        other = body.decode(detected, "replace")
        return other if other.count("�") * 4 < text.count("�") else text
    return text


def _detect(body: bytes) -> str | None:
    best = from_bytes(body[:100_000]).best()
    return best.encoding if best else None
