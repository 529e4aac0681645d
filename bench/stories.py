"""What one more item costs when 1,000 to 1,000,000 were placed before it: python bench/stories.py [MOST].

Synthetic items of a steady stream: 1,300 a day (what fills the memory of 60,000 items within the window of 45 days),
words by Zipf's law, one item in five about an event that was reported before. Reading an item (names, words, acts) is timed
on its own: it does not depend on what is kept.
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import accumulate, islice
from resource import RUSAGE_SELF, getrusage

from alerts.clusters import Clusters
from alerts.items import Item, make_item
from classifier import Classifier
from spacepact.settings import default_config_dir

A_DAY = 1300
PROBE = 500
START = datetime(2020, 1, 1, tzinfo=UTC)


def texts(seed: int = 1) -> Iterator[tuple[str, str]]:
    """Yield titles and texts without end."""
    chance = random.Random(seed)
    words = ["".join(chance.choices("abcdefghijklmnoprstuvw", k=chance.randint(4, 9))) for _ in range(40_000)]
    shares = list(accumulate(1 / (rank + 10) for rank in range(len(words))))
    recent: list[list[str]] = []
    while True:
        told = chance.choice(recent) if recent and chance.random() < 0.2 else [str(w) for w in chance.sample(words[2000:], 6)]
        recent = [*recent[-200:], told]
        rest = chance.choices(words, cum_weights=shares, k=36)
        yield " ".join([*told[:4], *rest[:4]]), " ".join([*told, *rest])


def items(classifier: Classifier) -> Iterator[Item]:
    for n, (title, text) in enumerate(texts()):
        moment = START + timedelta(days=n / A_DAY)
        yield make_item(str(n), title, text, published=moment, source=f"outlet-{n % 40}", mentioned=classifier.mentioned(title, text))


def main() -> None:
    most = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    clusters, stream, placed = Clusters(), items(Classifier.load(default_config_dir() / "gazetteer")), 0
    base = 0.0
    print(f"{'placed before':>14} {'read, ms':>9} {'place, ms':>10} {'items/s':>8} {'place: ratio':>13} {'memory, MB':>11}")
    for size in (1_000, 10_000, 100_000, 1_000_000):
        if size > most:
            break
        for item in islice(stream, size - placed):
            clusters.place(item)
        begun = time.process_time()
        probe = list(islice(stream, PROBE))
        read = (time.process_time() - begun) / PROBE
        begun = time.process_time()
        for item in probe:
            clusters.place(item)
        place = (time.process_time() - begun) / PROBE
        placed, base = size + PROBE, base or place
        memory = getrusage(RUSAGE_SELF).ru_maxrss / 1024
        print(
            f"{size:>14,} {read * 1e3:>9.2f} {place * 1e3:>10.2f} {1 / (read + place):>8.0f} {place / base:>13.2f} {memory:>11.0f}",
            flush=True,
        )


if __name__ == "__main__":
    main()
