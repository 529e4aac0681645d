"""Did exactly the expected alerts arrive? Pure: expectations, the ledger and what receivers accepted in, differences out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from spacepact.demo.content import Expectation
from spacepact.demo.receivers import Received
from spacepact.noun import Noun
from spacepact.story import Story
from storage.reading import DeliveryRow

Key = tuple[str, str, str, str]
"""Which alert to whom: story of the expectations, kind of alert, channel, recipient."""


class Verdict(Noun):
    """What differs; all empty is what we want."""

    missing: tuple[str, ...] = ()
    unexpected: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
    doubled: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()

    @property
    def right(self) -> bool:
        """Return whether exactly the expected alerts arrived, each once."""
        return not (self.missing or self.unexpected or self.lost or self.doubled or self.refused)


def wanted(expectations: Iterable[Expectation]) -> Counter[Key]:
    """Return every delivery that a careful analyst expects."""
    return Counter((e.story, e.alert, told.channel, told.recipient) for e in expectations for told in e.deliveries)


def sent(rows: Sequence[DeliveryRow], stories: Mapping[str, Story], expectations: Sequence[Expectation]) -> Counter[Key]:
    """Return every delivery that the ledger calls sent, under the name of the story that it tells."""
    names = {url: e.story for e in expectations for url in e.urls}
    return Counter((_name(stories[r.story_id], names), r.kind, r.channel, r.recipient) for r in rows if r.state == "sent" and r.story_id)


def judge(
    want: Counter[Key], have: Counter[Key], rows: Sequence[DeliveryRow], received: Sequence[Received], refused: Sequence[str]
) -> Verdict:
    """Compare what was wanted with what was sent, and what was sent with what the receivers accepted."""
    arrived = Counter(_delivery(message) for message in received)
    said = {row.id: f"{row.kind} over {row.channel} to {row.recipient} ({row.id})" for row in rows if row.state == "sent"}
    return Verdict(
        missing=_lines(want - have),
        unexpected=_lines(have - want),
        lost=tuple(line for number, line in said.items() if not arrived[number]),
        doubled=tuple(said.get(number, number) for number, times in arrived.items() if times > 1 or number not in said),
        refused=tuple(refused),
    )


def _name(story: Story, names: Mapping[str, str]) -> str:
    found = sorted({names.get(t.url, f"nobody expects {t.url}") for t in story.tellings})
    return " + ".join(found)


def _delivery(message: Received) -> str:
    return message.key.strip("<>").partition("@")[0]


def _lines(keys: Counter[Key]) -> tuple[str, ...]:
    return tuple(
        f"{story}: {kind} over {channel} to {recipient}" for (story, kind, channel, recipient), n in sorted(keys.items()) for _ in range(n)
    )
