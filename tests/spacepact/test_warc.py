"""Archives are read from any record, past broken ones, and never make the reader fall."""

from __future__ import annotations

import gzip
import os
import random
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spacepact.round import Page
from spacepact.warc import Broken, Record, records, response, target
from tests.spacepact.archives import FETCHED, info, record, space_page

URLS = [f"https://orbit.example/{n}" for n in range(5)]
MEMBERS = [record(url, space_page(n)) for n, url in enumerate(URLS)]
INFO = info()
WHOLE = INFO + b"".join(MEMBERS)


def page_of(one: Record) -> Page | None:
    """The page of a record, None where there is none or it is named as broken."""
    try:
        found = response(one, 1_000_000)
    except ValueError:
        return None
    return found.page if found else None


def read(data: bytes, offset: int = 0) -> tuple[list[str], list[Broken]]:
    stream = BytesIO(data)
    stream.seek(offset)
    found = list(records(stream, offset))
    good = [target(r) or "" for r in found if isinstance(r, Record)]
    return [url for url in good if url], [b for b in found if isinstance(b, Broken)]


def test_every_record_begins_where_the_one_before_ends() -> None:
    found = [r for r in records(BytesIO(WHOLE), 0) if isinstance(r, Record)]
    assert [r.start for r in found[1:]] == [r.end for r in found[:-1]]
    assert found[-1].end == len(WHOLE)
    for n, one in enumerate(found[1:]):
        assert read(WHOLE, one.start) == (URLS[n:], [])
        page = response(one, 1_000_000)
        assert page
        assert (page.page.url, page.page.body, page.fetched) == (URLS[n], space_page(n), FETCHED)


@pytest.mark.parametrize("at", range(5))
def test_a_broken_record_costs_itself_alone_and_one_line(at: int) -> None:
    broken = bytearray(MEMBERS[at])
    broken[len(broken) // 2 : len(broken) // 2 + 40] = os.urandom(40)
    urls, wrong = read(INFO + b"".join([*MEMBERS[:at], bytes(broken), *MEMBERS[at + 1 :]]))
    assert urls == [*URLS[:at], *URLS[at + 1 :]]
    assert [w.start for w in wrong] == [len(INFO) + sum(map(len, MEMBERS[:at]))]
    assert "compression is broken" in wrong[0].why


def test_a_file_that_was_not_copied_whole_says_so() -> None:
    urls, wrong = read(WHOLE[:-50])
    assert urls == URLS[:-1]
    assert [(w.cut, w.start) for w in wrong] == [(True, len(WHOLE) - len(MEMBERS[-1]))]


def test_what_is_no_warc_is_one_line() -> None:
    assert [w.why for w in read(gzip.compress(b"hello"))[1]] == ["it is no WARC record"]
    (wrong,) = read(b"<html>" * 10_000)[1]
    assert "compression is broken" in wrong.why
    assert read(b"") == ([], [])


def test_one_member_for_the_whole_file_is_named() -> None:
    (wrong,) = read(gzip.compress(gzip.decompress(WHOLE) + bytes(33_000_000)))[1]
    assert "warcio recompress" in wrong.why


@pytest.mark.parametrize(
    "raw",
    [b"WARC/1.0\r\n\r\n", b"WARC/1.0\r\nWARC-Type: response\r\n\r\n", b"WARC/1.0\r\nWARC-Type: response\r\nContent-Length: x\r\n\r\nHTTP"],
)
def test_a_record_without_a_page_is_none_or_named(raw: bytes) -> None:
    (found,) = [r for r in records(BytesIO(gzip.compress(raw)), 0) if isinstance(r, Record)]
    target(found)
    assert page_of(found) is None


@settings(max_examples=60, deadline=None)
@given(st.integers(0, len(WHOLE) - 1), st.binary(min_size=1, max_size=30), st.integers(0, len(WHOLE)))
def test_no_damage_makes_it_fall_or_loop(at: int, junk: bytes, cut: int) -> None:
    damaged = (WHOLE[:at] + junk + WHOLE[at + len(junk) :])[:cut]
    found = list(records(BytesIO(damaged), 0))
    for one in found:
        if isinstance(one, Record):
            page_of(one)
    assert len([one for one in found if isinstance(one, Broken)]) <= 3


def test_small_reads_make_no_difference() -> None:
    class Drops(BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            return super().read(random.randint(1, 700))

    assert list(records(Drops(WHOLE), 0)) == list(records(BytesIO(WHOLE), 0))
