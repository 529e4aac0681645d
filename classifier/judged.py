"""A reading with what the model says about it."""

from __future__ import annotations

from typing import NamedTuple

from classifier.attributes import attribute_features
from classifier.features import SentenceView
from classifier.reading import Reading
from spacepact.cooperation import COOPERATION_SCOPES, Scope


class Judged(NamedTuple):
    """A reading with what the model says about it: sentence by sentence, and the probability of each scope."""

    reading: Reading
    seen: list[SentenceView]
    scores: list[float]
    scopes: dict[Scope, float]

    @property
    def score(self) -> float:
        """The probability that this is cooperation news."""
        return sum(self.scopes[s] for s in COOPERATION_SCOPES)


def sentence_features(view: SentenceView, judged: Judged) -> dict[str, float]:
    """Return what decides activity, instrument and stage of the cooperation that a sentence proves."""
    i, seen = view.sentence.index, judged.seen
    return attribute_features(view, [*seen[max(0, i - 1) : i], *seen[i + 1 : i + 2]], judged.reading)
