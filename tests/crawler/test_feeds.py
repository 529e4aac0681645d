"""Feeds as values: every format, every breakage, and the public suite beside feedparser itself."""

from __future__ import annotations

import runpy
import time
import tracemalloc
import warnings
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from crawler.feed import Feed, NotAFeed, read_feed_document
from crawler.feed.prolog import decode_xml
from crawler.feed.xml import MOST_ITEMS
from spacepact.heard import Hints
from tests.crawler.pages import rss

BASE = "https://orbit.example/news/feed"
ITEM = "<item><title>Relay</title><link>/a</link><pubDate>{}</pubDate></item>"


def read(body: str | bytes, content_type: str | None = None) -> Feed:
    found = read_feed_document(body.encode() if isinstance(body, str) else body, BASE, content_type)
    assert isinstance(found, Feed), found
    return found


def channel(inside: str) -> str:
    return f'<rss version="2.0" xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"><channel>{inside}</channel></rss>'


def test_an_atom_entry_has_all_core_fields() -> None:
    found = read(
        '<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://orbit.example/x/"><title>Orbit</title>'
        '<link rel="hub" href="https://hub.example/"/><link rel="self" href="https://orbit.example/atom"/><entry><id>urn:1</id>'
        '<title type="html">Two &lt;b>agencies&lt;/b> &amp;amp; a relay</title><link href="a#part"/><summary>They  agree.</summary>'
        "<published>2026-11-02T08:00:00+09:00</published><updated>2026-11-03T08:00:00Z</updated></entry></feed>"
    )
    item = found.items[0]
    assert (item.id, item.link, item.title, item.summary) == (
        "urn:1",
        "https://orbit.example/x/a#part",
        "Two agencies & a relay",
        "They agree.",
    )
    assert (item.published, item.updated) == (datetime(2026, 11, 1, 23, tzinfo=UTC), datetime(2026, 11, 3, 8, tzinfo=UTC))
    assert (found.title, found.hub, found.topic) == ("Orbit", "https://hub.example/", "https://orbit.example/atom")


def test_a_json_feed_has_all_core_fields() -> None:
    found = read(
        '{"version": "https://jsonfeed.org/version/1.1", "title": "Orbit", "feed_url": "https://orbit.example/json",'
        '"hubs": [{"type": "rssCloud", "url": "https://cloud.example"}, {"type": "WebSub", "url": "https://hub.example/"}],'
        '"items": [{"id": 7, "url": "/a", "title": "Relay <3", "content_html": "<p>They agree.</p>",'
        '"date_published": "2026-11-02T08:00:00Z"}]}'
    )
    item = found.items[0]
    assert (item.id, item.link, item.title, item.summary) == ("7", "https://orbit.example/a", "Relay <3", "They agree.")
    assert item.published == datetime(2026, 11, 2, 8, tzinfo=UTC)
    assert (found.hub, found.topic) == ("https://hub.example/", "https://orbit.example/json")


@pytest.mark.parametrize(
    ("said", "hints"),
    [
        ("<ttl>90</ttl>", Hints(pause=timedelta(minutes=90))),
        ("<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency>", Hints(pause=timedelta(minutes=15))),
        ("<sy:updatePeriod> Daily </sy:updatePeriod>", Hints(pause=timedelta(days=1))),
        ("<skipHours><hour>0</hour><hour>24</hour><hour> 3 </hour><hour>99</hour></skipHours>", Hints(skip_hours=(0, 3))),
        ("<skipDays><day>Saturday</day><day>Sunday</day><day>Someday</day></skipDays>", Hints(skip_days=(5, 6))),
        ("<ttl>-5</ttl><ttl>soon</ttl><sy:updatePeriod>often</sy:updatePeriod><sy:updateFrequency>0</sy:updateFrequency>", Hints()),
    ],
)
def test_a_feed_says_when_it_wants_to_be_asked(said: str, hints: Hints) -> None:
    assert read(channel(said)).hints == hints


