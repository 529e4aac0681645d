"""Insert or update in one statement; SQLite and PostgreSQL share the clause."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Connection, Insert, Table
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
    make = _statement if where is None else _statement.__wrapped__
    statement = make(connection.dialect.name, table, tuple(key), tuple(values), where)
    row = {**key, **(first or {}), **values}
    return connection.execute(statement, row, execution_options={"preserve_rowcount": True}).rowcount > 0


@cache
def _statement(dialect: str, table: Table, key: tuple[str, ...], values: tuple[str, ...], where: ColumnElement[bool] | None) -> Insert:
    make = postgresql.insert if dialect == "postgresql" else sqlite.insert
    statement = make(table)
    if not values:
        return statement.on_conflict_do_nothing()
    return statement.on_conflict_do_update(index_elements=key, set_={name: statement.excluded[name] for name in values}, where=where)
