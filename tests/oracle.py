"""The oracle of every fault: what receivers outside the service accepted, against what was owed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from typing import NamedTuple

from spacepact.demo.receivers import Received


class Accepted(NamedTuple):
    """One message that a receiver took: over which lane, to whom, about what, and under which id."""

    lane: str
    recipient: str
    about: str
    id: str


class Tally(NamedTuple):
    """LOST: owed and never accepted. DUP: accepted more than once without excuse. AMBIG: once more, with the excuse of a kill."""

    lost: int
    dup: int
    ambig: int


Count = Callable[..., Tally]
"""Counts, reports to `make faults`, and asserts that nothing was lost or doubled."""


def accepted(received: Iterable[Received]) -> list[Accepted]:
    """Return what the demonstration's receivers took; a story that comes under another id is still the same story."""
    return [Accepted(m.kind if m.kind == "mail" else m.recipient, m.recipient, _about(m), m.key) for m in received]


def count(owed: Iterable[tuple[str, str, str]], took: Iterable[Accepted], kills: int = 0) -> Tally:
    """Compare (lane, recipient, about) with what was accepted; each kill excuses one repetition a lane, under the same id."""
    times: Counter[tuple[str, str, str]] = Counter()
    ids: dict[tuple[str, str, str], set[str]] = {}
    for one in took:
        times[one[:3]] += 1
        ids.setdefault(one[:3], set()).add(one.id)
    expected = set(owed)
    excused: Counter[str] = Counter()
    dup = sum(n for key, n in times.items() if key not in expected)
    for key, n in times.items():
        same = n - 1 if key in expected and len(ids[key]) == 1 else 0
        dup += (n - 1 - same) if key in expected else 0
        excused[key[0]] += same
    ambig = sum(min(n, kills) for n in excused.values())
    return Tally(len(expected - times.keys()), dup + sum(excused.values()) - ambig, ambig)


def _about(message: Received) -> str:
    if message.kind == "webhook":
        data = message.body["data"]
        return f"{data.get('story', data.get('delivery'))} {data.get('revision', '')}"
    return message.title
