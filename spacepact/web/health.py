"""Is the service blind? One answer with its reasons, for people and for machines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Literal, get_args

from spacepact.health import BAD, SourceHealth
from spacepact.noun import Noun

BLIND = tuple(state for state in BAD if state != "late")
"""What keeps us from seeing what a source says; one that is late may have said nothing."""
Status = Literal["ok", "degraded", "down"]


class Health(Noun):
    """`down`: nothing is collected or kept; `degraded`: something waits for a person."""

    status: Status
    reasons: tuple[str, ...]
    sources: dict[str, int]
    deliveries: dict[str, int]
    checked: datetime


def judge(
    states: Sequence[tuple[str, SourceHealth]],
    broken: Mapping[str, str],
    totals: Mapping[str, int],
    *,
    problems: int,
    now: datetime,
    trouble: str | None = None,
    low: Sequence[str] = (),
) -> Health:
    """Weigh the state of every source (id, state), the broken channels, the ledger and config/.

    `trouble`: why nothing can be kept; `low`: what is said of disks that are nearly full.
    """
    counts = {state: sum(s == state for _, s in states) for state in get_args(SourceHealth)}
    reasons = [f"nothing can be kept: {trouble}"] if trouble else []
    reasons += [f"nearly full: {disk}" for disk in low]
    reasons += [f"source {name} is {state}" for name, state in states if state in BAD]
    reasons += [f"channel {channel} is broken: {why}" for channel, why in broken.items()]
    if totals.get("dead"):
        reasons.append(f"deliveries given up: {totals['dead']}")
    if problems:
        reasons.append(f"mistakes in config/: {problems}; spacepact check names them")
    visited = [state for _, state in states if state != "waiting"]
    blind = bool(visited) and all(state in BLIND for state in visited)
    status: Status = "down" if blind else "degraded" if reasons else "ok"
    if blind:
        reasons.insert(0, "every source is in trouble: nothing is collected")
    by_state = {state: totals.get(state, 0) for state in ("pending", "sent", "failed", "dead", "suppressed")}
    return Health(status=status, reasons=tuple(reasons), sources=counts, deliveries=by_state, checked=now)
