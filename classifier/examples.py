"""Labelled documents as they were read, and how they are divided: near-duplicates stay together."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from sklearn.model_selection import StratifiedGroupKFold

from classifier.cues import lexicon
from classifier.digest import parts
from classifier.features import SentenceView, about_space, views
from classifier.folding import fold
from classifier.gazetteer import load_gazetteer
from classifier.matcher import Matcher
from classifier.parties import Actors
from classifier.reading import Reading, read
from classifier.sayings import Said
from spacepact.cooperation import COOPERATION_SCOPES

TRAINING = Path(__file__).with_name("training")
OVERLAP = 0.35


@dataclass(frozen=True)
class Example:
    """One labelled document, or an item of a labelled digest, as it was read; `own`: written for training.

    `proofs` maps a sentence to the relation it proves; near-duplicates share a `group`.
    """

    id: str
    doc: dict[str, Any]
    label: dict[str, Any]
    scope: str
    reading: Reading
    seen: list[SentenceView]
    proofs: dict[int, dict[str, Any]]
    group: str
    own: bool = False

    @property
    def positive(self) -> bool:
        return self.scope in COOPERATION_SCOPES

    @cached_property
    def said(self) -> Said:
        """What the phrases of each sentence say."""
        return Said(self.reading)


def load_examples(gold: Path, gazetteer: Path) -> list[Example]:
    """Read the labelled documents of a directory, and those of classifier/training, which are never scored.

    Texts marked `held` are left out: bench/held.py scores them.
    """
    entries = load_gazetteer(gazetteer)[0]
    matcher, actors = Matcher(entries), Actors(entries)
    docs = {d["id"]: d for d in rows(gold / "dev.docs.jsonl")}
    groups = _groups([(ident, fold(f"{d['title']} {d['text']}")) for ident, d in docs.items()])
    out: list[Example] = []
    for label in rows(gold / "dev.labels.jsonl"):
        out += _examples(docs[label["id"]], label, groups[label["id"]], matcher, actors)
    for path in sorted(TRAINING.glob("*.jsonl")):
        for row in (r for r in rows(path) if not r.get("held")):
            out += [replace(e, own=True) for e in _examples(row, {"confidence": "high", **row}, row["id"], matcher, actors)]
    return out


def _examples(doc: dict[str, Any], label: dict[str, Any], group: str, matcher: Matcher, actors: Actors) -> Iterator[Example]:
    reading = read(doc["title"], doc["text"], matcher, lexicon())
    for i, part in enumerate(parts(reading)):
        proofs = {k: r for r in label["relations"] for k in _proofs(part, r["evidence"])}
        scope = label["scope"] if proofs or part is reading else "none"
        if part is reading or about_space(part):
            yield Example(f"{label['id']}#{i}", doc, label, scope, part, views(part, actors).seen, proofs, group)


def rows(path: Path) -> list[dict[str, Any]]:
    """Return the objects of a file of JSON lines."""
    return [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]


def _words(text: str) -> set[str]:
    return {text[i : i + 2] for i in range(len(text))} if not text.isascii() and " " not in text else set(text.casefold().split())


def _proofs(reading: Reading, quote: str) -> list[int]:
    """Return the sentences that hold a quote, or most of it."""
    at = reading.text.find(quote)
    if at >= 0 and reading.sentences:
        inside = [s.index for s in reading.sentences if s.start < at + len(quote) and s.end > at]
        return inside[:2]
    words = _words(quote)
    shares = [(len(words & _words(reading.text[s.start : s.end])) / max(len(words), 1), -s.index) for s in reading.sentences]
    best = max(shares, default=(0.0, 0))
    return [-best[1]] if best[0] > 0.5 else []


def folds(examples: Sequence[Example], count: int, seed: int) -> list[tuple[list[Example], list[Example]]]:
    """Return (learn, test) pairs; documents that share many word triples stay in one fold."""
    splitter = StratifiedGroupKFold(count, shuffle=True, random_state=seed)
    strata = [e.scope for e in examples]
    return [
        ([examples[i] for i in learn], [examples[i] for i in test])
        for learn, test in splitter.split(strata, strata, [e.group for e in examples])
    ]


def _groups(documents: Sequence[tuple[str, str]]) -> dict[str, str]:
    shingles = [(ident, _shingles(folded)) for ident, folded in documents]
    leader = {ident: ident for ident, _ in documents}
    for i, (a, left) in enumerate(shingles):
        for b, right in shingles[:i]:
            if leader[a] != leader[b] and len(left & right) > OVERLAP * min(len(left), len(right)):
                old, new = leader[a], leader[b]
                leader = {k: new if v == old else v for k, v in leader.items()}
    return leader


def _shingles(folded: str) -> frozenset[str]:
    words = folded[:3000].split()
    units = words if len(words) > len(folded) / 20 else list(folded[:1500])
    return frozenset(" ".join(units[i : i + 3]) for i in range(len(units) - 2))
