"""A page to an article: pure, no network, no clock. The site's own class first, then structured data, then the page."""

from __future__ import annotations

import re
from datetime import datetime

from bs4 import BeautifulSoup
from lxml.etree import ParserError
from lxml.html import HtmlElement, HTMLParser, document_fromstring
from pydantic import AwareDatetime, Field

from crawler.address import canonical, resolve, same_site
from crawler.extract.authors import clean_authors
from crawler.extract.blocked import Blocked, refusal
from crawler.extract.charset import decode
from crawler.extract.dates import not_ahead, parse_date
from crawler.extract.image import lead_image
from crawler.extract.language import language_in, language_of
from crawler.extract.pagedate import shown_date
from crawler.extract.pdf import SIGNATURE, UnreadableError, headline_of, pdf_date, published_in, read_paper, text_of
from crawler.extract.structured import Structured
from crawler.extract.text import main_text, tidy
from crawler.extract.title import headline, plain_title
from crawler.listing import Listed
from crawler.sites import Site, site_for
from crawler.source import Source
from spacepact.article import Article, Link
from spacepact.noun import Noun
from spacepact.round import Rejected
from spacepact.text import clean_line

__all__ = ["Blocked", "Extracted", "extract", "parse", "to_article"]


_PAGES = frozenset({"text/html", "application/xhtml+xml", "application/xml", "text/xml", "text/plain", "application/octet-stream"})


_TITLE = 1000
"""Characters: nobody reads a longer headline."""
_ATTRIBUTES = 1000
_LONG_TAG = re.compile(r"<[a-zA-Z][^<>]{8000,}")
_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")
_PREFACE = 1024
"""Bytes that may stand before a PDF's signature."""


class Extracted(Noun):
    """What was found on a page. `method` names how its text was; `refusal` says why it is no article."""

    url: str
    canonical_url: str | None = None
    title: str = ""
    text: str = ""
    authors: tuple[str, ...] = ()
    published: AwareDatetime | None = None
    modified: AwareDatetime | None = None
    language: str | None = None
    site_name: str | None = None
    image: str | None = None
    method: str = ""
    refusal: Rejected | None = Field(None, exclude=True)


def extract(html: bytes | str, url: str, *, content_type: str | None = None) -> Extracted:
    """Return what a page or a PDF says. `content_type` is the HTTP header; the page may say anything."""
    media = (content_type or "").partition(";")[0].strip().lower()
    if isinstance(html, bytes) and html[:_PREFACE].lstrip().startswith(SIGNATURE):
        return _of_paper(html, url)
    if media and media not in _PAGES:
        return Extracted(url=url, refusal=Rejected(reason=f"the page is {media}, not HTML"))
    markup = html if isinstance(html, str) else decode(html, content_type)
    tree = parse(markup)
    if tree is None:
        return Extracted(url=url, refusal=Rejected(reason="the page is empty"))
    found = _generally(tree, markup, url)
    if site := site_for(url):
        found = _by_site(site, BeautifulSoup(markup, "lxml"), found)
    return found.model_copy(update={"refusal": refusal(markup, tree, found.title, found.text)})


def _of_paper(body: bytes, url: str) -> Extracted:
    try:
        paper = read_paper(body)
    except UnreadableError as error:
        return Extracted(url=url, refusal=Rejected(reason=str(error)))
    title = headline_of(paper)
    text = tidy(text_of(paper), [title])
    return Extracted(
        url=url,
        canonical_url=canonical(url),
        title=title,
        text=text,
        authors=clean_authors([paper.authors]),
        published=published_in(paper),
        modified=pdf_date(paper.modified),
        language=language_in(text, paper.language),
        method="pdf",
        refusal=None if text else Rejected(reason="the PDF has no text; it may hold pictures of pages"),
    )


def parse(markup: str) -> HtmlElement | None:
    """Return the tree of a page, without comments; None where there is nothing in it."""
    reader = HTMLParser(encoding="utf-8", collect_ids=False, remove_comments=True, remove_pis=True)
    try:
        return document_fromstring(_LONG_TAG.sub(_bounded, markup).encode("utf-8", "replace"), parser=reader)
    except ParserError:
        return None


