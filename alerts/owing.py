"""Who is owed what, and when it is due: the part of a decision that makes deliveries. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple, Protocol

from alerts.matching import Watchlists
from alerts.timing import URGENT, digest_batch, earliest, inherit
from alerts.watchlist import Watchlist
from spacepact.article import Article
from spacepact.noun import stable_id
from spacepact.story import Alert, AlertKind, Delivery, Notice, NoticeKind, Recall, Story, Telling, Told
from spacepact.timing import Timing

Key = tuple[str, str]
"""Who is told: channel and recipient."""


class Route(Protocol):
    """What a decision must know about a channel."""

    @property
    def enabled(self) -> bool: ...

    def recipients(self, to: Sequence[str] = ()) -> tuple[str, ...]:
        """Return who is reached; `to` is what a watchlist asks for, () its silence."""
        ...


class Asked(NamedTuple):
    """The watchlists that want somebody told, and when each wants it."""

    watchlists: tuple[str, ...]
    timings: tuple[Timing, ...]


def delivery_id(recipient: str, channel: str, story: str, revision: int, reminder: int = 0) -> str:
    """Return the id that the receiver sees, the same on every try."""
    return stable_id(recipient, channel, story, str(revision), *([f"reminder {reminder}"] if reminder else []))


def one_recipient(channel: str, recipient: str) -> Key:
    """Return what is the same for two spellings of one address: case tells nobody apart, and nobody is told twice."""
    return channel, recipient.casefold()


def asked_for(matches: Iterable[str], lists: Watchlists, channels: Mapping[str, Route], shared: Timing) -> dict[Key, Asked]:
    """Return who is to be told, and which of the lists that match asked for it; `shared` is the timing that every list inherits."""
    asked: dict[Key, Asked] = {}
    spelt: dict[Key, str] = {}
    for name in sorted(matches):
        watchlist = lists.lists[name]
        for target in watchlist.deliver:
            route = channels.get(target.channel)
            reached = route.recipients(target.to) or ("",) if route else target.to or (target.channel,)
            timing = inherit(shared, watchlist.timing, target)
            for written in reached:
                recipient = spelt.setdefault(one_recipient(target.channel, written), written)
                names, timings = asked.get((target.channel, recipient), Asked((), ()))
                names = names if name in names else (*names, name)
                asked[target.channel, recipient] = Asked(names, (*timings, timing))
    return asked


def asked_again(told: Sequence[Told], lists: Watchlists, shared: Timing) -> Asked:
    """Return what somebody who was told asked for, as far as the lists still stand."""
    names = tuple(sorted({name for t in told for name in t.watchlists}))
    targets = ((lists.lists[name], t) for name in names if name in lists.lists for t in lists.lists[name].deliver)
    own = tuple(
        inherit(shared, w.timing, t) for w, t in targets if t.channel == told[0].channel and (not t.to or told[0].recipient in t.to)
    )
    return Asked(names, own or (shared,))


def owe(
    story: Story,
    key: Key,
    asked: Asked,
    why: str,
    now: datetime,
    *,
    channels: Mapping[str, Route],
    kind: AlertKind = "first-report",
    withheld: str | None = None,
) -> Delivery:
    """Return one delivery: due when the most urgent list wants it, or suppressed with the reason."""
    channel, recipient = key
    withheld = withheld or _unreachable(channels.get(channel), channel, recipient)
    timing, plan = earliest(asked.timings, now, urgent=kind in URGENT)
    return Delivery(
        id=delivery_id(recipient, channel, story.id, story.revision),
        channel=channel,
        recipient=recipient,
        watchlists=asked.watchlists,
        state="suppressed" if withheld else "pending",
        reason=withheld or why,
        due=plan.due,
        waits="" if withheld else plan.waits,
        batch=plan.batch,
        timing=timing,
    )


def owe_again(delivery: Delivery, story: Story, sources: int) -> Delivery:
    """Return a delivery as the news that by now so many sources report what was told; nobody is reminded of it."""
    number = delivery_id(delivery.recipient, delivery.channel, story.id, story.revision, -sources)
    timing = delivery.timing.model_copy(update={"repeat": None})
    return delivery.model_copy(update={"id": number, "reminder": -sources, "timing": timing})


def told_by(deliveries: Iterable[Delivery]) -> Iterator[Told]:
    """Yield who will be told by deliveries that are not suppressed."""
    for d in deliveries:
        if d.state == "pending":
            yield Told(channel=d.channel, recipient=d.recipient, watchlists=d.watchlists, owed=d.id, again=d.reminder != 0)


def told_groups(told: Iterable[Told]) -> dict[Key, list[Told]]:
    """Return what was told, by (channel, recipient)."""
    groups: dict[Key, list[Told]] = {}
    for t in told:
        groups.setdefault((t.channel, t.recipient), []).append(t)
    return groups


def recall(groups: Iterable[Sequence[Told]], kind: AlertKind) -> Iterator[Recall]:
    """Yield the deliveries that wait and would say what is known to be wrong."""
    why = "withdrawn before it was sent" if kind == "withdrawal" else "corrected before it was sent"
    for t in (t for group in groups for t in group):
        if t.owed:
            yield Recall(delivery=t.owed, reason=why)


def old_news(report: Telling, limit: timedelta, now: datetime) -> str | None:
    """Return why an article is too old to be told about, or None."""
    if now - report.published <= limit:
        return None
    return f"old-news: published {report.published:%Y-%m-%d}, limit {limit.total_seconds() / 3600:g} h"


def backlog(article: Article) -> str | None:
    """Return why an article of a new source's list is not told about, or None."""
    return "backlog: it has no date and stood in the list when its source was first visited" if article.backlog else None


