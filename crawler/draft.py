"""The file of a source that was found: written for a person to look over."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median
from typing import Any
from urllib.parse import urlsplit

import yaml

_STEPS = (("30m", timedelta(hours=4)), ("1h", timedelta(hours=12)), ("2h", timedelta(days=2)), ("4h", timedelta.max))
"""How often to look, by the usual time between two posts (below the second)."""
_SILENCES = (3, 5, 7, 14, 21, 30, 60, 90)
_EUROPE = (".eu", ".int")


def draft(about: Mapping[str, Any], notes: Sequence[str], posted: Sequence[datetime] = ()) -> str:
    """Return a source's YAML.

    `about` are the fields that are known, `notes` become comments at its head. Its rhythm is that of the
    posts (newest first); `verified` stays false until a person has looked.
    """
    every, silence = rhythm(posted)
    known = {"every": every, "verified": False, "health": {"silent_after": silence}, "terms": "not yet looked at"}
    body = yaml.safe_dump({**about, **{k: v for k, v in known.items() if k not in about}}, allow_unicode=True, sort_keys=False, width=140)
    comments = "".join(f"# {' '.join(note.split())}\n" for note in notes)
    return comments + body.replace("verified: false\n", "verified: false  # nobody has looked at it yet\n")


def rhythm(posted: Sequence[datetime]) -> tuple[str, str]:
    """Return how often to look (`every`), and after how long a silence is ill, for posts newest first."""
    gaps = [(newer - older).total_seconds() for newer, older in pairwise(posted)]
    if len(gaps) < 3:
        return "2h", "30d"
    usual = timedelta(seconds=median(gaps))
    longest = max(gaps) * 2 / 86_400
    return next(every for every, below in _STEPS if usual < below), f"{next((d for d in _SILENCES if d >= longest), _SILENCES[-1])}d"


def country_of(url: str) -> str | None:
    """Return the country that an address's top-level domain names; None for those that name none."""
    host = (urlsplit(url).hostname or "").lower()
    if host.endswith(_EUROPE):
        return "EU"
    top = host.rpartition(".")[2]
    if top in ("gov", "mil", "edu"):
        return "US"
    if not re.fullmatch("[a-z]{2}", top) or top in ("io", "co", "tv", "me", "ai", "fm", "ly", "cc", "to"):
        return None
    return {"uk": "GB"}.get(top, top.upper())


def id_of(name: str, url: str) -> str:
    """Return an id for a source: its name, or its host where the name has no Latin letters."""
    for said in (name, (urlsplit(url).hostname or "").removeprefix("www.")):
        plain = unicodedata.normalize("NFKD", said).encode("ascii", "ignore").decode().lower()
        if words := re.sub(r"[^a-z0-9]+", "-", plain).strip("-"):
            return words[:60].strip("-")
    return "source"
