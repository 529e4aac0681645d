"""What the polled lists of one round say about polling, collected into one value."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from scrapy.http import Response

from crawler.address import resolve
from crawler.caching import fresh_for, links
from crawler.listing import Listing
from spacepact.heard import Heard, Hints, Hub

MOST_DATES = 30


@dataclass
class Hearing:
    """Fills while a round runs."""

    posted: set[datetime] = field(default_factory=set)
    hints: list[Hints] = field(default_factory=list)
    fresh: timedelta | None = None
    silent_until: datetime | None = None
    hubs: dict[str, Hub] = field(default_factory=dict)
    moved: dict[str, str] = field(default_factory=dict)

    def answer(self, response: Response, polled: str, now: datetime) -> None:
        """Hear the headers of a list's answer, 304 or not."""
        said = fresh_for(_header(response, "Cache-Control"), _header(response, "Expires"), now, _header(response, "Age"))
        self.fresh = max(filter(None, (self.fresh, said)), default=None)
        if (reasons := response.meta.get("redirect_reasons")) and set(reasons) <= {301, 308}:
            self.moved[polled] = response.url
        related = dict(reversed(list(links(_header(response, "Link")))))
        self._hub(polled, related.get("hub"), related.get("self"))

    def listing(self, listing: Listing, polled: str) -> None:
        """Hear what a list itself says."""
        self.posted |= {item.published for item in listing.items if item.published}
        self.hints.append(listing.hints)
        self._hub(polled, listing.hub, listing.topic)

    def silence(self, seconds: float | None, now: datetime) -> None:
        """Hear a Retry-After."""
        if seconds:
            until = now + timedelta(seconds=min(seconds, 86_400))
            self.silent_until = max(filter(None, (self.silent_until, until)))

    def heard(self, now: datetime, *, more: bool) -> Heard:
        """Return the whole; several lists of one source are asked together, so the most reluctant decides."""
        hints = Hints(
            pause=max(filter(None, (h.pause for h in self.hints)), default=None),
            skip_hours=tuple(sorted({hour for h in self.hints for hour in h.skip_hours})),
            skip_days=tuple(sorted({day for h in self.hints for day in h.skip_days})),
        )
        return Heard(
            posted=tuple(sorted((p for p in self.posted if p <= now), reverse=True)[:MOST_DATES]),
            hints=hints if self.hints else None,
            fresh=self.fresh,
            silent_until=self.silent_until,
            more=more,
            hubs=tuple(self.hubs.values()),
            moved=self.moved,
        )

    def _hub(self, polled: str, hub: str | None, topic: str | None) -> None:
        """The header counts before the document (WebSub, 4); without a name of its own a list goes by its address."""
        if (address := resolve(hub or "", polled)) and polled not in self.hubs:
            self.hubs[polled] = Hub(hub=address, topic=resolve(topic or "", polled) or polled)


def _header(response: Response, name: str) -> str:
    values = response.headers.getlist(name)
    return ", ".join(v.decode("latin-1") for v in values)
