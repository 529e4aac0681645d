"""Who wants e-mail, and who must not get any: consent as rows, each change one transaction.

A row of `subscribers` is a proven address. A row of `refusals` says that an address gets nothing of one
watchlist, or of none at all where the watchlist is "": it holds for addresses that config/ names too.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Engine, Row, and_, delete, false, insert, or_, select, update

from spacepact.story import DeliveryState
from spacepact.subscriber import Letter, Subscriber, Wish, address_key
from storage.database import reading, writing
from storage.tables import keys, letters, refusals, subscribers, subscriptions
from storage.upsert import upsert

QUIET = timedelta(hours=24)
"""One address is asked to confirm at most once in this time."""

EVERYTHING = ""


class Refusal(NamedTuple):
    """An address that gets nothing of a watchlist ("": of none), why, and since when."""

    address: str
    watchlist: str
    reason: str
    since: datetime


class Subscribers:
    """Every method is one transaction; `now` is handed in."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def key(self, name: str, make: Callable[[], str]) -> str:
        """Return a secret that is made once and the same for every process."""
        with writing(self.engine) as connection:
            upsert(connection, keys, {"name": name}, {"value": make()}, where=false())
            return str(connection.scalar(select(keys.c.value).where(keys.c.name == name)))

    def ask(self, address: str, wish: Wish, now: datetime) -> bool:
        """Have an address asked to confirm; False if it was asked within a day already, and is not again."""
        row = {"address": address, "wish": wish.model_dump(mode="json"), "asked": now, "state": "pending"}
        fresh = {**row, "answer": "", "tries": 0, "not_before": now, "lease_until": None}
        with writing(self.engine) as connection:
            return upsert(connection, letters, {"key": address_key(address)}, fresh, where=letters.c.asked <= now - QUIET)

    def letters_due(self, now: datetime) -> bool:
        """Return whether somebody waits to be asked."""
        with reading(self.engine) as connection:
            return connection.scalar(select(letters.c.key).where(_due(now)).limit(1)) is not None

    def claim_letter(self, now: datetime, lease: timedelta) -> Letter | None:
        """Take the oldest request that is due, and count the try."""
        oldest = select(letters.c.key).where(_due(now)).order_by(letters.c.not_before).limit(1).scalar_subquery()
        taken = update(letters).where(letters.c.key == oldest, _due(now)).values(lease_until=now + lease, tries=letters.c.tries + 1)
        with writing(self.engine) as connection:
            row = connection.execute(taken.returning(letters)).first()
        return Letter(address=row.address, wish=Wish.model_validate(row.wish), asked=row.asked, number=row.tries) if row else None

    def release(self) -> None:
        """Give back every request that is under way: only for a process that knows it is the only one."""
        with writing(self.engine) as connection:
            connection.execute(update(letters).where(letters.c.lease_until.is_not(None)).values(lease_until=None))

    def settle_letter(self, letter: Letter, state: DeliveryState, answer: str, again: datetime | None = None) -> None:
        """Record how the mailing of a request ended."""
        mine = (letters.c.key == address_key(letter.address)) & (letters.c.tries == letter.number)
        values = {"state": state, "answer": answer, "lease_until": None, **({"not_before": again} if again else {})}
        with writing(self.engine) as connection:
            connection.execute(update(letters).where(mine).values(**values))

    def forget(self, before: datetime) -> None:
        """Drop the requests of before a moment: who did not confirm did not want to be remembered."""
        with writing(self.engine) as connection:
            connection.execute(delete(letters).where(letters.c.asked < before))

    def confirm(self, address: str, wish: Wish, asked: datetime, now: datetime) -> bool:
        """Make a subscriber of a proven address; False if it unsubscribed after it was `asked`."""
        key = address_key(address)
        with writing(self.engine) as connection:
            later = select(refusals.c.key).where(refusals.c.key == key, refusals.c.since > asked)
            if connection.scalar(later.limit(1)) is not None:
                return False
            _keep(connection, address, wish, now)
            connection.execute(delete(refusals).where(refusals.c.key == key, refusals.c.watchlist.in_([EVERYTHING, *wish.watchlists])))
        return True

    def change(self, address: str, wish: Wish, now: datetime) -> None:
        """Replace what an address gets; what is left out is refused, so that nothing under way arrives any more."""
        key = address_key(address)
        with writing(self.engine) as connection:
            mine = select(subscriptions.c.watchlist).where(subscriptions.c.key == key)
            dropped = set(connection.scalars(mine)) - set(wish.watchlists)
            _keep(connection, address, wish, now)
            _refuse(connection, address, sorted(dropped), "unsubscribed", now)
            connection.execute(delete(refusals).where(refusals.c.key == key, refusals.c.watchlist.in_([EVERYTHING, *wish.watchlists])))

    def refuse(self, address: str, watchlists: Collection[str], reason: str, now: datetime, within: Connection | None = None) -> None:
        """Send an address nothing of these watchlists any more (none named: of none at all); `within` an open transaction."""
        key = address_key(address)
        with writing(self.engine, within) as connection:
            _refuse(connection, address, sorted(watchlists) or [EVERYTHING], reason, now)
            mine = subscriptions.c.key == key
            connection.execute(delete(subscriptions).where(mine, *([subscriptions.c.watchlist.in_(watchlists)] if watchlists else [])))

    def remove(self, address: str, reason: str, now: datetime) -> bool:
        """Forget all about an address but that it refuses everything; False if it was not known."""
        key = address_key(address)
        with writing(self.engine) as connection:
            gone = [connection.execute(delete(table).where(table.c.key == key)).rowcount for table in (subscriptions, subscribers, letters)]
            connection.execute(delete(refusals).where(refusals.c.key == key))
            _refuse(connection, address, [EVERYTHING], reason, now)
        return any(gone)

    def get(self, address: str) -> Subscriber | None:
        """Return what a proven address gets."""
        return next(iter(self._read(subscribers.c.key == address_key(address))), None)

    def all(self) -> list[Subscriber]:
        """Return every proven address in order."""
        return self._read()

    def active(self) -> list[Subscriber]:
        """Return those to whom something may be sent."""
        refusing = select(refusals.c.key).where(refusals.c.watchlist == EVERYTHING)
        return [s for s in self._read(subscribers.c.key.not_in(refusing)) if s.watchlists]

    def waiting(self) -> list[Letter]:
        """Return the requests that nobody confirmed yet."""
        with reading(self.engine) as connection:
            rows = connection.execute(select(letters).where(letters.c.key.not_in(select(subscribers.c.key))).order_by(letters.c.key))
            return [Letter(address=r.address, wish=Wish.model_validate(r.wish), asked=r.asked, number=r.tries) for r in rows]

    def refusals(self, address: str | None = None) -> list[Refusal]:
        """Return who refuses what; of one address if one is given."""
        query = select(*(refusals.c[name] for name in Refusal._fields)).order_by(refusals.c.key, refusals.c.watchlist)
        if address is not None:
            query = query.where(refusals.c.key == address_key(address))
        with reading(self.engine) as connection:
            return [Refusal(*row) for row in connection.execute(query)]

    def refused(self, recipient: str, watchlists: Sequence[str]) -> str | None:
        """Return why a recipient must not get what these watchlists asked for, None where nothing speaks against it."""
        with reading(self.engine) as connection:
            return why_not(connection, recipient, watchlists)

    def _read(self, *where: Any) -> list[Subscriber]:
        query = select(subscribers, subscriptions.c.watchlist).outerjoin(subscriptions, subscriptions.c.key == subscribers.c.key)
        found: dict[str, tuple[Row[Any], list[str]]] = {}
        with reading(self.engine) as connection:
            for row in connection.execute(query.where(*where).order_by(subscribers.c.key, subscriptions.c.watchlist)):
                found.setdefault(row.key, (row, []))[1].extend([row.watchlist] if row.watchlist else [])
        return [
            Subscriber(address=r.address, watchlists=tuple(names), frequency=r.frequency, zone=r.zone, confirmed=r.confirmed)
            for r, names in found.values()
        ]


