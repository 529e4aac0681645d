"""The demonstration judges itself; this test believes only its exit code and its last line."""

from __future__ import annotations

import subprocess
import sys


def test_exactly_the_expected_alerts_arrive() -> None:
    command = [sys.executable, "-m", "spacepact.cli", "demo", "--once"]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=150, check=False)
    assert ended.returncode == 0, ended.stdout[-4000:] + ended.stderr[-2000:]
    assert "exactly the expected alerts arrived" in ended.stdout
    assert "Traceback" not in ended.stderr
