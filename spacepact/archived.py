"""A file of a web archive, on disk or at an address, read from any offset; nothing is written to disk."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from spacepact.errors import SpacepactError
from spacepact.warc import CHUNK, Stream


class Archived:
    """A WARC file or its web address; raises SpacepactError where it cannot be read."""

    def __init__(self, where: str) -> None:
        self.is_url = where.startswith(("http://", "https://"))
        self.where = where if self.is_url else str(Path(where).resolve())
        if not self.is_url and not Path(where).is_file():
            raise SpacepactError(f"{where}: there is no such file")

    def size(self) -> int:
        """Return how many bytes it has, 0 where a server does not say."""
        if not self.is_url:
            return Path(self.where).stat().st_size
        try:
            answer = httpx.head(self.where, follow_redirects=True, headers={"Accept-Encoding": "identity"}, timeout=60).raise_for_status()
        except httpx.HTTPError as error:
            raise SpacepactError(f"{self.where}: {error}") from None
        return int(answer.headers.get("Content-Length", 0))

    @contextmanager
    def open(self, offset: int) -> Iterator[Stream]:
        """Open it at an offset."""
        if not self.is_url:
            with Path(self.where).open("rb") as file:
                file.seek(offset)
                yield file
            return
        headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={offset}-"} if offset else {})
        try:
            with httpx.stream("GET", self.where, headers=headers, follow_redirects=True, timeout=60) as answer:
                answer.raise_for_status()
                stream = _Download(answer)
                if answer.status_code != httpx.codes.PARTIAL_CONTENT:
                    stream.skip(offset)
                yield stream
        except httpx.HTTPError as error:
            raise SpacepactError(f"{self.where}: {error or type(error).__name__}; run it again to go on") from None


class _Download:
    """An answer's bytes as they travelled."""

    def __init__(self, answer: httpx.Response) -> None:
        self._chunks = answer.iter_raw(CHUNK)
        self._left = b""

    def read(self, size: int, /) -> bytes:
        """Return some bytes, none at the end."""
        found = self._left or next(self._chunks, b"")
        self._left = found[size:]
        return found[:size]

    def skip(self, size: int) -> None:
        """Pass over bytes, for a server that does not know Range."""
        while size > 0 and (passed := self.read(min(size, CHUNK))):
            size -= len(passed)
