"""Learns the weights of alerts/sameness.yaml from a labelled stream.

    python bench/train_stories.py [STREAM STORIES] [--write]

A positive pair counts less the larger its story, so that one great event does not teach everything. What is
printed comes from cross-validation: each half and quarter of the time, each half of the outlets and each half and fifth of the
stories, judged by the rest; halves of outlets and parts of stories are drawn anew for each of three seeds.
"""

from __future__ import annotations

import argparse
import json
import math
import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from alerts import sameness
from alerts.clusters import Clusters
from alerts.items import Item
from alerts.sameness import FEATURES, Model, features
from classifier import Classifier
from spacepact.cli.stories import read_item
from spacepact.settings import default_config_dir

GOLD = Path(__file__).parents[2] / "shared/gold"

APART = 30.0
SEEDS = 3
_JOIN = {"join": 0.25, "closest": 0.5, "size": 0.6}
_AT_MOST = {"other phase of one flight": -3.0}
"""Known beforehand, and too rare in one stream to be learnt in full: a flight launches once and docks once."""

Pair = tuple[int, int, dict[str, float]]


class _Watching(Clusters):
    """Keeps every item to itself, and knows how rare things are."""

    def pairs(self, item: Item, before: Sequence[Item]) -> Iterator[tuple[int, dict[str, float]]]:
        """Yield every earlier item within the window, with what it has in common with this one; then keep the item."""
        self.forget(item.days)
        new = sameness.weighed(item, self.term_rarity)
        for i in range(len(before) - 1, -1, -1):
            old = before[i]
            if item.days - old.days > APART:
                break
            if item.terms.keys() & old.terms.keys() and not sameness.is_reprint(item, old):
                yield i, features(new, old, self.name_rarity(item, old))
        self.keep(item)


def pairs(items: Sequence[Item]) -> Iterator[Pair]:
    """Yield (newer, older, features) for all pairs that are near in time."""
    watching = _Watching(Model(bias=0, weights={}, join=0, closest=1, size=0))
    for n, item in enumerate(items):
        for old, found in watching.pairs(item, items[:n]):
            yield n, old, found


def fit(rows: Sequence[Pair], same: np.ndarray[Any, Any], weight: np.ndarray[Any, Any]) -> Model:
    """Return a model fitted to the rows; weights are on the features as they are, not scaled."""
    table = np.array([[found.get(key, 0.0) for key in FEATURES] for _, _, found in rows])
    scaler = StandardScaler().fit(table)
    learnt = LogisticRegression(C=0.3, max_iter=3000).fit(scaler.transform(table), same, sample_weight=weight)
    weights = learnt.coef_[0] / scaler.scale_
    known = {k: min(round(float(w), 3), _AT_MOST.get(k, math.inf)) for k, w in zip(FEATURES, weights, strict=True)}
    bias = float(learnt.intercept_[0] - (weights * scaler.mean_).sum())
    return Model(bias=round(bias, 3), weights=known, **_JOIN)


