"""`deliveries`, `replay`, `mend` and `expected` on a real database with a real mail server and webhook as the oracle."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner, Result

from spacepact.article import Article, Link
from spacepact.bootstrap import App, make_app
from spacepact.cli import main

if TYPE_CHECKING:
    from conftest import House

TEXT = (
    "The Japan Aerospace Exploration Agency (JAXA) and the Indian Space Research Organisation (ISRO) signed a memorandum of "
    "understanding on Monday for the joint lunar polar mission LUPEX.\n"
    "Under the agreement, JAXA provides the rover and ISRO provides the lander."
)
WRONG = "whsec_d3Jvbmctc2VjcmV0LXdyb25nLXNlY3JldA=="


class Desk:
    """The service over a house with real receivers; the command line runs in this process."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.ahead = timedelta(0)

    @property
    def app(self) -> App:
        return make_app(self.house.config, {}, lambda: datetime.now(UTC) + self.ahead).migrated()

    def reads(self) -> None:
        now = datetime.now(UTC)
        at = {"published": now - timedelta(hours=1), "fetched": now}
        article = Article(url="https://gazette.example/lupex", source="outlet", title="JAXA and ISRO sign", text=TEXT, language="en", **at)
        self.app.processor.process("outlet", Link(url=article.url), article)

    def delivers(self) -> int:
        return asyncio.run(self.app.deliver_all())

    def secret(self, secret: str) -> None:
        channels = self.house.config / "channels.yaml"
        here = next(line.partition("secret: ")[2] for line in channels.read_text().splitlines() if "secret: " in line)
        channels.write_text(channels.read_text().replace(here, secret))

    def arrived(self) -> list[str]:
        return sorted(message.kind for message in self.house.receivers.received)

    def __call__(self, *words: str) -> Result:
        return CliRunner().invoke(main, ["--config", str(self.house.config), *words])

    def lines(self, *words: str) -> list[Any]:
        ended = self(*words, "--jsonl")
        assert ended.exit_code == 0, ended.stderr
        return [json.loads(line) for line in ended.stdout.splitlines()]


@pytest.fixture
def desk(house: House) -> Desk:
    return Desk(house)


def test_the_ledger_is_filtered_by_state_channel_recipient_and_time(desk: Desk) -> None:
    desk.reads()
    assert [row["state"] for row in desk.lines("deliveries")] == ["pending"] * 2
    desk.delivers()
    (mail,) = desk.lines("deliveries", "--state", "sent", "--channel", "mail")
    assert (mail["recipient"], mail["tries"], mail["kind"]) == ("analyst@desk.example", 1, "first-report")
    assert mail["subject"].startswith("Signed: JAXA and ISRO")
    assert any(message.key.startswith(f"<{mail['id']}") for message in desk.house.receivers.received)
    assert desk.lines("deliveries", "--recipient", "nobody@desk.example") == []
    assert len(desk.lines("deliveries", "--since", "1h")) == 2
    assert desk.lines("deliveries", "--since", "2199-01-01") == []
    assert len(desk.lines("deliveries", "--limit", "1")) == 1
    table = desk("deliveries", "--channel", "mail").stdout
    assert "analyst@desk.example" in table
    assert mail["id"] in table
    assert "is no moment; write 7d, 12h or 2026-05-12" in desk("deliveries", "--since", "soon").stderr


def test_a_dead_letter_is_shown_with_the_answer_and_replayed_under_its_id(desk: Desk) -> None:
    right = desk.app.config.channels["hook"].options.secret.get_secret_value()
    desk.secret(WRONG)
    desk.reads()
    for _ in range(8):
        desk.delivers()
        desk.ahead += timedelta(hours=12)
    assert desk.arrived() == ["mail"]
    (dead,) = desk.lines("deliveries", "--state", "dead")
    assert (dead["channel"], dead["tries"]) == ("hook", 8)
    assert "401" in dead["reason"]
    assert "401" in desk("deliveries", "--state", "dead").stdout
    desk.secret(right)
    again = desk("replay", dead["id"])
    assert (again.exit_code, again.stdout) == (0, f"{dead['id']}\n")
    desk.delivers()
    assert desk.arrived() == ["mail", "webhook"]
    assert [m.key for m in desk.house.receivers.received if m.kind == "webhook"] == [dead["id"]]
    assert desk("replay", dead["id"]).exit_code == 0, "it is asked for by its id: the receiver has lost it"
    assert "is owed already" in desk("replay", dead["id"]).stderr


