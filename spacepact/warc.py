"""WARC files as archives of the web publish them: one gzip member a record, read from any offset, broken ones passed over."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from datetime import datetime
from io import BytesIO
from typing import NamedTuple, Protocol

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed

from spacepact.round import Page

CHUNK = 1 << 16
MOST = 32_000_000
"""Decoded bytes of a record: archives cut pages long before."""
_MEMBER = b"\x1f\x8b\x08"
_CUT = "the file ends in the middle of a record; it was not copied whole"


class Stream(Protocol):
    """Where bytes come from."""

    def read(self, size: int, /) -> bytes:
        """Return some bytes, none at the end."""
        ...


class Record(NamedTuple):
    """One record as it is written, and where it begins and ends in the file."""

    start: int
    end: int
    data: bytes


class Broken(NamedTuple):
    """A place where no record can be read, and why; `cut`: because the file ends there."""

    start: int
    why: str
    cut: bool = False


class Response(NamedTuple):
    """A page of an archive, and when it was fetched."""

    page: Page
    fetched: datetime


def records(stream: Stream, offset: int) -> Iterator[Record | Broken]:
    """Yield the records of a file that stands at an offset; after a broken one, those from the next that can be read."""
    window, told = _Window(stream, offset), False
    while not window.ended:
        start = window.offset
        why, data = window.member()
        if why is None and data.startswith(b"WARC/"):
            told = False
            yield Record(start, window.offset, data)
            continue
        if not told:
            yield Broken(start, why or "it is no WARC record", cut=why == _CUT)
        told = True
        if why is not None:
            window.next_member()


def response(record: Record, most: int) -> Response | None:
    """Return the page that a record holds; None where it is none that was answered with 200. Raises ValueError where it is broken."""
    try:
        found = next(iter(ArchiveIterator(BytesIO(record.data))))
        http, said = found.http_headers, found.rec_headers
        if found.rec_type != "response" or http is None or http.get_statuscode() != "200":
            return None
        body = found.content_stream().read(most)
        fetched = datetime.fromisoformat(said.get_header("WARC-Date"))
        return Response(Page(said.get_header("WARC-Target-URI"), 200, tuple(http.headers), body), fetched)
    except (ArchiveLoadFailed, StopIteration, AttributeError, LookupError, TypeError, ValueError, OSError, EOFError, zlib.error) as error:
        raise ValueError(f"its page cannot be read ({type(error).__name__}: {error})"[:200]) from None


def target(record: Record) -> str | None:
    """Return the address of the page that a record holds, None where it holds none; cheap."""
    head = record.data[: record.data.find(b"\r\n\r\n")].decode("utf-8", "replace").split("\r\n")
    fields = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in head)}
    return fields.get("warc-target-uri", "").strip("<>") if fields.get("warc-type") == "response" else None


class _Window:
    """The bytes of a stream from the beginning of the member at hand; `offset` is where in the file that is."""

    def __init__(self, stream: Stream, offset: int) -> None:
        self.offset = offset
        self._stream = stream
        self._held = bytearray()

    @property
    def ended(self) -> bool:
        """Whether nothing follows."""
        return not self._held and not self._more()

    def member(self) -> tuple[str | None, bytes]:
        """Return why the member at hand cannot be read (None where it can, and the next one is at hand), and what it holds."""
        inflater, parts, size, fed = zlib.decompressobj(wbits=31), list[bytes](), 0, 0
        while not inflater.eof:
            if fed == len(self._held) and not self._more():
                return _CUT, b""
            piece = bytes(self._held[fed : fed + CHUNK])
            fed += len(piece)
            try:
                parts.append(inflater.decompress(piece, MOST - size + 1))
            except zlib.error as error:
                return f"its compression is broken ({error})", b""
            size += len(parts[-1])
            if size > MOST:
                return f"it is larger than {MOST // 1_000_000} MB; is the whole file one member? Then: warcio recompress", b""
        self._drop(fed - len(inflater.unused_data))
        return None, b"".join(parts)

    def next_member(self) -> None:
        """Go to where another member may begin."""
        after = 1
        while (at := self._held.find(_MEMBER, after)) < 0:
            self._drop(max(len(self._held) - len(_MEMBER) + 1, after))
            after = 0
            if not self._more():
                self._drop(len(self._held))
                return
        self._drop(at)

    def _more(self) -> bool:
        fresh = self._stream.read(CHUNK)
        self._held += fresh
        return bool(fresh)

    def _drop(self, count: int) -> None:
        del self._held[:count]
        self.offset += count
