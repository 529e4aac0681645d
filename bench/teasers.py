"""How good the verdict is on the items of real feeds, a title and a teaser each, that it never learned from; as Markdown.

    python bench/teasers.py [GOLD_DIR] [--errors]        GOLD_DIR: ../shared/gold

GOLD_DIR/stream.jsonl holds the items; tests/gold/feed-labels.jsonl what one reader says of those that the gold documents do not
hold. --errors lists every item whose verdict is wrong, and the cooperations that are told of items that are cooperation news.
Texts are never printed, only ids and names.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from scores import Row, line, rows

from classifier import Classifier
from classifier.crossval import report
from spacepact.cooperation import COOPERATION_SCOPES
from spacepact.settings import default_config_dir

ROOT = Path(__file__).parents[1]
GOLD = ROOT.parent / "shared/gold"
LABELS = ROOT / "tests/gold/feed-labels.jsonl"
FIELDS = ("cooperation", "parties", "relations")
TRUST = ("high", "medium", "low")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("gold", type=Path, nargs="?", default=GOLD)
    parser.add_argument("--errors", action="store_true", help="list what is wrong")
    options = parser.parse_args()
    if not options.gold.is_dir():
        print(f"{options.gold} is absent: the items lie beside the project, not in it", file=sys.stderr)
        return 0
    labels = [{**label, "agencies": [], "missions": []} for label in rows(LABELS)]
    said = judged(options.gold / "stream.jsonl", {label["id"] for label in labels})
    show(labels, said, report(options.gold, list(said.values()), 0, options.gold / "stream.jsonl", labels))
    if options.errors:
        print("", *wrong(labels, said), sep="\n")
    return 0


def judged(stream: Path, wanted: set[str]) -> dict[str, Row]:
    """Return what the shipped classifier says of the items that are labelled."""
    classifier = Classifier.load(default_config_dir() / "gazetteer")
    items = [item for item in rows(stream) if item["id"] in wanted]
    return {i["id"]: {"id": i["id"], **classifier.classify(i["title"], i["text"]).model_dump(mode="json")} for i in items}


def show(labels: list[Row], said: dict[str, Row], whole: Row) -> None:
    """Print the table."""
    print("| what | F1 | precision | recall | n |\n|---|---|---|---|---|")
    for field in FIELDS:
        print(line(field, whole[field]))
    for trust in TRUST:
        print(line(f"cooperation, labels of {trust} confidence", whole["by_confidence"][trust]))
    for trust in TRUST:
        ours = [(x["scope"], said[x["id"]]["scope"]) for x in labels if x["confidence"] == trust]
        print(f"\nscope right in {sum(a == b for a, b in ours)} of {len(ours)} items of {trust} confidence", end="")
    pairs = [(x["scope"] in COOPERATION_SCOPES, said[x["id"]]["cooperation"]) for x in labels]
    print(f"\n\n{len(labels)} items, {sum(t for t, _ in pairs)} of them cooperation news; scope {whole['scope_accuracy']:.3f};")
    print(f"{sum(s and not t for t, s in pairs)} false, {sum(t and not s for t, s in pairs)} missed;")
    print(", ".join(f"{name} {whole[name]:.3f}" for name in ("activity_accuracy", "stage_accuracy", "evidence_verbatim")))


def wrong(labels: list[Row], said: dict[str, Row]) -> list[str]:
    """Return a line for every wrong verdict, and one for every cooperation of the items that are cooperation news."""
    out = []
    for label in labels:
        answer = said[label["id"]]
        if answer["scope"] != label["scope"]:
            out.append(f"{label['id']} {label['scope']} ({label['confidence']}), not {answer['scope']} ({answer['score']:.2f})")
        if label["scope"] in COOPERATION_SCOPES or answer["cooperation"]:
            out += [f"  labelled {told(x)}" for x in label["relations"]] + [f"  told {told(x)}" for x in answer["cooperations"]]
    return out


def told(relation: dict[str, Any]) -> str:
    names = ", ".join(p["name"] if isinstance(p, dict) else p for p in relation["parties"])
    return f"{names}: {relation['activity']}, {relation['instrument']}, {relation['stage']}"


if __name__ == "__main__":
    sys.exit(main())
