"""Headers that say when to come back, and where to subscribe."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from crawler.caching import fresh_for, links

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("cache_control", "expires", "age", "seconds"),
    [
        ("max-age=600", "", "", 600),
        ("public, Max-Age = 600, stale-while-revalidate=30", "", "", 600),
        ("s-maxage=900, max-age=600", "", "60", 540),
        ("s-maxage=900", "", "", None),
        ("max-age=600", "", "600", None),
        ("max-age=0", "Mon, 23 Nov 2026 13:00:00 GMT", "", None),
        ("no-cache, max-age=600", "", "", None),
        ("private, no-store", "Mon, 23 Nov 2026 13:00:00 GMT", "", None),
        ("", "Mon, 23 Nov 2026 13:00:00 GMT", "", 3600),
        ("", "Mon, 23 Nov 2026 11:00:00 GMT", "", None),
        ("", "0", "", None),
        ("max-age=soon", "", "old", None),
        ("", "", "", None),
    ],
)
def test_how_long_an_answer_is_fresh(cache_control: str, expires: str, age: str, seconds: int | None) -> None:
    assert fresh_for(cache_control, expires, NOW, age) == (None if seconds is None else timedelta(seconds=seconds))


def test_links_of_a_header() -> None:
    header = '<https://hub.example/>; rel="hub", </feed>; title="a, b"; rel=Self, <https://x.example/>; rel="next last"'
    assert list(links(header)) == [
        ("hub", "https://hub.example/"),
        ("self", "/feed"),
        ("next", "https://x.example/"),
        ("last", "https://x.example/"),
    ]
