"""Lists that can never match, and lists that another makes needless, are named; others never are."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.deadlists import contradiction, covers, dead_lists
from alerts.matching import Page, Subject, Watchlists
from alerts.watchlist import Question, Watchlist
from spacepact.yamlfile import Document


@pytest.mark.parametrize(
    ("match", "why"),
    [
        ({"stage": ["signed"], "all": [{"stage": ["talks", "ended"]}]}, "stage signed and ended or talks cannot hold together"),
        ({"all": [{"tier": ["blog"]}, {"all": [{"tier": ["wire"]}]}]}, "tier blog and wire cannot hold together"),
        (
            {"mode": ["negated"], "any": [{"mode": ["asserted"]}, {"mode": ["future"]}]},
            "any: mode negated and asserted cannot hold together",
        ),
        ({"none": [{}]}, "none excludes whatever it asks for (everything)"),
        ({"agencies": ["nasa"], "none": [{"agencies": ["nasa", "esa"]}]}, "none excludes whatever it asks for (agencies: esa or nasa)"),
        ({"min_score": 0.8, "none": [{"min_score": 0.5}]}, "none excludes whatever it asks for (min_score: 0.5)"),
        ({"agencies": ["nasa"], "all": [{"agencies": ["esa"]}]}, None),
        ({"agencies": ["nasa", "esa"], "none": [{"agencies": ["nasa"]}]}, None),
        ({"stage": ["signed"], "any": [{"stage": ["talks"]}, {"missions": ["lupex"]}]}, None),
        ({"agencies": ["nasa"], "none": [{"agencies": ["nasa"], "roles": ["observer"]}]}, None),
    ],
)
def test_a_list_that_can_never_match_says_why(match: dict[str, Any], why: str | None) -> None:
    assert contradiction(Question.model_validate(match)) == why


def named(folder: Path, **lists: str) -> list[str]:
    for name, text in lists.items():
        (folder / f"{name}.yaml").write_text(text)
    loaded = {name: Document(name, text).into(Watchlist) for name, text in lists.items()}
    return [f"{Path(p.file).name}:{p.line}: {p.what}" for p in dead_lists(folder, Watchlists(loaded))]


def test_a_list_is_shadowed_by_a_wider_one_that_tells_the_same_people_in_the_same_way(tmp_path: Path) -> None:
    to = "deliver: [{channel: mail, to: [a@b.example]}]\n"
    found = named(
        tmp_path,
        wide=f"name: w\nmatch: {{agencies: [nasa, esa]}}\n{to}",
        narrow=f"name: n\nmatch: {{agencies: [nasa], stage: [signed]}}\n{to}",
        other="name: o\nmatch: {agencies: [nasa]}\ndeliver: [{channel: slack}]\n",
        later=f"name: l\nmatch: {{agencies: [nasa]}}\ntiming: {{digest: 0 8 * * *}}\n{to}",
        never="name: x\nmatch:\n  none: [{}]\n",
    )
    assert found == [
        "narrow.yaml:1: narrow is shadowed: all that it matches, wide tells the same recipients in the same way",
        "never.yaml:3: never can never match: none excludes whatever it asks for (everything)",
    ]


def test_of_two_equal_lists_one_is_named(tmp_path: Path) -> None:
    same = "name: x\ndeliver: [{channel: mail}]\n"
    assert named(tmp_path, a=same, b=same) == ["b.yaml:1: b is shadowed: all that it matches, a tells the same recipients in the same way"]


FIELDS = {"agencies": ["jaxa", "isro", "esa"], "stage": ["signed", "talks"], "tier": ["official", "blog"], "roles": ["partner", "lead"]}


def conditions(depth: int = 1) -> st.SearchStrategy[dict[str, Any]]:
    fields: dict[str, st.SearchStrategy[Any]] = {name: st.lists(st.sampled_from(values), max_size=2) for name, values in FIELDS.items()}
    fields["min_score"] = st.sampled_from([0.2, 0.9])
    if depth:
        fields |= {name: st.lists(conditions(depth - 1), max_size=2) for name in ("all", "any", "none")}
    return st.fixed_dictionaries({}, optional=fields)


SEEN = st.tuples(st.sampled_from(["jaxa", "isro", "esa"]), st.sampled_from(["signed", "talks"]), st.sampled_from([0.1, 0.5, 0.95]))


@given(conditions(), conditions(), SEEN)
@settings(max_examples=300, deadline=None, derandomize=True, database=None)
def test_no_list_is_named_that_is_alive(make: Any, one: dict[str, Any], two: dict[str, Any], seen: tuple[str, str, float]) -> None:
    party, stage, score = seen
    lists = Watchlists({name: Watchlist.model_validate({"name": "x", "match": m}) for name, m in (("one", one), ("two", two))})
    found = make.cooperation(party, "nasa", stage=stage)
    held = set(lists.match(Subject(found, Page(make.classification(found, score=score), "official"))))
    questions = lists.questions
    assert not ("one" in held and contradiction(questions["one"]))
    assert not ("two" in held and "one" not in held and covers(questions["one"], questions["two"]))
