"""Learn the weights: python -m classifier.train GOLD_DIR [--cross-validate] [--gazetteer DIR].

GOLD_DIR holds dev.docs.jsonl, dev.labels.jsonl, aliases.json and score.py.
Cross-validation never reports a figure on a document that was trained on.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from classifier.crossval import cross_validate, report
from classifier.examples import load_examples
from classifier.fitting import train
from classifier.model import WEIGHTS, Model
from spacepact.settings import default_config_dir


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
