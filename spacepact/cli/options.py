"""What every command knows, and how the program talks."""

from __future__ import annotations

import logging
import os
import sys
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from spacepact.duration import parse_duration

if TYPE_CHECKING:
    from spacepact.bootstrap import App

QUIET = (
    "httpx",
    "httpcore",
    "scrapy",
    "twisted",
    "asyncio",
    "alembic",
    "trafilatura",
    "htmldate",
    "uvicorn.error",
    "mail.log",
)
"""Libraries that would print addresses (some are secrets) or chatter; they may still warn."""


class LengthOfTime(click.ParamType[timedelta]):
    """An option like `36h` or `30d`."""

    name = "time"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> timedelta:
        try:
            length = parse_duration(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)
        if not isinstance(length, timedelta):
            self.fail(f"{value!r} is no length of time", param, ctx)
        return length


@dataclass(frozen=True)
class Context:
    """The config directory, and how much to say."""

    config: Path
    level: int = logging.INFO

    @property
    def env(self) -> dict[str, str]:
        """The environment, where secrets come from."""
        return dict(os.environ)

    def app(self) -> App:
        """Return the service, its database brought to this version; raises SpacepactError where nothing could work."""
        from spacepact.bootstrap import make_app  # loads every stage; `--help` does without

        return make_app(self.config, self.env).migrated()

    def talk(self) -> None:
        """Let the log speak on stderr, one line a message."""
        logging.basicConfig(
            stream=sys.stderr,
            level=self.level,
            format="%(asctime)s %(levelname)-7s %(message)s",
            force=True,
        )
        for name in QUIET:
            logging.getLogger(name).setLevel(logging.WARNING)
        logging.getLogger("apscheduler").setLevel(logging.ERROR)  # a tick that is skipped is made up by the next


pass_context = click.make_pass_decorator(Context)
