"""What the visits of a source showed, and what operators know of it."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Add what health is judged by; it begins to be known with the next visit."""
    op.add_column("sources", sa.Column("track", sa.JSON()))
    op.add_column("sources", sa.Column("standing", sa.JSON()))
