"""What a page says about itself for machines: JSON-LD, microdata, OpenGraph, meta."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from functools import cached_property
from typing import Any

from lxml.html import HtmlElement

from spacepact.text import clean_line

Node = dict[str, Any]
_ARTICLE = re.compile(
    r"(schema:|https?://schema\.org/)?(\w*Article|\w*Posting|Report|PressRelease|AnalysisNews\w*|Review\w*)", re.IGNORECASE
)
_COMMENT = re.compile(r"^\s*(<!--|/\*\s*<!\[CDATA\[\s*\*/|//\s*<!\[CDATA\[|<!\[CDATA\[)|(-->|/\*\s*\]\]>\s*\*/|//\s*\]\]>|\]\]>)\s*;?\s*$")
_DEPTH = 12


class Structured:
    """The fields of a page's structured data, best statement first; every method may find nothing."""

    def __init__(self, tree: HtmlElement) -> None:
        self.tree = tree
        self.meta = _meta(tree)
        self.nodes = list(_json_ld(tree))
        self.article = _best([n for n in self.nodes if _is_article(n)])
        self.page = _best([n for n in self.nodes if "WebPage" in _types(n)])

    def first(self, *names: str) -> str | None:
        """Return the first meta tag of these names that says something."""
        return next((self.meta[name] for name in names if self.meta.get(name)), None)

    @property
    def headline(self) -> str:
        """Return the headline of the article in structured data."""
        said = self.article.get("headline") or self.article.get("name")
        return clean_line(html.unescape(said)) if isinstance(said, str) else ""

    @property
    def titles(self) -> list[str]:
        """Return the further titles that the page claims, the most specific first."""
        said = [self.first("og:title"), self.first("twitter:title"), self.article.get("name")]
        said += [self.first("dc.title", "dcterms.title", "citation_title", "parsely-title", "sailthru.title"), self._prop("headline")]
        return [clean_line(html.unescape(s)) for s in said if isinstance(s, str) and s.strip()]

    @property
    def standfirsts(self) -> list[str]:
        """Return the summaries that the page claims; they may stand above the text, or nowhere."""
        said = [
            self.article.get("description"),
            self.first("og:description"),
            self.first("description"),
            self.article.get("alternativeHeadline"),
        ]
        return [clean_line(html.unescape(s)) for s in said if isinstance(s, str)]

    @property
    def published(self) -> list[str]:
        """Return the dates of publication that the page claims."""
        said = [
            self.article.get("datePublished"),
            self.first("article:published_time", "article:published", "og:article:published_time", "og:published_time"),
            self.page.get("datePublished"),
            self._prop("datePublished"),
            self.first("parsely-pub-date", "sailthru.date", "pubdate", "publish-date", "publication_date", "dc.date.issued"),
            self.first("dcterms.issued", "dcterms.created", "dc.date.created", "citation_publication_date", "datepublished"),
            self.first("cxenseparse:recs:publishtime"),
            self.first("dc.date", "dcterms.date", "date", "article.created", "cdate"),
            self.article.get("dateCreated") or self.article.get("uploadDate"),
        ]  # fmt: skip
        return [s for s in map(_string, said) if s]

    @property
    def modified(self) -> list[str]:
        """Return the dates of the last change that the page claims."""
        said = [
            self.article.get("dateModified"),
            self.first("article:modified_time", "og:updated_time", "article:modified", "dcterms.modified", "last-modified", "lastmod"),
            self._prop("dateModified"),
            self.page.get("dateModified"),
        ]
        return [s for s in map(_string, said) if s]

    @property
    def authors(self) -> list[str]:
        """Return the names of the authors that the page claims."""
        for said in (self.article.get("author"), self.article.get("creator")):
            if names := list(_names(said, self.nodes)):
                return names
        said = self.first(
            "author", "article:author", "dc.creator", "dcterms.creator", "parsely-author", "sailthru.author", "byl", "citation_author"
        )
        return [said] if said else []

    @property
    def images(self) -> list[str]:
        """Return the addresses of lead images that the page claims, as it writes them."""
        said = [self.first("og:image:secure_url", "og:image", "og:image:url"), *_images(self.article.get("image"))]
        said += [self.first("twitter:image", "twitter:image:src"), *_images(self.article.get("thumbnailUrl")), self.first("thumbnail")]
        return [s for s in said if s]

    @property
    def site_name(self) -> str | None:
        """Return the outlet's name."""
        publisher = self.article.get("publisher") or self.article.get("sourceOrganization")
        names = [
            self.first("og:site_name"),
            *_names(publisher, self.nodes),
            *(_string(n.get("name")) for n in self.nodes if "WebSite" in _types(n)),
        ]
        names.append(self.first("application-name", "apple-mobile-web-app-title", "dcterms.publisher", "dc.publisher"))
        return next((clean_line(html.unescape(n)) for n in names if n and "/" not in n), None)

    @cached_property
    def _props(self) -> dict[str, HtmlElement]:
        """The first element of each property of microdata."""
        found: dict[str, HtmlElement] = {}
        for element in self.tree.xpath("//*[@itemprop]"):
            for name in element.get("itemprop").split():
                found.setdefault(name, element)
        return found

    def _prop(self, name: str) -> str | None:
        element = self._props.get(name)
        if element is None:
            return None
        said: str = element.get("content") or element.get("datetime") or element.text_content()
        return said.strip() or None


