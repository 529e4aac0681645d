"""Is it the same event, another step of the same cooperation, or something else? Pure rules, each with its reason.

Words alone do not find one event (six headlines on one event may share an eighth of their words), and a
reader errs about activity, instrument and stage; so parties and missions decide together with what no
reader can get wrong: proper names, numbers and the time between two reports.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Literal, NamedTuple

from rapidfuzz import fuzz

from alerts.signature import is_year, signature
from spacepact.article import Article
from spacepact.cooperation import Activity, Classification, Cooperation, Instrument, Stage
from spacepact.noun import stable_id
from spacepact.story import Story, Telling

WINDOW = timedelta(days=7)
"""Reports of one event come within a week of its first report."""

READINGS = timedelta(days=2)
"""Within two days another stage is more often another reading of the same event than a step: a step must show."""

PAUSE = timedelta(hours=12)
"""No cooperation moves on sooner: what differs within half a day are readings."""

RECORD = timedelta(days=180)
"""How long a cooperation that names no mission is followed: later, the same parties do something else."""

LEDE = 400
"""How many characters after the title still say what is new."""

FACTS = ("stage", "parties", "instrument", "activity", "missions", "mode")
"""What a reader is told about a cooperation, and must be told again when it turns out wrong."""

_ORDER: tuple[Stage, ...] = ("proposed", "talks", "signed", "in-development", "delivered", "launched", "operating")
_ALIKE = ({"proposed", "talks"}, {"signed", "in-development"}, {"signed", "extended"}, {"launched", "operating"})
_MOMENTS: frozenset[Stage] = frozenset({"signed", "delivered", "launched", "extended", "suspended", "ended"})
_BREAKS: frozenset[Stage] = frozenset({"suspended", "ended"})
_VAGUE: frozenset[Activity] = frozenset({"other", "industry", "policy-dialogue", "science", "exploration-framework"})
_AKIN = ({"joint-mission", "contribution"}, {"data-sharing", "earth-observation"})
_UNLIKE_PAPERS: frozenset[Instrument] = frozenset({"contract", "accession"})
_ENOUGH = 3.0
_LINKED = 2.0

Step = Literal["same", "forward", "back"]


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
    )


def common_names(stories: Iterable[Story]) -> Counter[str]:
    """Return in how many records each name stands: what many share links nothing."""
    found = {(story.record, name) for story in stories for t in story.tellings for name in (*t.names, *t.details)}
    return Counter(name for _, name in found)


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


def relate(cooperation: Cooperation, report: Telling, story: Story, common: Mapping[str, int] | None = None) -> Relation:
    """Compare one report of a cooperation with a story; `common` says in how many records a name stands.

    Titles of one outlet are not compared with each other: its daily round-up has the same every day.
    """
    there = story.cooperation
    link = max((_link(report, t, common or {}) for t in story.tellings), default=0)
    why_not = _different(cooperation, there, linked=link >= _LINKED)
    if why_not:
        return Relation("unrelated", 0, why_not)
    alike = max((_similar(report.title, t.title) for t in story.tellings if t.source != report.source or t.url == report.url), default=0)
    points = _support(cooperation, there, linked=link >= _LINKED) + min(link, _ENOUGH) + (2 if alike >= 0.85 else alike >= 0.6)
    days = min(abs(report.published - t.published) for t in story.tellings)
    first = min(t.published for t in story.tellings)
    near = abs(report.published - first) <= WINDOW and not _far(cooperation.date, there.date)
    moved = step(there, cooperation) == "forward"
    shown = moved and (days > READINGS or _shows(there, cooperation, report, report.published - first))
    reprint = alike >= 0.85 and there.mode == cooperation.mode
    if near and (reprint or not shown) and points + (days <= READINGS and not moved) >= _ENOUGH:
        return Relation("same-event", points, f"same parties and subject within {WINDOW.days} days ({points:g} points)")
    followed = days <= RECORD or set(cooperation.missions) & set(there.missions)
    if points >= _ENOUGH and followed and (shown or not near):
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


def _known(said: Classification) -> Iterable[str]:
    yield from (word for n in (*said.agencies, *said.companies) for word in (n.name, n.alias))
    yield from (word for c in said.cooperations for p in c.parties for word in (p.id, p.name))


def _link(one: Telling, other: Telling, common: Mapping[str, int]) -> float:
    """Return how strongly rare words link two reports: two points make a link, less than nothing says that they tell apart."""
    mine, theirs = {*one.names, *one.details}, {*other.names, *other.details}
    both = set(one.names) & set(other.names)
    weights = ((2 if name in both else 0.25 if is_year(name) else 0.5) / max(1, common.get(name, 1)) for name in mine & theirs)
    apart = one.names and other.names and one.language == other.language and not mine & theirs
    return -2 if apart else sum(weights)


def _shows(was: Cooperation, now: Cooperation, report: Telling, later: timedelta) -> bool:
    """Say whether a report that comes `later` than the first of a story shows a step, and not only another reading."""
    if (was.mode == "negated") != (now.mode == "negated") or was.mode == "hypothetical":
        return True
    if now.stage in _BREAKS:
        return later >= PAUSE
    if later <= timedelta(0) or min(e.start for e in now.evidence) > len(report.title) + LEDE:
        return False
    if was.stage == now.stage:
        return True
    return later >= PAUSE and was.stage in ("proposed", "talks", "in-development") and now.stage in _MOMENTS


def _different(one: Cooperation, other: Cooperation, *, linked: bool = False, in_one_text: bool = False) -> str | None:
    """Return why the two cannot be the same cooperation, or None."""
    if not _same_sides(one, other, linked=linked):
        return "other parties"
    if one.missions and other.missions and not set(one.missions) & set(other.missions):
        return "other missions"
    if in_one_text:
        return None
    if (one.mode == "historical") != (other.mode == "historical"):
        return "history is no news"
    papers = {one.instrument, other.instrument} - {"none"}
    clash = len(papers) == 2 and papers & _UNLIKE_PAPERS and not linked and step(other, one) == "same"
    return f"another instrument ({' and '.join(sorted(papers))})" if clash else None


def _same_sides(one: Cooperation, other: Cooperation, *, linked: bool) -> bool:
    """Say whether the sides are the same.

    They are with two parties in common; with one, or a state, in both countries (an outlet may name Japan
    for JAXA); with one and a mission or a rare name, where a text names one party only.
    """
    mine, theirs = _parties(one), _parties(other)
    here, there = set(one.countries), set(other.countries)
    shared = mine & theirs
    if mine - theirs and theirs - mine and here - there and there - here:
        return False
    states = any(p.startswith("state:") for p in mine ^ theirs)
    by_country = len(here & there) >= 2 and (states or (shared and linked))
    with_unnamed = shared and min(len(mine), len(theirs)) == 1 and (linked or set(one.missions) & set(other.missions))
    return len(shared) >= 2 or bool(by_country or with_unnamed)


def _support(one: Cooperation, other: Cooperation, *, linked: bool = False) -> float:
    """Return points for what the two have in common; three make a cooperation."""
    mine, theirs = set(one.missions), set(other.missions)
    points = 1.0 * (_parties(one) == _parties(other) or set(one.countries) == set(other.countries) != set())
    points += 2 * bool(mine & theirs) - 2 * bool(mine & theirs and mine - theirs and theirs - mine)
    activities = {one.activity, other.activity}
    other_matter = len(activities) == 2 and not activities & _VAGUE and activities not in _AKIN
    points += (one.activity == other.activity) - 2 * (other_matter and not linked and not mine & theirs)
    papers = {one.instrument, other.instrument} - {"none"}
    points += (one.instrument == other.instrument != "none") - (len(papers) == 2 and not linked)
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
