"""An office in memory and on a real database: the real decision, ledger and sender; only the receiver is scripted."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import Engine

from alerts.channel import Channel, Receipt
from alerts.decide import decide
from alerts.digest import write
from alerts.expected import Expected, ExpectedEvents
from alerts.matching import Watchlists
from alerts.message import Message
from alerts.watchlist import Watchlist
from spacepact.article import Article, Link
from spacepact.cooperation import Classification, Cooperation, Evidence, Party
from spacepact.errors import SendError
from spacepact.noun import Noun
from spacepact.operators import operators
from spacepact.pipeline import Processor
from spacepact.sending import Sender
from spacepact.settings import Alerting, Settings
from spacepact.upkeep import Upkeep
from storage import Store
from storage.reading import DeliveryRow

NOW = datetime(2026, 5, 12, 9, 0, tzinfo=UTC)


class Scripted(Channel[Noun]):
    """A receiver that answers what the test says, in order, and then OK."""

    kind, Options = "scripted", Noun

    def __init__(self, name: str, *answers: SendError, to: tuple[str, ...] = (), size: int = 50) -> None:
        super().__init__(name, Noun(), Settings())
        self.answers, self.to, self.size = list(answers), to or (name,), size  # type: ignore[misc]
        self.got: list[Message] = []
        self.tried: list[str] = []

    def recipients(self, to: Sequence[str] = ()) -> tuple[str, ...]:
        return tuple(to) or self.to

    async def send(self, message: Message) -> Receipt:
        self.tried.append(message.id)
        if self.answers:
            raise self.answers.pop(0)
        self.got.append(message)
        return Receipt("200 ok")


class Reader:
    """A classifier that reads `jaxa isro signed lupex`: two parties, a stage, a mission; anything else is no cooperation."""

    def classify(self, title: str, text: str, **_: object) -> Classification:
        words = text.split()
        if len(words) < 4:
            return Classification(cooperation=False, score=0.1, scope="none")
        first, second, stage, mission = words[:4]
        proof = Evidence(text=text, start=len(title) + 1, end=len(title) + 1 + len(text))
        cooperation = Cooperation(
            parties=tuple(Party(id=i, name=i.upper()) for i in (first, second)),
            stage=stage,  # type: ignore[arg-type]
            missions=(mission,),
            activity="joint-mission",
            evidence=(proof,),
            confidence=0.9,
        )
        return Classification(cooperation=True, score=0.9, scope="intergovernmental", cooperations=(cooperation,))


class Office:
    """A service whose clock the test turns."""

    def __init__(self, engine: Engine, *, channels: Sequence[Channel[Any]], lists: dict[str, Any], **policy: Any) -> None:
        self.now = NOW
        self.store = Store(engine)
        self.channels = {channel.name: channel for channel in channels}
        self.lists = Watchlists({name: Watchlist.model_validate({"name": name, **asked}) for name, asked in lists.items()})
        self.policy = Alerting.model_validate(policy)
        self.expected = ExpectedEvents({})
        self.sources = ("outlet",)
        self.count = 0

    def expects(self, **events: dict[str, Any]) -> None:
        self.expected = ExpectedEvents({name: Expected.model_validate({"name": name, **event}) for name, event in events.items()})

    def reads(self, text: str, number: int | None = None, outlet: str = "outlet", tier: str = "trade") -> str:
        """Take in an article; a number met before is another revision of it."""
        self.count += 1
        url = f"https://{outlet}.example/{number or self.count}"
        judge = partial(decide, watchlists=self.lists, channels=self.channels, policy=self.policy, expected=self.expected)
        reader: Any = Reader()
        article = Article(url=url, source=outlet, tier=tier, title=f"On {text}", text=text, published=self.now, fetched=self.now)  # type: ignore[arg-type]
        return Processor(self.store, reader, judge, lambda: self.now).process(outlet, Link(url=url, version=str(self.count)), article)

    def sender(self) -> Sender:
        ops = operators(self.policy.operators, self.channels)
        return Sender(self.store, self.channels, write, lambda: self.now, operators=ops, sources=self.sources)

    def keep(self) -> int:
        """Ask what has come due without an article."""
        return Upkeep(self.store, self.lists, self.channels, self.expected, self.policy.timing, lambda: self.now).run()

    def delivers(self, **later: float) -> int:
        """Turn the clock, then send all that is due; returns how many messages went."""
        self.now += timedelta(**later)
        self.keep()
        sender = self.sender()

        async def all_lanes() -> int:
            return sum(await asyncio.gather(*map(sender.deliver, self.store.ledger.due_lanes(self.now))))

        return asyncio.run(all_lanes())

    def rows(self, **asked: Any) -> list[DeliveryRow]:
        return sorted(self.store.reading.deliveries(**asked), key=lambda row: (row.created, row.channel, row.recipient, row.id))

    def states(self) -> list[str]:
        return [row.state for row in self.rows()]


@pytest.fixture
def office(database: Engine) -> Callable[..., Office]:
    """Make an office over a database of each kind."""
    return partial(Office, database)


@pytest.fixture
def scripted() -> type[Scripted]:
    return Scripted
