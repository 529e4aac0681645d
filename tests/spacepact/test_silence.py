"""spacepact silence: what people type, what they are told when it is wrong, and the page that shows it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from starlette.testclient import TestClient

from spacepact.bootstrap import make_app
from spacepact.cli import main
from spacepact.service import view
from spacepact.web import make_site

WHO = ("--author", "Ana", "--reason", "talks <leak>\n daily")


def silence(config: Path, *words: str) -> Result:
    return CliRunner().invoke(main, ["--config", str(config), "silence", *words])


def test_a_silence_is_added_listed_shown_and_ended(draft_config: Path) -> None:
    added = silence(draft_config, "add", "missions: [gateway]", "--watchlist", "japan", "--for", "2h", *WHO)
    assert added.exit_code == 0, added.output
    [number] = added.stdout.split()
    [row] = map(json.loads, silence(draft_config, "list", "--jsonl").stdout.splitlines())
    assert (row["id"], row["match"], row["watchlists"], row["reason"]) == (
        number,
        {"missions": ["gateway"]},
        ["japan"],
        "talks <leak> daily",
    )
    page = TestClient(make_site(view(make_app(draft_config, {})))).get("/silences").text
    assert "talks &lt;leak&gt; daily" in page
    assert "gateway" in page
    assert silence(draft_config, "expire", number).exit_code == 0
    assert silence(draft_config, "list").stdout == ""
    assert "ended" in silence(draft_config, "list", "--all").stdout
    assert silence(draft_config, "expire", number).exit_code == 1


@pytest.mark.parametrize(
    ("words", "code", "what"),
    [
        (("missions: [gatewy]", "--for", "2h"), 1, "CONDITION:1:12: missions: 'gatewy' is not in the gazetteer; did you mean"),
        (("mission: [gateway]", "--for", "2h"), 1, "unknown key 'mission'; did you mean 'missions'?"),
        (("gateway", "--for", "2h"), 1, "CONDITION:1:1"),
        (("missions: [gateway]", "--watchlist", "japn", "--for", "2h"), 1, "no watchlist is called 'japn'"),
        (("missions: [gateway]",), 2, "say how long"),
        (("missions: [gateway]", "--for", "2 moons"), 2, "'2 moons' is no length of time"),
        (("missions: [gateway]", "--until", "2020-01-01"), 2, "is past"),
        (("--for", "2h"), 2, "a silence about everything is none"),
    ],
)
def test_a_silence_that_is_wrong_is_refused(draft_config: Path, words: tuple[str, ...], code: int, what: str) -> None:
    ended = silence(draft_config, "add", *words, *WHO)
    assert ended.exit_code == code
    assert what in ended.stderr
    assert silence(draft_config, "list").stdout == ""
