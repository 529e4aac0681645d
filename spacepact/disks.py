"""A disk that fills up is told while there is still room: once for each change, and again while it lasts. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

from pydantic import AwareDatetime, TypeAdapter

from spacepact.noun import Noun, stable_id
from spacepact.settings import Watch
from spacepact.tidings import Tidings

_ENOUGH = 1.1
"""So many times the limit must be free before a disk that was low counts as well: one at the limit is not told of twice a minute."""
_ADVICE = "Nothing is lost yet. Free some space, or see what fills it: evidence.keep in settings.yaml bounds the kept pages."


class Disk(NamedTuple):
    """The disk of a directory in which something is kept; sizes in bytes."""

    directory: str
    free: int
    size: int

    @property
    def words(self) -> str:
        """How much is free, for people."""
        return f"{self.directory}: {self.free / 1e6:,.0f} MB of {self.size / 1e6:,.0f} MB are free ({100 * self.free / self.size:.1f} %)"


class Low(Noun):
    """Operators were told at `told` that a disk is low since `since`, and reminded so often."""

    since: AwareDatetime
    told: AwareDatetime
    reminders: int = 0


LOWS: TypeAdapter[dict[str, Low]] = TypeAdapter(dict[str, Low])
"""The disks that are low, by directory, as they are kept."""


def low(disks: Iterable[Disk], watch: Watch, known: Iterable[str] = ()) -> list[Disk]:
    """Return the disks on which less is free than `watch` wants; those `known` to be low need a little more to be well again."""
    return [disk for disk in disks if disk.free < _limit(disk, watch) * (_ENOUGH if disk.directory in known else 1)]


def _limit(disk: Disk, watch: Watch) -> float:
    return max(disk.size * watch.disk_percent / 100, watch.disk_megabytes * 1e6)


def review(disks: Iterable[Disk], known: Mapping[str, Low], watch: Watch, now: datetime) -> tuple[dict[str, Low], Tidings | None]:
    """Return the disks that are low now, and what operators are to be told of it."""
    disks = list(disks)
    short = {disk.directory: disk for disk in low(disks, watch, known)}
    lows = {name: _again(known[name], watch, now) if name in known else Low(since=now, told=now) for name in short}
    told = [short[name].words for name in short if lows[name] != known.get(name)]
    well = [disk.words for disk in disks if disk.directory in known and disk.directory not in short]
    if not told and not well:
        return lows, None
    key = stable_id("disks", f"{now.isoformat()}", *told, *well)
    subject = "A disk is nearly full" if told else "There is room on the disk again"
    return lows, Tidings(key, subject, "\n\n".join(filter(None, ["\n".join(told), _ADVICE if told else "", "\n".join(well)])))


def _again(old: Low, watch: Watch, now: datetime) -> Low:
    if now - old.told < watch.pause(old.reminders):
        return old
    return Low(since=old.since, told=now, reminders=old.reminders + 1)