def why_not(connection: Connection, recipient: str, watchlists: Sequence[str]) -> str | None:
    """Return why a recipient must not get what these watchlists asked for, None where nothing speaks against it."""
    rows = connection.execute(select(refusals).where(refusals.c.key == address_key(recipient)))
    refused = {row.watchlist: f"{row.reason} on {row.since:%Y-%m-%d}" for row in rows}
    if EVERYTHING in refused:
        return refused[EVERYTHING]
    return refused[watchlists[0]] if watchlists and all(name in refused for name in watchlists) else None


def refusing(connection: Connection, recipients: Collection[str]) -> set[str]:
    """Return which of these recipients refuse anything at all."""
    refuse = set(connection.scalars(select(refusals.c.key).where(refusals.c.key.in_({address_key(r) for r in recipients}))))
    return {recipient for recipient in recipients if address_key(recipient) in refuse}


def _due(now: datetime) -> ColumnElement[bool]:
    free = or_(letters.c.lease_until.is_(None), letters.c.lease_until <= now)
    return and_(letters.c.state.in_(("pending", "failed")), letters.c.not_before <= now, free)


def _keep(connection: Connection, address: str, wish: Wish, now: datetime) -> None:
    key, row = address_key(address), {"address": address, "frequency": wish.frequency, "zone": wish.zone}
    known = connection.scalar(select(subscribers.c.confirmed).where(subscribers.c.key == key))
    upsert(connection, subscribers, {"key": key}, {**row, "confirmed": known or now})
    connection.execute(delete(subscriptions).where(subscriptions.c.key == key))
    if wish.watchlists:
        connection.execute(insert(subscriptions), [{"key": key, "watchlist": name} for name in dict.fromkeys(wish.watchlists)])


def _refuse(connection: Connection, address: str, watchlists: Sequence[str], reason: str, now: datetime) -> None:
    for name in watchlists:
        upsert(connection, refusals, {"key": address_key(address), "watchlist": name}, {"address": address, "reason": reason, "since": now})
