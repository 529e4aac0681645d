"""Small fictional pages, feeds and sources."""

from __future__ import annotations

from typing import Any

from crawler.source import Source

SENTENCES = (
    "The agencies of Norvania and Estmark agreed to build a lunar relay together.",
    "Their directors signed the plan in the harbour town of Lindholm on Monday.",
    "Norvania provides the antenna, while Estmark provides the platform and the launch.",
)


def source(kind: str, *urls: str, **more: Any) -> Source:
    plain = {"name": "Orbit Post", "kind": kind, "urls": urls, "language": "en", "country": "NO", "tier": "trade", "every": "30m"}
    return Source.model_validate(plain | more)


def page(title: str, *, body: str = "", head: str = "", sentences: tuple[str, ...] = SENTENCES) -> str:
    paragraphs = "".join(f"<p>{s}</p>" for s in sentences)
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title} | Orbit Post</title>'
        f'<meta property="og:site_name" content="Orbit Post">{head}</head><body><nav><a href="/">Home</a></nav>'
        f"<main><article><h1>{title}</h1>{paragraphs}</article>{body}</main><footer>Copyright Orbit Post</footer></body></html>"
    )


def rss(*items: tuple[str, str], summary: str = "", head: str = "") -> str:
    entries = "".join(
        f"<item><title>{title}</title><link>{link}</link><description>{summary}</description></item>" for title, link in items
    )
    return f'<?xml version="1.0" encoding="utf-8"?>{head}<rss version="2.0"><channel><title>Orbit Post</title>{entries}</channel></rss>'


def sitemap(*items: tuple[str, str]) -> str:
    entries = "".join(f"<url><loc>{loc}</loc><lastmod>{when}</lastmod></url>" for loc, when in items)
    return f'<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{entries}</urlset>'
