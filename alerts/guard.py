"""Where a POST may go: named rules for addresses that people write, and for what names resolve to."""

from __future__ import annotations

import asyncio
import re
import socket
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import lru_cache
from ipaddress import ip_address

import httpx

from spacepact.addresses import is_public, private_host
from spacepact.settings import Outbound

Resolve = Callable[[str, int], Awaitable[list[str]]]
"""Returns the IP addresses of a host and port."""

_ODD_NUMBER = re.compile(r"(0x[0-9a-f]*|\d+)(\.(0x[0-9a-f]*|\d+))*\.?", re.IGNORECASE)
_FOUR_NUMBERS = re.compile(r"(0|[1-9]\d{0,2})(\.(0|[1-9]\d{0,2})){3}")
_NAME_IT = "name it under outbound.private_hosts in settings.yaml if it is yours"


class RefusedError(ValueError):
    """An address that we do not connect to; the text gives the rule and never repeats the address, which may be a secret."""


@lru_cache(4096)
def parsed(url: str) -> httpx.URL:
    """Return the parts of an address; a channel has the same with every message."""
    return httpx.URL(url)


def check_url(url: str, outbound: Outbound | None = None) -> str:
    """Return an absolute http or https URL; raises RefusedError otherwise.

    With `outbound` the host and port must be allowed as well, as far as that can be said without asking DNS.
    """
    try:
        parts = parsed(url)
        good = parts.scheme in ("http", "https") and bool(parts.host) and url.isprintable() and not set(url) & set(' \\<>"')
    except (httpx.InvalidURL, ValueError):
        good = False
    if not good:
        raise RefusedError("not an http or https address; write https://host/path")
    if outbound is not None and parts.host not in outbound.private_hosts:
        _check_public(parts, outbound)
    return url


def _check_public(parts: httpx.URL, outbound: Outbound) -> None:
    if parts.userinfo:
        raise RefusedError("a name or password stands before the host; leave it away")
    if port_of(parts) not in outbound.ports:
        raise RefusedError(
            f"port {port_of(parts)} is not allowed; outbound.ports in settings.yaml names {', '.join(map(str, outbound.ports))}"
        )
    if _ODD_NUMBER.fullmatch(parts.host) and not _FOUR_NUMBERS.fullmatch(parts.host):
        raise RefusedError("the host is a number in disguise; write a name or four decimal numbers")
    if private_host(str(parts)) is not None:
        raise RefusedError(f"the address leads into a private network; {_NAME_IT}")


async def reachable(url: str, outbound: Outbound, resolve: Resolve) -> list[str]:
    """Return the IP addresses to connect to, resolved this once; raises RefusedError if any of them is not public.

    Whoever connects must use these, and not ask DNS again: a second answer may differ (DNS rebinding).
    """
    parts = parsed(check_url(url, outbound))
    return await check_host(parts.host, outbound, resolve, port_of(parts))


async def check_host(host: str, outbound: Outbound, resolve: Resolve, port: int = 443) -> list[str]:
    """Return the IP addresses of a host; raises RefusedError if any of them is not public, OSError if it has none."""
    addresses = await resolve(host, port)
    if host not in outbound.private_hosts and not all(map(is_public, addresses)):
        raise RefusedError(f"the name leads into a private network; {_NAME_IT}")
    return addresses


def port_of(url: httpx.URL) -> int:
    """Return the port that a URL means."""
    return url.port or (443 if url.scheme == "https" else 80)


async def lookup(host: str, port: int) -> list[str]:
    """Ask the machine's resolver; raises OSError where there is no answer."""
    with suppress(ValueError):
        return [str(ip_address(host))]
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))
