"""`spacepact stories`: the interface, and what it reaches on the labelled stream."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

GOLD = Path(__file__).parents[2] / "../shared/gold"
CLI = [sys.executable, "-m", "spacepact.cli", "stories"]


def told(stdin: str, *words: str) -> tuple[int, list[Any], str]:
    ended = subprocess.run([*CLI, *words], input=stdin, capture_output=True, text=True, timeout=120, check=False)
    return ended.returncode, [json.loads(line) for line in ended.stdout.splitlines()], ended.stderr


def row(ident: str, title: str, **more: str) -> str:
    return json.dumps({"id": ident, "title": title, "text": "", "published": "2031-03-03T09:00:00Z", **more})


def test_bad_lines_are_answered_with_their_number_and_the_others_go_on() -> None:
    good = row("a", "ESA and JAXA sign an agreement on the Comet Interceptor mission")
    lines = [
        good,
        "{nonsense",
        '{"id": "x", "title": "no date", "text": ""}',
        row("y", "t", published="soon"),
        row("b", "Volcano seen from orbit"),
    ]
    code, said, _ = told("\n".join(lines), "--jsonl")
    assert code == 1
    assert [r.get("story") for r in said] == ["a", None, None, None, "b"]
    assert [r["error"]["line"] for r in said if "error" in r] == [2, 3, 4]
    assert "'published' is missing" in said[2]["error"]["what"]


def test_why_names_the_nearest_item() -> None:
    twice = "ESA and JAXA sign an agreement on the Comet Interceptor mission"
    _, said, _ = told("\n".join([row("a", twice), row("b", twice, source="daily")]), "--jsonl", "--why")
    assert said == [{"id": "a", "story": "a"}, {"id": "b", "story": "a", "why": {"nearest": "a", "log_odds": 8.0}}]


def test_without_jsonl_it_is_wrong_use() -> None:
    assert told("")[0] == 2


@pytest.mark.skipif(not GOLD.exists(), reason="the labelled stream (../shared/gold) is not here")
def test_the_labelled_stream_stays_as_well_told_as_it_is(tmp_path: Path) -> None:
    code, said, _ = told((GOLD / "stream.jsonl").read_text("utf-8"), "--jsonl")
    assert code == 0
    out = tmp_path / "told.jsonl"
    out.write_text("\n".join(map(json.dumps, said)))
    judge = [sys.executable, str(GOLD / "score_stories.py"), str(GOLD / "stream.stories.jsonl"), str(out)]
    scores = json.loads(subprocess.run(judge, capture_output=True, text=True, check=True).stdout)
    assert scores["items"] == 769
    assert scores["pairwise"]["f1"] > 0.72
    assert scores["b_cubed_f1"] > 0.94
