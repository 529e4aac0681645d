"""How fast the classifier is, beside spaCy's blank English pipeline with the same names.

    python bench/classify.py [DOCS.jsonl]

DOCS.jsonl holds lines with `title` and `text` (default: the gold documents beside the repository); texts are cut at
4,000 characters. One process, one thread, processor time (other work on the machine counts only by the caches it takes);
the two sides take turns, and of every side the fastest pass counts. spaCy only finds names: no verdict, no cooperation.
"""

from __future__ import annotations

import argparse
import gc
import importlib.util
import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from rich.console import Console
from rich.table import Table

from classifier import Classifier
from classifier.folding import fold, mask
from classifier.gazetteer import Entry, Gazetteer, load_gazetteer
from classifier.matcher import Matcher
from classifier.mentions import find_mentions
from classifier.surfaces import surfaces

ROOT = Path(__file__).parents[1]
GAZETTEER = ROOT / "config/gazetteer"
CUT = 4000
PASSES = 5
KB = 1000
SIZES = (1, 10, 100, 1000, 10_000)
SYLLABLES = ("ba", "con", "dri", "el", "fas", "gor", "hin", "jul", "kem", "lor", "mas", "nov", "pul", "qui", "ras", "sol", "tev", "vor")
PLAIN = "The Orvane agency and Belor signed an agreement on a lunar mission with NASA and ESA on Tuesday. "
ODD = {
    "one line without a full stop": "nasa esa jaxa " * 80_000,
    "emoji": "🚀🛰️ NASA and ESA 🤝 signed. " * 40_000,
    "lone surrogates": "NASA \ud800 and ESA \udfff signed. " * 40_000,
    "mixed scripts": "НАСА и ESA подписали 协议 with 日本 ΕΛΛΑΔΑ. " * 30_000,
    "right to left": "وقعت وكالة الإمارات للفضاء اتفاقية مع ناسا. " * 25_000,
    "blanks": " " * 1_000_000,
    "full stops": "." * 1_000_000,
}
Work = Callable[[], object]
ALONE = """
import sys, time
from pathlib import Path
from classifier import Classifier
imported = time.process_time()
Classifier.load(Path(sys.argv[1]))
loaded = time.process_time() - imported
print(f"a process of its own: start and imports {imported:.2f} s, load {loaded:.2f} s (wanted < 1), ", end="")
peak = next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM"))
print(f"{int(peak) / 1024:.0f} MiB (wanted < 200)")
"""
WHOLE = "whole classification"
WANTED = {
    (WHOLE, "spaCy"): ">= 1.4",
    ("written forms", "spaCy"): ">= 30",
    ("names in whole words", "spaCy"): "",
    ("mentions, settled by context", "spaCy"): "",
    ("whole classification, 10 x entries", WHOLE): ">= 0.77",
    ("names in whole words, 10 x entries", "names in whole words"): ">= 0.77",
}
"""What is compared with what, and the ratio of documents/s that is wanted (1 / 1.3 = 0.77)."""


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("docs", type=Path, nargs="?", default=ROOT / "../shared/gold/dev.docs.jsonl")
    path = options.parse_args().docs
    if not path.is_file():
        options.error(f"{path} is not there: name a file of documents")
    docs = [(d["title"], d["text"][:CUT]) for d in map(json.loads, path.read_text("utf-8").splitlines())]
    gazetteer = load_gazetteer(GAZETTEER)[0]
    classifier, matcher = Classifier(gazetteer), Matcher(gazetteer)
    wide = Gazetteer((*gazetteer.entries, *strangers(9 * len(gazetteer.entries))))
    wider = Matcher(wide)
    texts = [f"{title}\n{text}" for title, text in docs]
    work: dict[str, Work] = {
        WHOLE: whole(classifier, docs),
        "written forms": forms_in(texts, matcher),
        "names in whole words": names_in(texts, matcher),
        "mentions, settled by context": mentions_in(texts, matcher),
        "names in whole words, 10 x entries": names_in(texts, wider),
        "whole classification, 10 x entries": whole(Classifier(wide), docs),
    }
    if importlib.util.find_spec("spacy"):
        work["spaCy"] = spacy_ruler(texts, every_name(gazetteer))
    gc.freeze()  # as the service does once it has loaded
    Console().print(table_of(in_turns(work), len(docs)))
    if "spaCy" not in work:
        Console().print("spaCy is not installed: no row for it (make bench installs it)")
    Console().print(f"{alone()}; load average {os.getloadavg()[0]:.1f}")
    Console().print(curve(classifier.classify))


