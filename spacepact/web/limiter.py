"""How often one visitor may ask: counted in memory, forgotten with the process."""

from __future__ import annotations

import ipaddress
from collections import defaultdict, deque
from datetime import datetime, timedelta

_MOST_VISITORS = 10_000


class Limiter:
    """At most `most` times within `span` for each visitor; a network of IPv6 (a /64) is one visitor."""

    def __init__(self, most: int, span: timedelta) -> None:
        self.most, self.span = most, span
        self._times: dict[str, deque[datetime]] = defaultdict(deque)

    def wait(self, host: str, now: datetime) -> int:
        """Count a visit and return 0, or the seconds until the next one is welcome."""
        times = self._times[_visitor(host)]
        while times and now - times[0] >= self.span:
            times.popleft()
        if len(times) >= self.most:
            return int((times[0] + self.span - now).total_seconds()) + 1
        times.append(now)
        if len(self._times) > _MOST_VISITORS:
            self._forget(now)
        return 0

    def _forget(self, now: datetime) -> None:
        for visitor in [v for v, times in self._times.items() if now - times[-1] >= self.span]:
            del self._times[visitor]


def _visitor(host: str) -> str:
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return host
    return str(ipaddress.ip_network((address, 64), strict=False)) if address.version == 6 else host
