"""What is asked about: one cooperation of an article, as facts that conditions can meet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from alerts.index import Asked
from alerts.keywords import Keywords
from alerts.watchlist import Condition
from alerts.world import World
from spacepact.article import Article, Tier
from spacepact.cooperation import Classification, Cooperation

LABEL = {
    "agencies": "agency", "companies": "company", "roles": "role", "missions": "mission", "blocs": "bloc", "countries": "country",
    "keywords": "keyword", "activity": "activity", "instrument": "instrument", "stage": "stage", "mode": "mode", "scope": "scope",
    "tier": "tier", "languages": "language",
}  # fmt: skip
"""The fields of a condition that ask for a value, in the order in which reasons are told, and one value's name."""
PLAIN = tuple(name for name in LABEL if name not in ("agencies", "companies", "roles"))


@dataclass(frozen=True, eq=False)
class Page:
    """What holds for every cooperation of one article. A list that asks for what is unknown (None, "") does not hold."""

    classification: Classification
    tier: Tier | None = None
    language: str | None = None
    published: datetime | None = None
    text: str = ""
    _found: dict[int, frozenset[str]] = field(default_factory=dict, repr=False)

    def found(self, keywords: Keywords) -> frozenset[str]:
        """Return the keywords that the text holds; it is read once, however many cooperations it tells."""
        key = id(keywords)
        if key not in self._found:
            self._found[key] = keywords.found(self.text)
        return self._found[key]

    @cached_property
    def day(self) -> str:
        """The ISO date as of which memberships count; "" where the article does not say."""
        return self.published.date().isoformat() if self.published else ""

    @cached_property
    def aliases(self) -> dict[str, str]:
        """The words that named an entity, by id."""
        c = self.classification
        return {n.id: n.alias for n in (*c.agencies, *c.companies, *c.missions)}


def page_of(article: Article, classification: Classification) -> Page:
    """Return an article as conditions see it."""
    text = f"{article.title}\n{article.text}"
    return Page(classification, article.tier, article.language, article.published or article.fetched, text)


@dataclass(frozen=True)
class Subject:
    """One cooperation of a page, and how many outlets tell its story."""

    cooperation: Cooperation
    page: Page
    sources: int = 1

    @property
    def amounts(self) -> dict[str, float]:
        """What `min_score` and `min_sources` are compared with."""
        return {"score": self.page.classification.score, "sources": self.sources}


def facts(subject: Subject, world: World, keywords: Keywords) -> Mapping[str, tuple[str, ...]]:
    """Return all that a condition can ask for, by field; of a party also `id/role` and, as a role, its own."""
    c, page = subject.cooperation, subject.page
    parties = [p.id for p in c.parties]
    states = [p.removeprefix("state:").upper() for p in parties if p.startswith("state:")]
    actors = (*parties, *(f"{p.id}/{p.role}" for p in c.parties))
    countries = (*c.countries, *(s for s in states if s not in c.countries))
    return {
        "agencies": actors,
        "companies": actors,
        "roles": tuple({p.role for p in c.parties}),
        "blocs": tuple(sorted({b for name in (*countries, *parties) for b in world.blocs_of(name, page.day)})),
        "countries": countries,
        "missions": c.missions,
        "keywords": tuple(page.found(keywords)),
        "activity": (c.activity,),
        "instrument": (c.instrument,),
        "stage": (c.stage,),
        "mode": (c.mode,),
        "scope": (c.scope,),
        "tier": (page.tier,) if page.tier else (),
        "languages": (page.language,) if page.language else (),
    }


def asked(condition: Condition, world: World) -> Asked:
    """Yield what a condition asks for by itself: each field with the facts of which one must be there."""
    roles = condition.roles
    for name, values in (("agencies", condition.agencies), ("companies", condition.companies)):
        if values:
            yield name, actors(values, roles, world)
    if roles and not condition.agencies and not condition.companies:
        yield "roles", roles
    for name in PLAIN:
        if wanted := getattr(condition, name):
            yield name, wanted


def actors(values: Iterable[str], roles: Iterable[str], world: World) -> list[str]:
    """Return the facts that name one of some bodies, under any of its names over time, in one of the roles if any is asked."""
    names = dict.fromkeys(i for v in values for i in (v, *sorted(world.same(v) - {v})))
    roles = tuple(roles)
    return [f"{name}/{role}" for name in names for role in roles] if roles else list(names)
