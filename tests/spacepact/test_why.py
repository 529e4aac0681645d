"""spacepact explain URL LIST: why a list matched or did not, and who hears of it."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from spacepact.article import Article, Link
from spacepact.bootstrap import make_app
from spacepact.cli import main
from spacepact.round import Rejected

URL = "https://gazette.example/lupex"


@pytest.fixture
def kept(draft_config: Path) -> Path:
    """A config whose service has read one article, refused another, and owes what follows."""
    (draft_config / "watchlists" / "japan.yaml").write_text(
        "name: Japan\nmatch: {agencies: [jaxa], keywords: [rover]}\n"
        "deliver:\n  - {channel: desk-mail, to: [now@desk.example]}\n"
        "  - {channel: desk-mail, to: [later@desk.example], digest: '0 8 * * *'}\n"
    )
    (draft_config / "watchlists" / "esa.yaml").write_text("name: ESA\nmatch: {agencies: [esa], min_score: 0.4}\n")
    app = make_app(draft_config, {})
    app.start()
    now = datetime.now(UTC)
    article = Article(
        url=URL,
        source="gazette",
        title="JAXA and ISRO sign agreement on lunar mission",
        text="The Japan Aerospace Exploration Agency (JAXA) and the Indian Space Research Organisation (ISRO) signed an agreement "
        "on the joint lunar mission LUPEX.\nUnder the agreement, JAXA builds the rover and ISRO builds the lander.",
        published=now - timedelta(hours=1),
        fetched=now,
        language="en",
    )
    app.processor.process("gazette", Link(url=URL), article)
    app.processor.process("gazette", Link(url=f"{URL}/wall"), Rejected(reason="a login wall"))
    return draft_config


def explain(config: Path, *words: str) -> Result:
    return CliRunner().invoke(main, ["--config", str(config), "explain", *words])


def test_a_match_is_told_with_alias_sentence_score_keyword_and_ledger(kept: Path) -> None:
    ended = explain(kept, URL, "japan")
    assert ended.exit_code == 0, ended.output
    for part in (
        f"japan (Japan) MATCHES {URL}",
        'yes  agency jaxa ("JAXA")',
        'yes  keyword "rover"',
        ">= 0.50",
        "“Under the agreement, JAXA builds the rover and ISRO builds the lander.” holds rover",
        "desk-mail to now@desk.example: pending",
        "desk-mail to later@desk.example: pending",
        "digest-pending until",
    ):
        assert part in ended.stdout


def test_what_kept_a_list_from_matching_is_named(kept: Path) -> None:
    ended = explain(kept, URL, "esa", "--json")
    said: dict[str, Any] = json.loads(ended.stdout)
    assert said["matches"] is False
    assert [f["reason"] for f in said["cooperations"][0]["findings"] if not f["held"]] == ["agency esa is wanted, there is isro, jaxa"]
    assert said["deliveries"] == []


def test_a_new_recipient_is_told_what_would_happen_and_a_silence_what_prevents_it(kept: Path) -> None:
    japan = kept / "watchlists" / "japan.yaml"
    japan.write_text("name: Japan\nmatch: {agencies: [jaxa]}\ndeliver: [{channel: desk-mail, to: [new@desk.example]}]\n")
    assert "new@desk.example: not told; if it were reported again now, it would go at" in explain(kept, URL, "japan").stdout
    added = CliRunner().invoke(
        main, ["--config", str(kept), "silence", "add", "missions: [lupex]", "--for", "1h", "--author", "Ana", "--reason", "enough"]
    )
    assert added.exit_code == 0, added.output
    assert "not told, and if it were decided now: silenced: enough by Ana until" in explain(kept, URL, "japan").stdout


@pytest.mark.parametrize(
    ("words", "what"),
    [
        ((f"{URL}/wall", "japan"), "was listed by gazette and rejected on"),
        ((f"{URL}/wall", "japan"), "a login wall"),
        (("https://nowhere.example", "japan"), "no source listed https://nowhere.example so far"),
        ((URL, "japn"), "no watchlist is called 'japn'; did you mean 'japan'?"),
    ],
)
def test_what_cannot_be_explained_says_why(kept: Path, words: tuple[str, str], what: str) -> None:
    ended = explain(kept, *words)
    assert ended.exit_code == 1
    assert what in ended.stderr
