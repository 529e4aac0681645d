"""Runs every test of the list of faults and prints what became of each number.

    python -m tests.faults [PYTEST WORDS...]

LOST, DUP and AMBIG are what the receivers outside the service counted, where a test counts messages; AMBIG is a
repetition that a kill excuses, under the same id. Exit 1 if a test failed.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree as ET

NUMBER = re.compile(r"test_([a-g])(\d+)_")


class Case(NamedTuple):
    """One test that bears a number of the list."""

    number: tuple[str, int]
    outcome: str
    counts: dict[str, int]


def cases(report: Path) -> Iterator[Case]:
    """Read pytest's own report."""
    for case in ET.parse(report).getroot().iter("testcase"):
        named = NUMBER.match(case.get("name", ""))
        if named:
            outcome = next((each.tag for each in case if each.tag in {"failure", "error", "skipped"}), "passed")
            counts = {p.get("name", ""): int(p.get("value", "0")) for p in case.iter("property")}
            yield Case((named[1].upper(), int(named[2])), outcome, counts)


def table(found: list[Case]) -> str:
    """Return a line for each number."""
    lines = [f"{'fault':7}{'tests':>6}{'passed':>8}{'skipped':>9}{'LOST':>6}{'DUP':>5}{'AMBIG':>7}{'kills':>7}"]
    for number in sorted({case.number for case in found}):
        mine = [case for case in found if case.number == number]
        counted = [case.counts for case in mine if "lost" in case.counts]
        sums = [str(sum(c.get(name, 0) for c in counted)) if counted else "-" for name in ("lost", "dup", "ambig", "kills")]
        passed, skipped = (sum(case.outcome == word for case in mine) for word in ("passed", "skipped"))
        lines.append(f"{number[0]}{number[1]:<6}{len(mine):6}{passed:8}{skipped:9}{sums[0]:>6}{sums[1]:>5}{sums[2]:>7}{sums[3]:>7}")
    numbers, failed = {case.number for case in found}, {case.number for case in found if case.outcome in {"failure", "error"}}
    total = {name: sum(case.counts.get(name, 0) for case in found) for name in ("lost", "dup", "ambig")}
    return "\n".join(
        [
            *lines,
            f"{len(numbers) - len(failed)} of {len(numbers)} faults survived; " + ", ".join(f"{k.upper()} {v}" for k, v in total.items()),
        ]
    )


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        names = " or ".join(f"test_{letter}{n}_" for letter in "abcdefg" for n in range(1, 15))
        command = [sys.executable, "-m", "pytest", "-q", "-o", "junit_family=xunit1", f"--junitxml={report}", "-m", "not real", "-k", names]
        ended = subprocess.run([*command, *sys.argv[1:]], check=False, stdout=sys.stderr)
        if report.exists():
            print(table(list(cases(report))))
    return ended.returncode


if __name__ == "__main__":
    sys.exit(main())
