"""What one more item costs when 1,000 to 1,000,000 came before it.

    python bench/stories.py [MOST]

Synthetic items of a steady stream: 1,300 a day (what fills the memory of 60,000 items within the window of 45 days),
words by Zipf's law, one item in five about an event that was reported before. At each size 1,000 new items are read
(words, names, acts) and placed, and timed; what lies between is kept in its story without being compared, and stands
again with another date when the memory has forgotten it.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import accumulate, islice
from resource import RUSAGE_SELF, getrusage
from typing import NamedTuple

from alerts.clusters import MOST_ITEMS, Cluster, Clusters
from alerts.items import Item, make_item
from classifier import Classifier
from spacepact.settings import default_config_dir

A_DAY = 1300
PROBE = 1000
START = datetime(2020, 1, 1, tzinfo=UTC)
SIZES = (1_000, 10_000, 100_000, 1_000_000)


class Text(NamedTuple):
    """A made-up report of the event with this number."""

    event: int
    title: str
    body: str


def texts(seed: int = 1) -> Iterator[Text]:
    """Yield reports without end."""
    chance = random.Random(seed)
    words = ["".join(chance.choices("abcdefghijklmnoprstuvw", k=chance.randint(4, 9))) for _ in range(40_000)]
    shares = list(accumulate(1 / (rank + 10) for rank in range(len(words))))
    recent: list[tuple[int, list[str]]] = []
    event = 0
    while True:
        if not recent or chance.random() > 0.2:
            event += 1
            recent = [*recent[-200:], (event, chance.sample(words[2000:], 6))]
            number, told = recent[-1]
        else:
            number, told = chance.choice(recent)
        rest = chance.choices(words, cum_weights=shares, k=36)
        yield Text(number, " ".join([*told[:4], *rest[:4]]), " ".join([*told, *rest]))


def item(number: int, text: Text, classifier: Classifier | None = None) -> Item:
    moment = START + timedelta(days=number / A_DAY)
    mentioned = classifier.mentioned(text.title, text.body) if classifier else ()
    return make_item(str(number), text.title, text.body, published=moment, source=f"outlet-{number % 40}", mentioned=mentioned)


class Stream:
    """Fills a memory with what came before, and times what one more item costs."""

    def __init__(self) -> None:
        self.classifier = Classifier.load(default_config_dir() / "gazetteer")
        self.clusters = Clusters()
        self.fresh = texts()
        self.kept: list[tuple[int, Item]] = []
        self.stories: dict[int, Cluster] = {}
        self.filled = self.placed = 0

    def fill(self, size: int) -> None:
        """Keep items until `size` came; what is older than the memory comes again."""
        while self.placed < size:
            if len(self.kept) < MOST_ITEMS + SIZES[1]:
                text = next(self.fresh)
                self.kept.append((text.event, item(0, text)))
            turn = self.filled % len(self.kept)
            if turn == 0:
                self.stories.clear()
            event, old = self.kept[turn]
            again = replace(
                old, id=str(self.placed), source=f"outlet-{self.placed % 40}", days=START.timestamp() / 86400 + self.placed / A_DAY
            )
            self.clusters.forget(again.days)
            self.stories[event] = self.clusters.keep(again, self.stories.get(event))
            self.filled += 1
            self.placed += 1

    def probe(self) -> tuple[float, float]:
        """Return the seconds that it takes to read and to place one more item."""
        found = list(islice(self.fresh, PROBE))
        begun = time.process_time()
        items = [item(self.placed + n, text, self.classifier) for n, text in enumerate(found)]
        read = time.process_time()
        for one in items:
            self.clusters.place(one)
        self.placed += PROBE
        return (read - begun) / PROBE, (time.process_time() - read) / PROBE


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("most", type=int, nargs="?", default=SIZES[-1])
    most = options.parse_args().most
    stream, base = Stream(), 0.0
    print(f"{'came before':>14} {'read, ms':>9} {'place, ms':>10} {'items/s':>8} {'cost: ratio':>12} {'memory, MB':>11}")
    for size in SIZES:
        if size > most:
            break
        stream.fill(size)
        read, place = stream.probe()
        base = base or read + place
        memory = getrusage(RUSAGE_SELF).ru_maxrss / 1024
        ratio = (read + place) / base
        print(f"{size:>14,} {read * 1e3:>9.2f} {place * 1e3:>10.2f} {1 / (read + place):>8.0f} {ratio:>12.2f} {memory:>11.0f}", flush=True)


if __name__ == "__main__":
    main()
