"""What is found on pages, and what is left out."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from crawler.extract import Blocked, extract, to_article
from crawler.extract.authors import clean_authors
from crawler.extract.charset import decode
from crawler.extract.dates import parse_date
from crawler.extract.title import headline, plain_title
from crawler.listing import Listed
from spacepact.article import Article, Link
from spacepact.round import Rejected
from tests.crawler.pages import SENTENCES, page, source

URL = "https://orbit.example/news/relay"
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
LINK = Link(url=URL)
ORBIT = source("feed", "https://orbit.example/feed")


def ld(**node: Any) -> str:
    return f'<script type="application/ld+json">{json.dumps({"@context": "https://schema.org", **node})}</script>'


def test_json_ld_in_a_graph_speaks_first() -> None:
    head = ld(
        **{
            "@graph": [
                {"@type": "WebPage", "datePublished": "2020-01-01T00:00:00Z"},
                {"@type": "Person", "@id": "#p", "name": "Ada Holm"},
                {
                    "@type": ["NewsArticle"],
                    "headline": "Agencies build &amp; share a relay",
                    "datePublished": "2026-11-02T08:30:00+01:00",
                    "dateModified": "2026-11-03",
                    "author": [{"@id": "#p"}, {"@type": "Person", "name": "Per Lind"}],
                },
            ]
        }
    )
    found = extract(page("Relay", head=head + '<link rel="canonical" href="/news/relay?utm_source=x">'), URL)
    assert found.title == "Agencies build & share a relay"
    assert found.authors == ("Ada Holm", "Per Lind")
    assert (found.published, found.modified) == (datetime.fromisoformat("2026-11-02T08:30:00+01:00"), datetime(2026, 11, 3, tzinfo=UTC))
    assert (found.canonical_url, found.language, found.site_name) == (URL, "en", "Orbit Post")
    assert found.text.split("\n") == list(SENTENCES)


@pytest.mark.parametrize(
    "head",
    [
        '<meta property="article:published_time" content="2026-11-02T08:30:00Z">',
        '<meta name="dcterms.issued" content="2026-11-02T08:30:00+00:00">',
        '<meta name="date" content="Mon, 02 Nov 2026 08:30:00 GMT">',
        ld(**{"@type": "BlogPosting", "datePublished": "2026-11-02 08:30:00 UTC"}),
        '<script type="application/ld+json">/*<![CDATA[*/ {"@type": "Report", "datePublished": "2026-11-02T08:30:00.0Z",} /*]]>*/</script>',
    ],
)
def test_dates_of_publication_in_metadata(head: str) -> None:
    assert extract(page("Relay", head=head), URL).published == datetime(2026, 11, 2, 8, 30, tzinfo=UTC)


def test_dates_in_microdata_and_in_time_elements() -> None:
    micro = '<p><span itemprop="datePublished" content="2026-11-02"></span></p>'
    assert extract(page("Relay", body=micro), URL).published == datetime(2026, 11, 2, tzinfo=UTC)
    shown = page("Relay").replace("<h1>", '<time datetime="2026-11-02T09:00+02:00">today</time><h1>')
    assert extract(shown, URL).published == datetime(2026, 11, 2, 7, tzinfo=UTC)


def test_broken_json_ld_does_no_harm() -> None:
    head = '<script type="application/ld+json">{"@type": "NewsArticle", "headline": "x</script>' + ld(**{"@type": "Person", "name": 3})
    assert extract(page("Relay", head=head), URL).title == "Relay"


BOXES = """
<div class="wp-caption-text">The relay in a drawing of the town museum, seen from above</div>
<figure><img src="x"><figcaption>Caption: both directors shake hands in Lindholm</figcaption></figure>
<div id="cookie-banner"><p>We use cookies to make this site better for you and for our partners.</p></div>
<section class="related-posts"><h3>Check Also</h3><p>NASA and ESA sign a new agreement: our story of long ago</p></section>
<div><h4>Read more</h4><p>Something about an entirely different rocket and its launch</p></div>
<p><a href="/other">Estmark loses its last satellite in a storm</a></p>
<div class="newsletter-signup"><p>Sign up for our newsletter and get the news every morning in your inbox.</p></div>
<p>Photo credit: Town Museum of Lindholm</p>
<p>Advertisement</p>
"""


def test_what_stands_around_the_text_is_left_out() -> None:
    inside = page("Relay").replace(f"<p>{SENTENCES[1]}</p>", f"<p>{SENTENCES[1]}</p>{BOXES}")
    for markup in (page("Relay", body=BOXES), inside):
        assert extract(markup, URL).text.split("\n") == list(SENTENCES)


def test_boxes_with_misleading_names_keep_their_text() -> None:
    markup = page("Relay").replace("<article>", '<article class="share-enabled ads-allowed">').replace("<p>", '<p class="ad-free related">')
    assert extract(markup, URL).text.split("\n") == list(SENTENCES)


def test_a_standfirst_that_is_shown_comes_first() -> None:
    lead = "Two northern neighbours will share one voice beyond the moon, their directors say."
    head = f'<meta property="og:description" content="{lead}">'
    shown = page("Relay", head=head).replace("</h1>", f'</h1><h2 class="byline">{lead}</h2>')
    assert extract(page("Relay", head=head), URL).text.split("\n") == list(SENTENCES)
    assert extract(shown.replace('class="byline"', ""), URL).text.split("\n")[0] == lead


@pytest.mark.parametrize(
    ("title", "plain"),
    [
        ("Relay agreed | Orbit Post", "Relay agreed"),
        ("Relay agreed - Orbit Post", "Relay agreed"),
        ("Relay agreed — News — Orbit Post", "Relay agreed"),
        ("Orbit Post | Relay agreed at last", "Relay agreed at last"),
        ("Relay agreed - orbit.example", "Relay agreed"),
        ("Norvania - Estmark: relay agreed", "Norvania - Estmark: relay agreed"),
        ("Artemis | The plan of record", "Artemis | The plan of record"),
        ("中継衛星で合意：Orbit Post", "中継衛星で合意"),
        ("Relay  agreed\u200e\n", "Relay agreed"),
    ],
)
def test_titles_lose_the_name_of_the_outlet(title: str, plain: str) -> None:
    assert plain_title(title, "Orbit Post", URL) == plain


@pytest.mark.parametrize(
    ("said", "names"),
    [
        (["By Ada Holm and Per Lind"], ("Ada Holm", "Per Lind")),
        (["Ada Holm", "ADA HOLM", "Ada Holm"], ("Ada Holm", "ADA HOLM")),
        (["https://orbit.example/ada", "@ada", "desk@orbit.example", "7", ""], ()),
        (["Von Jörg Sand, Ana Sól"], ("Jörg Sand", "Ana Sól")),
    ],
)
def test_authors_one_by_one(said: list[str], names: tuple[str, ...]) -> None:
    assert clean_authors(said) == names


@pytest.mark.parametrize(
    ("text", "when"),
    [
        ("2026-11-02", datetime(2026, 11, 2, tzinfo=UTC)),
        ("2026-11-02T08:30:00.123456789Z", datetime(2026, 11, 2, 8, 30, 0, 123456, tzinfo=UTC)),
        ("20261102T083000Z", datetime(2026, 11, 2, 8, 30, tzinfo=UTC)),
        ("Mon, 02 Nov 2026 08:30:00 EST", datetime(2026, 11, 2, 13, 30, tzinfo=UTC)),
        ("November 2, 2026", datetime(2026, 11, 2, tzinfo=UTC)),
        ("2 Nov 26 08:30 UT", datetime(2026, 11, 2, 8, 30, tzinfo=UTC)),
        ("32 Jan 2026", None),
        ("0001-01-01T00:00:00Z", None),
        ("9999-12-31T23:59:59Z", None),
        ("2026-11-02T08:30:00+99:99", None),
        ("1970-01-01T00:00:00Z", None),
        ("yesterday", None),
        ("", None),
        (None, None),
        ("7" * 500, None),
    ],
)
def test_dates_are_aware_or_none(text: str | None, when: datetime | None) -> None:
    assert parse_date(text) == when


@pytest.mark.parametrize(
    ("body", "header", "text"),
    [
        ("Größe".encode(), "text/html; charset=iso-8859-1", "Größe"),
        ("Größe".encode("cp1252"), "text/html; charset=utf-8", "Größe"),
        ("Größe".encode("cp1252"), None, "Größe"),
        ("Größe".encode("utf-16"), None, "Größe"),
        (b"\xef\xbb\xbf" + "Größe".encode(), "text/html; charset=ascii", "Größe"),
        (b'<meta charset="shift_jis">' + "宇宙協力の合意".encode("shift_jis"), None, '<meta charset="shift_jis">宇宙協力の合意'),
        ("宇宙協力".encode("euc-jp"), "text/html; charset=euc-jp", "宇宙協力"),
        ("космос".encode("koi8-r"), "text/html; charset=koi8-r", "космос"),
        (b"\xff\xff\x00", "text/html; charset=nonsense", None),
    ],
)
def test_characters_are_read_whatever_the_page_says(body: bytes, header: str | None, text: str | None) -> None:
    assert decode(body, header) == text or text is None


@pytest.mark.parametrize(
    ("markup", "words", "passing"),
    [
        ("", "the page is empty", False),
        ("<!-- -->", "the page", False),
        ("<html><head><title>Just a moment...</title></head><body><p>Wait</p></body></html>", "a challenge page", True),
        ("<html><head><title>Access Denied</title></head><body><p>No</p></body></html>", "access was denied", True),
        ("<html><head><title>Before you continue</title></head><body><p>Accept all</p></body></html>", "a consent wall", True),
        ("<html><head><title>404 | Orbit Post</title></head><body><p>Sorry</p></body></html>", "no such page", False),
        ("<html><head><title>Orbit</title></head><body><h1>Seite nicht gefunden</h1><p>Leider</p></body></html>", "no such page", False),
        ("<html><body><p>Words without any title stand here.</p></body></html>", "no title", False),
    ],
)
def test_pages_that_are_no_article(markup: str, words: str, passing: bool) -> None:  # noqa: FBT001
    result = to_article(extract(markup, URL), ORBIT, "orbit", LINK, NOW)
    assert isinstance(result, Rejected)
    assert words in result.reason
    assert isinstance(result, Blocked) == passing


def test_an_article_about_walls_is_no_wall() -> None:
    sentences = (*SENTENCES, *[f"Sentence {i} tells how the access was denied to everybody who asked for page 404." for i in range(9)])
    assert isinstance(
        to_article(extract(page("Just a moment: access denied", sentences=sentences), URL), ORBIT, "orbit", LINK, NOW), Article
    )


def article(markup: str, url: str = URL, listed: Listed | None = None) -> Article:
    result = to_article(extract(markup, url), ORBIT, "orbit", LINK, NOW, listed=listed)
    assert isinstance(result, Article), result
    return result


def test_an_article_is_complete() -> None:
    found = article(page("Relay", head='<meta property="article:published_time" content="2026-11-02">'))
    assert (found.source, found.tier, found.fetched, found.language) == ("orbit", "trade", NOW, "en")
    assert (found.url, found.method) == (URL, "lines")


@pytest.mark.parametrize(
    ("canonical", "url"),
    [
        ("https://www.orbit.example/news/relay-2/", "https://www.orbit.example/news/relay-2/"),
        ("https://orbit.example/", URL),
        ("https://elsewhere.example/relay", URL),
        ("javascript:void(0)", URL),
    ],
)
def test_a_canonical_address_counts_on_its_own_site_only(canonical: str, url: str) -> None:
    assert article(page("Relay", head=f'<link rel="canonical" href="{canonical}">')).url == url


def test_the_list_fills_in_where_the_page_is_silent() -> None:
    listed = Listed(link=LINK, address=LINK.url, title="From the list", published=NOW - timedelta(days=1))
    silent = page("x").replace("<title>x | Orbit Post</title>", "").replace("<h1>x</h1>", "")
    found = article(silent, listed=listed)
    assert (found.title, found.published) == ("From the list", NOW - timedelta(days=1))


def test_a_date_far_ahead_is_none() -> None:
    assert article(page("Relay", head=ld(**{"@type": "Article", "datePublished": "2027-11-23"}))).published is None
    assert article(page("Relay", head=ld(**{"@type": "Article", "datePublished": "2026-11-24"}))).published is not None


def test_the_language_is_the_claim_else_what_the_text_shows() -> None:
    plain = page("Relay").replace(' lang="en"', "")
    assert extract(plain, URL).language == "en"
    assert extract(plain.replace("<html", '<html lang="pt-BR"'), URL).language == "pt"
    german = ("Die beiden Behörden haben vereinbart, gemeinsam eine Sonde zum Mond zu schicken und die Daten zu teilen.",)
    assert extract(page("Sonde", sentences=german).replace(' lang="en"', ""), URL).language == "de"


def test_text_is_clean() -> None:
    markup = page("Re\u202elay", sentences=(f"{SENTENCES[0]}\u200e\u2028{SENTENCES[1]}", f"{SENTENCES[2]}&nbsp;&#0;end"))
    found = extract(markup, URL)
    assert found.title == "Relay"
    assert not {"\u202e", "\u200e", "\u2028", "\xa0", "\x00"} & set(found.text + found.title)


def test_monstrous_pages_do_not_stop_anything() -> None:
    deep = "<div>" * 5000 + "".join(f"<p>{s}</p>" for s in SENTENCES)
    assert extract(f"<html><head><title>Deep down</title></head><body>{deep}", URL).title == "Deep down"
    assert extract("<" * 50_000, URL).text is not None
    assert extract(b"\x00\xff" * 1000, URL).refusal is not None


@pytest.mark.parametrize(
    ("own", "claims", "shown", "named", "title"),
    [
        ("Relay agreed", ["Why a relay?"], ["Relay agreed"], "Relay", "Relay agreed"),
        ("Relay: all you must know", ["Relay agreed"], ["Relay agreed"], "Relay", "Relay agreed"),
        ("Relay agreed", ["Why a relay?"], ["Something else"], "Relay", "Relay agreed"),
        ("", ["Norvania and Estmark build a relay - News of the Northern Desk"], ["Norvania and Estmark build a relay"], "",
         "Norvania and Estmark build a relay"),
        ("", [], ["News", "Relay agreed"], "", "Relay agreed"),
        ("", [], [], "Relay agreed", "Relay agreed"),
        ("", [], [], "", ""),
    ],
)  # fmt: skip
def test_the_headline_is_the_claim_that_the_page_shows(own: str, claims: list[str], shown: list[str], named: str, title: str) -> None:
    assert headline(own, claims, shown, named) == title
