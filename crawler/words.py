"""What went wrong on the way, in words for people."""

from __future__ import annotations

import zlib
from http import HTTPStatus

from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
)
from twisted.internet.error import ConnectError, ConnectionClosed
from twisted.web.client import ResponseFailed

from crawler.manners import NotAskedError
from spacepact.round import FailureKind

_MAY_PASS = frozenset({401, 403, 407, 408, 421, 423, 425, 429})
"""4xx that say "not now" or "not you": a page that exists. Any other 4xx says "no such page"."""

_WORDS: tuple[tuple[type[BaseException] | tuple[type[BaseException], ...], str], ...] = (
    (CannotResolveHostError, "no such host"),
    (DownloadConnectionRefusedError, "the connection was refused"),
    (DownloadTimeoutError, "no answer in time"),
    (ResponseDataLossError, "the answer was cut short"),
    ((EOFError, zlib.error, OSError), "the answer's compression is broken"),
)


class MisdirectedError(IgnoreRequest):
    """A redirect leads where we do not follow; the text says why."""


class ForbiddenError(IgnoreRequest):
    """robots.txt forbids the address."""


def status_words(status: int) -> str:
    """Return `404 Not Found` for 404."""
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)


def may_pass(status: int) -> bool:
    """Return whether another try in a later round may help."""
    return status >= 500 or status in _MAY_PASS


def status_kind(status: int) -> FailureKind:
    """Return what a status says about the address: it is gone, it is closed to us, or it fails."""
    return "gone" if status in (404, 410) else "blocked" if status in (401, 403) else "failing"


def error_words(error: BaseException | None, max_bytes: int) -> str:
    """Return why a download failed."""
    if is_too_large(error):
        return f"the page is larger than {max_bytes / 1_000_000:g} MB"
    if isinstance(error, IgnoreRequest | NotAskedError):
        return str(error)
    for kinds, words in _WORDS:
        if isinstance(error, kinds):
            return words
    if isinstance(error, DownloadFailedError | ResponseFailed | ConnectionClosed | ConnectError):
        return "the secure connection failed" if _is_tls(error) else "the connection broke"
    return f"{type(error).__name__}: {str(error)[:200]}"


def is_too_large(error: BaseException | None) -> bool:
    """Return whether an answer broke the size limit, before or after decompression."""
    if isinstance(error, DownloadCancelledError):
        return True  # nothing else cancels a download, and Scrapy does not always say why
    return isinstance(error, IgnoreRequest) and ("larger than" in str(error) or "DOWNLOAD_MAXSIZE" in str(error))


def _is_tls(error: BaseException) -> bool:
    return "SSL" in str(error) or "certificate" in str(error).lower()
