"""Slack as a lane of the ledger: its pace, its silences, its end, its threads; a server that keeps to Slack's documents is the oracle."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from pydantic import SecretStr
from sqlalchemy import Engine

from alerts.blocks import words
from alerts.channels.mail import Mail, MailOptions
from alerts.channels.slack import Slack, SlackOptions
from alerts.digest import write
from spacepact.demo.receivers import free_port
from spacepact.operators import Operators
from spacepact.sending import Sender
from spacepact.settings import Mail as Server
from spacepact.settings import Outbound, Settings
from storage import Store
from tests.alerts.slack_server import TOKEN, running
from tests.conftest import NOW
from tests.spacepact.owing import owe


@dataclass
class Post:
    """A real mail server for the operators."""

    port: int = field(default_factory=free_port)
    got: list[str] = field(default_factory=list)

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - the name that aiosmtpd looks for
        self.got.append(envelope.content.decode())
        return "250 OK"


@dataclass
class Team:
    """A store that owes messages to one Slack conversation, and operators who get mail."""

    store: Store
    server: Any
    post: Post
    now: datetime = NOW

    def __post_init__(self) -> None:
        mail = Server(host="127.0.0.1", port=self.post.port, sender="spacepact <alerts@example.org>")
        self.settings = Settings(outbound=Outbound(private_hosts=("127.0.0.1",)), mail=mail)
        self.use(url=SecretStr(f"{self.server.base}/services/T0/B0/canary"))

    def use(self, **options: Any) -> None:
        self.slack = Slack("slack", SlackOptions(**options), self.settings)
        self.slack.gap = 0.02  # a second in fifty; the true gap is held in tests/alerts/test_slack.py
        channels = {"slack": self.slack, "mail": Mail("mail", MailOptions(), self.settings)}
        operators = Operators((("mail", "ops@example.org"),))
        self.sender = Sender(self.store, channels, write, lambda: self.now, operators=operators)

    def owe(self, *numbers: int, record: str = "", batch: str | None = None) -> None:
        for number in numbers:
            owe(self.store, number, self.now, "slack", "slack", record=record, batch=batch)

    def deliver(self, lane: str = "slack") -> None:
        if lane in self.store.ledger.due_lanes(self.now):
            asyncio.run(self.sender.deliver(lane))

    def states(self) -> list[str]:
        return [row.state for row in self.store.reading.deliveries() if row.channel == "slack"]


@pytest.fixture
def team(database: Engine) -> Iterator[Team]:
    post = Post()
    controller = Controller(post, hostname="127.0.0.1", port=post.port)
    controller.start()
    with running() as server:
        yield Team(Store(database), server, post)
    controller.stop()


def test_b1_a_hundred_at_once_keep_their_distance_and_all_arrive(team: Team) -> None:
    team.owe(*range(100))
    team.deliver()
    gaps = [after - before for before, after in zip(team.server.times, team.server.times[1:], strict=False)]
    assert len(team.server.posts) == 100
    assert min(gaps) >= team.slack.gap
    assert set(team.states()) == {"sent"}


def test_b2_slack_gets_the_silence_it_asks_for_and_then_everything(team: Team) -> None:
    team.owe(*range(5))
    team.server.answers(429, "rate_limited", Retry_After="30")
    for _ in range(30):
        team.deliver()
        team.now += timedelta(seconds=1)
        assert len(team.server.asked) == 1
    team.now += timedelta(seconds=1)
    for _ in range(3):
        team.deliver()
        team.now += timedelta(seconds=5)
    assert len(team.server.posts) == 5
    assert set(team.states()) == {"sent"}


def test_b3_what_slack_will_not_take_is_a_dead_letter_after_two_posts(team: Team) -> None:
    team.owe(1)
    for _ in range(2):
        team.server.answers(400, "invalid_blocks")
    for _ in range(5):
        team.deliver()
        team.now += timedelta(hours=10)
    assert (len(team.server.asked), team.states()) == (2, ["dead"])


@pytest.mark.parametrize("said", [(404, "no_service"), (403, "action_prohibited"), (410, "channel_is_archived")])
def test_b4_a_hook_that_is_gone_is_closed_with_slacks_word_and_the_owner_is_mailed(team: Team, said: tuple[int, str]) -> None:
    team.owe(*range(5))
    team.server.answers(*said)
    for _ in range(5):
        team.deliver()
        team.deliver("mail")
        team.now += timedelta(hours=1)
    assert len(team.server.asked) == 1
    assert said[1] in team.store.ledger.broken()["slack"]
    assert len(team.post.got) == 1
    assert said[1] in team.post.got[0].replace("=\r\n", "")
    assert set(team.states()) <= {"pending", "failed"}


def test_a_bot_keeps_one_cooperation_in_one_thread(team: Team) -> None:
    team.use(token=SecretStr(TOKEN), conversation="C012345", api=f"{team.server.base}/api")
    team.owe(1, record="lupex")
    team.deliver()
    team.owe(2, record="other")
    team.deliver()
    team.now += timedelta(days=40)
    team.owe(3, record="lupex")
    team.deliver()
    first, other, later = team.server.posts
    assert (first.get("thread_ts"), other.get("thread_ts"), later["thread_ts"]) == (None, None, first["ts"])
    assert words(later["blocks"])


def test_a_digest_is_no_answer_to_the_first_story_in_it(team: Team) -> None:
    team.use(token=SecretStr(TOKEN), conversation="C012345", api=f"{team.server.base}/api")
    team.owe(1, record="lupex")
    team.deliver()
    team.now += timedelta(days=40)
    team.owe(2, record="lupex", batch="group")
    team.owe(3, record="other", batch="group")
    team.deliver()
    assert [p.get("thread_ts") for p in team.server.posts] == [None, None]
