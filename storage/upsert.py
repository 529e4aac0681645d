"""Insert or update in one statement; SQLite and PostgreSQL share the clause."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table
from sqlalchemy.dialects import postgresql, sqlite


def upsert(
    connection: Connection,
    table: Table,
    key: Mapping[str, Any],
    values: Mapping[str, Any],
    first: Mapping[str, Any] | None = None,
    *,
    where: ColumnElement[bool] | None = None,
) -> bool:
    """Write `values` under a primary key, whether or not the row is there; an old row only `where` it may be replaced.

    `first` are values of a new row only. Returns whether anything was written.
    """
    make = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    statement = make(table).values({**key, **(first or {}), **values})
    if values:
        statement = statement.on_conflict_do_update(index_elements=list(key), set_=dict(values), where=where)
    else:
        statement = statement.on_conflict_do_nothing()
    return connection.execute(statement, execution_options={"preserve_rowcount": True}).rowcount > 0
