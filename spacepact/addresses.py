"""Which network addresses are of the open internet: pure rules for whoever connects to what others name."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

_NEVER = tuple(
    map(
        ipaddress.ip_network,
        ("192.88.99.0/24", "::/96", "64:ff9b::/96", "64:ff9b:1::/48", "2001::/32", "2002::/16", "5f00::/16", "fec0::/10"),
    )
)
"""Relays, translations and relics, which `ipaddress` counts as global."""
_PRIVATE_NAMES = ("localhost", "internal", "local", "lan", "test", "home.arpa")


def is_public(address: str) -> bool:
    """Return whether an IP address is one of the open internet (IANA special-purpose registries, RFC 6890)."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address) and ip.ipv4_mapped:
        ip = ip.ipv4_mapped
    return ip.is_global and not ip.is_multicast and not any(ip in network for network in _NEVER)


def private_host(address: str) -> str | None:
    """Return the host of an address that plainly is no public one; None for every other."""
    host = (urlsplit(address).hostname or "").rstrip(".")
    try:
        return None if is_public(host) else host
    except ValueError:
        return host if "." not in host or host.endswith(tuple(f".{name}" for name in _PRIVATE_NAMES)) else None
