"""What is formed ahead of its turn: the next message, while the receiver looks at the one before."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from alerts.channel import Receipt
from alerts.message import Message
from spacepact.errors import SendError

DESKS = ("a@desk.example", "b@desk.example", "c@desk.example")
LISTS = {"all": {"deliver": [{"channel": "desk"}]}}


@pytest.fixture
def slow(scripted: Any) -> Any:
    """A receiver that takes its time; what happens is written down."""

    class Slow(scripted):  # type: ignore[misc]
        def __init__(self, *unformable: str) -> None:
            super().__init__("desk", to=DESKS)
            self.seen: list[str] = []
            self.unformable = unformable

        def form(self, message: Message) -> Message:
            self.seen.append(f"form {message.recipient[0]}")
            if message.recipient in self.unformable:
                raise SendError("desk: it has no form", permanent=True)
            return message

        async def send(self, message: Message) -> Receipt:
            self.seen.append(f"send {message.recipient[0]}")
            await asyncio.sleep(0.05)
            self.seen.append(f"sent {message.recipient[0]}")
            return Receipt("200 ok")

    return Slow


def in_order(seen: list[str]) -> list[str]:
    """Call the recipients a, b, c in the order in which their turns came."""
    names = dict(zip(dict.fromkeys(word[-1] for word in seen if word.startswith("form")), "abc", strict=True))
    return [f"{word[:-1]}{names[word[-1]]}" for word in seen]


def test_the_next_is_formed_once_and_while_the_one_before_is_under_way(office: Any, slow: Any) -> None:
    channel = slow()
    desk = office(channels=[channel], lists=LISTS)
    desk.reads("jaxa isro signed lupex")
    assert desk.delivers() == 3
    assert in_order(channel.seen) == ["form a", "send a", "form b", "sent a", "send b", "form c", "sent b", "send c", "sent c"]


def test_what_cannot_be_formed_ahead_fails_in_its_own_turn_and_stops_nobody(office: Any, slow: Any) -> None:
    channel = slow(DESKS[1])
    desk = office(channels=[channel], lists=LISTS)
    desk.reads("jaxa isro signed lupex")
    assert desk.delivers() == 2
    states = {row.recipient: (row.state, row.tries, row.reason) for row in desk.rows()}
    assert states[DESKS[1]] == ("dead", 1, "desk: it has no form")
    assert {states[name][0] for name in (DESKS[0], DESKS[2])} == {"sent"}


def test_what_a_limit_may_hold_back_is_not_formed_ahead(office: Any, slow: Any) -> None:
    channel = slow()
    desk = office(channels=[channel], lists={"all": {"deliver": [{"channel": "desk", "limit": ["5 an hour"]}]}})
    desk.reads("jaxa isro signed lupex")
    assert desk.delivers() == 3
    assert in_order(channel.seen)[:4] == ["form a", "send a", "sent a", "form b"]