def weigh(rows: Sequence[Pair], stories: Sequence[str]) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Return which pairs are of one story, and what each counts."""
    size = Counter(stories)
    same = np.array([stories[a] == stories[b] for a, b, _ in rows])
    weight = np.array([2 / size[stories[a]] if yes else 1.0 for (a, _, _), yes in zip(rows, same, strict=True)])
    weight[same] *= same.sum() / weight[same].sum()
    return same, weight


def scores(truth: Sequence[str], told: Sequence[str]) -> dict[str, float]:
    """Return pairwise F1 and B-cubed F1 of one clustering against another."""
    want, got = _groups(truth), _groups(told)
    pairs_of = [{p for ids in groups.values() for p in combinations(ids, 2)} for groups in (want, got)]
    hit = len(pairs_of[0] & pairs_of[1])
    both = [len(set(want[t]) & set(got[p])) for t, p in zip(truth, told, strict=True)]
    precision = sum(n / len(got[p]) for n, p in zip(both, told, strict=True)) / len(truth)
    recall = sum(n / len(want[t]) for n, t in zip(both, truth, strict=True)) / len(truth)
    return {
        "pairwise": round(2 * hit / max(1, len(pairs_of[0]) + len(pairs_of[1])), 3),
        "b-cubed": round(2 * precision * recall / (precision + recall), 3),
    }


def _groups(labels: Sequence[str]) -> dict[str, list[int]]:
    groups: dict[str, list[int]] = defaultdict(list)
    for i, label in enumerate(labels):
        groups[label].append(i)
    return groups


def told_by(models: Callable[[int], Model], items: Sequence[Item]) -> list[str]:
    """Return the story of each item, the nth decided by `models(n)`."""
    clusters = Clusters(models(0))
    placed = []
    for n, item in enumerate(items):
        clusters.model = models(n)
        placed.append(clusters.place(item).story)
    return placed


def validated(items: Sequence[Item], truth: Sequence[str], rows: Sequence[Pair], part: Sequence[int]) -> dict[str, float]:
    """Return the scores where each part is judged by a model fitted to the others."""
    same, weight = weigh(rows, truth)
    models = []
    for number in range(max(part) + 1):
        other = np.array([part[a] != number and part[b] != number for a, b, _ in rows])
        models.append(fit([r for r, keep in zip(rows, other, strict=True) if keep], same[other], weight[other]))
    return scores(truth, told_by(lambda n: models[part[n]], items))


def divisions(items: Sequence[Item], truth: Sequence[str]) -> Iterator[tuple[str, list[list[int]]]]:
    """Yield ways to hold items out, by name: the number of the part of each item, once for each seed."""
    count = len(items)
    for parts in (2, 4):
        yield f"{parts} parts of time", [[n * parts // count for n in range(count)]]
    for name, parts, keys in (("outlets", 2, [i.source for i in items]), ("stories", 2, truth), ("stories", 5, truth)):
        yield f"{parts} parts of {name}", [drawn(keys, parts, seed) for seed in range(SEEDS)]


def drawn(keys: Sequence[str], parts: int, seed: int) -> list[int]:
    """Return for each key a part drawn by lot, the same for equal keys."""
    lots = sorted(set(keys))
    random.Random(seed).shuffle(lots)
    part = {key: n % parts for n, key in enumerate(lots)}
    return [part[key] for key in keys]


def main() -> None:
    """Print what cross-validation says; with --write, write the weights of all the data."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("stream", type=Path, nargs="?", default=GOLD / "stream.jsonl")
    parser.add_argument("stories", type=Path, nargs="?", default=GOLD / "stream.stories.jsonl")
    parser.add_argument("--write", action="store_true")
    args = parser.parse_args()
    if not args.stream.exists():
        print(f"skipped: {args.stream} is not here; name a labelled stream")
        return
    classifier = Classifier.load(default_config_dir() / "gazetteer")
    items = [read_item(json.loads(line), classifier) for line in args.stream.read_text().splitlines()]
    known = {i: row["story"] for row in map(json.loads, args.stories.read_text().splitlines()) for i in row["ids"]}
    truth = [known.get(item.id, item.id) for item in items]
    rows = list(pairs(items))
    for name, parts in divisions(items, truth):
        found = [validated(items, truth, rows, part) for part in parts]
        print(f"{name:18}", *(f"{s['pairwise']:.3f}/{s['b-cubed']:.3f}" for s in found), flush=True)
    model = fit(rows, *weigh(rows, truth))
    found = scores(truth, told_by(lambda _: model, items))
    print(f"{'on what it learnt':18} {found['pairwise']:.3f}/{found['b-cubed']:.3f}")
    if args.write:
        sameness.FILE.write_text(yaml.safe_dump(model.model_dump(), sort_keys=False))


if __name__ == "__main__":
    main()
