"""Is it the same event, another step of the same cooperation, or something else? Pure rules, each with its reason.

Words alone do not find one event (six headlines on one event may share an eighth of their words), and a
reader errs about activity, instrument and stage; so parties and missions decide together with what no
reader can get wrong: proper names, numbers and the time between two reports.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from itertools import chain
from typing import Literal, NamedTuple

from rapidfuzz import fuzz

from alerts.copies import COPY, digest, in_common
from alerts.likeness import LINKED, different, link, parties, strange, support
from alerts.signature import signature
from alerts.steps import shows, step
from spacepact.article import Article
from spacepact.cooperation import Classification, Cooperation
from spacepact.noun import stable_id
from spacepact.story import Story, Telling

WINDOW = timedelta(days=7)
"""Reports of one event come within a week of its first report."""

READINGS = timedelta(days=2)
"""Within two days another stage is more often another reading of the same event than a step: a step must show."""

RECORD = timedelta(days=180)
"""How long a cooperation that names no mission is followed: later, the same parties do something else."""

FACTS = ("stage", "parties", "instrument", "activity", "missions", "mode")
"""What a reader is told about a cooperation, and must be told again when it turns out wrong."""

_ENOUGH = 3.0


class Relation(NamedTuple):
    """How a report relates to a story: the kind, how strongly, and the reason in words."""

    kind: Literal["same-event", "same-record", "unrelated"]
    weight: float
    reason: str


def telling(article: Article, said: Classification | None = None) -> Telling:
    """Return the article as one telling of a story; an article dated in the future, or not at all, counts from when it was fetched.

    What is `said` about it tells which names belong to parties and are no signature.
    """
    published = article.published if article.published and article.published <= article.fetched else article.fetched
    site = article.site_name or article.source
    words = signature(
        article.title,
        article.text,
        language=article.language,
        known=(site, article.source, *(_known(said) if said else ())),
        countries=said.countries if said else (),
    )
    return Telling(
        url=article.url,
        source=article.source,
        site_name=site,
        tier=article.tier,
        title=article.title,
        language=article.language,
        published=published,
        revision=article.revision,
        names=words.names,
        details=words.details,
        digest=digest(article.text),
    )


def common_names(stories: Iterable[Story]) -> Counter[str]:
    """Return in how many records each name stands: what many share links nothing."""
    records: dict[str, set[str]] = defaultdict(set)
    for story in stories:
        records[story.record].update(*(t.names for t in story.tellings), *(t.details for t in story.tellings))
    return Counter(chain.from_iterable(records.values()))


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


def relate(cooperation: Cooperation, report: Telling, story: Story, common: Mapping[str, int] | None = None) -> Relation:
    """Compare one report of a cooperation with a story; `common` says in how many records a name stands.

    Titles and texts of one outlet are not compared with each other: its daily round-up has the same every day.
    """
    there = story.cooperation
    sides = parties(cooperation) | parties(there)
    copied = _copied(report, story)
    linked = LINKED if copied else max((link(report, t, sides, common or {}) for t in story.tellings), default=0)
    why_not = different(cooperation, there, linked=linked >= LINKED)
    if why_not:
        return Relation("unrelated", 0, why_not)
    alike = max((_similar(report.title, t.title) for t in story.tellings if t.source != report.source or t.url == report.url), default=0)
    words = max(linked, 0) if set(cooperation.missions) & set(there.missions) else linked
    points = support(cooperation, there, linked=linked >= LINKED) + min(words, _ENOUGH) + (2 if alike >= 0.85 else alike >= 0.6)
    points -= not copied and strange(report, story.tellings, sides)
    days = min(abs(report.published - t.published) for t in story.tellings)
    first = min(t.published for t in story.tellings)
    near = abs(report.published - first) <= WINDOW and not _far(cooperation.date, there.date)
    moved = step(there, cooperation) == "forward"
    shown = moved and (days > READINGS or shows(there, cooperation, report.published - first, report.title))
    reprint = (copied is not None or alike >= 0.95) and there.mode == cooperation.mode
    if near and reprint and copied:
        return Relation("same-event", points + _ENOUGH, f"a copy of the text at {copied.site_name}")
    if near and (reprint or not shown) and points + (days <= READINGS and not moved) >= _ENOUGH:
        return Relation("same-event", points, f"same parties and subject within {WINDOW.days} days ({points:g} points)")
    followed = days <= RECORD or set(cooperation.missions) & set(there.missions)
    if points >= _ENOUGH and followed and (shown or not near):
        return Relation("same-record", points, f"the same cooperation, {there.stage} -> {cooperation.stage}")
    return Relation("unrelated", points, f"too little in common ({points:g} points)")


def _copied(report: Telling, story: Story) -> Telling | None:
    """Return the report of another outlet whose text this one republishes."""
    others = (t for t in story.tellings if t.source != report.source)
    return next((t for t in others if in_common(report.digest, t.digest) >= COPY), None)


def fold(cooperations: Iterable[Cooperation]) -> list[Cooperation]:
    """Return the cooperations of one article, each told once: the surest reading stands for those that tell the same."""
    kept: list[Cooperation] = []
    for one in sorted(cooperations, key=lambda c: (c.mode == "historical", -c.confidence)):
        if not any(different(one, other, in_one_text=True) is None and support(one, other) >= _ENOUGH for other in kept):
            kept.append(one)
    return kept


def counterpart(old: Cooperation, candidates: Sequence[Cooperation]) -> Cooperation | None:
    """Return what another revision of the same article says in the place of `old`, or None where it says it no more."""
    best = max(candidates, key=lambda c: _closeness(old, c), default=None)
    return best if best is not None and _closeness(old, best) > 0 else None


def _known(said: Classification) -> Iterable[str]:
    yield from (word for n in (*said.agencies, *said.companies) for word in (n.name, n.alias))
    yield from (word for c in said.cooperations for p in c.parties for word in (p.id, p.name))


def _closeness(old: Cooperation, new: Cooperation) -> float:
    shared = len(parties(old) & parties(new))
    sentences = {e.text for e in old.evidence} & {e.text for e in new.evidence}
    missions = set(old.missions) & set(new.missions)
    if not shared or not (shared >= 2 or missions or sentences or old.activity == new.activity):
        return 0
    return shared + 2 * len(missions) + 2 * len(sentences) + (old.activity == new.activity) + (old.stage == new.stage)


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
