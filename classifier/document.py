"""What the model may look at in a whole document: the sentences counted and weighed."""

from __future__ import annotations

from collections import Counter
from functools import cache
from itertools import chain
from math import log, log1p

from classifier.features import SentenceView
from classifier.prefixed import Prefixed
from classifier.reading import Reading


def document_features(reading: Reading, seen: list[SentenceView], scores: list[float]) -> dict[str, float]:
    """Return the features of a document, given the score of each sentence."""
    out: dict[str, float] = {"bias": 1.0}
    title = list(range(reading.titles))
    body = list(range(reading.titles, len(seen)))
    out |= _aggregates(scores, title, body)
    out |= _carried(seen, scores, body)
    total = max(len(seen), 1)
    counts = Counter(chain.from_iterable([v.features for v in seen]))
    out |= {_COUNTED[name]: log1p(count) for name, count in counts.items() if of_parties(name)}
    out |= {_OF_TITLE[name]: 1.0 for i in title for name in seen[i].features if of_parties(name)}
    for mark, best in _best_paragraphs(seen).items():
        out[f"para:{mark}"] = min(best, 4) / 4
        out[f"para2:{mark}"] = float(best > 1)
        out[f"para1:{mark}"] = float(best == 1 and total > _LONG)
    out["length"] = log1p(seen[-1].sentence.end - seen[0].sentence.start if seen else 0) / 5
    out["space"] = counts["space"] / total
    return out


_COUNTED, _OF_TITLE = Prefixed("n:"), Prefixed("t:")


@cache
def of_parties(feature: str) -> bool:
    """Return whether a feature names a kind of party or pair ("PP", "PC&deal"): words alone tell topics, not cooperation."""
    return feature[0].isupper()


_LONG = 8
"""In a longer text one good sentence alone is a passing mention."""


def _aggregates(scores: list[float], title: list[int], body: list[int]) -> dict[str, float]:
    ranked = sorted(scores, reverse=True)
    doubt = 1.0
    for score in scores:
        if score > 0.15:
            doubt *= 1 - min(0.95, score)
    second = ranked[1] if len(ranked) > 1 else 0.0
    best_pair = max((scores[i] + scores[i + 1] for i in body[:-1]), default=0.0)
    first = ranked[0] if ranked else 0.0
    aggregates = {
        "s:max": first,
        "s:second": second,
        "s:lone": first * (1 - second) if len(scores) > _LONG else 0.0,
        "s:title": max((scores[i] for i in title), default=0.0),
        "s:lede": max((scores[i] for i in body[:3]), default=0.0),
        "s:or": 1 - doubt,
        "s:pair": best_pair,
        "s:count": log1p(sum(s > 0.3 for s in scores)),
        "s:share": sum(scores) / max(len(scores), 1),
    }
    return {name: value * _LOUD for name, value in aggregates.items()} | {"s:odds": _odds(first) / 3}


_LOUD = 2.0
"""How much larger the sentences' scores are given than counts: the penalty on weights holds small values back more."""


def _odds(score: float) -> float:
    """Return the log-odds of a score, at most those of 199 in 200."""
    sure = min(max(score, 0.005), 0.995)
    return log(sure / (1 - sure))


def _carried(seen: list[SentenceView], scores: list[float], body: list[int]) -> dict[str, float]:
    """Return the best score of a sentence that the next ones carry on: they name its parties again, or "the company", "both sides"."""
    best = [0.0, 0.0, 0.0]
    for i in body:
        if scores[i] > _WORTH:
            parties = {bloc for a in seen[i].actors for bloc in a.blocs}
            after = sum("again" in v.features or any(not parties.isdisjoint(a.blocs) for a in v.actors) for v in seen[i + 1 : i + 4])
            best[min(after, 2)] = max(best[min(after, 2)], scores[i])
    return {"s:alone": best[0], "s:carried": max(best[1:]), "s:carried2": best[2]}


_WORTH = 0.1
_MARKS = ("IP&core&space", "P1&core&space", "PC&deal&space", "PP&core&space", "Pp&core&space")


def _best_paragraphs(seen: list[SentenceView]) -> dict[str, int]:
    """Return for each mark how many sentences about space its best paragraph has, up to where it ends."""
    best = dict.fromkeys(_MARKS, 0)
    run, marks = 0, set[str]()
    for view in seen:
        if view.sentence.opens:
            run, marks = 0, set()
        run += view.sentence.space
        marks |= view.features.intersection(_MARKS)
        for mark in marks:
            best[mark] = max(best[mark], run)
    return best
