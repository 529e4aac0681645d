"""Dates as pages and feeds write them, to aware datetimes."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from dateutil import parser

EARLIEST_YEAR = 1990
"""The web's first: a date before it is a mistake."""
LATEST_YEAR = 2200
SLACK = timedelta(hours=26)
"""How far a date may lie ahead: the time zones of the earth, and a little."""

_FRACTION = re.compile(r"(\.\d{1,6})\d*")
_DIGITAL = re.compile(r"\d{4}-?\d{2}-?\d{2}")
_WORDY = re.compile(r"\d")
_HOURS = {
    "EST": -5,
    "EDT": -4,
    "CST": -6,
    "CDT": -5,
    "MST": -7,
    "MDT": -6,
    "PST": -8,
    "PDT": -7,
    "CET": 1,
    "CEST": 2,
    "BST": 1,
    "MSK": 3,
    "JST": 9,
}
_ZONES = {name: hours * 3600 for name, hours in _HOURS.items()}
_DEFAULT = datetime(1, 1, 1, tzinfo=UTC)


def parse_date(value: str | None) -> datetime | None:
    """Return an aware datetime (UTC where no zone is named); None where it is none or absurd.

    Reads ISO 8601, RFC 5322, and dates in English words.
    """
    text = (value or "").strip()
    if not 6 <= len(text) <= 60 or not _WORDY.search(text):
        return None
    for read in (_iso, parsedate_to_datetime, _words):
        try:
            return _sane(read(text))
        except (ValueError, TypeError, OverflowError, IndexError):
            continue
    return None


def _iso(text: str) -> datetime:
    if not _DIGITAL.match(text):
        raise ValueError(text)
    return datetime.fromisoformat(_FRACTION.sub(r"\1", text).replace(" UTC", "+00:00").replace(" GMT", "+00:00"))


def _words(text: str) -> datetime:
    found = parser.parse(text, default=_DEFAULT, tzinfos=_ZONES)
    if found.year == 1:
        raise ValueError(text)
    return found


def _sane(found: datetime) -> datetime | None:
    if not EARLIEST_YEAR <= found.year <= LATEST_YEAR or abs(found.utcoffset() or timedelta()) > timedelta(hours=14):
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def not_ahead(found: datetime | None, now: datetime) -> datetime | None:
    """Return the date; None where it lies in the future."""
    return found if found and found <= now + SLACK else None
