"""What becomes of stories that a person merges or splits. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from alerts.stories import changed, counterpart, fold
from spacepact.cooperation import Cooperation, Tagged
from spacepact.ruling import Ruling
from spacepact.story import Story, Telling


def merge(one: Story, other: Story, ruling: Ruling) -> Story:
    """Return `one` with the reports of `other`; reports like those of either belong to it from now on."""
    here = {t.url for t in one.tellings}
    came = tuple(t.model_copy(update={"because": ruling.because}) for t in other.tellings if t.url not in here)
    whole = one.model_copy(
        update={
            "tellings": (*one.tellings, *came),
            "first_seen": min(one.first_seen, other.first_seen),
            "last_seen": max(one.last_seen, other.last_seen),
            "apart": tuple(sorted({*one.apart, *other.apart} - here - {t.url for t in came})),
            "told": (),
        }
    )
    first, second = (one, other) if whole.head.url in here else (other, one)
    readings = [*second.readings, *first.also]
    return whole.model_copy(update={"cooperation": first.cooperation, "also": _distinct(first.cooperation, readings)})


def split(story: Story, pages: Mapping[str, Tagged], ruling: Ruling) -> tuple[Story, Story]:
    """Return what is left of a story, and the story of the articles that the ruling names, which is a record of its own."""
    urls, new = ruling.articles, ruling.stories[-1]
    rest = [t for t in story.tellings if t.url not in urls]
    off = [t.model_copy(update={"because": ruling.because}) for t in story.tellings if t.url in urls]
    alone = {"id": new, "record": new, "previous": None, "because": "", "last_seen": ruling.made}
    return _half(story, rest, off, pages), _half(story.model_copy(update=alone), off, rest, pages)


def _half(story: Story, tellings: list[Telling], others: list[Telling], pages: Mapping[str, Tagged]) -> Story:
    apart = {*story.apart, *(t.url for t in others)}
    half = story.model_copy(update={"tellings": tuple(tellings), "apart": tuple(sorted(apart)), "told": ()})
    own = _said(half, half.head, pages)
    also = _distinct(own, [_said(half, t, pages) for t in tellings]) if story.also else ()
    return half.model_copy(update={"cooperation": own, "also": also})


def _said(story: Story, report: Telling, pages: Mapping[str, Tagged]) -> Cooperation:
    """Return what one report says about the event; what the story says where that is not kept."""
    page = pages.get(report.url)
    said = fold(page.classification.cooperations) if page else []
    return next((found for reading in story.readings if (found := counterpart(reading, said))), story.cooperation)


def _distinct(own: Cooperation, readings: Collection[Cooperation]) -> tuple[Cooperation, ...]:
    """Return the readings that differ from `own` and from each other in what a reader is told."""
    kept: list[Cooperation] = []
    for reading in readings:
        if all(changed(known, reading) for known in (own, *kept)):
            kept.append(reading)
    return tuple(kept)
