"""OPML 2.0 (http://opml.org/spec2.opml): how other readers hand over their subscriptions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from email.utils import format_datetime
from typing import NamedTuple

from lxml import etree

from crawler.address import resolve
from crawler.source import Source
from spacepact.article import TIERS
from spacepact.text import clean_line

MOST_BYTES = 16_000_000


class Subscription(NamedTuple):
    """One feed of an OPML file; `folder` is where it stood."""

    name: str
    url: str
    page: str | None
    language: str | None
    folder: str


def read_opml(body: bytes) -> list[Subscription]:
    """Return the feeds of an OPML file, each address once; raises ValueError where it is none."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, recover=True, huge_tree=False)
    try:
        root = etree.fromstring(body[:MOST_BYTES].strip(), parser)
    except etree.XMLSyntaxError:
        root = None
    if root is None or etree.QName(root).localname.lower() != "opml":
        raise ValueError("not an OPML file")
    return list({found.url: found for found in _feeds(root)}.values())


def _feeds(root: etree._Element) -> Iterator[Subscription]:
    for outline in root.iter("outline"):
        said = {str(k).lower(): clean_line(str(v)) for k, v in outline.attrib.items()}
        if url := resolve(said.get("xmlurl", "")):
            above = outline.getparent()
            folder = clean_line(str(above.get("title") or above.get("text") or "")) if above is not None else ""
            name = said.get("title") or said.get("text") or url
            yield Subscription(name, url, resolve(said.get("htmlurl", "")), said.get("language", "")[:2].lower() or None, folder)


def write_opml(sources: Mapping[str, Source], now: datetime) -> bytes:
    """Return all sources as OPML, one folder a tier; a sitemap or a listing is a plain link, which readers pass over."""
    root = etree.Element("opml", version="2.0")
    head = etree.SubElement(root, "head")
    etree.SubElement(head, "title").text = "spacepact sources"
    etree.SubElement(head, "dateCreated").text = format_datetime(now)
    body = etree.SubElement(root, "body")
    for tier in TIERS:
        folder = etree.SubElement(body, "outline", text=tier)
        for source in (s for s in sources.values() if s.tier == tier):
            for url in source.urls:
                address = {"type": "rss", "xmlUrl": url} if source.kind == "feed" else {"type": "link", "url": url}
                etree.SubElement(folder, "outline", {"text": source.name, "title": source.name, "language": source.language, **address})
    return bytes(etree.tostring(root, xml_declaration=True, encoding="utf-8", pretty_print=True))
