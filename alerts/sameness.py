"""Do two news items report one event? Named features, and a logistic model whose weights stand in sameness.yaml. Pure."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import cache
from heapq import nlargest
from pathlib import Path
from typing import NamedTuple

from alerts.acts import default_acts
from alerts.items import Item
from spacepact.noun import Noun
from spacepact.yamlfile import read_yaml

REPRINT = 8.0
"""What a reprint weighs (log-odds): one headline and one text, republished."""

FILE = Path(__file__).with_name("sameness.yaml")
_VEILED = ("image", "find")
_UNSURE = 2.2
_RARE_NAME = 3.5

Rarity = Callable[[str], float]
"""How rare the id of a name is: minus the logarithm of its share of the items of late."""


class Weighed(NamedTuple):
    """An item with how rare each of its terms is, and the lengths that follow; made once, compared often."""

    item: Item
    rarity: dict[str, float]
    usual: float
    length: float
    heads: float


def weighed(item: Item, term: Rarity) -> Weighed:
    """Return an item weighed by the rarity of its terms."""
    rarity = {t: term(t) for t in item.terms}
    length = sum((w * rarity[t]) ** 2 for t, w in item.terms.items())
    return Weighed(item, rarity, sum(rarity.values()) / max(1, len(rarity)), length, sum(rarity[t] ** 2 for t in item.heads))


class Model(Noun):
    """Weights of `features`, on the log-odds that two items report one event; and how an item joins a story (clusters.py)."""

    bias: float
    weights: dict[str, float]
    join: float
    closest: float
    size: float


@cache
def default_model() -> Model:
    """Return the trained model of the package."""
    return read_yaml(FILE, Model)


def log_odds(model: Model, new: Weighed, old: Item, name: Rarity) -> float:
    """Return the log-odds that the two report one event."""
    if is_reprint(new.item, old):
        return REPRINT
    weights = model.weights
    return model.bias + sum(weights[key] * value for key, value in features(new, old, name).items() if value)


def is_reprint(new: Item, old: Item) -> bool:
    """Say whether one headline stands again over the same text; a headline that serves every launch has other numbers below."""
    if new.title != old.title or len(new.heads) < 4:
        return False
    apart = abs(new.days - old.days)
    another = _renumbered(new, old) or _other_mission(new, old)
    return apart < 1.5 or (apart < 7 and not another and _overlap(new.terms, old.terms) > 0.6)


def features(weighed_new: Weighed, old: Item, name: Rarity) -> dict[str, float]:
    """Return what the two have in common and what tells them apart, by name."""
    new, rarity = weighed_new.item, weighed_new.rarity
    shared = new.terms.keys() & old.terms.keys()
    rare = nlargest(3, (rarity[t] for t in shared))
    found = {
        "gap": math.log1p(max(0.0, new.days - old.days)),
        "same outlet": float(new.source == old.source),
        "no report": float(new.genre) + float(old.genre),
        "rare words": sum(rare),
        "rarest word": rare[0] if rare else 0.0,
        "words": _cosine(weighed_new, old, shared),
        "headline words": _headlines(weighed_new, old),
        "renumbered": float(_renumbered(new, old)),
    }
    return found | _names(new, old, name) | _deeds(new, old, name)


def _cosine(new: Weighed, old: Item, shared: set[str]) -> float:
    """Return the cosine of the weighed terms; a term that only the older item has is as rare as the usual term."""
    rarity, usual = new.rarity, new.usual
    theirs = sum((w * rarity.get(t, usual)) ** 2 for t, w in old.terms.items())
    dot = sum(new.item.terms[t] * old.terms[t] * rarity[t] ** 2 for t in shared)
    return dot / math.sqrt(new.length * theirs) if new.length and theirs else 0.0


def _headlines(new: Weighed, old: Item) -> float:
    """Return how much of each headline stands in the other item."""
    rarity, item = new.rarity, new.item
    met = sum(rarity[t] ** 2 for t in item.heads & old.terms.keys()) + sum(rarity[t] ** 2 for t in old.heads & item.terms.keys())
    return met / (2 * new.heads) if new.heads else 0.0


def _renumbered(new: Item, old: Item) -> int:
    """Return how many words both follow with numbers, all of them different: Crew-11 and Crew-12."""
    return sum(new.numbers[w].isdisjoint(old.numbers[w]) for w in new.numbers.keys() & old.numbers.keys())


def _names(new: Item, old: Item, name: Rarity) -> dict[str, float]:
    shared = new.names.keys() & old.names.keys()
    own = [{n for n in item.titled if item.names[n] != "vehicle" and name(n) > _UNSURE} for item in (new, old)]
    crafts = [{n for n in item.titled if item.names[n] in _CRAFT} for item in (new, old)]
    return {
        "shared flight": float(any(new.names[n] == "mission" for n in shared)),
        "rare name": max((name(n) for n in shared), default=0.0) / 5,
        "other names": float(_apart(own, new, old)),
        "other craft": float(_apart(crafts, new, old)),
        "other state": float(_apart(_of_kind("country", new, old), new, old)),
        "other company": float(_apart(_of_kind("company", new, old), new, old)),
        "other mission": float(_other_mission(new, old)),
    }


_EVERYWHERE = "state:us"
_CRAFT = frozenset({"mission", "programme", "station", "constellation", "vehicle"})


def _apart(named: list[set[str]], new: Item, old: Item) -> bool:
    """Say whether both headlines name something, and neither names what the other item holds."""
    mine, theirs = named
    return bool(mine and theirs) and mine.isdisjoint(old.names) and theirs.isdisjoint(new.names)


def _of_kind(kind: str, *items: Item) -> list[set[str]]:
    """Return the names of a kind that stand in each headline; a country that stands in most news tells nothing."""
    return [{n for n in item.titled if item.names[n] == kind and n != _EVERYWHERE} for item in items]


def _other_mission(new: Item, old: Item) -> bool:
    """Say whether both tell of missions, wherever they name them, and of none in common."""
    return _apart([{n for n, kind in item.names.items() if kind == "mission"} for item in (new, old)], new, old)


def _deeds(new: Item, old: Item, name: Rarity) -> dict[str, float]:
    mine, theirs = new.deed, old.deed
    if mine.act is None or theirs.act is None:
        return {}
    shared = new.names.keys() & old.names.keys()
    flight = any(new.names[n] == "mission" for n in shared)
    if mine.act == theirs.act == "image":
        return {"both pictures": 1.0}
    if mine.act == theirs.act:
        anonymous = mine.act == "launch" and not flight and max((name(n) for n in shared), default=0.0) < _RARE_NAME
        once = flight and mine.act in default_acts().phases
        return {
            "same act": 1.0,
            "launch of nothing named": float(anonymous),
            "same phase of one flight": once * (1 + mine.headed) * (1 + theirs.headed) / 4,
        }
    related = mine.act in theirs.all or theirs.act in mine.all
    headed = mine.headed and theirs.headed and mine.act not in theirs.titled and theirs.act not in mine.titled
    phases = default_acts().phases
    return {
        "related act": float(related),
        "other act": float(not related),
        "other act in headlines": float(headed),
        "other phase of one flight": float(flight and mine.act in phases and theirs.act in phases),
        "picture or finding": float((mine.act in _VEILED) != (theirs.act in _VEILED)),
    }


def _overlap(mine: Mapping[str, float], theirs: Mapping[str, float]) -> float:
    """Return the share of the smaller set of terms that stands in the larger."""
    return len(mine.keys() & theirs.keys()) / max(1, min(len(mine), len(theirs)))


FEATURES = (
    "gap", "same outlet", "no report", "rare words", "rarest word", "words", "headline words", "renumbered", "shared flight", "rare name",
    "other names", "other craft", "other state", "other company", "other mission", "same act", "launch of nothing named",
    "same phase of one flight", "both pictures", "related act", "other act", "other act in headlines", "other phase of one flight",
    "picture or finding",
)  # fmt: skip
