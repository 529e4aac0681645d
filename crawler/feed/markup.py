"""Markup in a feed's fields, to text."""

from __future__ import annotations

import re
from html import unescape

from spacepact.text import clean_line

_TAG = re.compile(r"<!--.*?(?:-->|$)|<(?:script|style)\b.*?(?:</(?:script|style)\s*>|$)|</?[a-zA-Z!?][^<>]*>", re.DOTALL | re.IGNORECASE)
LONGEST = 20_000
"""Characters of a field that are read: more is a whole article, and the page itself says it better."""


def text_of(value: str, *, html: bool) -> str:
    """Return a field as one clean line; `html` says that it holds escaped markup."""
    value = value[:LONGEST]
    return clean_line(unescape(_TAG.sub(" ", value)) if html else value)
