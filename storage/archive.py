"""Fetched pages as they came, in WARC files (ISO 28500): one gzip member a page, so that each is read by its offset.

A process writes files of its own, a new one each day and whenever one is full.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from gzip import GzipFile
from http import HTTPStatus
from io import BytesIO
from pathlib import Path
from threading import Lock
from typing import BinaryIO, NamedTuple

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from spacepact.errors import SpacepactError
from spacepact.round import Page

SEGMENT_BYTES = 100_000_000
LEVEL = 6
"""Of gzip: warcio's own 9 takes half as long again for a hundredth less."""


class Place(NamedTuple):
    """Where a page lies: file (within the archive's directory), offset and size in bytes, SHA-256 of its body."""

    file: str
    offset: int
    size: int
    digest: str


class MissingEvidenceError(SpacepactError):
    """A page that the index names is not where it should be, or is another one."""


class Archive:
    """A directory of WARC files."""

    def __init__(self, directory: Path, segment_bytes: int = SEGMENT_BYTES) -> None:
        self.directory = directory
        self._segment_bytes = segment_bytes
        self._lock = Lock()
        self._file: BinaryIO | None = None
        self._name = ""
        self._number = 0

    def write(self, page: Page, now: datetime) -> Place:
        """Append a page and return where it lies; it is handed to the system before this returns.

        A power cut may take the last seconds of evidence with it. Raises OSError where it cannot be written.
        """
        with self._lock:
            file = self._open(now)
            offset = file.tell()
            try:
                _write(file, page, now)
                file.flush()
            except OSError:
                file.truncate(offset)
                raise
            return Place(self._name, offset, file.tell() - offset, hashlib.sha256(page.body).hexdigest())

    def read(self, place: Place) -> Page:
        """Return the page at a place; raises MissingEvidenceError where it is not there or was altered."""
        where = f"evidence: {self.directory / place.file} at {place.offset}"
        try:
            with (self.directory / place.file).open("rb") as file:
                file.seek(place.offset)
                record = next(iter(ArchiveIterator(BytesIO(file.read(place.size)))))
                body = record.content_stream().read()
        except (OSError, StopIteration, ArchiveLoadFailed) as error:
            raise MissingEvidenceError(f"{where}: the page is missing ({type(error).__name__})") from None
        if hashlib.sha256(body).hexdigest() != place.digest:
            raise MissingEvidenceError(f"{where}: the page is not the one that was kept")
        http = record.http_headers
        return Page(record.rec_headers.get_header("WARC-Target-URI"), int(http.get_statuscode()), tuple(http.headers), body)

    def drop(self, wanted: Collection[str], now: datetime) -> int:
        """Remove files that hold nothing `wanted` any more and are older than a day; returns how many."""
        dropped = 0
        for path in self.directory.glob("*.warc.gz"):
            written = datetime.fromtimestamp(path.stat().st_mtime, UTC)
            if path.name not in wanted and path.name != self._name and now - written > timedelta(days=1):
                path.unlink()
                dropped += 1
        return dropped

    def close(self) -> None:
        """End the file at hand; the next page begins another."""
        with self._lock:
            self._end()

    def _end(self) -> None:
        if self._file:
            os.fsync(self._file.fileno())
            self._file.close()
            self._file = None

    def _open(self, now: datetime) -> BinaryIO:
        if self._file and (self._file.tell() >= self._segment_bytes or self._name[:8] != f"{now:%Y%m%d}"):
            self._end()
        if self._file is None:
            self.directory.mkdir(parents=True, exist_ok=True)
            self._number += 1
            self._name = f"{now:%Y%m%d-%H%M%S}-{os.getpid()}-{self._number:04}.warc.gz"
            self._file = (self.directory / self._name).open("xb")
            writer = WARCWriter(self._file, gzip=True)
            writer.write_record(writer.create_warcinfo_record(self._name, {"software": "spacepact", "format": "WARC File Format 1.0"}))
        return self._file


def _write(file: BinaryIO, page: Page, now: datetime) -> None:
    phrase = HTTPStatus(page.status).phrase if page.status in HTTPStatus._value2member_map_ else ""
    http = StatusAndHeaders(f"{page.status} {phrase}".strip(), list(page.headers), protocol="HTTP/1.1")
    dated = {"WARC-Date": f"{now.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"}
    with GzipFile("", "wb", LEVEL, file, mtime=0) as member:
        writer = WARCWriter(member, gzip=False)
        writer.write_record(
            writer.create_warc_record(page.url, "response", payload=BytesIO(page.body), http_headers=http, warc_headers_dict=dated)
        )