def test_a_feed_without_end_is_read_as_far_as_news_go() -> None:
    many = "".join(f"<item><title>{i}</title><link>/{i}</link></item>" for i in range(MOST_ITEMS + 500))
    found = read(channel(many))
    assert len(found.items) == MOST_ITEMS
    assert found.items[0].title == "0"


NESTED = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10 if i else "lol"}">' for i in range(12))
DANGERS = {
    "entities made of entities": NESTED,
    "entities that grow without measure": f'<!ENTITY l11 "{"x" * 50_000}">',
    "external entities": '<!ENTITY l11 SYSTEM "file:///etc/passwd">',
    "parameter entities": '<!ENTITY % p SYSTEM "http://127.0.0.1:9/p.dtd"> %p;',
    "a document type without an end": '<!ENTITY l11 "' + "x" * 70_000,
}


@pytest.mark.parametrize("danger", DANGERS)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-le", "utf-32", "cp037"])
def test_e1_dangerous_entities_are_refused_in_a_moment(danger: str, encoding: str) -> None:
    prolog = '<?xml version="1.0"?><!-- <!DOCTYPE x> -->'
    body = (prolog + f"<!DOCTYPE rss [{DANGERS[danger]}]>" + channel(ITEM.format("&l11;" * 1000))).encode(encoding)
    tracemalloc.start()
    start = time.monotonic()
    found = read_feed_document(body, BASE)
    spent, most = time.monotonic() - start, tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert found == NotAFeed(reason=f"the feed declares {danger}, for which feeds have no use")
    assert spent < 1
    assert most < 50_000_000


def test_e1_harmless_declarations_are_read() -> None:
    head = '<!DOCTYPE rss PUBLIC "-//Orbit//DTD" "http://127.0.0.1:9/rss.dtd" [ <!ENTITY nbsp "&#160;"> <!ENTITY org \'Orbit Post\'>]>'
    assert read(head + channel("<item><title>&org;&nbsp;says</title><link>/a</link></item>")).items[0].title == "Orbit Post says"


BREAKAGES = [
    "<!-- -->",
    "<!--",
    "<!DOCTYPE ",
    "<!DOCTYPE x [",
    "<?xml ",
    "<?xml encoding='",
    "<",
    "&",
    "<a>",
    "<x:y>",
    '<a b="',
    "<item>",
    " ",
]


@pytest.mark.parametrize("shape", BREAKAGES)
def test_e3_repeated_breakage_takes_time_in_proportion(shape: str) -> None:
    for body in (shape * (300_000 // len(shape)), channel("<item><title>R</title>" + shape * (300_000 // len(shape)))):
        start = time.process_time()
        read_feed_document(body.encode(), BASE)
        assert time.process_time() - start < 15, "a quadratic way would take minutes"


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        ("Größe".encode(), "application/rss+xml; charset=iso-8859-1"),
        (b"<?xml version='1.0' encoding='utf-8'?>" + "Größe".encode("cp1252"), "application/rss+xml; charset=utf-8"),
        ("<?xml version='1.0' encoding='iso-8859-1'?>Größe".encode(), "text/xml"),
        ("<?xml version='1.0' encoding='iso-8859-1'?>Größe".encode("latin-1"), "text/xml; charset=us-ascii"),
        ("<?xml version='1.0' encoding='utf-16'?>Größe".encode("utf-16"), "text/xml; charset=utf-8"),
        ("<?xml version='1.0'?>Größe".encode("utf-16-be"), None),
        ("<?xml version='1.0' encoding='nonsense'?>Größe".encode("cp1252"), "text/xml; charset=klingon"),
    ],
)
def test_e4_what_is_said_about_the_charset_may_be_a_lie(body: bytes, content_type: str | None) -> None:
    assert decode_xml(body, content_type).endswith("Größe")


@pytest.mark.parametrize(
    ("charset", "title"),
    [("koi8-r", "Россия и Китай"), ("shift_jis", "月面探査の協定"), ("euc-kr", "달 탐사 협정"), ("windows-1256", "اتفاق الفضاء")],
)
def test_e4_declared_charsets_of_the_world(charset: str, title: str) -> None:
    body = f'<?xml version="1.0" encoding="{charset}"?>' + channel(f"<item><title>{title}</title><link>/a</link></item>")
    assert read(body.encode(charset), "text/xml").items[0].title == title


