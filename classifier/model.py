"""Linear models in a readable file: feature, weight. Inference is a sum."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import repeat
from math import exp
from pathlib import Path
from typing import Generic, TypeVar

import numpy as np

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

    @cached_property
    def _scope_table(self) -> Table[Scope]:
        return Table(self.scopes)

    @cached_property
    def _field_tables(self) -> dict[str, Table[str]]:
        return {name: Table(classes) for name, classes in self.fields.items()}

    def sentence_score(self, features: Iterable[str]) -> float:
        """Return the probability that a sentence with these features tells cooperation news."""
        return _logistic(self.sentence, features)

    def proof_score(self, features: Iterable[str]) -> float:
        """Return the probability that, in cooperation news, this is a sentence to quote."""
        return _logistic(self.proof, features)

    def scope_scores(self, features: Mapping[str, float]) -> dict[Scope, float]:
        """Return the probability of each scope (softmax)."""
        return self._scope_table.softmax(features)

    def field_odds(self, field: str, features: Mapping[str, float]) -> dict[str, float]:
        """Return how likely each value of activity, instrument or stage is: log-odds, each up to one constant."""
        return self._field_tables[field].sums(features)


def _logistic(weights: Mapping[str, float], features: Iterable[str]) -> float:
    return sigmoid(weights.get("bias", 0.0) + sum(map(weights.get, features, repeat(0.0))))


Key = TypeVar("Key", bound=str)


Classes = Mapping[Key, Mapping[str, float]]


class Table(Generic[Key]):
    """Weights of several classes as one matrix: a row a feature, and a last one of zeros for those that none knows."""

    def __init__(self, classes: Classes[Key]) -> None:
        self.classes = tuple(classes)
        known = dict.fromkeys(feature for weights in classes.values() for feature in weights)
        self._rows = {feature: row for row, feature in enumerate(known)}
        self._weights = np.array([[*(weights.get(feature, 0.0) for feature in known), 0.0] for weights in classes.values()]).T.copy()

    def sums(self, features: Mapping[str, float]) -> dict[Key, float]:
        """Return for each class the sum of its weights."""
        rows = np.fromiter(map(self._rows.get, features, repeat(-1)), np.intp, len(features))
        values = np.fromiter(features.values(), float, len(features))
        return dict(zip(self.classes, (values @ self._weights.take(rows, axis=0)).tolist(), strict=True))

    def softmax(self, features: Mapping[str, float]) -> dict[Key, float]:
        """Return the probability of each class."""
        sums = self.sums(features)
        top = max(sums.values())
        shares = {name: exp(s - top) for name, s in sums.items()}
        whole = sum(shares.values())
        return {name: share / whole for name, share in shares.items()}


@cache
def default_model() -> Model:
    """Return the model whose weights the package carries."""
    data = json.loads(WEIGHTS.read_text("utf-8"))
    return Model(data["sentence"], data["proof"], data["scopes"], data["fields"], data["threshold"])
