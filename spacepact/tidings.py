"""When operators hear of a source: once for each change of its state, and again while a bad one lasts. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from pydantic import AwareDatetime

from spacepact.health import BAD, SourceHealth, Verdict, days
from spacepact.noun import Noun, stable_id
from spacepact.settings import Watch

_WELL: SourceHealth = "ok"


class Standing(Noun):
    """How a source stands: its state `since` when, and what operators were `told` last, when, and how often again."""

    state: SourceHealth = _WELL
    reason: str = ""
    since: AwareDatetime | None = None
    told: SourceHealth = _WELL
    told_at: AwareDatetime | None = None
    reminders: int = 0


class Tidings(NamedTuple):
    """One message to operators; the same `key` is to be told once."""

    key: str
    subject: str
    text: str


class Line(NamedTuple):
    """One source in a notice: the way it went, how it stands now, and whether it is only a reminder."""

    source: str
    was: SourceHealth
    now: Standing
    again: bool


def stand(old: Standing | None, verdict: Verdict, now: datetime) -> Standing:
    """Return how a source stands after it was judged; `waiting` counts as well until a visit says otherwise."""
    old = old or Standing()
    state = _WELL if verdict.state == "waiting" else verdict.state
    since = now if state != old.state or old.since is None else old.since
    return old.model_copy(update={"state": state, "reason": verdict.reason, "since": since})


def tidings(standings: Mapping[str, Standing], watch: Watch, now: datetime) -> tuple[dict[str, Standing], Tidings | None]:
    """Return what operators are to be told now, and the standings as they are once they are told.

    Changes wait until the first of them is `watch.gather` old: an outage of the network is one message.
    """
    changed = {name: s for name, s in standings.items() if s.state != s.told}
    ripe = any(s.since is None or now - s.since >= watch.gather for s in changed.values())
    lasting = {name: s for name, s in standings.items() if s.state == s.told and s.state in BAD and _lasts(s, watch, now)}
    if not ripe and not lasting:
        return dict(standings), None
    lines = [Line(name, s.told, s, again=name in lasting) for name, s in sorted(((changed if ripe else {}) | lasting).items())]
    told = {line.source: _told(line, now) for line in lines}
    return {**standings, **told}, _notice(lines, standings.values(), now)


def _lasts(standing: Standing, watch: Watch, now: datetime) -> bool:
    return standing.told_at is not None and now - standing.told_at >= watch.pause(standing.reminders)


def _told(line: Line, now: datetime) -> Standing:
    update = {"told": line.now.state, "told_at": now, "reminders": line.now.reminders + 1 if line.again else 0}
    return line.now.model_copy(update=update)


def _notice(lines: Sequence[Line], all_: Iterable[Standing], now: datetime) -> Tidings:
    ill = [line for line in lines if line.now.state in BAD and not line.again]
    well = [line for line in lines if line.now.state not in BAD]
    again = [line for line in lines if line.again]
    parts = [
        "\n".join([heading, *(f"  {line.source}: {_words(line, now)}" for line in group)])
        for heading, group in (("In trouble:", ill), ("Well again:", well), ("Still in trouble:", again))
        if group
    ]
    states = [s.state for s in all_]
    bad = sum(state in BAD for state in states)
    parts.append(f"{len(states)} sources are watched; {bad} of them are in trouble. spacepact sources shows them all.")
    first = (ill or again or well)[0]
    more = f" and {len(lines) - 1} more" if len(lines) > 1 else ""
    key = stable_id("health", *(f"{line.source} {line.was} {line.now.state} {line.now.since} {line.now.reminders}" for line in lines))
    return Tidings(key=key, subject=f"Source {first.source} is {first.now.state}{more}", text="\n\n".join(parts))


def _words(line: Line, now: datetime) -> str:
    since = line.now.since
    lasts = f" for {days(now - since)}" if since and line.again else ""
    return f"{line.now.state}{lasts}" + (f" (was {line.was})" if line.was != line.now.state else "") + f" - {line.now.reason}"
