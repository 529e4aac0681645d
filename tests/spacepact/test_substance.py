"""E9: which changes of a page are none, and how a real one is shown. All texts are invented."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spacepact.article import Article
from spacepact.comparing import compare, words
from spacepact.substance import fingerprint

TEXT = "Norvania and Estmark signed an accord.\nNorvania builds the antenna."
NOISE = (
    "1,234 views", "Views: 12.3K", "1 234 Aufrufe", "12 shares | 3 comments", "3 commentaires",
    "Просмотров: 14", "阅读 1024", "浏览次数：88", "5 min read", "Updated 5 minutes ago", "2 hours ago",
    "vor 3 Stunden", "il y a 5 minutes", "hace 2 horas", "5分前", "3小时前",
    "Last updated: May 12, 2026, 10:00", "Stand: 12.05.2026, 10:14",
    "We use cookies to improve your experience.", "Accept all cookies", "   ", "\u00a0",
)  # fmt: skip
FACTS = (
    "Twelve countries signed on 12 May.", "The lander weighs 1,234 kilograms.", "Updated agreements bind both sides.",
    "Norvania shares data with Estmark.", "The probe was launched five years ago.", "Cookies were baked for the crew of the station.",
    "100 views of the Moon were taken by the orbiter.", "Stand by: the launch is on Monday.", "Comments: both agencies welcome the accord.",
)  # fmt: skip


@pytest.mark.parametrize("line", NOISE)
def test_e9_what_only_counts_or_tells_the_time_is_no_substance(line: str) -> None:
    assert fingerprint("Accord", f"{TEXT}\n{line}") == fingerprint("Accord", TEXT)


@pytest.mark.parametrize("line", FACTS)
def test_e9_what_looks_like_noise_and_is_a_fact_counts(line: str) -> None:
    assert fingerprint("Accord", f"{TEXT}\n{line}") != fingerprint("Accord", TEXT)


def test_e9_tracking_parameters_white_space_and_case_do_not_count() -> None:
    one = fingerprint("Accord", "See https://a.example/x?utm_source=feed#top for the  accord.")
    assert one == fingerprint("ACCORD", "see https://a.example/x?utm_source=mail for\nthe accord")


@pytest.mark.parametrize("line", ["1" * 300_000, "1 " * 100_000, "views 1 " * 30_000, "cookies we " * 30_000, "vor 1 " * 50_000])
def test_long_lines_cost_little(line: str) -> None:
    begun = time.process_time()
    fingerprint(line, line)
    assert time.process_time() - begun < 3


def article(title: str, text: str, revision: int = 1) -> Article:
    at = datetime(2026, 11, 23, tzinfo=UTC)
    return Article(url="https://a.example/x", source="a", title=title, text=text, fetched=at, published=at, revision=revision)


def test_a_difference_is_shown_word_by_word_in_its_place() -> None:
    old = article(
        "Accord signed", "The first paragraph stays.\nNorvania pays 3 million for the antenna.\nThis one goes away for good.\nEnd."
    )
    new = article(
        "Accord signed", "The first paragraph stays.\nNorvania pays 30 million for the antenna.\nEnd.\nA correction was added below."
    )
    assert [[(p.kind, p.text) for p in passage.pieces] for passage in compare(old, new)] == [
        [("same", "The first paragraph stays.")],
        [("same", "Norvania pays "), ("old", "3"), ("new", "30"), ("same", " million for the antenna.")],
        [("old", "This one goes away for good.")],
        [("same", "End.")],
        [("new", "A correction was added below.")],
    ]


def test_title_date_and_authors_are_compared_too() -> None:
    old, new = article("Accord signed", "x"), article("Accord delayed", "x")
    parts = [p.part for p in compare(old, new.model_copy(update={"published": None, "authors": ("Ada Brandt",)}))]
    assert parts == ["title", "authors", "published", "text"]
    assert compare(old, old) == compare(old, old)[-1:], "what is the same is one passage of text"


LINES = st.lists(st.text(st.sampled_from("ab c."), max_size=12), min_size=1, max_size=8).map("\n".join)


@settings(max_examples=150, deadline=None)
@given(LINES, LINES)
def test_both_revisions_can_be_read_out_of_their_difference(before: str, after: str) -> None:
    passages = [p for p in compare(article("T", before), article("T", after)) if p.part == "text"]
    for text, own in ((before, ("same", "old")), (after, ("same", "new"))):
        lines = ["".join(piece.text for piece in p.pieces if piece.kind in own) for p in passages if any(x.kind in own for x in p.pieces)]
        assert "\n".join(line for line in lines if line).split() == text.split()


def test_a_language_without_spaces_is_compared_by_its_characters() -> None:
    kinds = [(p.kind, p.text) for p in words("双方于周一签署协议", "双方于周二签署协议")]
    assert kinds == [("same", "双方于周"), ("old", "一"), ("new", "二"), ("same", "签署协议")]


def test_huge_paragraphs_are_shown_whole() -> None:
    begun = time.process_time()
    assert [p.kind for p in words("a b " * 50_000, "b a " * 50_000)] == ["old", "new"]
    assert time.process_time() - begun < 2
