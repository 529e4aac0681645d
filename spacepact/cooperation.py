"""What a classifier says about an article. The ids of the taxonomy are part of the interface."""

from __future__ import annotations

from typing import Literal, NamedTuple

from spacepact.article import Article
from spacepact.noun import Noun

Scope = Literal["intergovernmental", "public-private-international", "commercial-international", "domestic", "none"]
COOPERATION_SCOPES: frozenset[Scope] = frozenset({"intergovernmental", "public-private-international"})

Activity = Literal[
    "joint-mission", "contribution", "launch-service", "crew", "data-sharing", "ground-segment", "navigation",
    "ssa-stm", "exploration-framework", "earth-observation", "industry", "education-capacity", "policy-dialogue",
    "defence", "science", "other",
]  # fmt: skip
Instrument = Literal[
    "treaty", "framework-agreement", "implementing-arrangement", "mou", "letter-of-intent", "joint-statement",
    "contract", "accession", "meeting", "none",
]  # fmt: skip
Stage = Literal[
    "proposed", "talks", "signed", "in-development", "delivered", "operating", "launched", "extended", "delayed",
    "suspended", "ended",
]  # fmt: skip
Mode = Literal["asserted", "future", "hypothetical", "negated", "historical"]
Role = Literal["lead", "partner", "host", "supplier", "observer"]


class Named(Noun):
    """An entity that the text names: gazetteer id, common name, the alias that matched, 0..1."""

    id: str
    name: str
    alias: str
    confidence: float


class Mentioned(NamedTuple):
    """An entity that a text names: gazetteer id, kind such as `mission`, and whether the title names it."""

    id: str
    kind: str
    titled: bool


class Party(Noun):
    """Who cooperates. `id` is a gazetteer id, `state:fr` for a country, or "unspecified"."""

    id: str
    name: str
    role: Role = "partner"


class Evidence(Noun):
    r"""A verbatim sentence; `start` and `end` are code points in `title + "\n" + text`."""

    text: str
    start: int
    end: int


class Cooperation(Noun):
    """Parties x missions x activity x instrument x stage x mode x date, proven by sentences."""

    parties: tuple[Party, ...]
    countries: tuple[str, ...] = ()
    activity: Activity = "other"
    instrument: Instrument = "none"
    stage: Stage = "proposed"
    mode: Mode = "asserted"
    date: str | None = None
    missions: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...]
    confidence: float
    scope: Scope = "intergovernmental"


class Classification(Noun):
    """All that `spacepact classify` prints about one document but its id."""

    cooperation: bool
    score: float
    scope: Scope
    agencies: tuple[Named, ...] = ()
    missions: tuple[Named, ...] = ()
    companies: tuple[Named, ...] = ()
    countries: tuple[str, ...] = ()
    cooperations: tuple[Cooperation, ...] = ()


class Tagged(Noun):
    """An article with what the classifier says about it; `gone`: its outlet took the page away, so it says nothing any more."""

    article: Article
    classification: Classification
    gone: bool = False
