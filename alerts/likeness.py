"""How much two reports have in common: their sides, their subject, and the rare words of their texts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from alerts.signature import is_year
from alerts.steps import step
from spacepact.cooperation import Activity, Cooperation, Instrument
from spacepact.story import Telling

LINKED = 2.0
"""So many points of rare words make a link: then no difference in what was read tells two reports apart."""

_SEVERAL = 3

_VAGUE: frozenset[Activity] = frozenset({"other", "industry", "policy-dialogue", "science", "exploration-framework"})
_AKIN = ({"joint-mission", "contribution"}, {"data-sharing", "earth-observation"})
_UNLIKE_PAPERS: frozenset[Instrument] = frozenset({"contract", "accession"})


def different(one: Cooperation, other: Cooperation, *, linked: bool = False, in_one_text: bool = False) -> str | None:
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
    for JAXA); with one and a mission or a rare name, where a text names one party only; and if the same
    states accede, for one outlet names the host of the ceremony and another the keeper of the treaty, or none.
    """
    mine, theirs = parties(one), parties(other)
    here, there = set(one.countries), set(other.countries)
    shared = mine & theirs
    if mine - theirs and theirs - mine and here - there and there - here:
        return False
    states = any(p.startswith("state:") for p in mine ^ theirs)
    by_country = len(here & there) >= 2 and (states or (shared and linked))
    with_unnamed = shared and min(len(mine), len(theirs)) == 1 and (linked or set(one.missions) & set(other.missions))
    return len(shared) >= 2 or bool(by_country or with_unnamed) or bool(_acceding(one) and _acceding(one) == _acceding(other))


def _acceding(cooperation: Cooperation) -> set[str]:
    """Return the states that join a framework of others."""
    if cooperation.instrument != "accession":
        return set()
    return {p.id for p in cooperation.parties if p.id.startswith("state:") and p.role not in ("lead", "host")}


def support(one: Cooperation, other: Cooperation, *, linked: bool = False) -> float:
    """Return points for what the two have in common; three make a cooperation."""
    mine, theirs = set(one.missions), set(other.missions)
    points = 1.0 * (parties(one) == parties(other) or set(one.countries) == set(other.countries) != set())
    points += 2 * bool(mine & theirs) - 2 * bool(mine & theirs and mine - theirs and theirs - mine)
    activities = {one.activity, other.activity}
    other_matter = len(activities) == 2 and not activities & _VAGUE and activities not in _AKIN
    points += (one.activity == other.activity) - (other_matter and not linked and not mine & theirs)
    papers = {one.instrument, other.instrument} - {"none"}
    points += (one.instrument == other.instrument != "none") - (len(papers) == 2 and not linked)
    points += one.stage == other.stage
    return points


def link(one: Telling, other: Telling, sides: set[str], common: Mapping[str, int]) -> float:
    """Return how strongly rare words link two reports: two points make a link, less than none says that they tell apart.

    The names of the `sides` do not count: one reader may know an agency that another does not.
    """
    mine, theirs = set(one.names) - sides, set(other.names) - sides
    all_mine, all_theirs = mine.union(one.details), theirs.union(other.details)
    shared = (all_mine & all_theirs) - sides
    weights = ((2 if name in mine & theirs else 0.25 if is_year(name) else 0.7) / max(1, common.get(name, 1)) for name in shared)
    silent = sum(bool(names) and everything.isdisjoint(names) for names, everything in ((mine, all_theirs), (theirs, all_mine)))
    return sum(weights) - (silent if _one_script(one, other) else 0)


def strange(report: Telling, told: Iterable[Telling], sides: set[str]) -> bool:
    """Say whether a report holds several rare words, and so do those told so far, and they share not one: another matter."""
    mine = {*report.names, *report.details} - sides
    theirs = {word for t in told if _one_script(report, t) for word in (*t.names, *t.details)} - sides
    return min(len(mine), len(theirs)) >= _SEVERAL and mine.isdisjoint(theirs)


def _one_script(one: Telling, other: Telling) -> bool:
    """Say whether both would write a name alike: in one language, or both in Latin letters."""
    if one.language == other.language:
        return True
    return not {one.language, other.language} & {"zh", "ja", "ko"} and all(n.isascii() for n in (*one.names, *other.names))


def parties(cooperation: Cooperation) -> set[str]:
    """Return the ids of the parties that are named."""
    return {p.id for p in cooperation.parties} - {"unspecified"}
