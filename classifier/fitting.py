"""The models that are learned: sentences, proofs, scopes, fields, and the threshold.

The scores of sentences from which the verdict learns are of models that did not see them. Needs scikit-learn (a development dependency).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression

from classifier.attributes import Field, attribute_features, proof_features, rivals
from classifier.document import document_features
from classifier.examples import Example, folds
from classifier.model import SCOPES, Model
from spacepact.cooperation import COOPERATION_SCOPES

FIELDS: tuple[Field, ...] = ("activity", "instrument", "stage")
SMALLEST = 0.01
TRUST = {"high": 1.0, "medium": 0.6, "low": 0.25}
"""How much a label counts, by the confidence of those who gave it."""


@dataclass(frozen=True)
class Knobs:
    """How strongly each model is held back (inverse of the penalty).

    What a text written for training counts: `own` for the verdict, where it is unlike news; `own_fields` for what an act is.
    `domestic`: what a document of domestic cooperation counts, the scope most often taken for none.
    """

    sentence: float = 0.2
    document: float = 0.3
    fields: float = 0.2
    own: float = 0.07
    own_fields: float = 0.5
    domestic: float = 1.5
    proof: float = 0.2


def train(examples: Sequence[Example], knobs: Knobs | None = None) -> Model:
    """Fit sentence, scope and attribute models on the examples."""
    knobs = knobs or Knobs()
    sentence = _fit_sentences(examples, knobs)
    held_out: dict[str, list[float]] = {}
    for learn, test in folds(examples, 4, seed=1):
        partial = Model(_fit_sentences(learn, knobs), {}, {}, {})
        held_out |= {e.id: [partial.sentence_score(v.features) for v in e.seen] for e in test}
    rows = [document_features(e.reading, e.seen, held_out[e.id]) for e in examples]
    scopes = _fit_scopes(examples, rows, knobs)
    threshold = _threshold(examples, dict(zip((e.id for e in examples), rows, strict=True)), knobs)
    fields: dict[str, dict[str, dict[str, float]]] = {f: fit_field(examples, f, knobs) for f in FIELDS}
    return Model(sentence, _fit_proofs(examples, knobs), scopes, fields, threshold)


def _fit_scopes(examples: Sequence[Example], rows: list[dict[str, float]], knobs: Knobs) -> dict[Any, dict[str, float]]:
    return _fit(rows, [e.scope for e in examples], knobs.document, SCOPES, [_trust(e, knobs) for e in examples])


def _trust(example: Example, knobs: Knobs) -> float:
    trust = TRUST[example.label["confidence"]] * (knobs.own if example.own else 1.0)
    trust *= knobs.domestic if example.scope == "domestic" else 1.0
    return trust if example.proofs or example.id.endswith("#0") else trust / 2


def _threshold(examples: Sequence[Example], rows: dict[str, dict[str, float]], knobs: Knobs) -> float:
    """Return the score with the best F1 on documents that were held out; what is more likely than not always counts."""
    scored: list[tuple[float, bool]] = []
    for learn, test in folds(examples, 4, seed=2):
        partial = Model({}, {}, _fit_scopes(learn, [rows[e.id] for e in learn], knobs), {})
        for example in (e for e in test if not e.own):
            scores = partial.scope_scores(rows[example.id])
            scored.append((sum(scores[s] for s in COOPERATION_SCOPES), example.positive))
    candidates = [i / 100 for i in range(35, 51)]
    best = max(_f1(scored, c) for c in candidates)
    good = [c for c in candidates if _f1(scored, c) > best - 0.01]
    return round(sum(good) / len(good), 2)


def _f1(scored: list[tuple[float, bool]], threshold: float) -> float:
    hits = sum(truth for score, truth in scored if score >= threshold)
    return 2 * hits / (sum(score >= threshold for score, _ in scored) + sum(truth for _, truth in scored))


def _fit_sentences(examples: Iterable[Example], knobs: Knobs) -> dict[str, float]:
    rows: list[dict[str, float]] = []
    truth, trust = [], []
    for example in examples:
        for view in example.seen:
            proof = view.sentence.index in example.proofs
            if proof or not example.positive:
                rows.append({"bias": 1.0, **dict.fromkeys(view.features, 1.0)})
                truth.append(str(proof and example.positive))
                trust.append(knobs.own if example.own else 1.0)
    return _fit(rows, truth, knobs.sentence, ("False", "True"), trust)["True"]


def _fit_proofs(examples: Iterable[Example], knobs: Knobs) -> dict[str, float]:
    told = [(v, e, rivals(e.seen)) for e in examples if e.positive for v in e.seen]
    rows = [
        {"bias": 1.0, **dict.fromkeys(proof_features(view, example.said[view.sentence.index], others), 1.0)}
        for view, example, others in told
    ]
    truth = [str(view.sentence.index in example.proofs) for view, example, _ in told]
    trust = [knobs.own_fields if example.own else 1.0 for _, example, _ in told]
    return _fit(rows, truth, knobs.proof, ("False", "True"), trust)["True"]


def fit_field(examples: Iterable[Example], field: str, knobs: Knobs) -> dict[str, dict[str, float]]:
    """Return value -> feature -> weight, learned from the sentences that prove."""
    rows, truth, trust = [], [], []
    for example in examples:
        for i, relation in example.proofs.items():
            trust.append(knobs.own_fields if example.own else 1.0)
            rows.append(attribute_features(i, example.seen, example.reading, example.said))
            truth.append(relation[field])
    return _fit(rows, truth, knobs.fields, tuple(sorted(set(truth))), trust)


def _fit(
    rows: list[dict[str, float]], truth: list[str], strength: float, classes: Sequence[str], trust: Sequence[float] | None = None
) -> dict[Any, dict[str, float]]:
    """Return class -> feature -> weight; for two classes only the second has weights. `trust` weighs the rows."""
    if len(set(truth)) == 1:
        return {c: {"bias": 1.0 if c == truth[0] else -20.0} for c in classes}
    vectors = DictVectorizer()
    matrix = vectors.fit_transform(rows)
    fitted = LogisticRegression(C=strength, max_iter=2000, fit_intercept=False).fit(matrix, truth, sample_weight=trust)
    names = vectors.get_feature_names_out()
    learned = [str(c) for c in fitted.classes_]
    coefficients = fitted.coef_ if len(learned) > 2 else [-fitted.coef_[0] * 0, fitted.coef_[0]]
    table = {c: _weights(names, w) for c, w in zip(learned, coefficients, strict=True)}
    return {c: table.get(c, {"bias": -20.0}) for c in classes}


def _weights(names: Iterable[str], values: Iterable[float]) -> dict[str, float]:
    return {str(n): round(float(v), 3) for n, v in zip(names, values, strict=True) if abs(v) >= SMALLEST}
