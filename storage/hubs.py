"""Subscriptions to hubs: who was asked, until when a lease lasts, and what was pushed."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Engine, delete, insert, select, update

from spacepact.heard import Hub
from spacepact.websub import Lease
from storage.database import reading, writing
from storage.tables import leases, sources

SHORTEST_GAP = timedelta(minutes=1)
"""However often a hub pushes, a source is visited at most so often for it."""


class Hubs:
    """Every method is one transaction."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def want(self, source: str, hubs: Sequence[Hub]) -> None:
        """Note which hubs a source names now; leases at others are forgotten, and end by themselves."""
        named = {(h.hub, h.topic) for h in hubs}
        with writing(self.engine) as connection:
            known = {(r.hub, r.topic): r.id for r in connection.execute(select(leases).where(leases.c.source == source))}
            for key in known.keys() - named:
                connection.execute(delete(leases).where(leases.c.id == known[key]))
            for hub, topic in sorted(named - known.keys()):
                row = {"id": secrets.token_urlsafe(24), "secret": secrets.token_urlsafe(32), "state": "wanted", "reason": ""}
                connection.execute(insert(leases).values(source=source, hub=hub, topic=topic, **row))

    def of(self, source: str) -> list[Lease]:
        """Return a source's leases."""
        with reading(self.engine) as connection:
            rows = connection.execute(select(leases).where(leases.c.source == source).order_by(leases.c.id)).mappings()
            return [Lease.model_validate(dict(row)) for row in rows]

    def lease(self, id: str) -> Lease | None:  # noqa: A002 - the word of the design
        """Return one lease by the end of its callback's address."""
        with reading(self.engine) as connection:
            row = connection.execute(select(leases).where(leases.c.id == id)).mappings().first()
            return Lease.model_validate(dict(row)) if row else None

    def change(self, id: str, **values: Any) -> None:  # noqa: A002 - the word of the design
        """Change fields of a lease."""
        with writing(self.engine) as connection:
            connection.execute(update(leases).where(leases.c.id == id).values(**values))

    def push(self, lease: Lease, now: datetime) -> None:
        """Note a genuine push: the source is due, unless a push has made it due a moment ago."""
        due = max(now, lease.pushed_at + SHORTEST_GAP) if lease.pushed_at else now
        with writing(self.engine) as connection:
            connection.execute(update(leases).where(leases.c.id == lease.id).values(pushed_at=now))
            sooner = (sources.c.id == lease.source) & (sources.c.next_check_at > due)
            connection.execute(update(sources).where(sooner).values(next_check_at=due))

    def listening(self, source: str, now: datetime) -> bool:
        """Return whether a hub tells us of a source's news at the moment."""
        return any(lease.state == "active" and lease.lease_until and lease.lease_until > now for lease in self.of(source))

    def pushed_since(self, source: str, moment: datetime) -> bool:
        """Return whether anything was pushed from a moment on."""
        return any(lease.pushed_at and lease.pushed_at >= moment for lease in self.of(source))
