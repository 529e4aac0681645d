"""Which network addresses are of the open internet: pure rules for whoever connects to what others name."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

_NEVER = tuple(
    map(
        ipaddress.ip_network,
        ("168.63.129.16/32", "192.0.0.0/24", "192.88.99.0/24", "2001::/32", "2001:20::/28", "2001:30::/28", "2002::/16", "3fff::/20"),
    )
)
"""Relays, tunnels, overlays, papers' examples and a cloud's own machine, which `ipaddress` counts as global."""
_GLOBAL_UNICAST = ipaddress.IPv6Network("2000::/3")
"""All that is given out for the open internet (RFC 4291, 2.4); what embeds IPv4 addresses lies outside, but for 6to4 and Teredo."""
_PRIVATE_NAMES = ("localhost", "internal", "local", "lan", "test", "home.arpa")


def is_public(address: str) -> bool:
    """Return whether an IP address is one of the open internet (IANA special-purpose registries, RFC 6890)."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address) and ip.ipv4_mapped:
        ip = ip.ipv4_mapped
    if isinstance(ip, ipaddress.IPv6Address) and ip not in _GLOBAL_UNICAST:
        return False
    return ip.is_global and not ip.is_multicast and not any(ip in network for network in _NEVER)


def private_host(address: str) -> str | None:
    """Return the host of an address that plainly is no public one; None for every other."""
    host = (urlsplit(address).hostname or "").rstrip(".")
    try:
        return None if is_public(host) else host
    except ValueError:
        return host if "." not in host or host.endswith(tuple(f".{name}" for name in _PRIVATE_NAMES)) else None
