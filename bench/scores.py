"""How good the verdict is, by corpus and language, and where it is most surely wrong; as Markdown.

    python bench/scores.py GOLD_DIR [PREDICTIONS.jsonl]

Five-fold cross-validation (classifier.train): no document is judged by a model that saw it. With PREDICTIONS.jsonl the
predictions are written there, or read where the file already stands. Texts are never printed, only ids.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from classifier.crossval import cross_validate, report
from classifier.examples import load_examples
from classifier.model import default_model
from spacepact.cooperation import COOPERATION_SCOPES
from spacepact.settings import default_config_dir

WORST = 20
EAST = 0.1
"""A text of which this share is Chinese characters is Chinese."""
FIELDS = ("cooperation", "agencies", "missions", "parties", "relations")
Row = dict[str, Any]


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("gold", type=Path)
    options.add_argument("predictions", type=Path, nargs="?")
    chosen = options.parse_args()
    gold = chosen.gold
    predictions = predicted(gold, chosen.predictions)
    labels, docs = rows(gold / "dev.labels.jsonl"), {d["id"]: d for d in rows(gold / "dev.docs.jsonl")}
    said = {p["id"]: p for p in predictions}
    whole = report(gold, predictions, 0)
    print("| what | F1 | precision | recall | n |\n|---|---|---|---|---|")
    for field in FIELDS:
        print(line(field, whole[field]))
    print(line("cooperation without the largest source", whole["by_source"]["without_largest"]))
    for confidence, score in whole["by_confidence"].items():
        print(line(f"cooperation, labels of {confidence} confidence", score))
    print(f"\nmacro F1 over sources {whole['by_source']['macro_f1']:.3f}")
    print(*(f"{name} {whole[name]:.3f}" for name in whole if name.endswith(("accuracy", "verbatim"))), sep=", ")
    print("\n| corpus or language | documents | F1 | precision | recall | n |\n|---|---|---|---|---|---|")
    for name, ids in {**grouped(labels, corpus), **grouped(labels, lambda i: language(docs[i]))}.items():
        score = f1([(x["scope"] in COOPERATION_SCOPES, said[x["id"]]["cooperation"]) for x in labels if x["id"] in ids])
        print(f"| {name} | {len(ids)} {line('', score).removeprefix('|  ')}")
    print("\n| document | label | confidence | score |\n|---|---|---|---|")
    for label in worst(labels, said):
        print(f"| {label['id']} | {label['scope']} | {label['confidence']} | {said[label['id']]['score']:.2f} |")


def predicted(gold: Path, kept: Path | None) -> list[Row]:
    """Return the predictions that are kept in a file, or new ones."""
    if kept is not None and kept.exists():
        return rows(kept)
    gazetteer = default_config_dir() / "gazetteer"
    fresh = cross_validate(load_examples(gold, gazetteer), gazetteer)
    if kept is not None:
        kept.write_text("".join(json.dumps(p, ensure_ascii=False) + "\n" for p in fresh), "utf-8")
    return fresh


def rows(path: Path) -> list[Row]:
    return [json.loads(text) for text in path.read_text("utf-8").splitlines() if text.strip()]


def line(name: str, score: dict[str, float]) -> str:
    return f"| {name} | {score['f1']:.3f} | {score['p']:.3f} | {score['r']:.3f} | {score['n']:.0f} |"


def corpus(ident: str) -> str:
    return ident.rsplit("-", 1)[0]


def language(doc: Row) -> str:
    text = doc["title"] + doc["text"]
    return "Chinese" if sum("一" <= c <= "鿿" for c in text) > EAST * len(text) else "English"


def grouped(labels: Iterable[Row], key: Callable[[str], str]) -> dict[str, set[str]]:
    out: dict[str, set[str]] = {}
    for label in labels:
        out.setdefault(key(label["id"]), set()).add(label["id"])
    return dict(sorted(out.items()))


def f1(pairs: list[tuple[bool, bool]]) -> dict[str, float]:
    hits, said, true = sum(t and s for t, s in pairs), sum(s for _, s in pairs), sum(t for t, _ in pairs)
    return {
        "f1": 2 * hits / (said + true) if said + true else 0.0,
        "p": hits / said if said else 0.0,
        "r": hits / true if true else 0.0,
        "n": true,
    }


def worst(labels: Iterable[Row], said: dict[str, Row]) -> list[Row]:
    """Return the documents that are most confidently wrong: the score farthest from the threshold."""
    wrong = [x for x in labels if (x["scope"] in COOPERATION_SCOPES) != said[x["id"]]["cooperation"]]
    middle = default_model().threshold
    return sorted(wrong, key=lambda x: -abs(said[x["id"]]["score"] - middle) / (1 - middle if said[x["id"]]["cooperation"] else middle))[
        :WORST
    ]


if __name__ == "__main__":
    main()
