from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest

from classifier.examples import TRAINING, Example, folds, load_examples
from classifier.fitting import Knobs, train
from classifier.model import WEIGHTS, default_model
from classifier.train import save
from spacepact.cooperation import COOPERATION_SCOPES

GAZETTEER = Path(__file__).parents[2] / "config/gazetteer"
PAIRS = [("NASA", "JAXA"), ("ESA", "ISRO"), ("CNES", "KASA"), ("DLR", "CSA"), ("ASI", "CONAE"), ("NASA", "ASI")]
TOPICS = ["lunar rover", "ocean satellite", "dust sensor", "solar probe", "comet lander"]


def filler(seed: str) -> str:
    """Return words that no other document has, so that only meant duplicates look alike."""
    dice = random.Random(seed)
    return " ".join("".join(dice.choices("abcdefgh", k=6)) for _ in range(40))


def corpus() -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """Return a small fictional gold set: pacts, home contracts, and deals between companies of two countries."""
    out = []
    for i, ((a, b), topic) in enumerate((p, t) for p in PAIRS for t in TOPICS):
        kinds = [
            ("intergovernmental", f"{a} and {b} sign {topic} pact", f"{a} and {b} signed agreement {i} on a joint {topic}.", [a, b]),
            (
                "domestic",
                f"NASA picks Boeing for {topic}",
                f"NASA awarded Boeing contract {i} to build a {topic} in Texas.",
                ["NASA", "Boeing"],
            ),
            ("none", f"Scientists study {topic}", f"Researchers published study {i} about a {topic} and its orbit.", []),
        ]
        for scope, title, text, who in kinds:
            ident = f"{scope}-{i}"
            story = f"{text}\n{filler(ident)}."
            relation = {
                "parties": who,
                "activity": "joint-mission" if i % 2 else "science",
                "instrument": "none",
                "stage": "signed",
                "evidence": text,
            }
            out.append(
                (
                    {"id": ident, "title": title, "text": story},
                    {"id": ident, "scope": scope, "confidence": "high", "relations": [relation] if who else []},
                )
            )
    return out


@pytest.fixture(scope="module")
def examples(tmp_path_factory: pytest.TempPathFactory) -> list[Example]:
    gold = tmp_path_factory.mktemp("gold")
    docs, labels = zip(*corpus(), strict=True)
    for name, rows in (("dev.docs.jsonl", docs), ("dev.labels.jsonl", labels)):
        (gold / name).write_text("\n".join(map(json.dumps, rows)), "utf-8")
    return [e for e in load_examples(gold, GAZETTEER) if not e.own]


def test_near_duplicates_stay_in_one_fold(examples: list[Example]) -> None:
    for learn, test in folds(examples, 3, seed=0):
        assert {e.group for e in learn}.isdisjoint(e.group for e in test)
        assert {e.id for e in learn}.isdisjoint(e.id for e in test)


def test_the_quote_finds_its_sentence(examples: list[Example]) -> None:
    assert all(e.proofs for e in examples if e.scope != "none")


def test_training_learns_what_the_examples_show(examples: list[Example]) -> None:
    for knobs in (Knobs(), Knobs(document=1.0)):
        model = train(examples, knobs)
        assert 0.3 < model.threshold < 0.6
        proof = next(v for e in examples if e.positive for v in e.seen if v.sentence.index in e.proofs)
        other = next(v for e in examples if e.scope == "none" for v in e.seen)
        assert model.sentence_score(proof.features) > model.sentence_score(other.features)


def test_weights_survive_being_written(examples: list[Example], tmp_path: Path) -> None:
    model = train(examples)
    save(model, tmp_path / "weights.json")
    data = json.loads((tmp_path / "weights.json").read_text("utf-8"))
    assert data["sentence"] == model.sentence
    assert set(data["scopes"]) >= COOPERATION_SCOPES


def test_the_weights_of_the_package_are_small_and_readable() -> None:
    assert WEIGHTS.stat().st_size < 1_000_000
    assert max(map(len, WEIGHTS.read_text("utf-8").splitlines())) < 120
    assert 0.3 <= default_model().threshold <= 0.6


def test_no_feature_names_a_source_or_a_title() -> None:
    names = json.dumps(json.loads(WEIGHTS.read_text("utf-8"))).casefold()
    assert not any(word in names for word in ("spacenews", "whitehouse", "xinhua", "cctv", "biden", "nelson", "http"))


def test_what_is_held_back_is_never_learned(tmp_path: Path) -> None:
    for name in ("dev.docs.jsonl", "dev.labels.jsonl"):
        (tmp_path / name).write_text("", "utf-8")
    learned = {e.doc["id"] for e in load_examples(tmp_path, GAZETTEER)}
    texts = [json.loads(line) for path in TRAINING.glob("*.jsonl") for line in path.read_text("utf-8").splitlines()]
    held = {t["id"] for t in texts if t.get("held")}
    assert held
    assert learned.isdisjoint(held)
    assert len(learned) > 0.98 * (len(texts) - len(held)), "but for a digest without a word on space, all others are"
