"""Which of the lists that match are silenced, and why."""

from __future__ import annotations

from collections.abc import Iterable

from alerts.keywords import Keywords
from alerts.matching import keywords_of
from alerts.reasons import Reader
from alerts.subject import Subject
from alerts.watchlist import Condition
from alerts.world import World
from spacepact.silence import Silence


def silenced(matches: Iterable[str], silences: Iterable[Silence], subject: Subject, world: World) -> dict[str, str]:
    """Return the lists that nobody is told about now, each with the reason of the first silence that holds."""
    found: dict[str, str] = {}
    for silence in silences:
        condition = Condition.model_validate(silence.match)
        if Reader(subject, world, Keywords(set(keywords_of(condition)))).holds(condition):
            found = dict.fromkeys(silence.watchlists or matches, silence.because) | found
    return found
