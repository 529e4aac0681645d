"""The base of every noun: a frozen, typed value without behaviour that touches the world."""

from __future__ import annotations

import hashlib

from pydantic import BaseModel, ConfigDict


class Noun(BaseModel):
    """An immutable value; unknown fields are errors."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def stable_id(*parts: str) -> str:
    """Return 20 hexadecimal digits that are the same for the same parts on every machine."""
    return hashlib.sha256("\x1f".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:20]
