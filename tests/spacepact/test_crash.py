"""G1 and G2, a sample of them: kill -9 on every kind of point; `make crash` makes the long sweep."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]


def storm(*words: str) -> dict[str, int]:
    command = [sys.executable, "-m", "tests.crash", *words]
    ended = subprocess.run(command, capture_output=True, text=True, check=False, timeout=1800, cwd=ROOT)
    assert ended.stdout, ended.stderr
    found: dict[str, int] = json.loads(ended.stdout)
    return found


def check(found: dict[str, int], kills: int, record_property: Any) -> None:
    for name in ("lost", "dup", "ambig", "kills"):
        record_property(name, found[name])
    assert (found["lost"], found["dup"]) == (0, 0), found
    assert found["ambig"] <= 2 * found["kills"], "at most one repetition a kill and lane, and there are two lanes"
    assert found["kills"] == found["whole"] == kills


@pytest.mark.parametrize("points", ["commit", "time"])
def test_g1_kill_9_on_sqlite_loses_nothing(points: str, record_property: Any) -> None:
    check(storm("--points", points, "--kills", "12", "--stories", "24"), 12, record_property)


@pytest.mark.parametrize("points", ["commit", "time"])
def test_g2_kill_9_and_killed_backends_on_postgresql_lose_nothing(points: str, fresh_postgresql: str, record_property: Any) -> None:
    check(storm("--points", points, "--kills", "10", "--stories", "24", "--database", fresh_postgresql), 10, record_property)