def _meta(tree: HtmlElement) -> dict[str, str]:
    found: dict[str, str] = {}
    for element in tree.iter("meta"):
        content = element.get("content")
        name = element.get("property") or element.get("name") or element.get("itemprop") or element.get("http-equiv")
        if content and name and content.strip():
            found.setdefault(name.strip().lower(), content.strip())
    return found


def _json_ld(tree: HtmlElement) -> Iterator[Node]:
    for script in tree.xpath("//script[contains(@type, 'ld+json')]"):
        yield from _walk(_parse(script.text_content() or ""), 0)


def _parse(text: str) -> Any:
    text = _COMMENT.sub("", text).strip().rstrip(";")
    for attempt in (text, html.unescape(text), re.sub(r",(\s*[}\]])", r"\1", text)):
        try:
            return json.loads(attempt, strict=False)
        except (ValueError, RecursionError):
            continue
    return None


def _walk(value: Any, depth: int) -> Iterator[Node]:
    if depth > _DEPTH:
        return
    if isinstance(value, list):
        for each in value:
            yield from _walk(each, depth + 1)
    elif isinstance(value, dict):
        yield value
        for key in ("@graph", "mainEntity", "mainEntityOfPage", "itemListElement", "isPartOf", "item"):
            if isinstance(value.get(key), dict | list):
                yield from _walk(value[key], depth + 1)


def _types(node: Node) -> list[str]:
    said = node.get("@type")
    return [s for s in (said if isinstance(said, list) else [said]) if isinstance(s, str)]


def _is_article(node: Node) -> bool:
    return any(_ARTICLE.fullmatch(t) for t in _types(node))


def _best(nodes: list[Node]) -> Node:
    return max(nodes, key=lambda n: sum(bool(n.get(k)) for k in ("headline", "datePublished", "author", "articleBody")), default={})


def _string(value: Any) -> str | None:
    if isinstance(value, list):
        value = next((v for v in value if isinstance(v, str)), None)
    return value.strip() or None if isinstance(value, str) else None


def _images(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for each in value[:5]:
            yield from _images(each)
    elif isinstance(value, dict):
        yield from (said for said in (_string(value.get("url")), _string(value.get("contentUrl"))) if said)


def _names(value: Any, nodes: list[Node]) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for each in value:
            yield from _names(each, nodes)
    elif isinstance(value, dict) and value.get("name"):
        yield from _names(value["name"], nodes)
    elif isinstance(value, dict) and (reference := value.get("@id")):
        named = (n for n in nodes if n.get("@id") == reference and n.get("name"))
        yield from (_string(n["name"]) or "" for n in list(named)[:1])
