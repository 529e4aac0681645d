"""Archives as CC-NEWS has them, of pages that never were."""

from __future__ import annotations

import gzip
from collections.abc import Iterable
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from xml.sax.saxutils import escape

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

FETCHED = datetime(2026, 5, 12, 8, tzinfo=UTC)
FILLER = "The teams have worked side by side for a decade, and both called the step a natural one. They meet again in spring."
CALM = "The bakery on the market square opens at seven now, and the queue reaches the fountain on most mornings of the week."


def html(title: str, *paragraphs: str, published: datetime = FETCHED) -> bytes:
    head = f'<title>{escape(title)}</title><meta property="article:published_time" content="{published.isoformat()}">'
    body = "".join(f"<p>{escape(p)}</p>" for p in paragraphs)
    return f"<!doctype html><html lang=en><head>{head}</head><body><article><h1>{escape(title)}</h1>{body}</article></body></html>".encode()


def space_page(number: int) -> bytes:
    return html(
        f"JAXA and ISRO sign memorandum number {number} on a lunar rover",
        f"TOKYO - The Japan Aerospace Exploration Agency (JAXA) and the Indian Space Research Organisation (ISRO) signed memorandum "
        f"{number} on Monday for a joint lunar polar mission.",
        FILLER,
    )


def record(url: str, body: bytes, *, status: str = "200 OK", kind: str = "text/html; charset=utf-8", at: datetime = FETCHED) -> bytes:
    """One gzip member."""
    out = BytesIO()
    http = StatusAndHeaders(status, [("Content-Type", kind), ("Content-Encoding", "gzip")], protocol="HTTP/1.1")
    writer = WARCWriter(out, gzip=True)
    dated = {"WARC-Date": f"{at:%Y-%m-%dT%H:%M:%SZ}"}
    made = writer.create_warc_record(url, "response", payload=BytesIO(gzip.compress(body)), http_headers=http, warc_headers_dict=dated)
    writer.write_record(made)
    return out.getvalue()


def info() -> bytes:
    out = BytesIO()
    writer = WARCWriter(out, gzip=True)
    writer.write_record(writer.create_warcinfo_record("CC-NEWS-TEST.warc.gz", {"software": "test"}))
    return out.getvalue()


def write(path: Path, records: Iterable[bytes]) -> Path:
    path.write_bytes(info() + b"".join(records))
    return path


def mixed(count: int, *, base: str = "https://www.orbit.example") -> list[bytes]:
    """`count` pages about space among twice as many that are not, and pages that are no article of ours."""
    records = []
    for n in range(count):
        records.append(record(f"{base}/news/{n}?utm_source=x", space_page(n)))
        records.append(record(f"{base}/town/{n}", html(f"Bread, part {n}", CALM, CALM)))
        records.append(record(f"https://elsewhere.example/{n}", space_page(n + 100_000)))
    records.append(record(f"{base}/gone", b"no such page", status="404 Not Found"))
    records.append(record(f"{base}/picture", b"\x89PNG", kind="image/png"))
    return records
