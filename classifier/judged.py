"""A reading with what the model says about it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from classifier.attributes import attribute_features
from classifier.features import SentenceView
from classifier.reading import Reading
from classifier.sayings import Said
from spacepact.cooperation import COOPERATION_SCOPES, Scope


@dataclass(frozen=True)
class Judged:
    """A reading with what the model says about it: sentence by sentence, and the probability of each scope.

    `home`: the bloc that it speaks from.
    """

    reading: Reading
    home: str
    seen: list[SentenceView]
    scores: list[float]
    scopes: dict[Scope, float]

    @property
    def score(self) -> float:
        """The probability that this is cooperation news."""
        return sum(self.scopes[s] for s in COOPERATION_SCOPES)

    @cached_property
    def said(self) -> Said:
        """What the phrases of each sentence say."""
        return Said(self.reading)


def sentence_features(view: SentenceView, judged: Judged) -> dict[str, float]:
    """Return what decides activity, instrument and stage of the cooperation that a sentence proves."""
    return attribute_features(view.sentence.index, judged.seen, judged.reading, judged.said)
