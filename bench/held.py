"""How the classifier does on long articles that were written for the purpose and are never trained on; as Markdown.

    python bench/held.py GOLD_DIR

The texts are those of classifier/training that are marked `held`; GOLD_DIR lends only its scorer and its list of names.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from classifier import Classifier
from classifier.crossval import scorer
from classifier.examples import TRAINING
from spacepact.settings import default_config_dir

UNSAID: dict[str, Any] = {"space": True, "optional_agencies": [], "optional_missions": []}
"""What the labels of our own texts leave out."""
ROWS = (
    ("all", "language", ""), ("English", "language", "en"), ("Chinese", "language", "zh"),
    ("intergovernmental", "scope", "inter"), ("public-private-international", "scope", "public"),
)  # fmt: skip
Row = dict[str, Any]


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("gold", type=Path)
    gold = options.parse_args().gold
    texts = held()
    classifier = Classifier.load(default_config_dir() / "gazetteer")
    said = {t["id"]: classifier.classify(t["title"], t["text"]).model_dump(mode="json") for t in texts}
    docs = {t["id"]: " ".join(f"{t['title']}\n{t['text']}".split()) for t in texts}
    groups = json.loads((gold / "aliases.json").read_text("utf-8"))
    print("| texts | documents | F1 | precision | recall | scope | parties | relations |\n|---|---|---|---|---|---|---|---|")
    for name, field, value in ROWS:
        labels = [UNSAID | t for t in texts if str(t[field]).startswith(value)]
        told = scorer(gold).score(labels, {x["id"]: {"id": x["id"], **said[x["id"]]} for x in labels}, docs, groups, 0)
        print(line(name, len(labels), told))


def held() -> list[Row]:
    """Return the texts that are held back."""
    rows = [json.loads(text) for path in sorted(TRAINING.glob("*.jsonl")) for text in path.read_text("utf-8").splitlines()]
    return [row for row in rows if row.get("held")]


def line(name: str, count: int, told: Row) -> str:
    verdict = told["cooperation"]
    values = (verdict["f1"], verdict["p"], verdict["r"], told["scope_accuracy"], told["parties"]["f1"], told["relations"]["f1"])
    return f"| {name} | {count} | " + " | ".join(f"{v:.3f}" for v in values) + " |"


if __name__ == "__main__":
    main()
