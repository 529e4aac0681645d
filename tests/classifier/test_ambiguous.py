"""Names that stand for more than one thing: right, or left open; never a wrong guess (cases in ambiguous.yaml)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from classifier import Classifier
from classifier.cues import lexicon
from classifier.explain import Marked, marked
from classifier.gazetteer import Gazetteer
from classifier.matcher import Matcher
from classifier.reading import read

CASES: list[dict[str, Any]] = yaml.safe_load(Path(__file__).with_name("ambiguous.yaml").read_text("utf-8"))["cases"]


@pytest.fixture(scope="module")
def matcher(classifier: Classifier) -> Matcher:
    return classifier.matcher


def sure_names(text: str, matcher: Matcher) -> list[Marked]:
    return [m for m in marked(read("", text, matcher, lexicon()), matcher) if m.standing == "sure"]


@pytest.mark.parametrize("case", CASES, ids=[case["text"][:50] for case in CASES])
def test_a_deceiving_name_is_right_or_left_open(case: dict[str, Any], matcher: Matcher) -> None:
    told = sure_names(case["text"], matcher)
    ids = {m.id for m in told}
    assert set(case.get("found", ())) <= ids
    assert not set(case.get("never", ())) & ids
    for form in case.get("ambiguous", ()):
        at = case["text"].index(form) + 1
        assert [m for m in told if m.start < at + len(form) and at < m.end] == [], f"{form} is not settled by this text"


def test_every_case_asks_for_something_that_the_gazetteer_knows(gazetteer: Gazetteer) -> None:
    assert len(CASES) >= 150
    for case in CASES:
        assert set(case) <= {"text", "found", "never", "ambiguous"}
        assert len(case) > 1, case
        assert {*case.get("found", ()), *case.get("never", ())} <= gazetteer.by_id.keys(), case
