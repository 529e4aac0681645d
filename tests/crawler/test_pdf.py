"""Press releases as PDF, and files that only claim to be some."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone

import pytest

from crawler.extract import extract, to_article
from crawler.extract.pdf import UnreadableError, pdf_date, read_paper
from spacepact.article import Article, Link
from spacepact.round import Rejected
from tests.crawler.loopback import Crawls, Reply, Website
from tests.crawler.pages import rss, source
from tests.crawler.pdfs import Set, assemble, bomb, pdf

URL = "https://orbit.example/press/relay.pdf"
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
HEADER: Set = (9, 800, "Norvania Space Office")
FIRST: list[Set] = [
    HEADER,
    (9, 780, "Press release 17/2026"),
    (24, 740, "Norvania and Estmark build"),
    (24, 710, "a lunar relay"),
    (11, 670, "Lindholm, 2 November 2026"),
    (11, 640, "The agencies of Norvania and Estmark agreed to build a lunar re-"),
    (11, 626, "lay together. Their directors signed the plan on Monday."),
    (11, 600, "Norvania provides the antenna, while Estmark provides the"),
    (11, 586, "platform and the launch."),
    (9, 40, "1"),
]
SECOND: list[Set] = [HEADER, (11, 760, "The relay flies in 2031."), (9, 40, "2")]
ABOUT = "/Title(Microsoft Word - relay_final.docx)/Author(Ada Holm)/CreationDate(D:20261101093000+01'00')/ModDate(D:20261103)"


def test_a_press_release_has_title_text_date_and_authors() -> None:
    found = extract(pdf(FIRST, SECOND, about=ABOUT, root="/Lang(en-GB)"), URL, content_type="application/pdf")
    assert found.title == "Norvania and Estmark build a lunar relay"
    assert found.text.split("\n") == [
        "Press release 17/2026",
        "Lindholm, 2 November 2026",
        "The agencies of Norvania and Estmark agreed to build a lunar relay together. Their directors signed the plan on Monday.",
        "Norvania provides the antenna, while Estmark provides the platform and the launch.",
        "The relay flies in 2031.",
    ]
    assert found.published == datetime(2026, 11, 2, tzinfo=UTC)
    assert found.modified == datetime(2026, 11, 3, tzinfo=UTC)
    assert (found.authors, found.language, found.method, found.refusal) == (("Ada Holm",), "en", "pdf", None)


def test_a_file_that_is_a_pdf_is_one_whatever_the_header_says() -> None:
    assert extract(pdf(FIRST), URL, content_type="application/octet-stream").method == "pdf"
    assert extract(pdf(FIRST), URL).method == "pdf"


def test_the_files_own_title_counts_where_the_page_shows_it() -> None:
    shown = "/Title(Lindholm, 2 November 2026)"
    assert extract(pdf(FIRST, about=shown), URL).title == "Lindholm, 2 November 2026"
    assert extract(pdf(FIRST, about="/Title(Something else altogether)"), URL).title == "Norvania and Estmark build a lunar relay"


def test_without_a_date_on_the_page_the_files_own_day_counts() -> None:
    assert extract(pdf(SECOND, about=ABOUT), URL).published == datetime(2026, 11, 1, 9, 30, tzinfo=timezone(timedelta(hours=1)))


def test_a_press_release_becomes_an_article() -> None:
    extracted = extract(pdf(FIRST, SECOND), URL)
    article = to_article(extracted, source("listing", "https://orbit.example/press"), "orbit", Link(url=URL), NOW)
    assert isinstance(article, Article)
    assert article.url == URL


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"%PDF-1.7\n", "the PDF"),
        (b"%PDF-1.7\n" + bytes(range(256)) * 200, "the PDF"),
        (pdf(FIRST)[:400], "the PDF"),
        (pdf([]), "the PDF has no text"),
        (assemble([b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Count 1/Kids[2 0 R]>>", b"<<>>", b"<<>>"]), "the PDF"),
        (assemble([b"<</Type/Catalog/Pages 2 0 R>>", b"[" * 20_000, b"<<>>", b"<<>>"]), "the PDF"),
        (lambda: bomb(400_000_000), "the PDF"),
    ],
    ids=["nothing", "noise", "cut off", "no text", "page tree in a ring", "deeply nested", "bomb"],
)
def test_a_hostile_file_is_refused_in_bounded_time(body: bytes | Callable[[], bytes], words: str) -> None:
    content = body() if callable(body) else body
    start = time.monotonic()
    refusal = extract(content, URL, content_type="application/pdf").refusal
    assert isinstance(refusal, Rejected)
    assert refusal.reason.startswith(words)
    assert time.monotonic() - start < 120


def test_a_file_that_takes_long_is_cut_off() -> None:
    with pytest.raises(UnreadableError, match=r"more time or memory|took longer than"):
        read_paper(bomb(40_000_000), seconds=1)


@pytest.mark.parametrize(
    ("value", "when"),
    [
        ("D:20261102", datetime(2026, 11, 2, tzinfo=UTC)),
        ("D:20261102083000Z", datetime(2026, 11, 2, 8, 30, tzinfo=UTC)),
        ("D:20261102083000-05'30'", datetime(2026, 11, 2, 14, 0, tzinfo=UTC)),
        ("20261102083000+0100", datetime(2026, 11, 2, 7, 30, tzinfo=UTC)),
        ("D:2026", None),
        ("D:99999999999999", None),
        ("yesterday", None),
        (None, None),
    ],
)
def test_dates_of_pdf(value: str | None, when: datetime | None) -> None:
    assert pdf_date(value) == when


def test_a_press_release_is_fetched_and_kept_like_a_page(website: Website, crawls: Crawls) -> None:
    website.pages["/feed"] = Reply(rss(("Relay", f"{website.url}/relay.pdf")), headers={"Content-Type": "application/rss+xml"})
    website.pages["/relay.pdf"] = Reply(pdf(FIRST, SECOND), headers={"Content-Type": "application/pdf"})
    result = crawls.round(source("feed", f"{website.url}/feed"), timeout=30, round_limit=60)
    assert (result.state, result.outcomes) == ("ok", {"new": 1})
    assert [a.method for a in crawls.shelf.articles] == ["pdf"]


def test_a_file_beyond_the_body_limit_is_not_read(website: Website, crawls: Crawls) -> None:
    website.pages["/feed"] = Reply(rss(("Relay", f"{website.url}/relay.pdf")), headers={"Content-Type": "application/rss+xml"})
    website.pages["/relay.pdf"] = Reply(pdf(FIRST, SECOND) + b" " * 50_000, headers={"Content-Type": "application/pdf"})
    result = crawls.round(source("feed", f"{website.url}/feed"), max_bytes=20_000)
    assert result.outcomes == {"rejected": 1}
