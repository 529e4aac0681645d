"""The page an article was read from is kept as it came, and found again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine
from warcio.archiveiterator import ArchiveIterator

from spacepact.article import Article, Link
from spacepact.cooperation import Classification, Tagged
from spacepact.round import Page, Rejected
from spacepact.story import Decision
from storage import Archive, MissingEvidenceError, Store

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
LINK = Link(url="https://a.example/x", version="1")


def page(text: str = "Grüße") -> Page:
    headers = (("Content-Type", "text/html; charset=utf-8"), ("X-Odd", "a, b"))
    return Page("https://a.example/x?full", 200, headers, f"<p>{text}</p>".encode(), "Listed title", NOW - timedelta(hours=1))


def tagged(text: str) -> Tagged:
    article = Article(url="https://a.example/x", source="a", title="T", text=text, fetched=NOW)
    return Tagged(article=article, classification=Classification(cooperation=False, score=0.1, scope="none"))


def add(store: Store, text: str, *, now: datetime = NOW) -> str:
    return store.add("a", LINK, tagged(text), lambda *_: Decision(), now, page=page(text))


@pytest.fixture
def store(database: Engine, tmp_path: Path) -> Store:
    return Store(database, Archive(tmp_path / "evidence"))


def test_each_revision_finds_its_page_as_it_came(store: Store) -> None:
    assert [add(store, "one"), add(store, "One!"), add(store, "two")] == ["new", "known", "revised"]
    kept = store.evidence.of_article("https://a.example/x")
    assert [(k.revision, k.link, k.source) for k in kept] == [(2, LINK, "a"), (1, LINK, "a")]
    assert [store.evidence.page(k) for k in kept] == [page("two"), page("one")], "what is known is not kept twice"


def test_a_page_that_gave_no_article_is_kept_too(store: Store) -> None:
    store.reject("a", LINK, Rejected(reason="too short"), NOW, page("short"))
    store.reject("a", Link(url="https://a.example/y"), Rejected(reason="404"), NOW)
    (kept,) = store.evidence.latest(NOW)
    assert (kept.article_url, kept.revision) == (None, None)
    assert store.evidence.page(kept).body == b"<p>short</p>"


def test_the_newest_page_of_each_link_since_a_moment(store: Store) -> None:
    add(store, "one")
    add(store, "two", now=NOW + timedelta(days=1))
    assert [k.revision for k in store.evidence.latest(NOW)] == [2]
    assert list(store.evidence.latest(NOW + timedelta(days=2))) == []
    assert list(store.evidence.latest(NOW, ["b"])) == []


def test_files_are_warc_and_a_day_or_a_size_begins_another(tmp_path: Path) -> None:
    archive = Archive(tmp_path, segment_bytes=2000)
    places = [archive.write(page(str(n) * 3000), NOW + timedelta(hours=n)) for n in range(14)]
    assert len({p.file for p in places}) >= 2, "one file a day at least"
    archive.close()
    read = [archive.read(p) for p in places]
    assert [p.body for p in read] == [page(str(n) * 3000).body for n in range(14)]
    urls = []
    for file in sorted(tmp_path.glob("*.warc.gz")):
        with file.open("rb") as stream:
            urls += [
                r.rec_headers.get_header("WARC-Target-URI")
                for r in ArchiveIterator(stream, check_digests="raise")
                if r.rec_type == "response"
            ]
    assert urls == ["https://a.example/x?full"] * 14
    assert archive.write(page(), NOW + timedelta(days=1)).file not in {p.file for p in places}


def test_evidence_that_is_lost_or_altered_is_told(store: Store, tmp_path: Path) -> None:
    add(store, "one")
    (kept,) = store.evidence.latest(NOW)
    file = tmp_path / "evidence" / kept.place.file
    whole = file.read_bytes()
    file.write_bytes(whole[: kept.place.offset + 20])
    with pytest.raises(MissingEvidenceError, match="the page is missing"):
        store.evidence.page(kept)
    altered = kept._replace(place=kept.place._replace(digest="0" * 64))
    file.write_bytes(whole)
    with pytest.raises(MissingEvidenceError, match="not the one that was kept"):
        store.evidence.page(altered)
    file.unlink()
    with pytest.raises(MissingEvidenceError, match=kept.place.file):
        store.evidence.page(kept)


def test_a_decision_that_fails_keeps_neither_article_nor_index(store: Store) -> None:
    def fail(*_: object) -> Decision:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        store.add("a", LINK, tagged("one"), fail, NOW, page=page("one"))
    assert list(store.evidence.latest(NOW)) == []
    assert store.reading.totals()["articles"] == 0


def test_old_pages_are_forgotten_and_their_files_go_a_day_later(store: Store, tmp_path: Path) -> None:
    add(store, "one")
    later = datetime.now(UTC) + timedelta(days=400)
    add(store, "two", now=later)
    assert store.evidence.forget(later - timedelta(days=365), later) == 1
    assert [k.revision for k in store.evidence.latest(NOW)] == [2]
    (left,) = store.evidence.latest(NOW)
    assert [f.name for f in (tmp_path / "evidence").iterdir()] == [left.place.file]


def test_without_an_archive_nothing_is_kept(database: Engine) -> None:
    store = Store(database)
    add(store, "one")
    assert list(store.evidence.latest(NOW)) == []
    assert store.evidence.forget(NOW, NOW) == 0
