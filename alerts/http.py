"""One POST: no redirects, no proxies, a limit on time and on the answer, and no address in what it says."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import NamedTuple
from urllib.parse import urlsplit

import httpx

from spacepact.errors import SendError

TIME_LIMIT = 15.0
ANSWER_LIMIT = 64 * 1024

# httpx logs whole addresses at INFO, and a Slack address is a secret.
logging.getLogger("httpx").setLevel(logging.WARNING)


class Answer(NamedTuple):
    """What the receiver said: status, the first 64 KB, and how long it wants silence (seconds, None: it did not say)."""

    status: int
    text: str
    retry_after: float | None

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300

    @property
    def words(self) -> str:
        """Status and the beginning of the answer, on one line."""
        return " ".join(f"{self.status} {self.text[:200]}".split())


def check_url(url: str) -> str:
    """Return an absolute http or https URL; raises ValueError that does not repeat it, for it may hold a secret."""
    try:
        parts = httpx.URL(url)
        good = parts.scheme in ("http", "https") and bool(parts.host) and url.isprintable() and " " not in url
    except (httpx.InvalidURL, ValueError):
        good = False
    if not good:
        raise ValueError("not an http or https address; write https://host/path")
    return url


async def post(name: str, url: str, body: bytes, headers: Mapping[str, str], *, time_limit: float = TIME_LIMIT) -> Answer:
    """POST and return the answer, whatever its status; raises SendError where there is none. `name` is the channel's."""
    host = urlsplit(url).hostname
    try:
        async with asyncio.timeout(time_limit), httpx.AsyncClient(trust_env=False, timeout=time_limit) as client:
            return await _exchange(client, url, body, headers)
    except (TimeoutError, httpx.TimeoutException):
        raise SendError(f"{name}: no answer from {host} within {time_limit:g} s") from None
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise SendError(f"{name}: {host} cannot be reached ({type(error).__name__})") from None


async def _exchange(client: httpx.AsyncClient, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
    ours = {"User-Agent": "spacepact", "Accept-Encoding": "identity", **headers}
    async with client.stream("POST", url, content=body, headers=ours) as response:
        read = bytearray()
        async for piece in response.aiter_raw():
            read += piece
            if len(read) >= ANSWER_LIMIT:
                break
        text = bytes(read[:ANSWER_LIMIT]).decode("utf-8", "replace")
        return Answer(response.status_code, text, retry_after(response.headers.get("retry-after"), datetime.now(UTC)))


def retry_after(value: str | None, now: datetime) -> float | None:
    """Return the seconds that a Retry-After header asks for (RFC 9110, 10.2.3), None where it says nothing usable."""
    if value is None:
        return None
    if value.isascii() and value.strip().isdigit():
        return float(value)
    try:
        return max(0.0, (parsedate_to_datetime(value) - now).total_seconds())
    except (TypeError, ValueError):
        return None
