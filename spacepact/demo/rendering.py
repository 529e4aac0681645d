"""An outlet as bytes: every page, feed, sitemap and robots.txt that its server answers in one round. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from email.utils import format_datetime
from typing import NamedTuple

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from spacepact.demo.content import OUTLETS, Outlet, Page, RoundNumber

NOTICE = "Fictional article of the spacepact demonstration."
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_TEMPLATES = Environment(loader=FileSystemLoader(OUTLETS / "templates"), autoescape=True, undefined=StrictUndefined, trim_blocks=True)
_TEMPLATES.filters["http_date"] = lambda moment: format_datetime(moment, usegmt=True)


class Answer(NamedTuple):
    """One representation that a server hands out (RFC 9110, 8.8)."""

    body: bytes
    content_type: str
    modified: datetime

    @property
    def etag(self) -> str:
        return f'"{hashlib.sha256(self.body).hexdigest()[:16]}"'


class _Entry(NamedTuple):
    page: Page
    path: str
    url: str
    published: datetime
    modified: datetime


def website(outlet: Outlet, number: RoundNumber, *, now: datetime, base: str) -> dict[str, Answer]:
    """Return what each path of an outlet answers; `now` is the start of the demonstration (UTC), `base` the server's address."""
    entries = sorted(_entries(outlet, number, now, base), key=lambda e: e.published, reverse=True)
    newest = max(e.modified for e in entries)
    robots = "".join(f"{line}\n" for line in ("User-agent: *", *(f"Disallow: {path}" for path in outlet.disallow)))
    answers = {
        "/": Answer(_render("index.html", outlet, base, entries=entries), "text/html; charset=utf-8", newest),
        "/robots.txt": Answer(robots.encode(), "text/plain; charset=utf-8", now - timedelta(days=40)),
        **_lists(outlet, entries, newest, base),
    }
    for e in entries:
        if not e.page.missing:
            body = _render(f"{outlet.frame}.html", outlet, base, **e._asdict())
            answers[e.path] = Answer(body, "text/html; charset=utf-8", e.modified)
    return answers


def _entries(outlet: Outlet, number: RoundNumber, now: datetime, base: str) -> Iterator[_Entry]:
    for page in outlet.pages:
        if page.late and number == 1:
            continue
        published = modified = now - timedelta(hours=page.hours_ago)
        shown, path = page, outlet.address(page)
        if page.second and number == 2:
            modified = now - timedelta(hours=page.second.hours_ago)
            shown = page.model_copy(update={"title": page.second.title, "paragraphs": page.second.paragraphs})
        weekday = _WEEKDAYS[published.weekday()]
        shown = shown.model_copy(update={"paragraphs": tuple(p.replace("{weekday}", weekday) for p in shown.paragraphs)})
        yield _Entry(shown, path, base + path, published.replace(microsecond=0), modified.replace(microsecond=0))


def _lists(outlet: Outlet, entries: Sequence[_Entry], newest: datetime, base: str) -> dict[str, Answer]:
    match outlet.format:
        case "atom":
            files = {outlet.index: ("feed.atom", "application/atom+xml")}
        case "rss":
            files = {outlet.index: ("feed.rss", "application/rss+xml")}
        case "sitemap":
            files = {outlet.index: ("sitemap_index.xml", "application/xml"), "/sitemap-news.xml": ("sitemap.xml", "application/xml")}
        case "json":
            return {outlet.index: Answer(_json_feed(outlet, entries, base), "application/feed+json", newest)}
        case "html":
            return {}
    return {
        path: Answer(_render(template, outlet, base, entries=entries, modified=newest), kind, newest)
        for path, (template, kind) in files.items()
    }


def _json_feed(outlet: Outlet, entries: Sequence[_Entry], base: str) -> bytes:
    """Return a JSON Feed 1.1 (https://www.jsonfeed.org/version/1.1/)."""
    items = [
        {
            "id": e.url,
            "url": e.url,
            "title": e.page.title,
            "summary": "".join(e.page.paragraphs[:1]),
            "content_text": "".join(e.page.paragraphs[:1]),
            "date_published": e.published.isoformat(),
            "date_modified": e.modified.isoformat(),
            "authors": [{"name": name} for name in e.page.authors],
        }
        for e in entries
    ]
    head = {"version": "https://jsonfeed.org/version/1.1", "title": outlet.name, "home_page_url": f"{base}/", "description": NOTICE}
    feed = {**head, "feed_url": base + outlet.index, "language": outlet.language, "items": items}
    return json.dumps(feed, ensure_ascii=False, indent=1).encode()


def _render(template: str, outlet: Outlet, base: str, **values: object) -> bytes:
    return _TEMPLATES.get_template(template).render(outlet=outlet, base=base, notice=NOTICE, **values).encode()
