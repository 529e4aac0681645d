"""What follows config/ while the service runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Generic, Protocol, TypeVar

from spacepact.loading import Config

T = TypeVar("T")


class Live(Mapping[str, T]):
    """A mapping as it is at every moment; who walks through it walks through one state of it."""

    def __init__(self, current: Callable[[], Mapping[str, T]]) -> None:
        self._current = current

    def __getitem__(self, key: str) -> T:
        return self._current()[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._current())

    def __len__(self) -> int:
        return len(self._current())


class _Configured(Protocol):
    config: Config


class OfConfig(Generic[T]):
    """A part of the app that is made when it is first asked for, and again after config/ has changed."""

    def __init__(self, make: Callable[[Any], T]) -> None:
        self._make = make
        self.__doc__ = make.__doc__

    def __get__(self, app: _Configured, owner: type | None = None) -> T:
        config, name = app.config, f"_made_{self._make.__name__}"
        made: tuple[Config, T] | None = app.__dict__.get(name)
        if made is None or made[0] is not config:
            made = app.__dict__[name] = config, self._make(app)
        return made[1]
