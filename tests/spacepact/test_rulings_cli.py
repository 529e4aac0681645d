"""Records and stories on the command line, with real receivers."""

from __future__ import annotations

import asyncio
import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner, Result

from spacepact.article import Article, Link
from spacepact.bootstrap import make_app
from spacepact.cli import main

if TYPE_CHECKING:
    from conftest import House

FIRST = (
    "The Japan Aerospace Exploration Agency (JAXA) and the Indian Space Research Organisation (ISRO) signed a memorandum of "
    "understanding on Monday for the joint lunar polar mission LUPEX.\n"
    "Under the agreement, JAXA provides the rover and ISRO provides the lander."
)
URL = "https://gazette.example/rover"


class Desk:
    """The service over a house with real receivers; the command line runs in this process."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.app = make_app(house.config, {})
        self.app.start()

    def reads(self, url: str, title: str, text: str) -> None:
        now = datetime.now(UTC)
        article = Article(url=url, source=url[8:14], title=title, text=text, published=now - timedelta(hours=1), fetched=now, language="en")
        self.app.processor.process("outlet", Link(url=url, version=text), article)

    def delivers(self) -> int:
        return asyncio.run(self.app.deliver_all())

    def __call__(self, *words: str) -> Result:
        return CliRunner().invoke(main, ["--config", str(self.house.config), *words])

    def json(self, *words: str) -> Any:
        ended = self(*words, "--json")
        assert ended.exit_code == 0, ended.stderr
        return json.loads(ended.stdout)


@pytest.fixture
def desk(house: House) -> Desk:
    """A desk whose readers were told of one story of two articles."""
    desk = Desk(house)
    desk.reads("https://bulletin.example/lupex", "JAXA and ISRO sign memorandum of understanding on lunar rover", FIRST)
    desk.delivers()
    desk.reads(URL, "Japan and India agree on the lunar rover LUPEX", FIRST.replace("on Monday", "this week"))
    return desk


def test_records_are_listed_filtered_and_shown_with_what_proves_them(desk: Desk) -> None:
    (record,) = desk.json("records", "--agency", "JAXA", "--country", "jp", "--mission", "lupex", "--stage", "signed")
    assert [p["id"] for p in record["parties"]] == ["jaxa", "isro"]
    assert desk.json("records", "--agency", "esa") == desk.json("records", "--stage", "ended") == []
    (step,) = desk.json("record", record["id"])["steps"]
    assert (step["stage"], len(step["sources"])) == ("signed", 2)
    assert "signed a memorandum" in step["evidence"][0]
    assert {a["state"] for a in step["alerts"]} == {"sent"}
    assert re.search(r"signed \(asserted\) .*\n.*“.*memorandum", desk("record", record["id"]).stdout)
    assert "JAXA and ISRO" in desk("records").stdout


def test_a_split_and_a_merge_by_hand_stick_and_nobody_gets_a_mail_twice(desk: Desk) -> None:
    (record,) = desk.json("records")
    ident = record["stages"][0]["story"]
    before = desk("story", ident).stdout
    first, joined = re.findall("here because: (.*)", before)
    assert first == "the first report"
    assert joined not in ("the first report", "not recorded")
    ended = desk("story", "split", ident, "--article", URL, "--reason", "another rover", "--author", "ana")
    assert ended.exit_code == 0, ended.stderr
    off = ended.stdout.strip()
    assert "here because: split off by ana on" in desk("story", off).stdout
    desk.delivers()
    received = desk.house.receivers.received
    assert len(received) == 4, "the second event was told to the mailbox and the webhook, once each"
    desk.reads(URL, "Japan and India agree on the lunar rover LUPEX", f"{FIRST}\nThe rover weighs 350 kg.")
    assert [t["url"] for t in desk.json("story", off)["tellings"]] == [URL]
    merged = desk("story", "merge", ident, off, "--reason", "one rover after all", "--author", "ben")
    assert merged.stdout.strip() == ident, merged.stderr
    whole = desk.json("story", off)
    assert (whole["id"], len(whole["tellings"]), len(whole["rulings"])) == (ident, 2, 2)
    desk.delivers()
    assert len(received) == 4
    assert set(desk.house.arrived().values()) == {1}


@pytest.mark.parametrize(
    ("words", "code", "complaint"),
    [
        (("story", "nothing"), 1, "there is no story 'nothing'; spacepact records names them"),
        (("record", "nothing"), 1, "there is no record 'nothing'"),
        (("story", "split", "x", "--article", "https://x.example"), 2, "say why: --reason"),
        (("records", "--stage", "over"), 2, "'over' is not one of"),
    ],
)
def test_what_is_wrong_is_said(draft_config: Path, words: tuple[str, ...], code: int, complaint: str) -> None:
    ended = CliRunner().invoke(main, ["--config", str(draft_config), *words])
    assert (ended.exit_code, complaint in ended.stderr) == (code, True), ended.stderr
