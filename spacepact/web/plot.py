"""Where the stages of a record stand in its small plot: time runs to the right, stages upwards."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple, get_args

from spacepact.cooperation import Stage
from spacepact.record import Record

LEFT, RIGHT, TOP, ROW = 104, 346, 14, 26


class Row(NamedTuple):
    """One stage that the record went through, at its height."""

    stage: Stage
    y: float


class Point(NamedTuple):
    """One story: where it stands, and what it says in words."""

    x: float
    y: float
    stage: Stage
    words: str


class Plot(NamedTuple):
    """What a template needs to draw; `words` says the same to those who cannot see it."""

    rows: tuple[Row, ...]
    points: tuple[Point, ...]
    path: str
    height: float
    first: datetime
    last: datetime

    @property
    def words(self) -> str:
        """The plot in one sentence."""
        return "; ".join(point.words for point in self.points)


def plot(record: Record) -> Plot:
    """Return the plot of a record."""
    steps = record.steps
    met = [stage for stage in get_args(Stage) if any(step.cooperation.stage == stage for step in steps)]
    height = {stage: TOP + ROW * (len(met) - 1 - n) for n, stage in enumerate(met)}
    first, last = steps[0].reported, steps[-1].reported
    span = (last - first).total_seconds() or 1
    points = tuple(
        Point(
            round(LEFT + (RIGHT - LEFT) * (step.reported - first).total_seconds() / span, 1),
            height[step.cooperation.stage],
            step.cooperation.stage,
            f"{step.reported:%d %B %Y}: {step.cooperation.stage}",
        )
        for step in steps
    )
    rows = tuple(Row(stage, height[stage]) for stage in met)
    return Plot(rows, points, _stairs(points), TOP + ROW * len(met) + 14, first, last)


def _stairs(points: tuple[Point, ...]) -> str:
    """Return an SVG path: a stage holds until the next is reported."""
    start, *rest = points
    return f"M{start.x} {start.y}" + "".join(f" H{point.x} V{point.y}" for point in rest)
