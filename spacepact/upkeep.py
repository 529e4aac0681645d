"""What comes due without an article: empty digests, reminders, and expected events that nobody reported."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property, partial
from typing import Any

from alerts.channel import Channel
from alerts.expected import ExpectedEvents, late_notice, overdue_notice, readers
from alerts.matching import Watchlists
from alerts.owing import Asked, Key, empty_digests, notice, remind
from alerts.timing import digest_batch, last_slot
from spacepact.pipeline import Now
from spacepact.story import Notice
from spacepact.timing import Timing
from storage import Store
from storage.upkeep import empty_digest, reminders

log = logging.getLogger(__name__)

LATE_NEWS = timedelta(days=7)
"""How long it is looked for that an event came after it was told to be overdue."""


@dataclass(frozen=True)
class Upkeep:
    """Asks the clock what is due; every answer is owed in the ledger, once."""

    store: Store
    watchlists: Watchlists
    channels: Mapping[str, Channel[Any]]
    expected: ExpectedEvents
    timing: Timing
    now: Now

    def run(self) -> int:
        """Owe all that has come due; returns how many deliveries that are."""
        now = self.now()
        owed = reminders(self.store.engine, lambda told, d, story, last: remind(told, d, story, now, last=last), now)
        owed += sum(self._digest(key, timing, now) for key, timings in self._digests.items() for timing in timings)
        owed += self._events(now)
        if owed:
            log.info("%d deliveries came due without an article", owed)
        return owed

    @cached_property
    def _digests(self) -> dict[Key, list[Timing]]:
        return empty_digests(self.watchlists.lists.values(), self.channels, self.timing)

    def _digest(self, key: Key, timing: Timing, now: datetime) -> bool:
        assert timing.digest  # noqa: S101 - only such are asked for
        batch, slot = digest_batch(timing), last_slot(timing.digest, timing.zone, now)
        return empty_digest(self.store.engine, (*key, batch), slot, partial(_nothing, key, timing, slot, now), now)

    def _events(self, now: datetime) -> int:
        owed, states = 0, self.store.expectations.states()
        for number, event in self.expected.events.items():
            state, to = states.get(number), readers(event, self.channels, self.timing)
            if now >= event.deadline and (state is None or state.state == "open"):
                make = partial(overdue_notice, number, event, to, now)
                owed += self.store.expectations.overdue(number, make, now)
            elif state and state.state == "seen-late" and state.settled and now - state.settled < LATE_NEWS:
                owed += self.store.ledger.tell(late_notice(number, event, state.url or "", to, now), now)
        return owed


def _nothing(key: Key, timing: Timing, slot: datetime, now: datetime) -> Notice:
    """Return an empty digest; it waits for the same slot as one that is not empty, and is sent like it."""
    batch = digest_batch(timing)
    silence = {"subject": "no news", "text": "Nothing that you watch was reported."}
    made = notice("digest", f"{batch} {slot.isoformat()}", to={key: Asked((), (timing,))}, now=now, **silence)
    return made.model_copy(update={"deliveries": tuple(d.model_copy(update={"due": slot, "batch": batch}) for d in made.deliveries)})
