"""How good the classifier is on labelled documents that it did not learn from.

Near-duplicates stay in one fold, and no figure is ever reported on a document that was trained on.
"""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

from classifier.classify import Classifier
from classifier.examples import Example, folds, rows
from classifier.fitting import train
from classifier.gazetteer import load_gazetteer


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
    texts = {d["id"]: " ".join((d["title"] + "\n" + d["text"]).split()) for d in rows(docs or gold / "dev.docs.jsonl")}
    groups = json.loads((gold / "aliases.json").read_text("utf-8"))
    truth = rows(gold / "dev.labels.jsonl") if labels is None else labels
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
