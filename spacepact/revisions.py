"""What changed from one revision of an article to the next, for people. Pure."""

from __future__ import annotations

from datetime import datetime
from itertools import pairwise
from typing import NamedTuple

from spacepact.comparing import Passage, compare
from storage import History


class Change(NamedTuple):
    """A revision, when it was found, the former one that is kept, and how the two differ."""

    number: int
    found: datetime
    after: int
    passages: tuple[Passage, ...]


def changes(history: History) -> list[Change]:
    """Return every change that is kept, the newest first."""
    every = [*(former.tagged.article for former in history.former), history.tagged.article]
    told = (Change(new.revision, new.fetched, old.revision, compare(old, new)) for old, new in pairwise(every))
    return list(told)[::-1]
