"""Texts of our own: whole and well labelled; those held back from training measure what was learned from the others."""

from __future__ import annotations

import json
from typing import Any

import pytest

from classifier import Classifier
from classifier.examples import TRAINING
from spacepact.cooperation import COOPERATION_SCOPES

TEXTS: list[dict[str, Any]] = [
    json.loads(line) for path in sorted(TRAINING.glob("*.jsonl")) for line in path.read_text("utf-8").splitlines()
]
HELD = [text for text in TEXTS if text.get("held")]


def test_no_two_texts_share_an_id() -> None:
    assert len({text["id"] for text in TEXTS}) == len(TEXTS)


@pytest.mark.parametrize("text", [t for t in TEXTS if t["id"].startswith("long-")], ids=lambda t: t["id"])
def test_every_relation_of_a_long_text_is_proven_in_it(text: dict[str, Any]) -> None:
    assert bool(text["relations"]) == (text["scope"] != "none")
    for relation in text["relations"]:
        assert relation["evidence"] in text["text"]
        assert len(relation["parties"]) > 1


def test_what_was_never_learned_is_told_right_more_often_than_not(classifier: Classifier) -> None:
    told = [(t["scope"] in COOPERATION_SCOPES, classifier.classify(t["title"], t["text"]).cooperation) for t in HELD]
    hits = sum(truth and said for truth, said in told)
    assert hits / sum(said for _, said in told) >= 0.8
    assert hits / sum(truth for truth, _ in told) >= 0.5
