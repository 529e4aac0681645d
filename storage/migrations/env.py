"""Alembic's entry: runs inside the transaction that `storage.migrate` opened."""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext

from storage.tables import Moment, metadata


def render(kind: str, item: Any, _context: AutogenContext) -> str | Literal[False]:
    """Write our own column type into a new migration as what it is in the database."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, Moment) else False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=True,
    render_as_batch=True,
    render_item=render,
)
context.run_migrations()
