"""Learn the weights: python -m classifier.train GOLD_DIR [--cross-validate] [--gazetteer DIR].

GOLD_DIR holds dev.docs.jsonl, dev.labels.jsonl, aliases.json and score.py. Needs scikit-learn (a
development dependency). Cross-validation keeps near-duplicates in one fold and never reports a
figure on a document that was trained on; the inner sentence scores are out of fold as well.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from types import ModuleType
from typing import Any

from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedGroupKFold

from classifier.attributes import Field, attribute_features, proof_features, rivals
from classifier.classify import Classifier
from classifier.cues import lexicon
from classifier.digest import parts
from classifier.document import document_features
from classifier.features import SentenceView, about_space, views
from classifier.folding import fold
from classifier.gazetteer import load_gazetteer
from classifier.matcher import Matcher
from classifier.model import SCOPES, WEIGHTS, Model
from classifier.parties import Actors
from classifier.reading import Reading, read
from classifier.sayings import Said
from spacepact.cooperation import COOPERATION_SCOPES
from spacepact.settings import default_config_dir

FIELDS: tuple[Field, ...] = ("activity", "instrument", "stage")
TRAINING = Path(__file__).with_name("training")
OVERLAP = 0.35
SMALLEST = 0.01
TRUST = {"high": 1.0, "medium": 0.6, "low": 0.25}
"""How much a label counts, by the confidence of those who gave it."""


@dataclass(frozen=True)
class Example:
    """One labelled document, or an item of a labelled digest, as it was read; `own`: written for training.

    `proofs` maps a sentence to the relation it proves; near-duplicates share a `group`.
    """

    id: str
    doc: dict[str, Any]
    label: dict[str, Any]
    scope: str
    reading: Reading
    seen: list[SentenceView]
    proofs: dict[int, dict[str, Any]]
    group: str
    own: bool = False

    @property
    def positive(self) -> bool:
        return self.scope in COOPERATION_SCOPES

    @cached_property
    def said(self) -> Said:
        """What the phrases of each sentence say."""
        return Said(self.reading)


@dataclass(frozen=True)
class Knobs:
    """How strongly each model is held back (inverse of the penalty).

    What a text written for training counts: `own` for the verdict, where it is unlike news; `own_fields` for what an act is.
    """

    sentence: float = 0.2
    document: float = 0.3
    fields: float = 0.2
    own: float = 0.07
    own_fields: float = 0.5
    proof: float = 0.2


def load_examples(gold: Path, gazetteer: Path) -> list[Example]:
    """Read the labelled documents of a directory, and those of classifier/training, which are never scored.

    Texts marked `held` are left out: bench/held.py scores them.
    """
    entries = load_gazetteer(gazetteer)[0]
    matcher, actors = Matcher(entries), Actors(entries)
    docs = {d["id"]: d for d in _rows(gold / "dev.docs.jsonl")}
    groups = _groups([(ident, fold(f"{d['title']} {d['text']}")) for ident, d in docs.items()])
    out: list[Example] = []
    for label in _rows(gold / "dev.labels.jsonl"):
        out += _examples(docs[label["id"]], label, groups[label["id"]], matcher, actors)
    for path in sorted(TRAINING.glob("*.jsonl")):
        for row in (r for r in _rows(path) if not r.get("held")):
            out += [replace(e, own=True) for e in _examples(row, {"confidence": "high", **row}, row["id"], matcher, actors)]
    return out


def _examples(doc: dict[str, Any], label: dict[str, Any], group: str, matcher: Matcher, actors: Actors) -> Iterator[Example]:
    reading = read(doc["title"], doc["text"], matcher, lexicon())
    for i, part in enumerate(parts(reading)):
        proofs = {k: r for r in label["relations"] for k in _proofs(part, r["evidence"])}
        scope = label["scope"] if proofs or part is reading else "none"
        if part is reading or about_space(part):
            yield Example(f"{label['id']}#{i}", doc, label, scope, part, views(part, actors).seen, proofs, group)


def _rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]


def _words(text: str) -> set[str]:
    return {text[i : i + 2] for i in range(len(text))} if not text.isascii() and " " not in text else set(text.casefold().split())


def _proofs(reading: Reading, quote: str) -> list[int]:
    """Return the sentences that hold a quote, or most of it."""
    at = reading.text.find(quote)
    if at >= 0 and reading.sentences:
        inside = [s.index for s in reading.sentences if s.start < at + len(quote) and s.end > at]
        return inside[:2]
    words = _words(quote)
    shares = [(len(words & _words(reading.text[s.start : s.end])) / max(len(words), 1), -s.index) for s in reading.sentences]
    best = max(shares, default=(0.0, 0))
    return [-best[1]] if best[0] > 0.5 else []


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


def folds(examples: Sequence[Example], count: int, seed: int) -> list[tuple[list[Example], list[Example]]]:
    """Return (learn, test) pairs; documents that share many word triples stay in one fold."""
    splitter = StratifiedGroupKFold(count, shuffle=True, random_state=seed)
    strata = [e.scope for e in examples]
    return [
        ([examples[i] for i in learn], [examples[i] for i in test])
        for learn, test in splitter.split(strata, strata, [e.group for e in examples])
    ]


def _groups(documents: Sequence[tuple[str, str]]) -> dict[str, str]:
    shingles = [(ident, _shingles(folded)) for ident, folded in documents]
    leader = {ident: ident for ident, _ in documents}
    for i, (a, left) in enumerate(shingles):
        for b, right in shingles[:i]:
            if leader[a] != leader[b] and len(left & right) > OVERLAP * min(len(left), len(right)):
                old, new = leader[a], leader[b]
                leader = {k: new if v == old else v for k, v in leader.items()}
    return leader


def _shingles(folded: str) -> frozenset[str]:
    words = folded[:3000].split()
    units = words if len(words) > len(folded) / 20 else list(folded[:1500])
    return frozenset(" ".join(units[i : i + 3]) for i in range(len(units) - 2))


def splits(examples: Sequence[Example], seed: int) -> Iterator[tuple[list[Example], list[Example]]]:
    """Yield five times (learn, test); our own texts are only learned from, and not those that retell a scored one."""
    own = [e for e in examples if e.own and not e.doc.get("retells")]
    for learn, test in folds([e for e in examples if not e.own], 5, seed):
        yield [*learn, *own], test


def cross_validate(examples: Sequence[Example], gazetteer: Path, seed: int = 0) -> list[dict[str, Any]]:
    """Return a prediction for every example from a model that never saw it, nor a text of ours that retells a scored one."""
    entries = load_gazetteer(gazetteer)[0]
    out: list[dict[str, Any]] = []
    for learn, test in splits(examples, seed):
        classifier = Classifier(entries, train(learn))
        docs = {e.doc["id"]: e.doc for e in test}
        out += [{"id": i, **classifier.classify(d["title"], d["text"]).model_dump(mode="json")} for i, d in docs.items()]
    return out


def report(
    gold: Path, predictions: list[dict[str, Any]], errors: int, docs: Path | None = None, labels: list[dict[str, Any]] | None = None
) -> dict[str, Any]:
    """Return what the scorer of the gold directory says, of its own documents and labels or of others."""
    texts = {d["id"]: " ".join((d["title"] + "\n" + d["text"]).split()) for d in _rows(docs or gold / "dev.docs.jsonl")}
    groups = json.loads((gold / "aliases.json").read_text("utf-8"))
    truth = _rows(gold / "dev.labels.jsonl") if labels is None else labels
    scored: dict[str, Any] = scorer(gold).score(truth, {p["id"]: p for p in predictions}, texts, groups, errors)
    return scored


def scorer(gold: Path) -> ModuleType:
    """Return the scorer of the gold directory."""
    spec = importlib.util.spec_from_file_location("score", gold / "score.py")
    if spec is None or spec.loader is None:
        raise FileNotFoundError(gold / "score.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def save(model: Model, path: Path = WEIGHTS) -> None:
    """Write the weights, one feature a line, so that a change can be read."""
    data = {"threshold": model.threshold, "sentence": model.sentence, "proof": model.proof, "scopes": model.scopes, "fields": model.fields}
    path.write_text(json.dumps(data, indent=1, ensure_ascii=False, sort_keys=True) + "\n", "utf-8")


def main() -> None:
    """Train, or cross-validate, on a gold directory."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("gold", type=Path)
    parser.add_argument("--gazetteer", type=Path, default=default_config_dir() / "gazetteer")
    parser.add_argument("--cross-validate", action="store_true")
    parser.add_argument("--errors", type=int, default=0, help="print the first N differences on stderr")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    examples = load_examples(arguments.gold, arguments.gazetteer)
    if arguments.cross_validate:
        predictions = cross_validate(examples, arguments.gazetteer, arguments.seed)
        json.dump(report(arguments.gold, predictions, arguments.errors), sys.stdout, indent=1)
    else:
        save(train(examples))


if __name__ == "__main__":
    main()
