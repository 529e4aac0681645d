"""One POST: to public addresses only, no redirects, no proxies, a limit on time and on the answer, and no address in what it says."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import NamedTuple

import httpx
from aiohttp import ClientConnectorError, ClientError, ClientSession
from yarl import URL

from alerts.guard import RefusedError, Resolve, lookup, parsed, reachable
from alerts.lines import line_to
from spacepact.errors import SendError
from spacepact.settings import Outbound

TIME_LIMIT = 15.0
ANSWER_LIMIT = 64 * 1024


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
    host = parsed(url).host
    try:
        async with line_to(url) as line, asyncio.timeout(time_limit):
            addresses = await reachable(url, outbound, resolve)
            return await _first_that_listens(line.session, url, addresses, body, headers)
    except TimeoutError:
        raise SendError(f"{name}: no answer from {host} within {time_limit:g} s") from None
    except RefusedError as error:
        raise SendError(f"{name}: {host} is refused: {error}") from None
    except (ClientError, OSError) as error:
        raise SendError(f"{name}: {host} cannot be reached ({type(error).__name__})") from None


async def _first_that_listens(session: ClientSession, url: str, addresses: list[str], body: bytes, headers: Mapping[str, str]) -> Answer:
    for address in addresses[:-1]:
        with suppress(ClientConnectorError):
            return await _exchange(session, url, address, body, headers)
    return await _exchange(session, url, addresses[-1], body, headers)


async def _exchange(session: ClientSession, url: str, address: str, body: bytes, headers: Mapping[str, str]) -> Answer:
    asked = parsed(url)
    ours = {"Host": asked.netloc.decode("ascii"), "User-Agent": "spacepact", "Accept-Encoding": "identity", **headers}
    path, _, query = asked.raw_path.decode("ascii").partition("?")
    host, name = address.partition("%")[0], asked.raw_host.decode("ascii") if asked.scheme == "https" else None
    pinned = URL.build(scheme=asked.scheme, host=host, port=asked.port, path=path, query_string=query, encoded=True)
    async with session.post(pinned, data=body, headers=ours, allow_redirects=False, server_hostname=name) as response:
        read = bytearray()
        async for piece in response.content.iter_any():
            read += piece
            if len(read) >= ANSWER_LIMIT:
                response.close()
                break
    text = _without_secrets(bytes(read[:ANSWER_LIMIT]).decode("utf-8", "replace"), asked, ours)
    return Answer(response.status, text, retry_after(response.headers.get("retry-after"), datetime.now(UTC)))


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
