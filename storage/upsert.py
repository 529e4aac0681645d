"""Insert or update in one statement; SQLite and PostgreSQL share the clause."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite


def upsert(connection: Connection, table: Table, key: Mapping[str, Any], values: Mapping[str, Any]) -> None:
    """Write `values` under a primary key, whether or not the row is there."""
    make = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    statement = make(table).values({**key, **values})
    if values:
        connection.execute(statement.on_conflict_do_update(index_elements=list(key), set_=dict(values)))
    else:
        connection.execute(statement.on_conflict_do_nothing())
