"""Is it the same event, another step of the same cooperation, or something else? Pure rules, each with its reason.

Words alone do not find one event (six headlines on one event may share an eighth of their words), and no
words are shared across languages; so parties, missions, dates and stages decide, and titles only support.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Literal, NamedTuple

from rapidfuzz import fuzz

from spacepact.article import Article
from spacepact.cooperation import Cooperation, Stage
from spacepact.noun import stable_id
from spacepact.story import Story, Telling

WINDOW = timedelta(days=7)
"""Reports of one event come within a week of its first report."""

RECORD = timedelta(days=180)
"""How long a cooperation that names no mission is followed: later, the same parties do something else."""

FACTS = ("stage", "parties", "instrument", "activity", "missions", "mode")
"""What a reader is told about a cooperation, and must be told again when it turns out wrong."""

_ORDER: tuple[Stage, ...] = ("proposed", "talks", "signed", "in-development", "delivered", "launched", "operating")
_ALIKE = ({"proposed", "talks"}, {"signed", "in-development"}, {"signed", "extended"}, {"launched", "operating"})
_MOMENTS: frozenset[Stage] = frozenset({"signed", "delivered", "launched", "extended", "suspended", "ended"})
_ENOUGH = 3.0

Step = Literal["same", "forward", "back"]


class Relation(NamedTuple):
    """How a report relates to a story: the kind, how strongly, and the reason in words."""

    kind: Literal["same-event", "same-record", "unrelated"]
    weight: float
    reason: str


def telling(article: Article) -> Telling:
    """Return the article as one telling of a story; an article dated in the future, or not at all, counts from when it was fetched."""
    published = article.published if article.published and article.published <= article.fetched else article.fetched
    return Telling(
        url=article.url,
        source=article.source,
        site_name=article.site_name or article.source,
        tier=article.tier,
        title=article.title,
        language=article.language,
        published=published,
        revision=article.revision,
    )


def story_id(article: Article, cooperation: Cooperation) -> str:
    """Return the id of the story that this article is the first to tell."""
    return stable_id("story", article.url, str(article.revision), *(repr(fact) for fact in facts(cooperation).values()))


def facts(cooperation: Cooperation) -> dict[str, object]:
    """Return what a reader is told, in a form in which order and wording do not count."""
    values: dict[str, object] = {name: getattr(cooperation, name) for name in FACTS}
    return values | {"parties": sorted({p.id for p in cooperation.parties}), "missions": sorted(set(cooperation.missions))}


def changed(was: Cooperation, now: Cooperation) -> tuple[str, ...]:
    """Return the names of the facts that differ."""
    old, new = facts(was), facts(now)
    return tuple(name for name in FACTS if old[name] != new[name])


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


def relate(cooperation: Cooperation, report: Telling, story: Story) -> Relation:
    """Compare one report of a cooperation with a story.

    Titles of one outlet are not compared with each other: its daily round-up has the same every day.
    """
    there = story.cooperation
    why_not = _different(cooperation, there)
    if why_not:
        return Relation("unrelated", 0, why_not)
    alike = max((_similar(report.title, t.title) for t in story.tellings if t.source != report.source or t.url == report.url), default=0)
    points = _support(cooperation, there) + (2 if alike >= 0.85 else alike >= 0.6)
    days = min(abs(report.published - t.published) for t in story.tellings)
    first = min(t.published for t in story.tellings)
    near = abs(report.published - first) <= WINDOW and not _far(cooperation.date, there.date)
    moved = step(there, cooperation)
    reprint = alike >= 0.85 and there.mode == cooperation.mode
    if near and (reprint or moved != "forward") and points + (days <= timedelta(days=2)) >= _ENOUGH:
        return Relation("same-event", points, f"same parties and subject within {WINDOW.days} days ({points:g} points)")
    followed = days <= RECORD or set(cooperation.missions) & set(there.missions)
    if points >= _ENOUGH and followed and (moved == "forward" or not near):
        return Relation("same-record", points, f"the same cooperation, {there.stage} -> {cooperation.stage}")
    return Relation("unrelated", points, f"too little in common ({points:g} points)")


def fold(cooperations: Iterable[Cooperation]) -> list[Cooperation]:
    """Return the cooperations of one article, each told once: the surest reading stands for those that tell the same."""
    kept: list[Cooperation] = []
    for one in sorted(cooperations, key=lambda c: (c.mode == "historical", -c.confidence)):
        if not any(_different(one, other, in_one_text=True) is None and _support(one, other) >= _ENOUGH for other in kept):
            kept.append(one)
    return kept


def counterpart(old: Cooperation, candidates: Sequence[Cooperation]) -> Cooperation | None:
    """Return what another revision of the same article says in the place of `old`, or None where it says it no more."""
    best = max(candidates, key=lambda c: _closeness(old, c), default=None)
    return best if best is not None and _closeness(old, best) > 0 else None


def _different(one: Cooperation, other: Cooperation, *, in_one_text: bool = False) -> str | None:
    """Return why the two cannot be the same cooperation, or None."""
    if not _same_sides(one, other):
        return "other parties"
    if one.missions and other.missions and not set(one.missions) & set(other.missions):
        return "other missions"
    if in_one_text:
        return None
    if (one.mode == "historical") != (other.mode == "historical"):
        return "history is no news"
    named = {one.instrument, other.instrument} - {"none"}
    return f"another instrument ({' and '.join(sorted(named))})" if len(named) == 2 and step(other, one) == "same" else None


def _same_sides(one: Cooperation, other: Cooperation) -> bool:
    """Say whether the sides are the same: two parties, or one and both countries (an outlet may name the state), or one and a mission."""
    mine, theirs = _parties(one), _parties(other)
    here, there = set(one.countries), set(other.countries)
    shared = mine & theirs
    if mine - theirs and theirs - mine and here - there and there - here:
        return False
    by_country = len(here & there) >= 2 and (shared or any(p.startswith("state:") for p in mine | theirs))
    with_unnamed = shared and min(len(mine), len(theirs)) == 1 and set(one.missions) & set(other.missions)
    return len(shared) >= 2 or bool(by_country or with_unnamed)


def _support(one: Cooperation, other: Cooperation) -> float:
    """Return points for what the two have in common; three make a cooperation."""
    mine, theirs = set(one.missions), set(other.missions)
    points = 1.0 * (_parties(one) == _parties(other))
    points += 2 * bool(mine & theirs) - 2 * bool(mine & theirs and mine - theirs and theirs - mine)
    other_matter = one.activity != other.activity and "other" not in (one.activity, other.activity) and not mine & theirs
    points += (one.activity == other.activity) - 2 * other_matter
    points += one.instrument == other.instrument != "none"
    points += one.stage == other.stage
    return points


def _closeness(old: Cooperation, new: Cooperation) -> float:
    shared = len(_parties(old) & _parties(new))
    sentences = {e.text for e in old.evidence} & {e.text for e in new.evidence}
    missions = set(old.missions) & set(new.missions)
    if not shared or not (shared >= 2 or missions or sentences or old.activity == new.activity):
        return 0
    return shared + 2 * len(missions) + 2 * len(sentences) + (old.activity == new.activity) + (old.stage == new.stage)


def _parties(cooperation: Cooperation) -> set[str]:
    return {p.id for p in cooperation.parties} - {"unspecified"}


def _similar(one: str, other: str) -> float:
    """Return 0..1; the order of words and what only one title adds count little."""
    return fuzz.token_sort_ratio(one.casefold(), other.casefold()) / 100


def _far(one: str | None, other: str | None) -> bool:
    """Say whether both name a day of the event, and the days lie more than a week apart."""
    try:
        days = [date.fromisoformat(text[:10]) for text in (one, other) if text]
    except ValueError:
        return False
    return len(days) == 2 and abs(days[0] - days[1]) > WINDOW
