"""Addresses: one spelling for one page, so that a page is fetched and kept once."""

from __future__ import annotations

import re
from urllib.parse import urldefrag, urljoin, urlsplit

from w3lib.url import canonicalize_url, url_query_cleaner

_TRACKING = re.compile(
    r"utm_\w+|fbclid|gclid|gbraid|wbraid|dclid|msclkid|yclid|twclid|igshid|mc_[ce]id|_hsenc|_hsmi|mkt_tok|cmpid|ocid"
    r"|at_(medium|campaign|custom\d|link_\w+)|ns_(mchannel|source|campaign|linkname)|ref_src|rss",
    re.IGNORECASE,
)
_CONTROLS = re.compile(r"[\x00-\x1f]+")
_DEFAULT_PORT = re.compile(r"^(http://[^/?#]*):80(?=[/?#]|$)|^(https://[^/?#]*):443(?=[/?#]|$)")


def resolve(address: str, base: str = "", *, fragment: bool = False) -> str | None:
    """Return where to ask: the address as it was written, made absolute; None where it is no http(s) page.

    Its fragment, which no server sees, goes unless it is asked for.
    """
    if not address.strip():
        return None
    try:
        address = urljoin(base, _CONTROLS.sub("", address.strip()))
        address = address if fragment else urldefrag(address).url
        parts = urlsplit(address)
        parts.port  # noqa: B018 - raises ValueError where the port is no number
    except ValueError:
        return None
    return address if parts.scheme in ("http", "https") and parts.hostname and not parts.username else None


def canonical(address: str, base: str = "") -> str | None:
    """Return one spelling of an address, by which a page is known; None where it is no http(s) page.

    Parameters that only track readers go; the query is sorted.
    """
    asked = resolve(address, base)
    try:
        return _DEFAULT_PORT.sub(r"\1\2", canonicalize_url(_without_tracking(asked))) if asked else None
    except ValueError:
        return None


def _without_tracking(address: str) -> str:
    names = {pair.partition("=")[0] for pair in urlsplit(address).query.split("&")}
    tracking = [name for name in names if _TRACKING.fullmatch(name)]
    return str(url_query_cleaner(address, tracking, remove=True)) if tracking else address


def host_of(address: str) -> str:
    """Return host and port in lower case: whom politeness is owed."""
    return urlsplit(address).netloc.rpartition("@")[2].lower()


def same_site(one: str, other: str) -> bool:
    """Return whether two addresses are of one site; `www.` makes no difference."""
    return host_of(one).removeprefix("www.") == host_of(other).removeprefix("www.")
