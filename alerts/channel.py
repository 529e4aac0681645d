"""What every kind of channel is: options from YAML, recipients, and one method that sends."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any, ClassVar, Generic, NamedTuple, TypeVar

from alerts.message import Message
from spacepact.errors import SendError
from spacepact.noun import Noun
from spacepact.settings import Settings

OptionsT = TypeVar("OptionsT", bound=Noun)


class Receipt(NamedTuple):
    """What the receiver said to a message that it took; `reference` is its own name for it, by which later ones can refer to it."""

    answer: str
    reference: str | None = None


Send = Callable[[Any], Awaitable[Receipt]]
"""Sends one message, as the channel's `form` made it, and returns what the receiver said; raises SendError."""


class Channel(ABC, Generic[OptionsT]):
    """A named destination. A kind is one class in one module of `alerts/channels`, found by looking there.

    `kind` is its word in channels.yaml, `Options` what may stand beside that word, `gap` the seconds of
    silence between two sends, `size` how many stories one message may hold,
    `shares` whether other channels may lead to the same receiver, so that a `turn` may be long in coming. No option that is secret
    appears in `repr`, in an error or in a log.
    """

    kind: ClassVar[str]
    Options: ClassVar[type[Noun]]
    gap: ClassVar[float] = 0.0
    size: ClassVar[int] = 50
    shares: ClassVar[bool] = False
    enabled: bool = True

    def __init__(self, name: str, options: OptionsT, settings: Settings) -> None:
        self.name = name
        self.options = options
        self.settings = settings

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.name!r})"

    def recipients(self, to: Sequence[str] = ()) -> tuple[str, ...]:
        """Return who is reached when a watchlist asks for `to`: where an address is a secret, the channel's own name."""
        del to
        return (self.name,)

    def form(self, message: Message) -> Any:
        """Return a message as a session sends it; raises SendError. It may be made ahead, while the one before is under way."""
        return message

    @asynccontextmanager
    async def session(self) -> AsyncIterator[Send]:
        """What sends a run of messages, one after the other; a kind that can keeps its connection open meanwhile."""
        yield self.send

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Held from before a try begins until it has ended; channels that lead to one receiver wait for each other here."""
        yield

    @abstractmethod
    async def send(self, message: Message) -> Receipt:
        """Send, and return what the receiver said; raises SendError, which says whether another try can help."""


class Disabled(Channel[Noun]):
    """A channel with `enabled: false`: known by name, its secrets not needed."""

    kind = ""
    Options = Noun
    enabled = False

    def __init__(self, name: str, to: Sequence[str], settings: Settings) -> None:
        super().__init__(name, Noun(), settings)
        self._to = tuple(to)

    def recipients(self, to: Sequence[str] = ()) -> tuple[str, ...]:
        return tuple(to) or self._to or (self.name,)

    async def send(self, message: Message) -> Receipt:
        """Raise SendError: a person switched this channel off."""
        raise SendError(f"{self.name}: switched off in channels.yaml ({message.id} waits)", permanent=True)
