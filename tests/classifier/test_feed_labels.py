"""The labels of real feed items: whole, of the taxonomy, and of no document that the weights learn from."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, get_args

from spacepact.cooperation import COOPERATION_SCOPES, Activity, Instrument, Scope, Stage

LABELS = Path(__file__).parents[1] / "gold/feed-labels.jsonl"


def rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def test_labels_are_whole_and_of_the_taxonomy() -> None:
    labels = rows(LABELS)
    assert len({label["id"] for label in labels}) == len(labels) == 730
    for label in labels:
        assert label["scope"] in get_args(Scope)
        assert bool(label["relations"]) == (label["scope"] in COOPERATION_SCOPES), label["id"]
        for relation in label["relations"]:
            assert len(set(relation["parties"])) > 1
            assert relation["activity"] in get_args(Activity)
            assert relation["instrument"] in get_args(Instrument)
            assert relation["stage"] in get_args(Stage)


def test_no_labelled_item_is_learned_from(shared: Path) -> None:
    learned = rows(shared / "gold/dev.docs.jsonl")
    items = {item["id"]: item for item in rows(shared / "gold/stream.jsonl")}
    titles = {doc["title"].strip().casefold() for doc in learned}
    for label in rows(LABELS):
        assert label["id"] not in {doc["id"] for doc in learned}
        assert items[label["id"]]["title"].strip().casefold() not in titles
