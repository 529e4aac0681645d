"""How well stage, activity and instrument are read where a cooperation is proven by the sentence that the labels quote.

    python bench/attributes.py GOLD_DIR [PREDICTIONS.jsonl]

GOLD_DIR is what `python -m classifier.train` learns from. Without predictions (lines as `spacepact classify --jsonl` prints
them) it cross-validates: five folds, no document read by a model that saw it. The scorer of the gold directory pairs
cooperations by their parties alone, so that in a statement with five items of the same two states it compares different
acts; this pairs them by evidence. Last it prints what is read from the very sentence that the labels quote, whichever our own
proof is: in all cooperation news, and where a document has one cooperation only.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from rich.console import Console
from rich.table import Table

from classifier.attributes import attribute_features, choose
from classifier.crossval import cross_validate, splits
from classifier.examples import Example, load_examples
from classifier.fitting import FIELDS, Knobs, fit_field
from classifier.model import Model
from spacepact.cooperation import COOPERATION_SCOPES

GAZETTEER = Path(__file__).parents[1] / "config/gazetteer"


class Pair(NamedTuple):
    """A labelled relation and the cooperation that quotes its evidence; where the document comes from."""

    corpus: str
    language: str
    labelled: dict[str, Any]
    said: dict[str, Any]


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("gold", type=Path)
    options.add_argument("predictions", type=Path, nargs="?")
    chosen = options.parse_args()
    gold = chosen.gold
    examples = load_examples(gold, GAZETTEER)
    said = rows(chosen.predictions) if chosen.predictions else cross_validate(examples, GAZETTEER)
    labels = [row for row in rows(gold / "dev.labels.jsonl") if row["scope"] in COOPERATION_SCOPES]
    found = list(pairs(labels, {d["id"]: d for d in rows(gold / "dev.docs.jsonl")}, {p["id"]: p for p in said}))
    console = Console()
    console.print(f"{len(found)} of {sum(len(row['relations']) for row in labels)} labelled relations are proven by the same sentence")
    for field in FIELDS:
        console.print(confusion(field, found))
        for what in ("language", "corpus"):
            console.print("  ".join(shares(field, what, found)))
    read = list(given(examples))
    for what, some in (("", read), (", the only one of its document", [r for r in read if r.alone])):
        right = "  ".join(f"{f} {sum(r.labelled[f] == r.said[f] for r in some) / max(len(some), 1):.3f}" for f in FIELDS)
        console.print(f"given the labelled sentence{what} (n={len(some)}): {right}")


def rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def pairs(labels: list[dict[str, Any]], docs: dict[str, dict[str, Any]], said: dict[str, dict[str, Any]]) -> Iterator[Pair]:
    for label in labels:
        ident = label["id"]
        doc = docs[ident]
        text = f"{doc['title']}\n{doc['text']}"
        for relation in label["relations"]:
            at = text.find(relation["evidence"])
            for told in said[ident]["cooperations"]:
                if at >= 0 and any(e["start"] < at + len(relation["evidence"]) and e["end"] > at for e in told["evidence"]):
                    yield Pair(ident.rsplit("-", 1)[0], "en" if text.isascii() or " the " in text else "zh", relation, told)
                    break


class Read(NamedTuple):
    """A labelled relation and what its own sentence says; whether it is the only one of its document."""

    labelled: dict[str, Any]
    said: dict[str, str]
    alone: bool


def given(examples: list[Example]) -> Iterator[Read]:
    """Yield what is read from the sentence that the labels quote, by models that never saw its document."""
    for learn, test in splits(examples, seed=0):
        model = Model({}, {}, {}, {f: fit_field(learn, f, Knobs()) for f in FIELDS})
        for example in (e for e in test if e.positive):
            first = {r["evidence"]: (i, r) for i, r in sorted(example.proofs.items(), reverse=True)}
            for i, relation in first.values():
                features = attribute_features(i, example.seen, example.reading, example.said)
                said = {f: choose(model, f, features) for f in FIELDS}
                yield Read(relation, said, len(example.label["relations"]) == 1)


def confusion(field: str, found: list[Pair]) -> Table:
    cells = Counter((p.labelled[field], p.said[field]) for p in found)
    known = Counter(value for pair, count in cells.items() for value in pair for _ in range(count))
    values = [value for value, _ in known.most_common()]
    right = sum(count for (labelled, told), count in cells.items() if labelled == told)
    table = Table(f"{field} ({right / max(len(found), 1):.3f})", *(v[:6] for v in values), title="rows: labelled, columns: said", box=None)
    for labelled in values:
        table.add_row(labelled, *(str(cells[labelled, told] or ".") for told in values))
    return table


def shares(field: str, what: str, found: list[Pair]) -> Iterator[str]:
    for name in sorted({getattr(p, what) for p in found}):
        here = [p for p in found if getattr(p, what) == name]
        yield f"{name} {sum(p.labelled[field] == p.said[field] for p in here)}/{len(here)}"


if __name__ == "__main__":
    main()
