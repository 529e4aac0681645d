"""One alert for one recipient, ready for any channel: subject, plain text, HTML and facts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from html import escape
from pathlib import Path
from secrets import token_hex
from typing import NamedTuple

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from alerts.facts import Facts, NoticePayload, Payload, make_facts
from alerts.owing import delivery_id
from alerts.wording import label
from spacepact.noun import Noun
from spacepact.story import Alert, AlertKind, Delivery
from spacepact.text import clean_line

KINDS: dict[AlertKind, str] = {
    "first-report": "First report",
    "stage-change": "Stage change",
    "correction": "Correction",
    "withdrawal": "Withdrawn",
    "reminder": "Reminder",
    "more-sources": "More sources",
}
_SUBJECT = 180
MOST_HTML = 100_000
"""Bytes of HTML above which mail programs show a part of a mail only."""


class Row(NamedTuple):
    """One fact in words; `was` is what was told before, "" where that has not changed."""

    name: str
    value: str
    was: str = ""

    def __str__(self) -> str:
        return f"{self.value} (was: {self.was})" if self.was else self.value


class Links(NamedTuple):
    """Where one recipient stops these mails, and where they change what they get; https where mail programs may use it alone."""

    unsubscribe: str
    manage: str


_NAMELESS: Mapping[str, str] = {}
_STAND_INS = Links(*(f"https://{token_hex(16)}.invalid/{name}" for name in Links._fields))
"""No text from outside can hold them: nobody can guess them."""


class Message(Noun):
    """What a channel sends: whole as `text` and `html`, or to be laid out anew from `lead`, `rows` and `facts`.

    `id` is the same on every try; `thread` is the id of the record's first message to this recipient, and
    `reply_to` the receiver's own reference of it, where it gave one. `links` lead this recipient to their subscription.
    A digest has no `facts` of its own, but those of its stories as `parts`, and a `note` on what it is based on; a
    notice has neither.
    """

    id: str
    thread: str
    channel: str
    recipient: str
    subject: str
    lead: str
    rows: tuple[Row, ...]
    text: str
    html: str
    facts: Facts | None = None
    parts: tuple[Facts, ...] = ()
    note: str = ""
    links: Links | None = None
    reply_to: str | None = None


def render(
    alert: Alert,
    delivery: Delivery,
    *,
    missions: Mapping[str, str] | None = None,
    watchlists: Mapping[str, str] | None = None,
    links: Links | None = None,
) -> Message:
    """Return the message for one delivery of an alert.

    `missions` and `watchlists` give names by id; without them a mission is called as the text spells it.
    `links` are for channels whose recipients look after their own subscription.
    """
    whole = _whole(_Asked(alert, delivery, missions or _NAMELESS, watchlists or _NAMELESS, links is not None))
    facts = whole.facts and whole.facts.model_copy(update={"delivery": delivery.id})
    own = {"id": delivery.id, "channel": delivery.channel, "recipient": delivery.recipient, "facts": facts, "links": links}
    thread = delivery_id(delivery.recipient, delivery.channel, alert.story.record, 1)
    text, html = _with(links, whole.text), _with(links and Links(*map(escape, links)), whole.html)
    return whole.model_copy(update={**own, "thread": thread, "text": text, "html": html})


class _Asked(NamedTuple):
    """What makes a message: the same for all who share it, whoever the first was. Equal by the very objects."""

    alert: Alert
    delivery: Delivery
    missions: Mapping[str, str]
    watchlists: Mapping[str, str]
    linked: bool

    def __hash__(self) -> int:
        return hash(self._same())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Asked) and self._same() == other._same()

    def _same(self) -> tuple[object, ...]:
        return id(self.alert), id(self.missions), id(self.watchlists), self.delivery.watchlists, self.linked


@lru_cache(16)
def _whole(asked: _Asked) -> Message:
    """Return the message for the first who gets it, with stand-ins for the recipient's own links."""
    alert, delivery = asked.alert, asked.delivery
    facts = make_facts(alert, delivery, missions=asked.missions, watchlists=asked.watchlists)
    lead, rows, links = _lead(facts), _rows(facts), _STAND_INS if asked.linked else None
    words = {"facts": facts, "kind": KINDS[facts.kind], "lead": lead, "rows": rows, "preview": _preview(facts, lead), "links": links}
    return Message(
        id=delivery.id,
        thread=delivery.id,
        channel=delivery.channel,
        recipient=delivery.recipient,
        subject=_subject(facts),
        lead=lead,
        rows=rows,
        text=fill("message.txt", words),
        html=fill("message.html", words) if _short(facts) else fill("message.html", words | {"facts": brief(facts, 2_000)}),
        facts=facts,
    )


