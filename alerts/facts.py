"""What one delivery tells, as data: what every channel renders, and what a webhook carries as it is."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import AwareDatetime, Field, TypeAdapter

from alerts import stories
from alerts.wording import headline, label, mission_name, party_name, party_names, phase
from spacepact.article import Tier
from spacepact.cooperation import Activity, Cooperation, Instrument, Mode, Role, Scope, Stage
from spacepact.noun import Noun
from spacepact.story import Alert, AlertKind, Delivery, Telling
from spacepact.text import clean_line

MOST_SOURCES = 20
MOST_SENTENCES = 3
_FACTS = {
    "stage": "Stage",
    "parties": "Parties",
    "instrument": "Instrument",
    "activity": "Activity",
    "missions": "Missions",
    "mode": "Stage",
}


class Source(Noun):
    """One article that reports the story; `url` is null where its address is not http or https."""

    title: str
    url: str | None
    site: str
    tier: Tier
    language: str | None
    published: AwareDatetime


class PartyFact(Noun):
    """One side: `id` is a gazetteer id, `state:fr` for a country, or "unspecified"."""

    id: str
    name: str
    role: Role


class Mission(Noun):
    """A mission or programme by id, and its name."""

    id: str
    name: str


class Change(Noun):
    """One fact that is different from what was told before, in words."""

    fact: str
    was: str
    now: str


class Why(Noun):
    """A watchlist that asked for this, with the reasons why it matched."""

    id: str
    name: str
    reasons: tuple[str, ...]


class Facts(Noun):
    """One alert as one recipient gets it. Text is plain: escape it for where you show it."""

    delivery: str = Field(description="the same on every try; also the header webhook-id")
    kind: AlertKind
    headline: str
    was_headline: str | None = Field(description="the headline of what was told before; null for a first report")
    changes: tuple[Change, ...]
    story: str
    record: str = Field(description="links the stories of one cooperation over time")
    revision: int = Field(description="grows when what was told must be corrected")
    parties: tuple[PartyFact, ...]
    countries: tuple[str, ...]
    missions: tuple[Mission, ...]
    activity: Activity
    instrument: Instrument
    stage: Stage
    mode: Mode
    scope: Scope
    phase: str = Field(description="stage and mode in words, such as `To be signed`")
    date: str | None = Field(description="when the act took or takes place, as the text says; ISO 8601, may be a year or a month")
    evidence: tuple[str, ...] = Field(description="verbatim sentences of the first source")
    sources: tuple[Source, ...] = Field(description="the source that speaks for the story first, then the others by time")
    more_sources: int = Field(description="how many sources there are beyond those listed")
    why: tuple[Why, ...]
    page_gone: bool = Field(False, description="a withdrawal because the page was taken away, not because it says something else now")
    decided: AwareDatetime

    @property
    def fate(self) -> str:
        """What became of the page behind a withdrawal, "" for all else."""
        return ("taken away since" if self.page_gone else "changed since") if self.kind == "withdrawal" else ""


class Payload(Noun):
    """The body of a webhook, as Standard Webhooks 1.0.0 recommends it."""

    type: Literal[
        "story.first-report", "story.stage-change", "story.correction", "story.withdrawal", "story.reminder", "story.more-sources"
    ]
    timestamp: AwareDatetime
    data: Facts


class NoticeFacts(Noun):
    """What is told without a story: an expected event, an empty digest, a trouble of the service."""

    delivery: str = Field(description="the same on every try; also the header webhook-id")
    subject: str
    text: str


class NoticePayload(Noun):
    """The body of a webhook that tells no story."""

    type: Literal["notice"]
    data: NoticeFacts


def make_facts(alert: Alert, delivery: Delivery, *, missions: Mapping[str, str], watchlists: Mapping[str, str]) -> Facts:
    """Return what a delivery tells; the mappings give names of missions and of watchlists by id."""
    story, now = alert.story, alert.story.cooperation
    texts = [*(e.text for c in (now, alert.was) if c for e in c.evidence), *(t.title for t in story.tellings)]

    def named(cooperation: Cooperation) -> list[Mission]:
        return [Mission(id=m, name=mission_name(m, missions, texts)) for m in cooperation.missions]

    told = sorted(story.tellings, key=lambda t: (t != story.head, t.published, t.url))
    return Facts(
        delivery=delivery.id,
        kind=alert.kind,
        headline=headline(now, [m.name for m in named(now)]),
        was_headline=headline(alert.was, [m.name for m in named(alert.was)]) if alert.was else None,
        changes=_changes(alert, {m.id: m.name for c in (now, alert.was) if c for m in named(c)}),
        story=story.id,
        record=story.record,
        revision=story.revision,
        parties=tuple(PartyFact(id=p.id, name=party_name(p), role=p.role) for p in now.parties),
        missions=tuple(named(now)),
        phase=phase(now),
        evidence=_evidence(now, clean_line(story.head.title)),
        sources=tuple(_source(t) for t in told[:MOST_SOURCES]),
        more_sources=max(0, len(told) - MOST_SOURCES),
        why=tuple(
            Why(id=m.watchlist, name=watchlists.get(m.watchlist, m.watchlist), reasons=m.reasons)
            for m in alert.matches
            if m.watchlist in delivery.watchlists
        ),
        page_gone=alert.gone,
        decided=alert.decided,
        **_as_they_are(now),
    )


def _as_they_are(cooperation: Cooperation) -> dict[str, Any]:
    names = ("countries", "activity", "instrument", "stage", "mode", "scope", "date")
    return {name: getattr(cooperation, name) for name in names}


def _source(telling: Telling) -> Source:
    return Source(
        title=clean_line(telling.title),
        url=web_link(telling.url),
        site=clean_line(telling.site_name),
        tier=telling.tier,
        language=telling.language,
        published=telling.published,
    )


def web_link(url: str) -> str | None:
    """Return the address if it is plain http or https, else None: nothing else may become a link."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    plain = url.isprintable() and not any(c in url for c in ' <>"')
    return url if plain and parts.scheme in ("http", "https") and parts.hostname else None


def _evidence(now: Cooperation, title: str) -> tuple[str, ...]:
    """Return the sentences that prove it; the title stands beside them anyway, unless it is the only one."""
    sentences = tuple(dict.fromkeys(clean_line(e.text) for e in now.evidence))
    return (tuple(s for s in sentences if s != title) or sentences)[:MOST_SENTENCES]


def _changes(alert: Alert, missions: Mapping[str, str]) -> tuple[Change, ...]:
    """Return what is different from what was told before; what the report of a next stage does not name is no change."""
    was, now = alert.was, alert.story.cooperation
    if was is None:
        return ()
    both = ((fact, _words(fact, was, missions), _words(fact, now, missions)) for fact in stories.changed(was, now))
    unnamed = label("none") if alert.kind == "stage-change" else None
    return tuple(dict.fromkeys(Change(fact=_FACTS[fact], was=old, now=new) for fact, old, new in both if new not in (old, unnamed)))


def _words(fact: str, cooperation: Cooperation, missions: Mapping[str, str]) -> str:
    match fact:
        case "stage" | "mode":
            return phase(cooperation)
        case "parties":
            return ", ".join(party_names(cooperation))
        case "missions":
            return ", ".join(missions.get(m, m) for m in cooperation.missions) or label("none")
        case _:
            return label(str(getattr(cooperation, fact)))


def webhook_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of a webhook's body."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **TypeAdapter(Payload | NoticePayload).json_schema(mode="serialization"),
    }


if __name__ == "__main__":
    json.dump(webhook_schema(), sys.stdout, indent=1, ensure_ascii=False)
    sys.stdout.write("\n")
