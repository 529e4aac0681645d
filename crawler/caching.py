"""What the headers of a list's answer say: how long it is fresh, and where it can be subscribed to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime

_MAX_AGE = re.compile(r"(?:^|[,\s])max-age\s*=\s*\"?(\d{1,9})", re.IGNORECASE)
_NEVER = re.compile(r"no-store|no-cache", re.IGNORECASE)
_LINK = re.compile(r"<([^<>]*)>([^<]*)")
_REL = re.compile(r";\s*rel\s*=\s*(?:\"([^\"]*)\"|([^\s;,\"]+))", re.IGNORECASE)


def fresh_for(cache_control: str, expires: str, now: datetime, age: str = "") -> timedelta | None:
    """Return how long an answer stays fresh (RFC 9111, 4.2); None where it does not say, or not at all."""
    if _NEVER.search(cache_control):
        return None
    if found := _MAX_AGE.search(cache_control):
        lifetime = timedelta(seconds=int(found[1]))
    else:
        try:
            lifetime = parsedate_to_datetime(expires) - now
        except (ValueError, TypeError):
            return None
    lifetime -= timedelta(seconds=int(age) if age.isascii() and age.isdecimal() and len(age) < 10 else 0)
    return lifetime if lifetime > timedelta() else None


def links(header: str) -> Iterator[tuple[str, str]]:
    """Yield relation (lower case) and target of every link in a Link header (RFC 8288)."""
    for target, parameters in _LINK.findall(header[:8000]):
        for quoted, plain in _REL.findall(parameters)[:1]:
            yield from ((relation, target) for relation in (quoted or plain).lower().split())
