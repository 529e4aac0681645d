"""Watchlists: what they may say, and how a mistake is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from alerts.watchlist import Known, Watchlist, load_watchlists
from spacepact.errors import Problem

KNOWN = Known.model_validate(
    {
        "agencies": {"jaxa", "isro", "nasa"},
        "companies": {"nimbus"},
        "missions": {"lupex"},
        "countries": {"JP", "IN", "NO"},
        "blocs": {"eu"},
    }
)


def load(folder: Path, **files: str) -> tuple[dict[str, Watchlist], list[Problem]]:
    for name, text in files.items():
        (folder / f"{name}.yaml").write_text(text, "utf-8")
    return load_watchlists(folder, known=KNOWN, channels=["desk-mail", "team-slack"])


def test_a_whole_list(tmp_path: Path) -> None:
    lists, problems = load(
        tmp_path,
        japan="""
name: Japan's partners
match:
  agencies: [jaxa]
  countries: [jp, NO]
  stage: signed
  min_score: 0.7
  companies:
  any: [{missions: [lupex]}, {activity: [crew, science]}]
deliver:
  - {channel: desk-mail, to: [analyst@example.org]}
""",
    )
    assert problems == []
    match = lists["japan"].match
    assert (match.agencies, match.countries, match.stage, match.companies) == (("jaxa",), ("JP", "NO"), ("signed",), ())
    assert match.mode == ("asserted", "future")
    assert match.scope == ("intergovernmental", "public-private-international")
    assert match.min_score == 0.7
    assert match.any[1].activity == ("crew", "science")
    assert match.any[0].mode == ()
    assert lists["japan"].deliver[0].to == ("analyst@example.org",)


@pytest.mark.parametrize(
    ("text", "place", "what", "hint"),
    [
        ("name: a\nmatch:\n  agencies: [jaxa, jaxxa]\n", (3, 20), "'jaxxa' is not in the gazetteer", "did you mean 'jaxa'?"),
        ("name: a\nmatch:\n  agencies: JAXA\n", (3, 13), "'JAXA'", "did you mean 'jaxa'?"),
        ("name: a\nmatch:\n  agencies: [nimbus]\n", (3, 14), "'nimbus'", "write it under companies"),
        ("name: a\nmatch:\n  none: [{missions: [lupax]}]\n", (3, 22), "'lupax'", "did you mean 'lupex'?"),
        ("name: a\nmatch:\n  stage: [signd]\n", (3, 11), "'signd' is not allowed", "did you mean 'signed'?"),
        ("name: a\nmatch:\n  agency: [jaxa]\n", (3, 3), "unknown key 'agency'", "did you mean 'agencies'?"),
        ("name: a\nmatch:\n  any: [{agency: jaxa}]\n", (3, 10), "unknown key 'agency'", "did you mean 'agencies'?"),
        ("name: a\nmatch:\n  blocs: [ue]\n", (3, 11), "blocs: 'ue' is not in the gazetteer", "one of: eu"),
        ("name: a\nmatch:\n  any:\n    - keywords: [rover, 're:(?!x)y']\n", (4, 25), "invalid perl operator: (?!", ""),
        ("name: a\nmatch:\n  roles: [leader]\n", (3, 11), "'leader' is not allowed", "did you mean 'lead'?"),
        ("name: a\nmatch:\n  min_sources: 0\n", (3, 16), "greater than or equal to 1", ""),
        ("name: a\nmatch:\n  min_score: 1.5\n", (3, 14), "less than or equal to 1", ""),
        ("match: {}\n", (1, 1), "name is missing", "add it"),
        ("name: a\ndeliver: [{channel: desk-mail, to: [no address]}]\n", (2, 37), "'no address' is not an e-mail address", ""),
        ("name: a\ndeliver: [{channel: desk-mail, to: ['a@b.org\\nBcc: c@d.org']}]\n", (2, 37), "is not an e-mail address", ""),
        ("name: a\nname: b\n", (2, 1), "'name' stands twice", "first on line 1"),
        ("name: &x a\n", (1, 7), "anchors and aliases", "write the value out"),
    ],
)
def test_a_mistake_is_named_with_its_place_and_the_other_lists_load(
    tmp_path: Path, text: str, place: tuple[int, int], what: str, hint: str
) -> None:
    lists, problems = load(tmp_path, good="name: good\n", wrong=text)
    assert list(lists) == ["good"]
    assert len(problems) == 1
    problem = problems[0]
    assert (Path(problem.file).name, (problem.line, problem.column)) == ("wrong.yaml", place)
    assert what in problem.what
    assert hint in problem.hint


def test_an_unknown_channel_is_named_but_the_list_works(tmp_path: Path) -> None:
    lists, problems = load(tmp_path, one="name: one\ndeliver:\n  - channel: desk-male\n  - channel: team-slack\n")
    assert [str(p).split("one.yaml:")[1] for p in problems] == [
        "3:14: channel 'desk-male' is not in channels.yaml; did you mean 'desk-mail'?"
    ]
    assert len(lists["one"].deliver) == 2


def test_a_file_with_another_ending_or_a_bad_id_is_not_overlooked(tmp_path: Path) -> None:
    (tmp_path / "lost.yml").write_text("name: lost\n")
    lists, problems = load(tmp_path, **{"Not An Id": "name: a\n"})
    assert lists == {}
    assert {p.hint for p in problems} == {"name it lost.yaml", "small letters, digits and single hyphens"}


def test_a_missing_directory_is_a_problem(tmp_path: Path) -> None:
    lists, problems = load_watchlists(tmp_path / "none", known=KNOWN, channels=[])
    assert lists == {}
    assert "no such directory" in problems[0].what


def test_norway_stays_a_country(tmp_path: Path) -> None:
    lists, problems = load(tmp_path, norway="name: Norway\nmatch: {countries: [NO]}\n")
    assert problems == []
    assert lists["norway"].match.countries == ("NO",)


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("a: &a [x]\nb: &b [*a, *a]\nname: [*b, *b]\n", 1, "anchors and aliases are not allowed"),
        ("name: !!python/object:os.system x\n", 1, "is not allowed"),
        ("name: a\nmatch: {}\nmatch: {}\n", 3, "'match' stands twice"),
        ("name: a\nmacth: {}\n", 2, "unknown key 'macth'"),
        ("name: a\n" + "#" * 10_000_000, 1, "the file is too large"),
        ("name: a\nmatch: " + "{all: [" * 50 + "]}" * 50, 2, "nested too deeply"),
    ],
    ids=["alias-bomb", "python-object", "duplicate-key", "unknown-key", "10-megabytes", "deep"],
)
def test_f5_a_hostile_file_is_refused_with_its_line_and_the_others_load(tmp_path: Path, text: str, line: int, what: str) -> None:
    lists, problems = load(tmp_path, good="name: good\n", wrong=text)
    assert list(lists) == ["good"]
    assert problems[0].file.endswith("wrong.yaml")
    assert problems[0].line == line
    assert what in problems[0].what


@pytest.mark.parametrize("word", ["NO", "on", "12:30", "1e3", "007", "null", "0x1F", "2026-11-23"])
def test_f6_a_word_that_yaml_would_change_stays_text(tmp_path: Path, word: str) -> None:
    lists, problems = load(tmp_path, it=f"name: {word}\nmatch: {{keywords: [{word}]}}\n")
    assert problems == []
    assert lists["it"].name == word
    assert lists["it"].match.keywords == (word,)
