"""Process and deliver over a real database of each kind; only the receiver is scripted."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from alerts.channel import Channel, Receipt
from alerts.digest import Told, write
from alerts.message import Message
from spacepact.article import Article, Link
from spacepact.cooperation import Classification, Cooperation, Evidence, Party, Tagged
from spacepact.errors import SendError
from spacepact.noun import Noun
from spacepact.pipeline import Processor
from spacepact.round import Coverage, Rejected
from spacepact.sending import Sender
from spacepact.settings import Settings
from spacepact.silence import Silence
from spacepact.story import Alert, Decision, Delivery, Match, Story, Telling
from storage import Store

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


class Scripted(Channel[Noun]):
    """A receiver that answers what the test says, in order, and then OK."""

    kind, Options = "scripted", Noun

    def __init__(self, name: str, answers: Sequence[SendError] = ()) -> None:
        super().__init__(name, Noun(), Settings())
        self.answers = list(answers)
        self.got: list[Message] = []

    async def send(self, message: Message) -> Receipt:
        if self.answers:
            raise self.answers.pop(0)
        self.got.append(message)
        return Receipt("200 ok")


class Reader:
    """A classifier whose answer is the text itself."""

    def classify(self, title: str, text: str, **_: object) -> Classification:
        if "sign" not in text:
            return Classification(cooperation=False, score=0.1, scope="none")
        proof = Evidence(text=text, start=len(title) + 1, end=len(title) + 1 + len(text))
        cooperation = Cooperation(
            parties=(Party(id="jaxa", name="JAXA"), Party(id="isro", name="ISRO")), stage="signed", evidence=(proof,), confidence=0.9
        )
        return Classification(cooperation=True, score=0.9, scope="intergovernmental", cooperations=(cooperation,))


class Bench:
    """A store with a sender, a clock that the test turns, and one story a kept article."""

    def __init__(self, engine: Engine, **channels: Channel[Any]) -> None:
        self.store, self.channels, self.now = Store(engine), channels, NOW
        self.sender = Sender(self.store, channels, write, lambda: self.now)
        reader: Any = Reader()
        self.processor = Processor(self.store, reader, self.decide, lambda: self.now)

    def decide(
        self, tagged: Tagged, before: Classification | None, stories: Sequence[Story], *, now: datetime, silences: Sequence[Silence]
    ) -> Decision:
        if not tagged.classification.cooperations:
            return Decision()
        article = tagged.article
        telling = Telling(url=article.url, source="a", site_name="A", tier="trade", title=article.title, language="en", published=now)
        story = Story(
            id=article.url[-20:],
            record="r",
            cooperation=tagged.classification.cooperations[0],
            tellings=(telling,),
            first_seen=now,
            last_seen=now,
        )
        owed = tuple(
            Delivery(id=f"{name}-{article.url[-1]}", channel=name, recipient=name, watchlists=("w",), reason="first-report")
            for name in self.channels
        )
        match = Match(watchlist="w", reasons=("agency jaxa",))
        return Decision(
            stories=(story,),
            alerts=(Alert(id=article.url, kind="first-report", story=story, matches=(match,), decided=now, deliveries=owed),),
        )

    def keep(self, number: int, text: str = "They sign.") -> str:
        url = f"https://a.example/{number}"
        article = Article(url=url, source="a", title=f"T{number}", text=text, published=self.now, fetched=self.now)
        return self.processor.process("a", Link(url=url), article)

    def deliver(self) -> int:
        async def all_lanes() -> int:
            return sum(await asyncio.gather(*map(self.sender.deliver, self.store.ledger.due_lanes(self.now))))

        return asyncio.run(all_lanes())

    def states(self) -> dict[str, tuple[str, int]]:
        return {row.id: (row.state, row.tries) for row in self.store.reading.deliveries()}


def test_an_article_is_told_once_over_each_channel(database: Engine) -> None:
    bench = Bench(database, a=Scripted("a"), b=Scripted("b"))
    assert bench.keep(1) == "new"
    assert bench.keep(2, "Rain.") == "new"
    assert bench.keep(1) == "known"
    assert bench.processor.process("a", Link(url="https://a.example/x"), Rejected(reason="empty")) == "rejected"
    assert bench.deliver() == 2
    assert bench.deliver() == 0
    assert bench.states() == {"a-1": ("sent", 1), "b-1": ("sent", 1)}


def test_a4_a_failing_channel_neither_delays_nor_repeats_the_good_one(database: Engine) -> None:
    bad = Scripted("bad", [SendError("bad: 500"), SendError("bad: 500")])
    bench = Bench(database, good=Scripted("good"), bad=bad)
    bench.keep(1)
    assert bench.deliver() == 1
    assert bench.states() == {"good-1": ("sent", 1), "bad-1": ("failed", 1)}
    bench.now += timedelta(seconds=3)
    assert bench.deliver() == 0, "the second try is 5 s +-20 % later"
    bench.now += timedelta(seconds=4)
    assert bench.deliver() == 0
    bench.now += timedelta(minutes=7)
    assert bench.deliver() == 1
    assert bench.states() == {"good-1": ("sent", 1), "bad-1": ("sent", 3)}
    assert len(bad.got) == 1


def test_a5_a_channel_that_always_fails_is_given_up_after_eight_tries(database: Engine) -> None:
    bench = Bench(database, bad=Scripted("bad", [SendError("bad: 500")] * 20))
    bench.keep(1)
    for _ in range(200):
        bench.deliver()
        bench.now += timedelta(minutes=30)
    assert bench.states() == {"bad-1": ("dead", 8)}


def test_a_permanent_refusal_is_not_tried_again_and_does_not_stop_the_next(database: Engine) -> None:
    bench = Bench(database, mail=Scripted("mail", [SendError("mail: 550 no such user", permanent=True)]))
    bench.keep(1)
    bench.keep(2)
    assert bench.deliver() == 1
    assert bench.states() == {"mail-1": ("dead", 1), "mail-2": ("sent", 1)}


def test_a7_a_broken_channel_gets_no_further_try_and_keeps_what_it_owes(database: Engine) -> None:
    hook = Scripted("hook", [SendError("hook: 410 Gone", permanent=True, broken=True)])
    bench = Bench(database, hook=hook)
    bench.keep(1)
    bench.keep(2)
    assert bench.deliver() == 0
    bench.now += timedelta(days=3)
    assert bench.deliver() == 0
    assert bench.store.ledger.broken() == {"hook": "hook: 410 Gone"}
    bench.store.ledger.mend(["hook"])
    assert bench.deliver() == 2
    assert [message.id for message in hook.got] == ["hook-1", "hook-2"]


def test_a8_the_whole_lane_is_silent_as_long_as_the_receiver_asks(database: Engine) -> None:
    bench = Bench(database, slack=Scripted("slack", [SendError("slack: 429", retry_after=30)]))
    bench.keep(1)
    bench.keep(2)
    assert bench.deliver() == 0
    bench.now += timedelta(seconds=29)
    assert bench.store.ledger.due_lanes(bench.now) == []
    bench.now += timedelta(seconds=2)
    assert bench.deliver() == 2


def test_a_message_that_cannot_be_written_does_not_stop_the_others(database: Engine) -> None:
    def fails(number: str, items: Sequence[Told], *, coverage: Coverage | None = None) -> Message:
        if number == "mail-1":
            raise ValueError("no such template")
        return write(number, items, coverage=coverage)

    bench = Bench(database, mail=Scripted("mail"))
    bench.sender = Sender(bench.store, bench.channels, fails, lambda: bench.now)
    bench.keep(1)
    bench.keep(2)
    assert bench.deliver() == 1
    assert bench.states() == {"mail-1": ("dead", 1), "mail-2": ("sent", 1)}


def test_an_outcome_that_cannot_be_kept_at_once_is_not_forgotten(database: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    bench = Bench(database, mail=Scripted("mail"))
    bench.keep(1)
    settle, fails = bench.store.ledger.settle, iter([True, True, False])

    def full(*words: Any, **more: Any) -> bool:
        if next(fails):
            raise OperationalError("UPDATE", {}, OSError("database or disk is full"))
        return settle(*words, **more)

    monkeypatch.setattr(bench.store.ledger, "settle", full)
    assert bench.deliver() == 1
    assert bench.states() == {"mail-1": ("sent", 1)}


def test_a_stop_ends_a_lane_after_the_message_at_hand(database: Engine) -> None:
    bench = Bench(database, mail=Scripted("mail"))
    for number in range(5):
        bench.keep(number)
    mail: Any = bench.channels["mail"]
    bench.sender = Sender(bench.store, bench.channels, write, lambda: bench.now, lambda: len(mail.got) >= 2)
    assert bench.deliver() == 2
    assert sorted(bench.states().values()) == [("pending", 0)] * 3 + [("sent", 1)] * 2
