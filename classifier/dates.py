"""The day of an act, as its sentence says it."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

_MONTH_NAMES = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december",
)  # fmt: skip
_MONTHS = {name: i for i, full in enumerate(_MONTH_NAMES, 1) for name in (full, full[:3])} | {"sept": 9}
_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
_FORMS = (
    re.compile(rf"\b(?P<m>{_MONTH})\.? (?P<d>\d{{1,2}})(?:st|nd|rd|th)?(?:,? (?P<y>(?:19|20)\d\d))?\b"),
    re.compile(rf"\b(?P<d>\d{{1,2}})(?:st|nd|rd|th)?\.? (?P<m>{_MONTH})\.?(?:,? (?P<y>(?:19|20)\d\d))?\b"),
    re.compile(r"(?:(?P<y>(?:19|20)\d\d)年)?(?P<m>\d{1,2})月(?P<d>\d{1,2})日"),
)
_DAY_ONLY = re.compile(r"(?<![\d月])(\d{1,2})日")
_WEEKDAYS = {d: i for i, d in enumerate(("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"))}
_WEEKDAY = re.compile(rf"\b({'|'.join(_WEEKDAYS)})\b")


def act_date(folded: str, published: datetime | None) -> str | None:
    """Return the first day named in a folded sentence as YYYY-MM-DD; what it leaves out comes from `published`."""
    for form in _FORMS:
        for match in form.finditer(folded):
            month = match["m"]
            day = _day(match["y"], int(month) if month.isdigit() else _MONTHS[month], int(match["d"]), published)
            if day is not None:
                return day.isoformat()
    if published is None:
        return None
    weekday = _WEEKDAY.search(folded)
    if weekday:
        back = (published.weekday() - _WEEKDAYS[weekday[1]]) % 7
        return (published.date() - timedelta(days=back)).isoformat()
    only = _DAY_ONLY.search(folded)
    found = _day(None, published.month, int(only[1]), published) if only else None
    return found.isoformat() if found else None


def _day(year: str | None, month: int, day: int, published: datetime | None) -> date | None:
    if year is None and published is None:
        return None
    try:
        return date(int(year) if year else published.year if published else 1, month, day)
    except ValueError:
        return None