def _unreachable(route: Route | None, channel: str, recipient: str) -> str | None:
    if route is None:
        return f"channel-unknown: {channel} is not in channels.yaml, or wrong there"
    if not route.enabled:
        return f"channel-disabled: {channel}"
    return None if recipient else f"no-recipient: neither the watchlist nor the channel {channel} names one"


def notice(kind: NoticeKind, key: str, *, subject: str, text: str, to: Mapping[Key, Asked], now: datetime, why: str = "") -> Notice:
    """Return a notice for those in `to`, at the end of their quiet hours; the same key gives the same ids: nobody is told twice."""
    deliveries = []
    for (channel, recipient), asked in to.items():
        timing, plan = earliest(asked.timings, now, urgent=True)
        number = stable_id(recipient, channel, "notice", key)
        when = {"due": plan.due, "waits": plan.waits, "timing": timing}
        deliveries.append(Delivery(id=number, channel=channel, recipient=recipient, reason=why or f"notice: {key}", **when))
    number = stable_id("notice", key, *(d.id for d in deliveries))
    return Notice(id=number, kind=kind, key=key, subject=subject, text=text, decided=now, deliveries=tuple(deliveries))


def empty_digests(lists: Iterable[Watchlist], channels: Mapping[str, Route], shared: Timing) -> dict[Key, list[Timing]]:
    """Return who asked for a digest even when it would be empty, with every digest that they asked for."""
    found: dict[Key, list[Timing]] = {}
    for watchlist in lists:
        for target in watchlist.deliver:
            timing, route = inherit(shared, watchlist.timing, target), channels.get(target.channel)
            if timing.digest and timing.digest_empty and route and route.enabled:
                for recipient in route.recipients(target.to):
                    known = found.setdefault((target.channel, recipient), [])
                    if all(digest_batch(timing) != digest_batch(other) for other in known):
                        known.append(timing)
    return found


def remind(told: Alert, delivery: Delivery, story: Story, now: datetime, *, last: bool) -> Alert | None:
    """Return a reminder of what was told, or None where it does not stand any more; `last`: no other story of the record came after."""
    here = story.cooperation
    stands = last and story.revision == told.story.revision and here.mode in ("asserted", "future") and here.stage != "ended"
    if not stands:
        return None
    number = delivery.reminder + 1
    own = delivery_id(delivery.recipient, delivery.channel, story.id, story.revision, number)
    _, plan = earliest([delivery.timing], now)
    why = f"reminder: {here.stage} since {story.first_seen:%Y-%m-%d}"
    fresh = {"id": own, "state": "pending", "reason": why, "due": plan.due, "waits": plan.waits, "batch": plan.batch, "reminder": number}
    again = delivery.model_copy(update=fresh)
    matches = tuple(m for m in told.matches if m.watchlist in delivery.watchlists)
    return Alert(id=stable_id("reminder", own), kind="reminder", story=story, matches=matches, decided=now, deliveries=(again,))
