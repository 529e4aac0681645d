"""The programs that measure: each says how it is used."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

BENCH = Path(__file__).parents[2] / "bench"


@pytest.mark.parametrize("program", sorted(BENCH.glob("*.py")), ids=lambda path: path.stem)
def test_every_program_says_how_it_is_used(program: Path) -> None:
    said = subprocess.run([sys.executable, str(program), "--help"], capture_output=True, text=True, check=False, cwd=BENCH.parent)
    assert said.returncode == 0, said.stderr
    assert f"python bench/{program.name}" in said.stdout
