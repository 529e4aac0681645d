"""Runs every test of the list of faults and prints what became of each number.

    python -m tests.faults [PYTEST WORDS...]

LOST, DUP and AMBIG are what the receivers outside the service counted, where a test counts messages; AMBIG is a
repetition that a kill excuses, under the same id. Exit 1 if a test failed.

What takes minutes runs in full here: A3 with 200 events of each producer, G8 for ten minutes, and the tests marked `long`.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree as ET

NUMBER = re.compile(r"test_([a-g])(\d+)_(\w+)")
COUNTED = ("lost", "dup", "ambig", "kills")


class Case(NamedTuple):
    """One test that bears a number of the list."""

    number: tuple[str, int]
    what: str
    outcome: str
    seconds: float
    counts: dict[str, int]


def cases(report: Path) -> Iterator[Case]:
    """Read pytest's own report."""
    for case in ET.parse(report).getroot().iter("testcase"):
        named = NUMBER.match(case.get("name", ""))
        if named:
            outcome = next((each.tag for each in case if each.tag in {"failure", "error", "skipped"}), "passed")
            counts = {p.get("name", ""): int(p.get("value", "0")) for p in case.iter("property")}
            yield Case((named[1].upper(), int(named[2])), named[3].replace("_", " "), outcome, float(case.get("time", "0")), counts)


def table(found: list[Case]) -> str:
    """Return a line for each number, and one for all."""
    numbers, failed = {case.number for case in found}, {case.number for case in found if case.outcome in {"failure", "error"}}
    total = ", ".join(f"{name.upper()} {sum(case.counts.get(name, 0) for case in found)}" for name in COUNTED)
    head = f"{'fault':6}{'tests':>5}{'failed':>8}{'skipped':>8}{'LOST':>6}{'DUP':>5}{'AMBIG':>7}{'kills':>7}{'seconds':>9}  what"
    lines = [line([case for case in found if case.number == number]) for number in sorted(numbers)]
    return "\n".join([head, *lines, f"{len(numbers) - len(failed)} of {len(numbers)} faults survived; {total}"])


def line(mine: list[Case]) -> str:
    """Return what became of one number; it is called by the name of its first test."""
    counted = [case.counts for case in mine if "lost" in case.counts]
    sums = [str(sum(each.get(name, 0) for each in counted)) if counted else "-" for name in COUNTED]
    failed = sum(case.outcome in {"failure", "error"} for case in mine)
    skipped, seconds = sum(case.outcome == "skipped" for case in mine), sum(case.seconds for case in mine)
    about = f"{mine[0].number[0]}{mine[0].number[1]:<5}{len(mine):5}{failed:8}{skipped:8}"
    return f"{about}{sums[0]:>6}{sums[1]:>5}{sums[2]:>7}{sums[3]:>7}{seconds:9.1f}  {mine[0].what}"


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        names = " or ".join(f"test_{letter}{n}_" for letter in "abcdefg" for n in range(1, 15))
        command = [sys.executable, "-m", "pytest", "-q", "-o", "junit_family=xunit1", f"--junitxml={report}", "-m", "not real", "-k", names]
        whole = {"SPACEPACT_A3_EVENTS": "200", "SPACEPACT_G8_SECONDS": "600"} | os.environ
        ended = subprocess.run([*command, *sys.argv[1:]], check=False, stdout=sys.stderr, env=whole)
        if report.exists():
            print(table(list(cases(report))))
    return ended.returncode


if __name__ == "__main__":
    sys.exit(main())
