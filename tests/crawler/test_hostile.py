"""Pages made to harm: charset lies (E4), scripts where words belong (F8), and sizes that no article has."""

from __future__ import annotations

import time

import pytest

from crawler.extract import extract
from tests.crawler.pages import SENTENCES

URL = "https://orbit.example/news/relay"
BODY = "".join(f"<p>{s}</p>" for s in SENTENCES)
HEAD = "<html lang=en><head><title>Relay agreed</title></head><body>"


def told(meta: str, *, title: str = "Größe für alle – Ü", declaration: str = "") -> str:
    words = "Die Größe der Flächen übertrifft früher Gemessenes, meldet Österreichs Raumfahrtbüro während der Tagung in Köln."
    return f"{declaration}<html lang=de><head>{meta}<title>{title}</title></head><body><p>{words}</p><p>{words}!</p></body></html>"


@pytest.mark.parametrize(
    ("body", "header"),
    [
        (told('<meta charset="iso-8859-1">').encode(), "text/html; charset=windows-1252"),
        (told('<meta charset="utf-8">').encode("cp1252"), "text/html; charset=utf-8"),
        (told('<meta charset="utf-8">').encode("cp1252"), None),
        (told('<meta charset="utf-8">').encode("cp1252"), "text/html; charset=iso-8859-1"),
        (told('<meta http-equiv="Content-Type" content="text/html; charset=iso-8859-1">').encode(), None),
        (b"\xef\xbb\xbf" + told('<meta charset="windows-1251">').encode(), "text/html; charset=us-ascii"),
        (told('<meta charset="utf-8">').encode("utf-16"), "text/html; charset=utf-8"),
        (told('<meta charset="utf-16">').encode(), "text/html"),
        (told("", declaration='<?xml version="1.0" encoding="iso-8859-1"?>').encode("cp1252"), "application/xhtml+xml"),
        (told('<meta charset="nonsense-8">').encode(), "text/html; charset=none"),
        (told("").encode("cp1252"), 'text/html; charset="windows-1252"'),
    ],
)  # fmt: skip
def test_e4_words_are_right_whatever_header_mark_and_meta_say(body: bytes, header: str | None) -> None:
    found = extract(body, URL, content_type=header)
    assert found.title == "Größe für alle – Ü"
    assert "Österreichs Raumfahrtbüro" in found.text


@pytest.mark.parametrize(
    ("encoding", "title", "words"),
    [
        ("shift_jis", "月探査で合意", "両機関は月の中継衛星を共同で建設することに合意し、署名した。"),
        ("euc-jp", "月探査で合意", "両機関は月の中継衛星を共同で建設することに合意し、署名した。"),
        ("iso-2022-jp", "月探査で合意", "両機関は月の中継衛星を共同で建設することに合意し、署名した。"),
        ("gb18030", "两国合作探月", "两国航天机构同意共同建造月球中继卫星，并于周一签署了协议。"),
        ("big5", "兩國合作探月", "兩國太空機構同意共同建造月球中繼衛星，並於週一簽署了協議。"),
        ("euc-kr", "달 탐사 합의", "두 기관은 달 중계 위성을 함께 만들기로 합의하고 월요일에 서명했다."),
        ("koi8-r", "Спутник для Луны", "Два агентства договорились вместе построить лунный спутник и подписали соглашение."),
        ("windows-1251", "Спутник для Луны", "Два агентства договорились вместе построить лунный спутник и подписали соглашение."),
        ("iso-8859-2", "Księżyc łączy", "Dwie agencje uzgodniły wspólną budowę księżycowego przekaźnika i podpisały porozumienie."),
        ("windows-1256", "اتفاق على القمر", "اتفقت الوكالتان على بناء قمر ترحيل معا ووقعتا الاتفاق يوم الاثنين في المدينة."),
    ],
)
def test_e4_a_charset_that_only_the_page_names_is_read(encoding: str, title: str, words: str) -> None:
    markup = f'<html><head><meta charset="{encoding}"><title>{title}</title></head><body>{f"<p>{words}</p>" * 3}</body></html>'
    found = extract(markup.encode(encoding), URL, content_type="text/html")
    assert found.title == title
    assert words in found.text


@pytest.mark.parametrize(
    "word",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<svg/onload=alert(1)>",
        "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
        "<style>@import 'x'</style>",
        "<math><mi//xlink:href='data:x,<script>alert(1)</script>'>",
        "<noscript><p title='</noscript><img src=x onerror=alert(1)>'></noscript>",
        "<template><script>alert(1)</script></template>",
    ],
)
def test_f8_no_script_survives_where_words_belong(word: str) -> None:
    head = f'<html><head><title>Relay {word}</title><meta property="og:title" content="Relay">'
    markup = f"{head}</head><body><h1>Relay {word}</h1><article>{BODY}<p>More {word} words.</p></article></body>"
    found = extract(markup, URL)
    assert found.title == "Relay"
    assert "alert(" not in found.text
    assert not any("<" in line for line in found.text.split("\n"))


def test_f8_addresses_lead_to_pages_only() -> None:
    head = '<link rel="canonical" href="javascript:alert(1)"><meta property="og:image" content="javascript:alert(1)">'
    found = extract(HEAD.replace("</head>", f"{head}</head>") + BODY, URL)
    assert (found.canonical_url, found.image) == (None, None)


@pytest.mark.parametrize(
    "markup",
    [
        HEAD + "<div>" * 100_000 + BODY,
        HEAD + "<span class=ad>" * 100_000 + BODY,
        HEAD + "<div " + " ".join(f"a{i}=1" for i in range(200_000)) + ">" + BODY,
        HEAD + "<h2>Related</h2>" * 20_000 + BODY,
        HEAD + BODY * 10_000,
        HEAD + "<br>x" * 200_000 + BODY,
        "<" * 2_000_000,
        "<html><head><title>" + "a - " * 500_000 + "</title></head><body>" + BODY,
        '<html><head><script type="application/ld+json">' + "[" * 500_000 + "</script></head><body>" + BODY,
        "<html><head><title>Nothing</title></head></html>",
    ],
    ids=["deep blocks", "deep boxes", "attributes", "headings", "paragraphs", "breaks", "brackets", "title", "deep data", "no body"],
)
def test_a_monstrous_page_is_read_in_bounded_time(markup: str) -> None:
    start = time.process_time()
    found = extract(markup, URL)
    assert time.process_time() - start < 30
    assert len(found.title) <= 1000
