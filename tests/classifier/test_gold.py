"""Names on real labelled documents. Cooperation is measured by cross-validation only: classifier.train --cross-validate."""

from __future__ import annotations

import importlib.util
import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from classifier import Classifier

GOLD = Path(__file__).parents[2] / "../shared/gold"

pytestmark = pytest.mark.skipif(not GOLD.exists(), reason="the labelled documents (../shared/gold) are not here")


def rows(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (GOLD / name).read_text("utf-8").splitlines()]


@cache
def scored() -> dict[str, Any]:
    spec = importlib.util.spec_from_file_location("gold_score", GOLD / "score.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    classifier = Classifier.load(Path(__file__).parents[2] / "config/gazetteer")
    docs = rows("dev.docs.jsonl")
    said = {d["id"]: classifier.classify(d["title"], d["text"]).model_dump(mode="json") for d in docs}
    texts = {d["id"]: " ".join((d["title"] + "\n" + d["text"]).split()) for d in docs}
    groups = json.loads((GOLD / "aliases.json").read_text("utf-8"))
    result: dict[str, Any] = module.score(rows("dev.labels.jsonl"), said, texts, groups, 0)
    return result


@pytest.mark.parametrize(("what", "least"), [("agencies", 0.97), ("missions", 0.92)])
def test_names_are_found(what: str, least: float) -> None:
    assert scored()[what]["f1"] >= least, scored()[what]


def test_every_evidence_stands_verbatim_in_the_document() -> None:
    assert scored()["evidence_sentences"] > 100
    assert scored()["evidence_verbatim"] == 1.0
