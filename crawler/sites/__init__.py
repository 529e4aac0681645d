"""Outlets whose pages need more than the general way: one module a site, one class of small methods.

A module is named after the host (`esa_int.py` reads esa.int and www.esa.int), or its class lists
further `hosts`. A method that returns None leaves the field to the general way.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from urllib.parse import urlsplit

from crawler.sites.base import Site

__all__ = ["Site", "site_for"]


def site_for(url: str) -> Site | None:
    """Return the class for a page's host; None where the general way does."""
    host = (urlsplit(url).hostname or "").removeprefix("www.")
    return _sites().get(host)


@cache
def _sites() -> dict[str, Site]:
    return dict(_found())


def _found() -> Iterator[tuple[str, Site]]:
    for module in pkgutil.iter_modules(__path__):
        if module.name == "base":
            continue
        for value in vars(import_module(f"{__name__}.{module.name}")).values():
            if isinstance(value, type) and issubclass(value, Site) and value is not Site:
                yield from ((host, value()) for host in (module.name.replace("_", "."), *value.hosts))
