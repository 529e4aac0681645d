"""Subscribers as one more way in which a watchlist delivers."""

from __future__ import annotations

import copy
from collections import defaultdict
from collections.abc import Mapping, Sequence

from alerts.matching import Watchlists
from alerts.watchlist import Target, Watchlist
from spacepact.subscriber import Frequency, Subscriber

_DIGESTS: Mapping[Frequency, str | None] = {"immediate": None, "daily": "0 8 * * *", "weekly": "0 8 * * mon"}
"""Cron expressions in the subscriber's zone."""

_Round = tuple[str, Frequency, str]
"""Watchlist, how often, and the zone: those who share it get their mail at the same time."""


def with_subscribers(lists: Watchlists, subscribers: Sequence[Subscriber], channel: str) -> Watchlists:
    """Return the watchlists, delivering over a mail channel to their subscribers as well; the lists handed in stay as they are."""
    rounds: dict[_Round, list[str]] = defaultdict(list)
    for subscriber in subscribers:
        for name in subscriber.watchlists:
            if name in lists.lists:
                rounds[name, subscriber.frequency, subscriber.zone].append(subscriber.address)
    changed: dict[str, Watchlist] = {}
    for (name, frequency, zone), addresses in rounds.items():
        watchlist = changed.get(name, lists.lists[name])
        # Ten thousand addresses were checked when they were kept.
        target = Target.model_construct(channel=channel, to=tuple(addresses), digest=_DIGESTS[frequency], zone=zone)
        changed[name] = watchlist.model_copy(update={"deliver": (*watchlist.deliver, target)})
    extended = copy.copy(lists)
    extended.lists = lists.lists | changed
    return extended
