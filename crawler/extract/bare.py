"""All words of a page, quickly: for a sieve, not for readers."""

from __future__ import annotations

import re

from crawler.extract.charset import decode

_TAG = re.compile(r"<[^<>]*>")
_UNSEEN = ("script", "style")
_MOST = 2_000_000
"""Characters of a page that are looked at."""


def bare_words(body: bytes, content_type: str | None) -> str:
    """Return the words of an HTML page without its tags, navigation and all; linear in its length, whatever it is."""
    markup = decode(body, content_type)[:_MOST]
    for tag in _UNSEEN:
        markup = " ".join(part.partition(f"<{tag}")[0] for part in markup.split(f"</{tag}"))
    return " ".join(_TAG.sub(" ", markup).split())
