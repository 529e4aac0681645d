from __future__ import annotations

import time
from pathlib import Path

import pytest

from classifier import Classifier
from classifier.cues import lexicon
from classifier.gazetteer import load_gazetteer
from classifier.matcher import Matcher
from classifier.mentions import SURE
from classifier.reading import read

GAZETTEER = Path(__file__).parents[2] / "config/gazetteer"
LOADED, PROBLEMS = load_gazetteer(GAZETTEER)
EXAMPLES = [
    pytest.param(entry.id, sentence, wanted, id=f"{entry.id}-{'match' if wanted else 'miss'}-{i}")
    for entry in LOADED.entries
    for wanted, sentences in ((True, entry.examples.match), (False, entry.examples.miss))
    for i, sentence in enumerate(sentences)
]


def problems_of(folder: Path, yaml: str) -> list[str]:
    (folder / "g.yaml").write_text(yaml, "utf-8")
    return [str(p).removeprefix(f"{folder}/") for p in load_gazetteer(folder)[1]]


@pytest.fixture(scope="module")
def matcher(classifier: Classifier) -> Matcher:
    return classifier.matcher


@pytest.mark.parametrize(("ident", "sentence", "wanted"), EXAMPLES)
def test_every_example_of_the_gazetteer(matcher: Matcher, ident: str, sentence: str, wanted: bool) -> None:  # noqa: FBT001
    found = {m.entry.id for m in read("", sentence, matcher, lexicon()).mentions if m.confidence >= SURE}
    assert (ident in found) is wanted, found


def test_the_gazetteer_of_the_repository_has_no_problem() -> None:
    assert list(map(str, PROBLEMS)) == []


def test_loading_stays_quick() -> None:
    start = time.process_time()
    load_gazetteer(GAZETTEER)
    assert time.process_time() - start < 3


def test_an_unknown_key_is_told_with_its_place_and_the_nearest_known_one(tmp_path: Path) -> None:
    problems = problems_of(tmp_path, "entities:\n  - {id: nasa, kind: agency, name: NASA, acronym: [NASA]}\n")
    assert problems == ["g.yaml:2:42: unknown key 'acronym'; did you mean 'acronyms'?"]


def test_a_wrong_kind_names_the_right_ones(tmp_path: Path) -> None:
    (problem,) = problems_of(tmp_path, "entities:\n  - {id: nasa, kind: agencey, name: NASA}\n")
    assert problem.startswith("g.yaml:2:22: ")
    assert "did you mean 'agency'?" in problem


def test_a_wrong_entry_does_not_take_the_others_with_it(tmp_path: Path) -> None:
    text = "entities:\n  - {id: BAD ID, kind: agency, name: X}\n  - {id: good, kind: agency, name: Y}\n"
    (tmp_path / "g.yaml").write_text(text, "utf-8")
    gazetteer, problems = load_gazetteer(tmp_path)
    assert [e.id for e in gazetteer.entries] == ["good"]
    assert len(problems) == 1


def test_an_id_stands_once(tmp_path: Path) -> None:
    text = "entities:\n  - {id: a, kind: agency, name: A}\n  - {id: a, kind: agency, name: B}\n"
    (problem,) = problems_of(tmp_path, text)
    assert problem.startswith("g.yaml:3:10: id 'a' stands twice")


@pytest.mark.parametrize(
    "key", ["predecessors: [nobody]", "successor: nobody", "parent: nobody", "agencies: [nobody]", "partners: [nobody]"]
)
def test_a_reference_leads_somewhere(tmp_path: Path, key: str) -> None:
    (problem,) = problems_of(tmp_path, f"entities:\n  - id: somebody\n    kind: agency\n    name: A\n    {key}\n")
    assert "nothing has the id 'nobody'" in problem
    assert "did you mean 'somebody'?" in problem


def test_members_are_ids_or_countries(tmp_path: Path) -> None:
    text = "entities:\n  - {id: club, kind: forum, name: Club, members: [fr, xx]}\n  - {id: 'state:fr', kind: country, name: France}\n"
    (problem,) = problems_of(tmp_path, text)
    assert "'xx' is neither an id nor a country code" in problem


def test_a_shared_acronym_needs_a_note(tmp_path: Path) -> None:
    text = (
        "entities:\n  - {id: a, kind: agency, name: A Agency, acronyms: [AA]}\n"
        "  - {id: b, kind: agency, name: B Agency, acronyms: [AA], ambiguous: {AA: also the A Agency}}\n"
    )
    (problem,) = problems_of(tmp_path, text)
    assert problem == "g.yaml:2:53: a: the acronym AA also stands for b; add ambiguous: {AA: also ...}"


def test_a_weak_name_is_one_of_the_names(tmp_path: Path) -> None:
    (problem,) = problems_of(tmp_path, "entities:\n  - {id: a, kind: mission, name: Hope, weak: [Hop]}\n")
    assert "'Hop' is not one of its names; one of: Hope" in problem


def test_a_pattern_is_re2(tmp_path: Path) -> None:
    (problem,) = problems_of(tmp_path, "entities:\n  - {id: a, kind: mission, name: A, pattern: '(?=A)'}\n")
    assert "a: pattern: " in problem


def test_a_file_that_is_not_yaml_is_a_problem_and_no_crash(tmp_path: Path) -> None:
    assert len(problems_of(tmp_path, "entities: [")) == 1
