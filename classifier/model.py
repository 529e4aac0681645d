"""Linear models in a readable file: feature, weight. Inference is plain Python."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from math import exp
from pathlib import Path
from typing import TypeVar

from spacepact.cooperation import Scope

WEIGHTS = Path(__file__).with_name("weights.json")
SCOPES: tuple[Scope, ...] = ("intergovernmental", "public-private-international", "commercial-international", "domestic", "none")


def sigmoid(x: float) -> float:
    """Return the logistic function, without overflow."""
    return 1 / (1 + exp(-x)) if x > -500 else 0.0


@dataclass(frozen=True)
class Model:
    """`sentence`: log-odds that a sentence tells cooperation news; `proof`: that it is the one to quote.

    `scopes` and `fields`: one score a class and feature; `threshold`: on the probability of cooperation.
    """

    sentence: Mapping[str, float]
    proof: Mapping[str, float]
    scopes: Mapping[Scope, Mapping[str, float]]
    fields: Mapping[str, Mapping[str, Mapping[str, float]]]
    threshold: float = 0.5

    def sentence_score(self, features: Iterable[str]) -> float:
        """Return the probability that a sentence with these features tells cooperation news."""
        return _logistic(self.sentence, features)

    def proof_score(self, features: Iterable[str]) -> float:
        """Return the probability that, in cooperation news, this is a sentence to quote."""
        return _logistic(self.proof, features)

    def scope_scores(self, features: Mapping[str, float]) -> dict[Scope, float]:
        """Return the probability of each scope (softmax)."""
        return _softmax(self.scopes, features)

    def field_scores(self, field: str, features: Mapping[str, float]) -> dict[str, float]:
        """Return the probability of each value of activity, instrument or stage."""
        return _softmax(self.fields[field], features)


def _logistic(weights: Mapping[str, float], features: Iterable[str]) -> float:
    return sigmoid(weights.get("bias", 0.0) + sum(weights.get(f, 0.0) for f in features))


Key = TypeVar("Key", bound=str)


def _softmax(classes: Mapping[Key, Mapping[str, float]], features: Mapping[str, float]) -> dict[Key, float]:
    sums = {name: sum(w.get(f, 0.0) * v for f, v in features.items()) for name, w in classes.items()}
    top = max(sums.values())
    shares = {name: exp(s - top) for name, s in sums.items()}
    whole = sum(shares.values())
    return {name: share / whole for name, share in shares.items()}


@cache
def default_model() -> Model:
    """Return the model whose weights the package carries."""
    data = json.loads(WEIGHTS.read_text("utf-8"))
    return Model(data["sentence"], data["proof"], data["scopes"], data["fields"], data["threshold"])
