"""Did a cooperation move on, and does a report show it? Stages have an order; what was expected may happen, or be denied."""

from __future__ import annotations

from datetime import timedelta
from typing import Literal

from spacepact.cooperation import Cooperation, Stage

PAUSE = timedelta(hours=12)
"""No cooperation moves on sooner: what differs within half a day are readings."""

LEDE = 400
"""How many characters after the title still say what is new."""

_ORDER: tuple[Stage, ...] = ("proposed", "talks", "signed", "in-development", "delivered", "launched", "operating")
_ALIKE = ({"proposed", "talks"}, {"signed", "in-development"}, {"signed", "extended"}, {"launched", "operating"})
_MOMENTS: frozenset[Stage] = frozenset({"signed", "delivered", "launched", "extended", "suspended", "ended"})
_BREAKS: frozenset[Stage] = frozenset({"delayed", "suspended", "ended"})

Step = Literal["same", "forward", "back"]


def step(was: Cooperation, now: Cooperation) -> Step:
    """Say whether a cooperation moved on: stages have an order; what was expected may happen, or be denied."""
    if (was.mode == "negated") != (now.mode == "negated"):
        return "forward"
    if was.mode == "hypothetical" and now.mode in ("asserted", "future"):
        return "forward"
    if was.stage == now.stage or {was.stage, now.stage} in _ALIKE:
        happened = was.mode == "future" and now.mode == "asserted"
        return "forward" if happened and now.stage == was.stage and now.stage in _MOMENTS else "same"
    if was.stage not in _ORDER or now.stage not in _ORDER:
        return "forward" if now.stage not in _ORDER or _ORDER.index(now.stage) > _ORDER.index("talks") else "back"
    return "forward" if _ORDER.index(now.stage) > _ORDER.index(was.stage) else "back"


def shows(was: Cooperation, now: Cooperation, later: timedelta, title: str) -> bool:
    """Say whether a report that comes `later` than the first of a story shows a step, and not only another reading.

    Evidence counts where it stands in the `title` or the lede: further down, a text looks back or ahead.
    """
    if (was.mode == "negated") != (now.mode == "negated") or was.mode == "hypothetical":
        return True
    if later <= timedelta(0) or min((e.start for e in now.evidence), default=0) > len(title) + LEDE:
        return False
    if was.stage == now.stage:
        return True
    begun = was.stage in ("proposed", "talks", "in-development") and now.stage in _MOMENTS
    return later >= PAUSE and (begun or now.stage in _BREAKS)
