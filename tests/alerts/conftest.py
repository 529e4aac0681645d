"""Fictional articles, cooperations, lists and channels; every maker takes what a test wants to be different."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from alerts.decide import decide
from alerts.matching import Watchlists
from alerts.message import Message, render
from alerts.watchlist import Watchlist
from spacepact.article import Article
from spacepact.cooperation import Classification, Cooperation, Evidence, Named, Party, Tagged
from spacepact.settings import Alerting
from spacepact.story import Decision, Story

NOW = datetime(2026, 5, 12, 9, 0, tzinfo=UTC)
COUNTRY = {"jaxa": "JP", "isro": "IN", "esa": "ESA", "nasa": "US", "cnes": "FR", "cnsa": "CN", "uksa": "GB", "csa": "CA"}
NAME = {"nimbus": "Nimbus Launch", "unspecified": "unspecified"}
SENTENCE = "The two agencies put their names to the paper on Tuesday."


@dataclass
class Route:
    """A channel as a decision sees it."""

    to: tuple[str, ...] = ("desk@example.org",)
    enabled: bool = True

    def recipients(self, to: Sequence[str] = ()) -> tuple[str, ...]:
        return tuple(to) or self.to


def cooperation(*parties: str, evidence: Sequence[str] = (SENTENCE,), **other: Any) -> Cooperation:
    ids = parties or ("jaxa", "isro")
    values: dict[str, Any] = {
        "parties": [
            Party(id=p, name=NAME.get(p, p.removeprefix("state:").upper() if p.startswith("state:") else p.upper()), role="partner") for p in ids
        ],
        "countries": [c for p in ids if (c := p.removeprefix("state:").upper() if p.startswith("state:") else COUNTRY.get(p))],
        "activity": "joint-mission",
        "stage": "signed",
        "missions": ["lupex"],
        "evidence": [Evidence(text=t, start=0, end=len(t)) for t in evidence],
        "confidence": 0.9,
    }
    return Cooperation(**(values | other))


def article(number: int = 1, **other: Any) -> Article:
    values: dict[str, Any] = {
        "url": f"https://news.example/{number}",
        "source": f"outlet-{number}",
        "title": "JAXA and ISRO sign up for LUPEX",
        "text": SENTENCE,
        "published": NOW - timedelta(hours=1),
        "language": "en",
        "site_name": f"Outlet {number}",
        "fetched": NOW,
    }
    return Article(**(values | other))


def classification(*cooperations: Cooperation, score: float = 0.8) -> Classification:
    ids = dict.fromkeys(p.id for c in cooperations for p in c.parties if not p.id.startswith("state:"))
    return Classification(
        cooperation=bool(cooperations),
        score=score,
        scope="intergovernmental" if cooperations else "none",
        agencies=tuple(Named(id=i, name=i.upper(), alias=i.upper(), confidence=0.9) for i in ids),
        cooperations=cooperations,
    )


def watchlist(*channels: str, to: Sequence[str] = (), **match: Any) -> Watchlist:
    return Watchlist.model_validate({"name": "A list", "match": match, "deliver": [{"channel": c, "to": tuple(to)} for c in channels or ["mail"]]})


@dataclass
class Desk:
    """A small service in memory: what it decides it also remembers, as storage would."""

    lists: dict[str, Watchlist]
    channels: dict[str, Any]
    stories: dict[str, Story]
    now: datetime = NOW

    def takes(self, page: Article, *found: Cooperation, before: Classification | None = None, **other: Any) -> Decision:
        tagged = Tagged(article=page, classification=classification(*found, **other))
        decision = decide(
            tagged, before, list(self.stories.values()), watchlists=Watchlists(self.lists), channels=self.channels, policy=Alerting(), now=self.now
        )
        self.stories |= {s.id: s for s in decision.stories}
        return decision


@dataclass(frozen=True)
class Make:
    """All makers under one name."""

    now = NOW
    sentence = SENTENCE
    Route = Route
    cooperation: Callable[..., Cooperation] = staticmethod(cooperation)
    article: Callable[..., Article] = staticmethod(article)
    classification: Callable[..., Classification] = staticmethod(classification)
    watchlist: Callable[..., Watchlist] = staticmethod(watchlist)

    def desk(self, lists: dict[str, Watchlist] | None = None, **channels: Any) -> Desk:
        return Desk(lists or {"all": watchlist()}, channels or {"mail": Route()}, {})

    def message(self, page: Article | None = None, found: Cooperation | None = None, **channels: Any) -> Message:
        """What the first recipient gets about one new article."""
        lists = {"japan": watchlist(*channels)} if channels else None
        alert = self.desk(lists, **channels).takes(page or article(), found or cooperation()).alerts[0]
        return render(alert, alert.deliveries[0], watchlists={"japan": "Japan's partners"})


@pytest.fixture(scope="session")
def make() -> Make:
    return Make()
