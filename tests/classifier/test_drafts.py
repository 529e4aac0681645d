"""Sentences gathered into items: what a sentence is worth depends on what kind of document it stands in."""

from __future__ import annotations

from dataclasses import replace

import pytest

from classifier import Classifier
from classifier.drafts import drafts
from classifier.reading import read

TEXT = (
    "The United States and Brazil signed a framework agreement on the peaceful uses of outer space. "
    "The United States and Brazil are preparing the launch of a joint satellite that will measure the forests from orbit."
)


@pytest.mark.parametrize(
    ("title", "items"),
    [
        ("Fact Sheet: The United States and Brazil", [[1], [2]]),
        ("The United States and Brazil sign a space agreement", [[1, 0]]),
    ],
)
def test_in_a_statement_a_sentence_is_worth_what_it_proves(classifier: Classifier, title: str, items: list[list[int]]) -> None:
    judged = classifier.judge(read(title, TEXT, classifier.matcher, classifier.lexicon))
    doubtful = replace(judged, scores=[0.8, 0.8, 0.01])
    found = drafts(doubtful, classifier.actors, classifier.model)
    assert [[q.view.sentence.index for q in draft.quotes] for draft in found] == items
