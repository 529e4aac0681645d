"""G10: whatever happens in whatever order, the ledger and what was accepted agree; only the receiver is scripted.

Twenty runs of 50 steps; `make machine` plays 10,000.
"""

from __future__ import annotations

import asyncio
import os
import random
import tempfile
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from alerts.channel import Channel, Receipt
from alerts.decide import decide
from alerts.digest import write
from alerts.matching import Watchlists
from alerts.message import Message
from alerts.subscriptions import with_subscribers
from alerts.watchlist import Watchlist
from spacepact.article import Article, Link
from spacepact.cooperation import Classification, Cooperation, Evidence, Party
from spacepact.errors import SendError
from spacepact.noun import Noun
from spacepact.pipeline import Processor
from spacepact.sending import Sender
from spacepact.settings import Alerting, Settings
from spacepact.subscriber import Wish
from storage import Store, migrate, open_database

START = datetime(2026, 11, 23, 12, tzinfo=UTC)
PEOPLE = ("ada@desk.example", "ben@desk.example", "cleo@desk.example")
STAGES = ("talks", "in-development", "signed", "suspended", "launched")
PARTNERS = (("jaxa", "isro"), ("cnes", "kasa"), ("esa", "nasa"), ("asi", "cnsa"), ("dlr", "aeb"))


class PowerCut(BaseException):
    """The process dies here."""


class Mailbox(Channel[Noun]):
    """A receiver that keeps its own log, and does with each message what the test says next."""

    kind, Options = "mailbox", Noun

    def __init__(self) -> None:
        super().__init__("mail", Noun(), Settings())
        self.plan: list[str] = []
        self.accepted: list[tuple[str, str]] = []
        self.left: set[str] = set()

    async def send(self, message: Message) -> Receipt:
        event = self.plan.pop(0) if self.plan else "ok"
        if event == "fail":
            raise SendError("mail: 451 later")
        if event == "refuse":
            raise SendError("mail: 550 no", permanent=True)
        assert message.recipient not in self.left, "somebody who had left got a message"
        if event != "cut before":
            self.accepted.append((message.recipient, message.id))
        if event.startswith("cut"):
            raise PowerCut
        return Receipt("250 ok")


class Reader:
    """A classifier that reads `<pair> <stage>` from the title."""

    def classify(self, title: str, text: str, **_: object) -> Classification:
        pair, stage = title.split()
        proof = Evidence(text=text, start=len(title) + 1, end=len(title) + 1 + len(text))
        found = Cooperation(
            parties=tuple(Party(id=name, name=name.upper()) for name in PARTNERS[int(pair)]),
            missions=(f"mission-{pair}",),
            stage=stage,  # type: ignore[arg-type]
            evidence=(proof,),
            confidence=0.9,
        )
        return Classification(cooperation=True, score=0.9, scope="intergovernmental", cooperations=(found,))


class Machine(RuleBasedStateMachine):
    """Subscribe, leave, report, revise, send, fail, crash, wait; then everything heals, and the books are compared."""

    @initialize()
    def open(self) -> None:
        random.seed(0)
        self.folder = tempfile.TemporaryDirectory()
        self.url = f"sqlite:///{Path(self.folder.name) / 'ledger.sqlite'}"
        self.now, self.cuts, self.mailbox = START, 0, Mailbox()
        self.published: dict[int, int] = {}
        self.boot()
        migrate(self.store.engine)
        for who in PEOPLE[:2]:
            self.subscribe(who)

    def boot(self) -> None:
        if hasattr(self, "store"):
            self.store.engine.dispose()
        self.store = Store(open_database(self.url))
        self.sender = Sender(self.store, {"mail": self.mailbox}, write, lambda: self.now)
        self.base = Watchlists({"all": Watchlist.model_validate({"name": "All", "deliver": []})})
        reader: Any = Reader()
        self.processor = Processor(self.store, reader, self.judge, lambda: self.now)

    def judge(self, *facts: Any, **known: Any) -> Any:
        lists = with_subscribers(self.base, self.store.subscribers.active(), "mail")
        return partial(decide, watchlists=lists, channels={"mail": Anyone()}, policy=Alerting())(*facts, **known)

    @rule(who=st.sampled_from(PEOPLE))
    def subscribe(self, who: str) -> None:
        self.now += timedelta(seconds=1)
        if self.store.subscribers.confirm(who, Wish(watchlists=("all",)), self.now, self.now):
            self.mailbox.left.discard(who)

    @rule(who=st.sampled_from(PEOPLE))
    def leave(self, who: str) -> None:
        self.store.subscribers.refuse(who, (), "unsubscribed", self.now)
        self.mailbox.left.add(who)

    @rule(number=st.integers(0, 20), pair=st.integers(0, 4), stage=st.sampled_from(STAGES))
    def report(self, number: int, pair: int, stage: str) -> None:
        """A new article, or another wording of one that is known: a revision."""
        url = f"https://outlet.example/{number}"
        text = f"The partners said so in wording {self.published.get(number, 0)}."
        self.published[number] = self.published.get(number, 0) + 1
        article = Article(url=url, source=f"outlet-{number % 3}", title=f"{pair} {stage}", text=text, published=self.now, fetched=self.now)
        self.processor.process(article.source, Link(url=url, version=str(self.published[number])), article)

    @rule(plan=st.lists(st.sampled_from(("ok", "ok", "fail", "refuse", "cut before", "cut after")), max_size=4))
    def send(self, plan: Sequence[str]) -> None:
        self.mailbox.plan = list(plan)
        try:
            asyncio.run(self.sender.deliver("mail"))
        except PowerCut:
            self.cuts += 1
            self.boot()
            self.store.ledger.release()

    @rule(seconds=st.sampled_from((1, 10, 400, 3600, 40_000)))
    def wait(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)

    @invariant()
    def nothing_is_doubled_without_a_cut(self) -> None:
        if hasattr(self, "mailbox"):
            assert sum(n - 1 for n in Counter(self.mailbox.accepted).values()) <= self.cuts

    def teardown(self) -> None:
        if not hasattr(self, "store"):
            return
        self.mailbox.plan = []
        for _ in range(20):
            asyncio.run(self.sender.deliver("mail"))
            self.now += timedelta(hours=10)
        rows = self.store.reading.deliveries(limit=10_000)
        assert {row.state for row in rows} <= {"sent", "dead", "suppressed"}, "everything ends"
        assert all(row.reason for row in rows), "everything has its reason"
        sent = {(row.recipient, row.id) for row in rows if row.state == "sent"}
        assert sent <= set(self.mailbox.accepted), "lost 0"
        assert set(self.mailbox.accepted) <= {(row.recipient, row.id) for row in rows}, "nothing is unaccounted for"
        assert len({(row.recipient, row.id) for row in rows}) == len(rows)
        self.store.engine.dispose()
        self.folder.cleanup()


class Anyone:
    """The mail channel as decisions see it."""

    enabled = True

    def recipients(self, to: Sequence[str] = ()) -> Sequence[str]:
        return to


RUNS = int(os.environ.get("SPACEPACT_RUNS", "20"))
Machine.TestCase.settings = settings(
    max_examples=RUNS, stateful_step_count=50, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)
TestG10 = Machine.TestCase
