"""Entities found at offsets; doubtful names are decided from what stands around them, or left doubtful."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import cache
from typing import NamedTuple

from classifier.folding import fold
from classifier.gazetteer import MISSION_KINDS, Entry, Kind
from classifier.matcher import Hit, Matcher
from classifier.othernames import goes_on, part_of_another_name
from classifier.surfaces import Surface

SURE = 0.5
"""Mentions below this confidence stay out of the lists."""
_WINDOW = 200
_CLASS_WORDS: dict[Kind, re.Pattern[str]] = {
    "company": re.compile(r"\b(?:company|inc|ltd|llc|gmbh|corp|startup|firm|operator|ceo|chief executive|manufacturer)\b"),
    **dict.fromkeys(
        MISSION_KINDS,
        re.compile(
            r"\b(?:satellites?|spacecraft|probe|orbiter|mission|rover|lander|telescope|constellation|programme|program|capsule|module|cubesat)\b"
        ),
    ),
    "agency": re.compile(r"\b(?:space agency|agency|astronauts?|space)\b"),
}
_DEFINITION = re.compile(r"\(([A-Z][A-Za-z]{1,7})\)")
_NOT_SLUG = re.compile(r"[^\w]+")


class Mention(NamedTuple):
    """An entity at an offset of the text; `id` and `name` are the hit's own for members of a series."""

    start: int
    end: int
    entry: Entry
    id: str
    name: str
    alias: str
    confidence: float
    described: bool = False


def find_mentions(text: str, folded: str, matcher: Matcher) -> list[Mention]:
    """Return every mention in order of offset; `confidence` < SURE marks what could not be settled."""
    hits = _own_names(text, matcher.hits(text, folded))
    strong = _strong(hits)
    if strangers := _strangers(text, hits):
        hits = [h for h in hits if text[h.start : h.end] not in strangers]
    return [_mention(*_best(group, folded, strong)) for group in _by_span(hits)]


def _own_names(text: str, hits: list[Hit]) -> list[Hit]:
    """Return the hits that are no part of another name; a name that goes on counts only where its entry is certain elsewhere."""
    starts, ends = frozenset(h.start for h in hits), frozenset(h.end for h in hits)
    own = [h for h in hits if not part_of_another_name(text, h, ends)]
    agencies = frozenset(h.end for h in hits if h.surface.entry.kind in ("agency", "body"))
    longer = [goes_on(text, h, starts, agencies) for h in own]
    if not any(longer):
        return own
    strong = _strong(h for h, on in zip(own, longer, strict=True) if not on)
    return [h for h, on in zip(own, longer, strict=True) if not on or h.surface.entry.id in strong]


def _strong(hits: Iterable[Hit]) -> set[str]:
    return {h.surface.entry.id for h in hits if not h.surface.weak and not h.surface.described}


def _by_span(hits: list[Hit]) -> Iterable[list[Hit]]:
    groups: dict[tuple[int, int], list[Hit]] = {}
    for hit in hits:
        groups.setdefault((hit.start, hit.end), []).append(hit)
    return groups.values()


def _strangers(text: str, hits: list[Hit]) -> frozenset[str]:
    """Return acronyms that this text itself defines as something else: "Cloud Security Alliance (CSA)"."""
    defined = {m[1]: m.start() for m in _DEFINITION.finditer(text)}
    if not defined:
        return frozenset()
    owners: dict[str, set[str]] = {}
    named: dict[int, set[str]] = {}
    for hit in hits:
        named.setdefault(hit.end, set()).add(hit.surface.entry.id)
        if hit.surface.exact and text[hit.start : hit.end] in defined:
            owners.setdefault(text[hit.start : hit.end], set()).add(hit.surface.entry.id)
    return frozenset(a for a in owners if _stranger(text, defined[a], a, owners[a], named))


def _stranger(text: str, at: int, acronym: str, owners: set[str], named: dict[int, set[str]]) -> bool:
    """Return whether the words before a bracket spell its acronym and are no name of the acronym's owners."""
    before = {ident for end in range(at - 3, at + 1) for ident in named.get(end, ())}
    return not owners & before and _initials(text[max(0, at - 120) : at], acronym)


def _initials(before: str, acronym: str) -> bool:
    """Return whether the words just before a bracket begin with the letters inside it."""
    words = re.findall(r"[^\W\d_][\w'’]*", re.split(r"[.,;:()\n]", before.rstrip())[-1])
    capitals = "".join(w[0] for w in words if w[0].isupper())
    last = "".join(w[0] for w in words[-len(acronym) :]).upper()
    return len(acronym) > 1 and (capitals.endswith(acronym.upper()) or last == acronym.upper())


def _best(group: list[Hit], folded: str, strong: set[str]) -> tuple[Hit, float]:
    if len(group) == 1:
        return group[0], _confidence(group[0], folded, strong)
    scored = sorted(((_confidence(h, folded, strong), -i, h) for i, h in enumerate(group)), key=lambda s: s[:2], reverse=True)
    best, _, hit = scored[0]
    rivals = [s for s, _, h in scored[1:] if h.surface.entry.id != hit.surface.entry.id]
    if rivals and rivals[0] >= best and hit.surface.entry.id not in strong:
        return hit, min(best, 0.4)
    return hit, best


def _confidence(hit: Hit, folded: str, strong: set[str]) -> float:
    surface = hit.surface
    if surface.described:
        return 0.6
    if not surface.weak and not (surface.exact and surface.alias in surface.entry.ambiguous):
        return 0.95 if len(surface.key) > 2 else 0.8
    if surface.entry.id in strong:
        return 0.85
    if _settled(hit, folded):
        return 0.75
    return 0.55 if not surface.weak else 0.3


def _settled(hit: Hit, folded: str) -> bool:
    entry = hit.surface.entry
    around = folded[max(0, hit.start - _WINDOW) : hit.start] + " \n " + folded[hit.end : hit.end + _WINDOW]
    if any(_holds(around, word) for word in entry.context):
        return True
    near = folded[max(0, hit.start - 25) : hit.start] + " \n " + folded[hit.end : hit.end + 25]
    words = _CLASS_WORDS.get(entry.kind)
    return not entry.context and words is not None and words.search(near) is not None


def _holds(around: str, word: str) -> bool:
    key = _key(word)
    at = around.find(key)
    while at >= 0:
        before, after = around[at - 1 : at], around[at + len(key) : at + len(key) + 1]
        if not key.isascii() or not (before.isalnum() or (after.isalnum() and after != "s")):
            return True
        at = around.find(key, at + 1)
    return False


_key = cache(fold)


def _mention(hit: Hit, confidence: float) -> Mention:
    surface: Surface = hit.surface
    entry = surface.entry
    if entry.pattern is not None and surface.alias == surface.key and not surface.exact:
        return Mention(hit.start, hit.end, entry, slug(surface.alias), surface.alias, surface.alias, 0.9)
    return Mention(hit.start, hit.end, entry, entry.id, entry.name, surface.alias, confidence, surface.described)


def slug(name: str) -> str:
    """Return a name as an id: lower case, hyphens between words."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", name).casefold() if not unicodedata.combining(c))
    return _NOT_SLUG.sub("-", plain.replace("'", "").replace("’", "")).strip("-") or "unnamed"