@pytest.mark.parametrize(
    ("body", "titles"),
    [
        (channel("<item><title>Q & A</title><link>/a?x=1&y=2</link></item>"), ["Q & A"]),
        (channel("<item><title>Re\x01lay\x00</title><link>/a</link></item>"), ["Relay"]),
        (channel("<item><dc:date>x</dc:date><title>Relay</title><link>/a</link></item>"), ["Relay"]),
        (channel("<item><title>Relay</title><link>/a</link></item>")[:-30], ["Relay"]),
        ("Warning: on line 3\n<?xml version='1.0'?>" + channel("<item><title>Relay</title><link>/a</link></item>"), ["Relay"]),
        (channel("<item><title><![CDATA[Re]]lay]]></title><link>/a</link></item>"), ["Re]]lay"]),
    ],
)
def test_e5_what_can_be_read_of_a_broken_feed_is_read(body: str, titles: list[str]) -> None:
    assert [item.title for item in read(body).items] == titles


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("", "the answer is empty, not a feed"),
        (" \n", "the answer is empty, not a feed"),
        ("<!-- x --><!DOCTYPE HTML><p>Welcome", "the answer is HTML, not a feed"),
        ("<html><body>Welcome", "the answer is HTML, not a feed"),
        ("Welcome", "the answer is not a feed"),
        ('{"items": [', "the answer is broken JSON, not a feed"),
        ("{" * 100_000, "the answer is broken JSON, not a feed"),
    ],
)
def test_e5_a_broken_feed_is_named(body: str, words: str) -> None:
    assert read_feed_document(body.encode(), BASE) == NotAFeed(reason=words)


@pytest.mark.parametrize(
    ("said", "date"),
    [
        ("", None),
        ("32 Jan 2026 08:00:00 GMT", None),
        ("0001-01-01T00:00:00Z", None),
        ("9999-12-31T23:59:59Z", None),
        ("2026-11-02T08:00:00+99:99", None),
        ("Mon, 02 Nov 26 08:00:00 GMT", datetime(2026, 11, 2, 8, tzinfo=UTC)),
        ("Mon, 02 Nov 2026 08:00:00 EST", datetime(2026, 11, 2, 13, tzinfo=UTC)),
        ("yesterday", None),
    ],
)
def test_e6_a_date_that_is_none_is_null_and_the_item_is_kept(said: str, date: datetime | None) -> None:
    item = read(channel(ITEM.format(said))).items[0]
    assert (item.link, item.published) == ("https://orbit.example/a", date)


def test_e7_an_item_dated_ahead_stays_in_its_place() -> None:
    body = channel(ITEM.format("Mon, 02 Nov 2026 08:00:00 GMT") + ITEM.replace("/a", "/b").format("Tue, 02 Nov 2027 08:00:00 GMT"))
    assert [item.link for item in read(body).items] == ["https://orbit.example/a", "https://orbit.example/b"]


def test_scripts_and_styles_are_no_words() -> None:
    body = rss(
        ("&lt;b&gt;Relay&lt;/b&gt; &lt;img src=x onerror=alert(1)&gt;", "/a"),
        summary="&lt;style&gt;p{}&lt;/style&gt;&lt;script&gt;alert(1)&lt;/script&gt;x",
    )
    item = read(body).items[0]
    assert (item.title, item.summary) == ("Relay", "x")


def test_the_public_suite_is_read_as_well_as_feedparser_reads_it(shared: Path) -> None:
    bench = runpy.run_path(str(Path(__file__).parents[2] / "bench" / "feeds.py"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        counts = bench["measure"](shared / "suites/feedparser").counts
    assert (counts["files"], counts["crashes"]) == (2106, 0)
    for key in ("title", "link", "id", "summary", "published", "updated"):
        assert counts[f"{key} same"] >= 0.95 * counts[key], key
        assert counts[f"{key} expected, ours same"] >= 0.995 * counts[f"{key} expected, feedparser same"], key