def test_a_replay_says_what_it_cannot_do(desk: Desk) -> None:
    desk.reads()
    missing = desk("replay", "nothing")
    assert (missing.exit_code, "not again: nothing: there is no such delivery" in missing.stderr) == (1, True)
    for words, complaint in (
        ((), "name the IDs, or a --channel"),
        (("--channel", "hook"), "a --channel wants --since"),
        (("--channel", "nope", "--since", "1d"), "there is no channel 'nope'; there are: hook, mail"),
    ):
        ended = desk("replay", *words)
        assert (ended.exit_code, complaint in ended.stderr) == (2, True), ended.stderr
    desk.delivers()
    assert desk("replay", "--channel", "mail", "--since", "1d").stdout == "", "what was accepted is sent again by --all only"
    assert len(desk("replay", "--channel", "mail", "--since", "1d", "--all").stdout.split()) == 1
    desk.delivers()
    assert desk.arrived() == ["mail", "mail", "webhook"]
    assert len({m.key for m in desk.house.receivers.received if m.kind == "mail"}) == 1, "under the same Message-ID"


def test_a_broken_channel_keeps_what_it_owes_until_it_is_mended(desk: Desk) -> None:
    desk.reads()
    desk.app.store.ledger.break_("mail", "mail: 550 we do not know you")
    desk.delivers()
    assert desk.arrived() == ["webhook"]
    ended = desk("mend", "mail", "hook")
    assert (ended.exit_code, ended.stdout) == (0, "mail: open again\nhook: was open\n")
    desk.delivers()
    assert desk.arrived() == ["mail", "webhook"]
    assert "there is no channel 'nope'" in desk("mend", "nope").stderr


def test_expected_events_are_open_then_seen_or_overdue(desk: Desk) -> None:
    today = datetime.now(UTC).date()
    asked = {"match": {"missions": ["lupex"]}, "begins": str(today - timedelta(days=9)), "deliver": [{"channel": "mail"}]}
    desk.house.write("expected/pact.yaml", {"name": "LUPEX pact", "due": str(today + timedelta(days=9)), **asked})
    missed = {"name": "Gateway vote", **asked, "match": {"missions": ["gateway"]}, "due": str(today - timedelta(days=1))}
    desk.house.write("expected/vote.yaml", missed)
    assert {row["id"]: row["state"] for row in desk.lines("expected")} == {"pact": "open", "vote": "open"}
    desk.reads()
    desk.delivers()
    rows = {row["id"]: row for row in desk.lines("expected")}
    assert (rows["pact"]["state"], rows["pact"]["url"]) == ("seen", "https://gazette.example/lupex")
    assert rows["vote"]["state"] == "overdue"
    titles = [m.title for m in desk.house.receivers.received if m.kind == "mail"]
    assert sum("Gateway vote" in title for title in titles) == 1
    desk.delivers()
    assert len(titles) == len([m for m in desk.house.receivers.received if m.kind == "mail"]), "told once"
    assert "LUPEX pact" in desk("expected").stdout


def test_why_names_every_list_and_recipient_once(desk: Desk) -> None:
    desk.house.write("watchlists/esa.yaml", {"name": "ESA", "match": {"agencies": ["esa"]}, "deliver": [{"channel": "mail"}]})
    desk.reads()
    desk.delivers()
    said = desk.lines("why", "https://gazette.example/lupex")
    assert [(w["watchlist"], w["recipient"], w["reason"]) for w in said] == [
        ("all", "hook", "first-report"),
        ("all", "analyst@desk.example", "first-report"),
        ("esa", "", "no-match"),
    ]
    text = desk("why", "https://gazette.example/lupex", "esa")
    assert text.stdout == "esa: nobody: no-match - agency esa is wanted, there is isro, jaxa\n"
    assert "did you mean 'esa'?" in desk("why", "https://gazette.example/lupex", "es").stderr
    assert "no source listed https://x.example so far" in desk("why", "https://x.example").stderr
