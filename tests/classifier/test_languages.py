"""Nine languages of news, and names in twenty: what is found, and whether it is cooperation (cases in languages/)."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from classifier import Classifier
from classifier.cues import lexicon
from classifier.explain import marked
from classifier.gazetteer import Gazetteer
from classifier.matcher import Matcher
from classifier.reading import read
from spacepact.cooperation import Classification

FILES = sorted(Path(__file__).with_name("languages").glob("*.yaml"))
DATA: dict[str, dict[str, list[dict[str, Any]]]] = {path.stem: yaml.safe_load(path.read_text("utf-8")) for path in FILES}
NEWS = {code: data["documents"] for code, data in DATA.items() if "documents" in data}
NAMES = [(code, row) for code, data in DATA.items() for row in data.get("names", ())]
DOCUMENTS = [(code, document) for code, documents in NEWS.items() for document in documents]
PUBLISHED = datetime(2026, 11, 23, tzinfo=UTC)


def wrong_allowed(documents: list[Any], share: float) -> int:
    return int(len(documents) * share)


def classify(classifier: Classifier, document: dict[str, Any], language: str) -> Classification:
    return classifier.classify(document["title"], document["text"], language=language, published=PUBLISHED)


@pytest.mark.parametrize(("language", "document"), DOCUMENTS, ids=[f"{code}-{d['title'][:40]}" for code, d in DOCUMENTS])
def test_agencies_are_found_exactly_and_evidence_is_verbatim(language: str, document: dict[str, Any], classifier: Classifier) -> None:
    said = classify(classifier, document, language)
    assert {a.id for a in said.agencies} - set(document.get("optional", ())) == set(document["agencies"])
    whole = f"{document['title']}\n{document['text']}"
    for evidence in (e for c in said.cooperations for e in c.evidence):
        assert whole[evidence.start : evidence.end] == evidence.text


@pytest.mark.parametrize("language", NEWS)
def test_cooperation_news_is_told_from_other_news(language: str, classifier: Classifier) -> None:
    wrong = [
        f"{document.get('kind', 'cooperation')}: {document['title']} (score {said.score})"
        for document in NEWS[language]
        for said in [classify(classifier, document, language)]
        if said.cooperation != document["cooperation"]
    ]
    print("\n".join(wrong))
    assert len(wrong) <= wrong_allowed(NEWS[language], 2 / 14), wrong


@pytest.mark.parametrize("language", NEWS)
def test_no_false_alarm(language: str, classifier: Classifier) -> None:
    told = [d["title"] for d in NEWS[language] if not d["cooperation"] and classify(classifier, d, language).cooperation]
    print("\n".join(told))
    assert len(told) <= 1, told


@pytest.mark.parametrize("language", NEWS)
def test_parties(language: str, classifier: Classifier) -> None:
    positives = [d for d in NEWS[language] if d["cooperation"]]
    missed = [
        f"{document['parties']}: {document['title']}: {[[p.id for p in c.parties] for c in found]}"
        for document in positives
        for found in [classify(classifier, document, language).cooperations]
        if not any(set(document["parties"]) <= {p.id for p in c.parties} for c in found)
    ]
    print("\n".join(missed))
    assert len(missed) <= wrong_allowed(positives, 0.3), missed


@pytest.mark.parametrize(("field", "most"), [("stage", 0), ("instrument", 1), ("activity", 2)])
@pytest.mark.parametrize("language", NEWS)
def test_the_surest_cooperation_has_its_stage_instrument_and_activity(language: str, field: str, most: int, classifier: Classifier) -> None:
    """A case may accept several values: "a joint weather satellite" is both a joint mission and Earth observation."""
    wrong = [
        f"{document['title']}: {said} is none of {wanted}"
        for document in NEWS[language]
        if document["cooperation"]
        for wanted in [accepted(document[field])]
        for said in [[getattr(c, field) for c in classify(classifier, document, language).cooperations[:1]]]
        if not set(said) & wanted
    ]
    print("\n".join(wrong))
    assert len(wrong) <= most, wrong


def accepted(value: str | list[str]) -> set[str]:
    return {value} if isinstance(value, str) else set(value)


@pytest.fixture(scope="module")
def matcher(gazetteer: Gazetteer) -> Matcher:
    return Matcher(gazetteer)


@pytest.mark.parametrize(("language", "row"), NAMES, ids=[f"{code}-{row['find']}" for code, row in NAMES])
def test_a_name_is_found_in_its_language_and_inflection(language: str, row: dict[str, str], matcher: Matcher) -> None:
    at = row["in"].index(row["find"]) + 1
    names = marked(read("", row["in"], matcher, lexicon()), matcher)
    assert [m.id for m in names if m.standing == "sure" and at <= m.start < at + len(row["find"])] == [row["id"]]


def test_the_cases_are_many_and_of_many_kinds(gazetteer: Gazetteer) -> None:
    assert len(NEWS) == 9
    assert len(NAMES) >= 100
    assert len({code for code, _ in NAMES}) >= 12
    assert {row["id"] for _, row in NAMES} <= gazetteer.by_id.keys()
    for documents in NEWS.values():
        assert len(documents) >= 14
        assert len({d["kind"] for d in documents if not d["cooperation"]}) >= 6
        assert {i for d in documents for i in (*d["agencies"], *d.get("parties", ()))} <= gazetteer.by_id.keys()
