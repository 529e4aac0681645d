from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from spacepact.article import Article
from spacepact.noun import stable_id
from spacepact.text import clean_line, clean_text

NOW = datetime(2026, 11, 23, tzinfo=UTC)


def test_controls_bidi_and_surrogates_go_and_paragraphs_stay() -> None:
    assert clean_text("a\x00\u202eb\u2028c\r\n\r\n d\ud800\ufeff ") == "ab\nc\nd"
    assert clean_text("e\u0301") == "é"
    assert clean_text("Raum\u00adfahrt\u200b\u2060agentur") == "Raumfahrtagentur"
    assert clean_line("Bcc: x\r\nTo: y\u2029z") == "Bcc: x To: y z"


@given(st.text(st.characters(codec=None)))
def test_cleaning_is_idempotent_and_can_always_be_encoded(text: str) -> None:
    once = clean_text(text)
    assert clean_text(once) == once
    assert once.encode().decode() == once
    assert "\n" not in clean_line(text)


def article(text: str) -> Article:
    return Article(url="https://a.example/", source="a", title="T", text=text, fetched=NOW)


def test_a_fingerprint_sees_words_only() -> None:
    assert article("JAXA  and ISRO,\nsigned!").fingerprint == article("jaxa and isro signed").fingerprint
    assert article("JAXA and ISRO signed").fingerprint != article("JAXA and ISRO talked").fingerprint
    assert article("签署协议").fingerprint != article("终止协议").fingerprint


def test_an_id_is_stable_and_parts_do_not_run_together() -> None:
    assert stable_id("a", "bc") == "624ce4e22aa197da43bf"
    assert stable_id("ab", "c") != stable_id("a", "bc")
