"""Every error that a person may meet says what, where, and what would be right."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True)
class Problem:
    """One mistake in a file: line and column count from 1; `hint` says what would be right."""

    file: str
    line: int
    column: int
    what: str
    hint: str = ""

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: {self.what}" + (f"; {self.hint}" if self.hint else "")


class SpacepactError(Exception):
    """Something that a person can put right; its text is one clear line."""


class ConfigError(SpacepactError):
    """A file of config/ is wrong; holds every problem that was found in it."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


class SendError(SpacepactError):
    """A channel could not deliver.

    `permanent`: another try cannot help. `broken`: the channel itself is wrong (gone, revoked), so
    everything for it waits for a person. `unreachable`: this recipient does not exist, and must not be
    written to any more. `retry_after`: seconds in which the receiver wants silence. `steps`: the pauses
    between tries, where the receiver's protocol asks for others than the usual ones.
    """

    def __init__(
        self,
        message: str,
        *,
        permanent: bool = False,
        broken: bool = False,
        unreachable: bool = False,
        retry_after: float | None = None,
        steps: tuple[timedelta, ...] = (),
    ) -> None:
        super().__init__(message)
        self.unreachable = unreachable
        self.steps = steps
        self.permanent = permanent
        self.broken = broken
        self.retry_after = retry_after