def _bounded(tag: re.Match[str]) -> str:
    """Return a start tag without its attributes where there are thousands: libxml2 compares each with each."""
    attributes = _QUOTED.sub("", tag[0]).split(maxsplit=_ATTRIBUTES)
    return attributes[0] + " " if len(attributes) > _ATTRIBUTES else tag[0]


def _generally(tree: HtmlElement, markup: str, url: str) -> Extracted:
    said = Structured(tree)
    base = _base(tree, url)
    own = plain_title(said.headline, said.site_name, url)
    claims = [plain_title(t, said.site_name, url) for t in said.titles]
    shown = [plain_title(line, said.site_name, url) for h in tree.iter("h1") if (line := clean_line(h.text_content()))]
    named = plain_title(next(iter(tree.xpath("//head/title/text()")), ""), said.site_name, url)
    method, text = main_text(tree, lambda: parse(markup), [own, *claims, *shown, named], said.standfirsts)
    return Extracted(
        url=url,
        canonical_url=_canonical(tree, said, base),
        title=headline(own, claims, shown, named)[:_TITLE].strip(),
        text=text,
        authors=clean_authors(said.authors),
        published=_first_date(said.published) or shown_date(tree, url),
        modified=_first_date(said.modified),
        language=language_of(tree, text, said.first("og:locale", "content-language", "dc.language", "inlanguage")),
        site_name=said.site_name,
        image=lead_image(tree, said, base),
        method=method,
    )


def _by_site(site: Site, soup: BeautifulSoup, found: Extracted) -> Extracted:
    title, text, authors = site.title(soup), site.text(soup), site.authors(soup)
    return found.model_copy(
        update={
            "title": title or found.title,
            "text": tidy(text, [title or found.title]) if text else found.text,
            "authors": found.authors if authors is None else authors,
            "published": site.published(soup) or found.published,
            "method": f"site {type(site).__name__.lower()}" if text else found.method,
        }
    )


def to_article(
    extracted: Extracted,
    source: Source,
    id: str,  # noqa: A002 - the word of the design
    link: Link,
    now: datetime,
    *,
    listed: Listed | None = None,
) -> Article | Rejected:
    """Return the article that a page holds, or why it holds none.

    What the list said (`listed`) fills in where the page is silent. A canonical address counts only
    on the page's own site, and not where it is the front page.
    """
    title = extracted.title or (listed.title if listed else None) or ""
    if extracted.refusal and (extracted.title or not title or not extracted.text):
        return extracted.refusal
    if len(extracted.text) < source.health.min_text:
        return Rejected(
            reason=f"the page has {len(extracted.text)} characters of text; this source's articles have {source.health.min_text}"
        )
    said = extracted.published or (listed.published if listed else None)
    return Article(
        url=_own_address(extracted) or link.url,
        source=id,
        tier=source.tier,
        title=title,
        text=extracted.text,
        authors=extracted.authors,
        published=not_ahead(said, now),
        modified=not_ahead(extracted.modified, now),
        language=extracted.language or source.language,
        site_name=extracted.site_name or source.name,
        image=extracted.image,
        method=extracted.method,
        fetched=now,
    )


def _own_address(extracted: Extracted) -> str | None:
    own, said = canonical(extracted.url), canonical(extracted.canonical_url or "")
    front = said is not None and said.split("//", 1)[-1].partition("/")[2] == ""
    return said if said and own and same_site(said, own) and not front else own


def _base(tree: HtmlElement, url: str) -> str:
    """Return the address that relative ones stand against (HTML, 4.2.3)."""
    said = next((e.get("href") for e in tree.iter("base") if e.get("href")), "")
    return resolve(said, url) or url


def _canonical(tree: HtmlElement, said: Structured, url: str) -> str | None:
    for element in tree.iter("link"):
        if "canonical" in (element.get("rel") or "").lower().split() and element.get("href"):
            return canonical(element.get("href") or "", url)
    claimed = said.first("og:url")
    return canonical(claimed, url) if claimed else None


def _first_date(claims: list[str]) -> datetime | None:
    return next((found for found in map(parse_date, claims) if found), None)