def alone() -> str:
    """Return what a process that only loads the classifier needs."""
    return subprocess.run(
        [sys.executable, "-c", ALONE, str(GAZETTEER)], capture_output=True, text=True, check=True, cwd=ROOT
    ).stdout.strip()


def whole(classifier: Classifier, docs: list[tuple[str, str]]) -> Work:
    return lambda: [classifier.classify(title, text) for title, text in docs]


def forms_in(texts: list[str], matcher: Matcher) -> Work:
    return lambda: [matcher.forms(text, fold(text)) for text in texts]


def names_in(texts: list[str], matcher: Matcher) -> Work:
    return lambda: [matcher.hits(text, fold(text)) for text in texts]


def mentions_in(texts: list[str], matcher: Matcher) -> Work:
    def work() -> None:
        for text in texts:
            clear = mask(text)
            find_mentions(clear, fold(clear), matcher)

    return work


def spacy_ruler(texts: list[str], names: list[str]) -> Work:
    import spacy  # noqa: PLC0415 - a peer, not a part of spacepact

    nlp = spacy.blank("en")
    nlp.max_length = 10**8
    nlp.add_pipe("sentencizer")
    ruler = nlp.add_pipe("entity_ruler")
    patterns = [{"label": "NAME", "pattern": name} for name in names]
    ruler.add_patterns(patterns)  # type: ignore[attr-defined]
    return lambda: [[list(doc.sents), doc.ents] for doc in nlp.pipe(texts)]


def every_name(gazetteer: Gazetteer) -> list[str]:
    return sorted({s.alias for e in gazetteer.entries for s in surfaces(e)})


def strangers(count: int) -> Iterator[Entry]:
    """Yield entries whose names no text holds: two words of made-up syllables."""
    dice = random.Random(7)
    for i in range(count):
        first, second = ("".join(dice.choices(SYLLABLES, k=3)).capitalize() for _ in range(2))
        yield Entry(id=f"stranger-{i}", kind="company", name=f"{first} {second}{i % 97}", names={"fr": (f"{second} {first}{i % 89}",)})


def in_turns(work: dict[str, Work]) -> dict[str, float]:
    """Return the fastest of several passes of each, in seconds of processor time."""
    best = dict.fromkeys(work, float("inf"))
    for _ in range(PASSES):
        for name, go in work.items():
            best[name] = min(best[name], timed(go))
    return best


def timed(go: Work) -> float:
    start = time.process_time()
    go()
    return time.process_time() - start


def table_of(spent: dict[str, float], count: int) -> Table:
    rate = {name: count / seconds for name, seconds in spent.items()}
    table = Table(title=f"{count} documents, cut at {CUT} characters: documents/s of one process")
    for column in ("what", "ratio", "wanted", "documents/s", "beside", "documents/s "):
        table.add_column(column, justify="left" if column in ("what", "beside") else "right")
    for (name, peer), wanted in WANTED.items():
        if peer in rate:
            table.add_row(name, f"{rate[name] / rate[peer]:.2f}", wanted, f"{rate[name]:,.0f}", peer, f"{rate[peer]:,.0f}")
    table.add_row(WHOLE, "", ">= 600/s", f"{rate[WHOLE]:,.0f}", "", "")
    return table


def curve(classify: Callable[[str, str], object]) -> Table:
    table = Table(title="time by length: linear means the same milliseconds a KB")
    for column in ("text", "KB", "ms", "ms/KB"):
        table.add_column(column, justify="left" if column == "text" else "right")
    samples = [("plain news", (PLAIN * (size * KB // len(PLAIN) + 1))[: size * KB]) for size in SIZES]
    for name, text in (*samples, *ODD.items()):
        seconds = timed(lambda text=text: classify("Title", text))  # type: ignore[misc]
        table.add_row(name, f"{len(text) / KB:,.0f}", f"{seconds * 1000:,.1f}", f"{seconds * 1000 / len(text) * KB:.3f}")
    return table


if __name__ == "__main__":
    main()
