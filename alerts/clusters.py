"""News items into stories, one after the other, never looking ahead; what one more item costs does not grow with what is kept.

Rare terms and names lead to the few stories that may be meant: each keeps only its newest items. An item is
compared with the last reports of those stories, and joins the best one if the model (sameness.py) finds it
likely enough. What is older than the window is forgotten.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict, deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from heapq import nsmallest
from typing import NamedTuple

from alerts.items import Item
from alerts.sameness import Model, Rarity, Weighed, default_model, log_odds, weighed

WINDOW = 45.0
"""Days after which an item is forgotten."""
MOST_ITEMS = 60_000
"""How many items are remembered at most: a bound on memory that 160 sources do not reach in the window."""

_NEWEST = 16
_LEADS = 14
_NEAR = 16
_RECENT = 8
_FLOOR = -6.0
_ESTABLISHED = 4
"""From so many items on a story draws others no more strongly: a great event would swallow its neighbours."""
_KNOWN = 300
_SHARE = {
    "mission": 0.0005,
    "vehicle": 0.03,
    "programme": 0.01,
    "station": 0.05,
    "constellation": 0.03,
    "company": 0.004,
    "university": 0.004,
}


class Placed(NamedTuple):
    """Where an item went: the story's id is that of its first item; `score` is None for a first item."""

    story: str
    score: float | None
    nearest: str | None


@dataclass(slots=True, eq=False)
class Cluster:
    """A story in the making; `first` and `last` are the serial numbers of its oldest and newest item."""

    id: str
    first: int
    last: int = 0
    size: int = 0
    items: deque[Item] = field(default_factory=lambda: deque(maxlen=_RECENT))


class Clusters:
    """Holds the stories of late."""

    def __init__(self, model: Model | None = None) -> None:
        self.model = model or default_model()
        self._kept: deque[Item] = deque()
        self._serial = 0
        self._terms: Counter[str] = Counter()
        self._names: Counter[str] = Counter()
        self._leads: dict[str, list[Cluster]] = {}

    def place(self, item: Item) -> Placed:
        """Put an item into its story, or begin one; items come in the order of time."""
        self.forget(item.days)
        best, score, nearest = self._best(item)
        cluster = self.keep(item, best)
        return Placed(cluster.id, score if best else None, nearest if best else None)

    def term_rarity(self, term: str) -> float:
        """Return how rare a term is among the items kept."""
        return math.log((len(self._kept) + _KNOWN) / (self._terms.get(term, 0) + 1))

    def _best(self, item: Item) -> tuple[Cluster | None, float, str | None]:
        best: tuple[Cluster | None, float, str | None] = (None, self.model.join, None)
        new = weighed(item, self.term_rarity)
        for cluster in self._near(new):
            scored = [(log_odds(self.model, new, other, self.name_rarity(item, other)), other.id) for other in cluster.items]
            closest, nearest = max(scored)
            usual = sum(max(s, _FLOOR) for s, _ in scored) / len(scored)
            weight = self.model.closest
            score = weight * closest + (1 - weight) * usual + self.model.size * math.log(min(cluster.size, _ESTABLISHED))
            if score > best[1]:
                best = (cluster, score, nearest)
        return best

    def name_rarity(self, new: Item, old: Item) -> Rarity:
        """Return how rare a name is that one of the two holds; before much is known, its kind says so."""

        def rarity(name: str) -> float:
            usual = _KNOWN * _SHARE.get(new.names.get(name) or old.names[name], 0.03)
            return -math.log((self._names.get(name, 0) + usual) / (len(self._kept) + _KNOWN))

        return rarity

    def _near(self, new: Weighed) -> Iterable[Cluster]:
        """Return the few stories that share the rarest terms and names with an item."""
        votes: dict[Cluster, float] = defaultdict(float)
        oldest = self._serial - len(self._kept)
        for lead, weight in self._rarest(new):
            for cluster in self._leads.get(lead, ()):
                if cluster.last > oldest:
                    votes[cluster] += weight
        return nsmallest(_NEAR, votes, key=lambda c: (-votes[c], c.first))

    def _rarest(self, new: Weighed) -> list[tuple[str, float]]:
        item = new.item
        rated = [(t, r * (1.5 if t in item.heads else 1)) for t, r in new.rarity.items()]
        found = nsmallest(_LEADS, ((t, w) for t, w in rated if t in self._leads), key=lambda r: (-r[1], r[0]))
        named = [(f"name:{n}", 4.0 if kind == "mission" else 2.0) for n, kind in item.names.items() if kind != "country"]
        return found + named

    def keep(self, item: Item, cluster: Cluster | None = None) -> Cluster:
        """Remember an item, in a cluster or alone; returns its cluster."""
        cluster = cluster or Cluster(item.id, self._serial)
        self._serial += 1
        self._kept.append(item)
        cluster.items.append(item)
        cluster.size += 1
        cluster.last = self._serial
        self._terms.update(item.terms.keys())
        self._names.update(item.names.keys())
        for lead in (*item.terms, *(f"name:{n}" for n in item.names)):
            self._lead_to(lead, cluster)
        return cluster

    def _lead_to(self, lead: str, cluster: Cluster) -> None:
        """Let a term or name lead to a cluster, and no more to the one that it led to longest ago."""
        told = self._leads.setdefault(lead, [])
        if cluster in told:
            told.remove(cluster)
        elif len(told) == _NEWEST:
            del told[0]
        told.append(cluster)

    def forget(self, now: float) -> None:
        """Drop what is older than the window."""
        while self._kept and (now - self._kept[0].days > WINDOW or len(self._kept) >= MOST_ITEMS):
            old = self._kept.popleft()
            for counts, keys, prefix in ((self._terms, old.terms, ""), (self._names, old.names, "name:")):
                for key in keys:
                    counts[key] -= 1
                    if not counts[key]:
                        del counts[key]
                        self._leads.pop(f"{prefix}{key}", None)
