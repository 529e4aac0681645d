"""One POST: to public addresses only, no redirects, no proxies, a limit on time and on the answer, and no address in what it says."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import NamedTuple
from urllib.parse import urlsplit

import httpx

from alerts.guard import RefusedError, Resolve, lookup, reachable
from alerts.lines import line_to
from spacepact.errors import SendError
from spacepact.settings import Outbound

TIME_LIMIT = 15.0
ANSWER_LIMIT = 64 * 1024

# They log whole addresses and headers, and a Slack address is a secret.
for _talker in ("httpx", "httpcore"):
    logging.getLogger(_talker).setLevel(logging.WARNING)


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


async def post(
    name: str,
    url: str,
    body: bytes,
    headers: Mapping[str, str],
    *,
    outbound: Outbound,
    time_limit: float = TIME_LIMIT,
    resolve: Resolve = lookup,
) -> Answer:
    """POST and return the answer, whatever its status; raises SendError where there is none. `name` is the channel's.

    The host is resolved once, every address checked, and only these are connected to.
    """
    host = urlsplit(url).hostname
    try:
        async with line_to(url) as line, asyncio.timeout(time_limit):
            addresses = await reachable(url, outbound, resolve)
            return await _first_that_listens(line.transport, url, addresses, body, headers)
    except TimeoutError:
        raise SendError(f"{name}: no answer from {host} within {time_limit:g} s") from None
    except RefusedError as error:
        raise SendError(f"{name}: {host} is refused: {error}") from None
    except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
        raise SendError(f"{name}: {host} cannot be reached ({type(error).__name__})") from None


async def _first_that_listens(
    transport: httpx.AsyncHTTPTransport, url: str, addresses: list[str], body: bytes, headers: Mapping[str, str]
) -> Answer:
    for address in addresses[:-1]:
        with suppress(httpx.ConnectError):
            return await _exchange(transport, url, address, body, headers)
    return await _exchange(transport, url, addresses[-1], body, headers)


async def _exchange(transport: httpx.AsyncHTTPTransport, url: str, address: str, body: bytes, headers: Mapping[str, str]) -> Answer:
    asked = httpx.URL(url)
    ours = {"Host": asked.netloc.decode("ascii"), "User-Agent": "spacepact", "Accept-Encoding": "identity", **headers}
    pinned, name = asked.copy_with(host=address.partition("%")[0]), {"sni_hostname": asked.host}
    # The transport itself: a client adds cookies, redirects and proxies, which are not wanted, and half of the time.
    response = await transport.handle_async_request(httpx.Request("POST", pinned, content=body, headers=ours, extensions=name))
    try:
        read = bytearray()
        async for piece in response.aiter_raw():
            read += piece
            if len(read) >= ANSWER_LIMIT:
                break
    finally:
        await response.aclose()
    text = _without_secrets(bytes(read[:ANSWER_LIMIT]).decode("utf-8", "replace"), asked, ours)
    return Answer(response.status_code, text, retry_after(response.headers.get("retry-after"), datetime.now(UTC)))


def _without_secrets(text: str, asked: httpx.URL, headers: Mapping[str, str]) -> str:
    """Return an answer without what we sent and must not show: many a server repeats the path that it does not know."""
    raw = asked.raw_path.decode("ascii")
    login = headers.get("Authorization", "").removeprefix("Bearer ")
    for secret in (str(asked), raw, raw.partition("?")[0], asked.path, asked.query.decode("ascii"), login):
        if len(secret) > 3:
            text = text.replace(secret, "[...]")
    return text


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
