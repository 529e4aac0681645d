"""Signed words in links: each for one purpose, some for a while only. Nothing about them is kept."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, Literal

from itsdangerous import BadData, URLSafeSerializer

from spacepact.errors import SpacepactError

Purpose = Literal["form", "confirm", "manage", "unsubscribe"]
AGES: Mapping[Purpose, timedelta | None] = {
    "form": timedelta(days=1),
    "confirm": timedelta(days=7),
    "manage": timedelta(days=60),
    "unsubscribe": None,  # mails are kept for years, and whoever wants no more must always be heard
}


class BadTokenError(SpacepactError):
    """A link that was not made by us, was made for something else, or is too old; the text is for people."""


class Tokens:
    """Makes and reads the words; whoever has the key can do both, so it is never shown."""

    def __init__(self, key: str) -> None:
        self._signer = lru_cache(64)(lambda purpose, bound: URLSafeSerializer(key, salt=f"spacepact {purpose} {bound}"))

    def make(self, purpose: Purpose, content: Mapping[str, Any], now: datetime, *, bound: str = "") -> str:
        """Return a word for a URL; it is good for this purpose, and together with `bound`, only."""
        return str(self._signer(purpose, bound).dumps({**content, "t": int(now.timestamp())}))

    def read(self, purpose: Purpose, token: str, now: datetime, *, bound: str = "") -> tuple[dict[str, Any], datetime]:
        """Return the content and when it was signed; raises BadTokenError."""
        try:
            content = self._signer(purpose, bound).loads(token)
            made = datetime.fromtimestamp(content.pop("t"), UTC)
        except (BadData, KeyError, TypeError, AttributeError, ValueError, OverflowError):
            raise BadTokenError("This link is not one of ours, or part of it is missing.") from None
        age = AGES[purpose]
        if age is not None and now - made > age:
            raise BadTokenError("This link is too old.")
        return content, made


def new_key() -> str:
    """Return a fresh secret of 256 bits."""
    return secrets.token_urlsafe(32)
