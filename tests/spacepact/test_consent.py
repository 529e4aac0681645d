"""Who must not get a mail gets none, and the others all get theirs: the ledger, a real mail server, a real database."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from sqlalchemy import Engine

from alerts.channels.mail import Mail, MailOptions
from alerts.digest import write
from spacepact.demo.receivers import free_port
from spacepact.operators import Operators
from spacepact.sending import Sender
from spacepact.settings import Mail as Server
from spacepact.settings import Settings
from storage import Store
from tests.conftest import NOW
from tests.spacepact.owing import owe


@dataclass
class Post:
    """A real mail server; `replies` maps a recipient to what is answered at RCPT."""

    port: int = field(default_factory=free_port)
    got: Counter[str] = field(default_factory=Counter)
    asked: Counter[str] = field(default_factory=Counter)
    replies: dict[str, str] = field(default_factory=dict)

    async def handle_RCPT(  # noqa: N802 - the name that aiosmtpd looks for
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        self.asked[address] += 1
        reply = self.replies.get(address, "250 OK")
        if reply.startswith("2"):
            envelope.rcpt_tos.append(address)
        return reply

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - the name that aiosmtpd looks for
        self.got.update(envelope.rcpt_tos)
        return "250 OK"


@dataclass
class Desk:
    """A store that owes mails, and the sender that pays."""

    store: Store
    post: Post
    now: datetime = NOW

    def __post_init__(self) -> None:
        settings = Settings(mail=Server(host="127.0.0.1", port=self.post.port, sender="spacepact <alerts@example.org>"))
        self.sender = Sender(self.store, {"mail": Mail("mail", MailOptions(), settings)}, write, lambda: self.now)

    def owe(self, number: int, *recipients: str, lists: tuple[str, ...] = ("lunar",)) -> None:
        owe(self.store, number, self.now, "mail", *recipients, lists=lists)

    def deliver(self) -> None:
        asyncio.run(self.sender.deliver("mail"))

    def states(self) -> dict[str, str]:
        return {row.id: row.state for row in self.store.reading.deliveries()}

    def why(self, number: str) -> str:
        return next(row.reason for row in self.store.reading.deliveries() if row.id == number)


@pytest.fixture
def desk(database: Engine) -> Iterator[Desk]:
    post = Post()
    controller = Controller(post, hostname="127.0.0.1", port=post.port)
    controller.start()
    yield Desk(Store(database), post)
    controller.stop()


def test_c6_one_bad_recipient_of_fifty_is_suppressed_and_the_others_get_one_mail_each(desk: Desk) -> None:
    everybody = [f"r{n}@example.org" for n in range(50)]
    desk.post.replies["r7@example.org"] = "550 5.1.1 no such user"
    desk.owe(1, *everybody)
    desk.deliver()
    assert desk.post.got == Counter(r for r in everybody if r != "r7@example.org")
    assert Counter(desk.states().values()) == {"sent": 49, "suppressed": 1}
    assert desk.why("1-r7@example.org").startswith("address-gone: mail: 127.0.0.1 answered 550 5.1.1")
    desk.owe(2, *everybody)
    for _ in range(3):
        desk.deliver()
        desk.now += timedelta(days=1)
    assert desk.post.asked["r7@example.org"] == 1
    assert desk.states()["2-r7@example.org"] == "suppressed"
    assert desk.post.got["r8@example.org"] == 2


def test_operators_hear_of_an_address_that_does_not_exist_once_a_day(desk: Desk) -> None:
    for name in ("r1", "r2", "r3"):
        desk.post.replies[f"{name}@example.org"] = "550 5.1.1 no such user"
    desk.sender = replace(desk.sender, operators=Operators((("mail", "ops@example.org"),)))
    desk.owe(1, "r1@example.org", "r2@example.org", "r3@example.org")
    for _ in range(3):
        desk.deliver()
        desk.now += timedelta(minutes=1)
    assert desk.post.got == Counter(["ops@example.org"])


def test_c5_a_busy_mailbox_is_asked_again_after_half_an_hour_and_gets_one_mail(desk: Desk) -> None:
    desk.post.replies["ada@example.org"] = "450 4.2.1 mailbox busy"
    desk.owe(1, "ada@example.org")
    for _ in range(30):
        desk.deliver()
        desk.now += timedelta(minutes=1)
    assert desk.post.asked["ada@example.org"] == 1
    desk.post.replies.clear()
    for _ in range(25):
        desk.deliver()
        desk.now += timedelta(minutes=1)
    assert (desk.post.got["ada@example.org"], desk.states()) == (1, {"1-ada@example.org": "sent"})


def test_c5_a_refusal_is_not_tried_again_and_does_not_end_the_subscription(desk: Desk) -> None:
    desk.post.replies["ada@example.org"] = "554 5.7.1 looks like spam"
    desk.owe(1, "ada@example.org")
    for _ in range(3):
        desk.deliver()
        desk.now += timedelta(days=1)
    assert (desk.post.asked["ada@example.org"], desk.states()["1-ada@example.org"]) == (1, "dead")
    desk.post.replies.clear()
    desk.owe(2, "ada@example.org")
    desk.deliver()
    assert desk.post.got["ada@example.org"] == 1


def test_c2_who_unsubscribes_gets_nothing_of_what_is_already_owed(desk: Desk) -> None:
    desk.owe(1, "ada@example.org", "bob@example.org")
    desk.store.subscribers.refuse("ADA@example.org", ["lunar"], "unsubscribed", desk.now)
    desk.deliver()
    assert desk.states() == {"1-ada@example.org": "suppressed", "1-bob@example.org": "sent"}
    assert desk.why("1-ada@example.org") == "unsubscribed on 2026-11-23"
    desk.owe(2, "ada@example.org", lists=("trouble",))
    desk.deliver()
    assert desk.post.got == Counter(["bob@example.org", "ada@example.org"])
