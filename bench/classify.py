"""How fast the classifier is: documents a second, time to load, memory.

    python bench/classify.py [DOCS.jsonl]

DOCS.jsonl holds lines with `title` and `text` (default: the gold documents beside the repository); texts are cut
at 4,000 characters. One process, one thread, processor time (other work on the machine does not count); the best of three passes.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
CUT = 4000
PASSES = 3


def main() -> None:
    default = ROOT / "../shared/gold/dev.docs.jsonl"
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else default
    if not path.exists():
        print(f"{path} is not there: name a file of documents")
        return
    docs = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    start = time.perf_counter()
    from classifier import Classifier  # noqa: PLC0415 - the import belongs to the time to load

    imported = time.perf_counter() - start
    start = time.perf_counter()
    classifier = Classifier.load(ROOT / "config/gazetteer")
    loaded = time.perf_counter() - start
    fastest = min(one_pass(classifier, docs) for _ in range(PASSES))
    long = "NASA and ESA signed an agreement on a lunar mission. " * 20_000
    start = time.perf_counter()
    classifier.classify("Long", long)
    slow = time.perf_counter() - start
    for name, value in (
        ("import", f"{imported:.2f} s"),
        ("load", f"{loaded:.2f} s"),
        ("documents", f"{len(docs)}"),
        ("documents/s", f"{len(docs) / fastest:,.0f}"),
        ("1 MB of text", f"{slow:.2f} s"),
        ("memory at most", f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB"),
    ):
        print(f"{name:16}{value:>12}")


def one_pass(classifier: object, docs: list[dict[str, str]]) -> float:
    start = time.process_time()
    for doc in docs:
        classifier.classify(doc["title"], doc["text"][:CUT])  # type: ignore[attr-defined]
    return time.process_time() - start


if __name__ == "__main__":
    main()