def _with(links: Links | None, text: str) -> str:
    """Put a recipient's own links where their stand-ins are."""
    for stand_in, link in zip(_STAND_INS, links or (), strict=False):
        text = text.replace(stand_in, link)
    return text


def payload(message: Message) -> Payload | NoticePayload:
    """Return the body of a webhook."""
    facts = message.facts
    if facts is None:
        told = {"delivery": message.id, "subject": message.subject, "text": message.text}
        return NoticePayload.model_validate({"type": "notice", "data": told})
    return Payload.model_validate({"type": f"story.{facts.kind}", "timestamp": facts.decided, "data": facts})


def fill(template: str, words: Mapping[str, object]) -> str:
    """Return a template of alerts/templates with its words in place; `.html` is escaped."""
    return _TEMPLATES.get_template(template).render(words)


def _subject(facts: Facts) -> str:
    """Return the subject: of what was told before where that is set right, so that mail programs keep one conversation."""
    again = facts.kind in ("correction", "withdrawal")
    line = clean_line(f"Re: {facts.was_headline}" if again and facts.was_headline else facts.headline)
    return cut(line, _SUBJECT)


def _lead(facts: Facts) -> str:
    """Return why this message comes at all, "" for a first report."""
    match facts.kind:
        case "stage-change":
            return f"Before: “{facts.was_headline}”."
        case "correction":
            return f"We told you: “{facts.was_headline}”. The source now says otherwise: see what is marked “was”."
        case "reminder":
            return f"We told you about this before; it still stands: {facts.phase.lower()}."
        case "more-sources":
            return f"We told you about this before; by now {len(facts.sources) + facts.more_sources} sources report it."
        case "withdrawal":
            why = "has been taken away by its outlet" if facts.page_gone else "has been changed, and says so no more"
            return f"We told you the following. The page that reported it {why}; nobody else reports it. Do not rely on it."
        case _:
            return ""


def _preview(facts: Facts, lead: str) -> str:
    """Return what a mail program shows beside the subject."""
    changes = "; ".join(f"{c.fact.lower()}: {c.was} → {c.now}" for c in facts.changes)
    return cut(changes or lead or next(iter(facts.evidence), ""), 200)


def _rows(facts: Facts) -> tuple[Row, ...]:
    former = {c.fact: c.was for c in facts.changes}
    values = {
        "Parties": ", ".join(p.name if p.role == "partner" else f"{p.name} ({p.role})" for p in facts.parties),
        "Missions": ", ".join(m.name for m in facts.missions) or label("none"),
        "Activity": label(facts.activity),
        "Instrument": label(facts.instrument),
        "Stage": facts.phase,
        "Date": facts.date or "",
    }
    told = {name: value for name, value in values.items() if value and (value != label("none") or name in former)}
    return tuple(Row(name, value, former.get(name, "")) for name, value in told.items())


def _short(facts: Facts) -> bool:
    return sum(len(text.encode()) for text in (*facts.evidence, *(s.title for s in facts.sources))) < MOST_HTML // 2


def brief(facts: Facts, most: int) -> Facts:
    """Return the facts with no sentence longer than `most`, and sources to match, for where space is short; the text part has all."""
    sources = tuple(s.model_copy(update={"title": cut(s.title, min(most, 200))}) for s in facts.sources[:10])
    more = facts.more_sources + len(facts.sources) - len(sources)
    sentences = tuple(cut(sentence, most) for sentence in facts.evidence)
    return facts.model_copy(
        update={"headline": cut(facts.headline, min(most, 300)), "evidence": sentences, "sources": sources, "more_sources": more}
    )


def cut(text: str, most: int) -> str:
    """Return a text of at most `most` characters, with a sign where it was cut."""
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def day(moment: datetime) -> str:
    """Return a date as people write it, in UTC."""
    return f"{moment.day} {moment:%B %Y}"


_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).with_name("templates")),
    autoescape=select_autoescape(["html"]),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
    auto_reload=False,  # an upgrade beneath a running service does not mix new templates with old code
)
_TEMPLATES.filters["day"] = day
