"""Addresses: one spelling for one page, so that a page is fetched and kept once."""

from __future__ import annotations

import re
from urllib.parse import urljoin, urlsplit

from w3lib.url import canonicalize_url, url_query_cleaner

_TRACKING = re.compile(
    r"utm_\w+|fbclid|gclid|gbraid|wbraid|dclid|msclkid|yclid|twclid|igshid|mc_[ce]id|_hsenc|_hsmi|mkt_tok|cmpid|ocid"
    r"|at_(medium|campaign|custom\d|link_\w+)|ns_(mchannel|source|campaign|linkname)|ref_src|rss",
    re.IGNORECASE,
)
_CONTROLS = re.compile(r"[\x00-\x1f]+")
_DEFAULT_PORT = re.compile(r"^(http://[^/?#]*):80(?=[/?#]|$)|^(https://[^/?#]*):443(?=[/?#]|$)")


def canonical(address: str, base: str = "") -> str | None:
    """Return one spelling of an address, resolved against `base`; None where it is no http(s) page.

    The fragment and parameters that only track readers go; the query is sorted.
    """
    if not address.strip():
        return None
    try:
        address = urljoin(base, _CONTROLS.sub("", address.strip()))
        if urlsplit(address).scheme not in ("http", "https") or not urlsplit(address).hostname or urlsplit(address).username:
            return None
        address = canonicalize_url(_without_tracking(address))
        urlsplit(address).port  # noqa: B018 - raises ValueError where the port is no number
    except ValueError:
        return None
    return _DEFAULT_PORT.sub(r"\1\2", address)


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
