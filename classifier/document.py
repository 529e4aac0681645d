"""What the model may look at in a whole document: the sentences counted and weighed."""

from __future__ import annotations

from math import log1p

from classifier.features import SentenceView, space
from classifier.reading import Reading


def document_features(reading: Reading, seen: list[SentenceView], scores: list[float]) -> dict[str, float]:
    """Return the features of a document, given the score of each sentence."""
    out: dict[str, float] = {"bias": 1.0}
    title = list(range(reading.titles))
    body = list(range(reading.titles, len(seen)))
    out |= _aggregates(scores, title, body)
    total = max(len(seen), 1)
    counts: dict[str, float] = {}
    for view in seen:
        for feature in view.features:
            counts[feature] = counts.get(feature, 0) + 1
    for name, count in counts.items():
        out[f"n:{name}"] = log1p(count)
        if "&" not in name:
            out[f"share:{name}"] = count / total
    for prefix, where in (("t", title), ("l", body[:3])):
        for i in where:
            for feature in seen[i].features:
                out[f"{prefix}:{feature}"] = 1.0
    for mark in ("PP&core&space", "PC&deal&space", "IP&core&space", "Pp&core&space", "P1&core&space"):
        out[f"para:{mark}"] = _best_paragraph(reading, seen, mark)
    out["length"] = log1p(seen[-1].sentence.end - seen[0].sentence.start if seen else 0) / 5
    out["space"] = counts.get("space", 0) / total
    return out


def _aggregates(scores: list[float], title: list[int], body: list[int]) -> dict[str, float]:
    ranked = sorted(scores, reverse=True)
    doubt = 1.0
    for score in scores:
        if score > 0.15:
            doubt *= 1 - min(0.95, score)
    best_pair = max((scores[i] + scores[i + 1] for i in body[:-1]), default=0.0)
    return {
        "s:max": ranked[0] if ranked else 0.0,
        "s:second": ranked[1] if len(ranked) > 1 else 0.0,
        "s:title": max((scores[i] for i in title), default=0.0),
        "s:lede": max((scores[i] for i in body[:3]), default=0.0),
        "s:or": 1 - doubt,
        "s:pair": best_pair,
        "s:count": log1p(sum(s > 0.3 for s in scores)),
        "s:share": sum(scores) / max(len(scores), 1),
    }


def _best_paragraph(reading: Reading, seen: list[SentenceView], mark: str) -> float:
    """Return how many sentences about space stand with the best marked sentence of a paragraph (at most 4), from 0 to 1."""
    best = run = 0
    marked = False
    for view in seen:
        sentence = view.sentence
        if "\n" in reading.text[max(0, sentence.start - 4) : sentence.start]:
            run, marked = 0, False
        run += space(sentence)
        marked = marked or mark in view.features
        best = max(best, run if marked else 0)
    return min(best, 4) / 4
