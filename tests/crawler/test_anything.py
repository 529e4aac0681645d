"""Whatever the web says, nothing is raised."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.address import canonical
from crawler.extract import Extracted, extract
from crawler.extract.charset import decode
from crawler.extract.dates import parse_date
from crawler.extract.title import plain_title
from crawler.listing import Listing, NotAListing
from crawler.spiders.feed import read_feed
from crawler.spiders.listing import read_listing
from crawler.spiders.sitemap import read_sitemap
from tests.crawler.pages import source

SITE = source("sitemap", "https://orbit.example/")
URL = "https://orbit.example/a"
PIECES = st.lists(
    st.one_of(
        st.sampled_from(
            ["<p>", "</p>", "<article>", "<h1>", "<a href='", "'>", "<script type='application/ld+json'>", "</script>", "<title>"]
        ),
        st.sampled_from(
            [
                '{"@type": "NewsArticle", "headline": [',
                '"author": {"name": 3}}',
                "<meta name='author' content='",
                "<loc>",
                "<item>",
                "<link>",
            ]
        ),
        st.text(max_size=20),
    ),
    max_size=20,
).map("".join)


@settings(max_examples=60, deadline=None)
@given(PIECES)
def test_any_page(markup: str) -> None:
    assert isinstance(extract(markup, URL), Extracted)
    assert isinstance(read_listing(markup, URL, SITE), Listing | NotAListing)


@settings(max_examples=60, deadline=None)
@given(
    st.one_of(PIECES.map(lambda s: s.encode("utf-8", "replace")), st.binary(max_size=200)),
    st.sampled_from([b"", b"<rss><channel>", b"<urlset>", b"{"]),
)
def test_any_list(body: bytes, start: bytes) -> None:
    assert isinstance(read_feed(start + body, URL), Listing | NotAListing)
    assert isinstance(read_sitemap(start + body, URL, SITE), Listing | NotAListing)
    assert isinstance(decode(body, "text/html; charset=utf-7"), str)


@given(st.text(max_size=60), st.text(max_size=30))
def test_any_words(words: str, others: str) -> None:
    found = parse_date(words)
    assert found is None or found.tzinfo is not None
    address = canonical(words, URL)
    assert address is None or canonical(address) == address
    assert isinstance(plain_title(words, others, URL), str)
