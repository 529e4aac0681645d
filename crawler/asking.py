"""How we ask: who we say we are, and what we send along."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib.metadata import version
from typing import Any

from scrapy import Request

from spacepact.round import Validators
from spacepact.settings import Crawl

PRODUCT = "spacepact"
"""The product token that robots.txt files may name (RFC 9309, 2.2.1)."""


def user_agent(settings: Crawl) -> str:
    """Return the User-Agent: product, version, and where to complain."""
    return f"{PRODUCT}/{_version()} (+{settings.contact})"


@cache
def _version() -> str:
    return version(PRODUCT)


def ask(
    url: str,
    settings: Crawl,
    *,
    accept: str = "*/*",
    validators: Validators | None = None,
    callback: Callable[..., Any] | None = None,
    errback: Callable[..., Any] | None = None,
    meta: dict[str, Any] | None = None,
    **known: Any,
) -> Request:
    """Return a request; `known` reaches the callback by name. Validators are sent as they came."""
    headers = {b"Accept": accept.encode(), b"User-Agent": user_agent(settings).encode("latin-1", "replace")}
    if validators and validators.etag is not None:
        headers[b"If-None-Match"] = validators.etag.encode("latin-1", "replace")
    if validators and validators.last_modified is not None:
        headers[b"If-Modified-Since"] = validators.last_modified.encode("latin-1", "replace")
    return Request(
        url,
        headers=headers,
        callback=callback,
        errback=errback,
        dont_filter=True,
        meta={"proxy": settings.proxy, **(meta or {})},
        cb_kwargs=known,
    )
