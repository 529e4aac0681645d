"""Many alerts in one message, and what is told without a story; each says what it is based on."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from alerts.facts import Facts, make_facts
from alerts.message import KINDS, MOST_HTML, Links, Message, brief, cut, day, fill, render
from spacepact.round import Coverage
from spacepact.story import Alert, AlertKind, Delivery, Notice
from spacepact.text import clean_line

Told = tuple[Delivery, Alert | Notice]
"""One delivery, and what it tells."""

ORDER: tuple[AlertKind, ...] = ("withdrawal", "correction", "stage-change", "first-report", "more-sources", "reminder")
"""What a reader must know first stands first."""

_NAMED = 6


def write(
    number: str,
    items: Sequence[Told],
    *,
    coverage: Coverage | None = None,
    missions: Mapping[str, str] | None = None,
    watchlists: Mapping[str, str] | None = None,
    links: Callable[[Delivery], Links | None] = lambda _: None,
) -> Message:
    """Return the message that carries one delivery, or all of a group or digest; `number` is its id.

    `links` says where a recipient looks after their own subscription; `coverage` is given for a digest: it says
    what was read, so that silence is not mistaken for news that there was none.
    """
    delivery, told = items[0]
    alerts = [(d, a) for d, a in items if isinstance(a, Alert)]
    if isinstance(told, Notice) and not alerts:
        return _notice(number, delivery, told, coverage, links(delivery))
    if len(alerts) == 1 and coverage is None:
        ((delivery, alert),) = alerts
        message = render(alert, delivery, missions=missions, watchlists=watchlists, links=links(delivery))
        return message.model_copy(update={"id": number})
    parts = [make_facts(a, d, missions=missions or {}, watchlists=watchlists or {}) for d, a in alerts]
    ordered = tuple(sorted(parts, key=lambda f: (ORDER.index(f.kind), f.decided)))
    return _collected(number, delivery, ordered, coverage, links(delivery))


def statement(coverage: Coverage, zone: str = "UTC") -> str:
    """Return what a digest is based on, in words."""
    period = f"between {_moment(coverage.since, zone)} and {_moment(coverage.until, zone)} ({zone})"
    if not coverage.known:
        return f"No source is set up: nothing was read {period}."
    if not coverage.read:
        return f"We were blind: not one of {coverage.known} sources could be read {period}. {_missing(coverage)}"
    if coverage.read == coverage.known:
        return f"Based on all {coverage.known} sources, each read {period}."
    return f"Based on {coverage.read} of {coverage.known} sources, read {period}. {_missing(coverage)}"


def _missing(coverage: Coverage) -> str:
    failed = [f"{f.url} ({clean_line(f.reason)[:120]})" for f in coverage.failed]
    return " ".join(
        f"{what}: {', '.join(names[:_NAMED])}{f' and {len(names) - _NAMED} more' if len(names) > _NAMED else ''}."
        for what, names in (("Could not be read", failed), ("Not visited", list(coverage.late)))
        if names
    )


def _collected(number: str, delivery: Delivery, parts: tuple[Facts, ...], coverage: Coverage | None, links: Links | None) -> Message:
    zone = delivery.timing.zone
    note = statement(coverage, zone) if coverage else ""
    stories = len({p.story for p in parts})
    count = f"{stories} {'stories' if stories > 1 else 'story'}"
    subject = f"Digest of {_day(coverage.until, zone)}: {count}" if coverage else f"{count}: {parts[0].headline}"
    lead = "" if coverage else _why(delivery)
    words = {"subject": subject, "lead": lead, "parts": parts, "note": note, "kinds": KINDS, "links": links}
    return Message(
        id=number,
        thread=number,
        channel=delivery.channel,
        recipient=delivery.recipient,
        subject=_cut(subject),
        lead=lead,
        rows=(),
        text=fill("digest.txt", words),
        html=_html(words, parts),
        parts=parts,
        note=note,
        links=links,
    )


def _html(words: Mapping[str, object], parts: tuple[Facts, ...]) -> str:
    """Return the HTML, with shorter sentences where a mail program would show a part of it only."""
    html = fill("digest.html", words)
    for most in (400, 200, 100):
        if len(html.encode()) < MOST_HTML:
            break
        html = fill("digest.html", {**words, "parts": [brief(p, most) for p in parts]})
    return html


def _why(delivery: Delivery) -> str:
    limit = ", ".join(map(str, delivery.timing.limit))
    if (delivery.batch or "").startswith("limit"):
        return f"You asked for at most {limit}; this is what was over it."
    return "What came within your waiting time, in one message."


def _notice(number: str, delivery: Delivery, told: Notice, coverage: Coverage | None, links: Links | None) -> Message:
    zone = delivery.timing.zone
    note = statement(coverage, zone) if coverage else ""
    subject = f"Digest of {_day(coverage.until, zone)}: {told.subject}" if coverage else told.subject
    words = {"subject": subject, "lead": told.text, "parts": (), "note": note, "kinds": KINDS, "links": links}
    return Message(
        id=number,
        thread=number,
        channel=delivery.channel,
        recipient=delivery.recipient,
        subject=_cut(subject),
        lead=told.text,
        rows=(),
        text=fill("digest.txt", words),
        html=fill("digest.html", words),
        note=note,
        links=links,
    )


def _cut(subject: str) -> str:
    return cut(clean_line(subject), 180)


def _day(moment: datetime, zone: str) -> str:
    return day(moment.astimezone(ZoneInfo(zone)))


def _moment(moment: datetime, zone: str) -> str:
    local = moment.astimezone(ZoneInfo(zone))
    return f"{day(local)}, {local:%H:%M}"
