"""Subscribers, what they refuse, requests to confirm, the signing key, and the receiver's reference of a delivery."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the tables of subscribers."""
    moment = sa.DateTime(timezone=True)
    with op.batch_alter_table("deliveries", schema=None) as batch_op:
        batch_op.add_column(sa.Column("reference", sa.Text(), nullable=True))
    op.create_table(
        "subscribers",
        sa.Column("key", sa.String(length=254), nullable=False),
        sa.Column("address", sa.String(length=254), nullable=False),
        sa.Column("frequency", sa.String(length=20), nullable=False),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.Column("confirmed", moment, nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_subscribers")),
    )
    op.create_table(
        "subscriptions",
        sa.Column("key", sa.String(length=254), nullable=False),
        sa.Column("watchlist", sa.String(length=100), nullable=False),
        sa.ForeignKeyConstraint(["key"], ["subscribers.key"], name=op.f("fk_subscriptions_key"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("key", "watchlist", name=op.f("pk_subscriptions")),
    )
    op.create_table(
        "refusals",
        sa.Column("key", sa.String(length=254), nullable=False),
        sa.Column("watchlist", sa.String(length=100), nullable=False),
        sa.Column("address", sa.String(length=254), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("since", moment, nullable=False),
        sa.PrimaryKeyConstraint("key", "watchlist", name=op.f("pk_refusals")),
    )
    op.create_table(
        "letters",
        sa.Column("key", sa.String(length=254), nullable=False),
        sa.Column("address", sa.String(length=254), nullable=False),
        sa.Column("wish", sa.JSON(), nullable=False),
        sa.Column("asked", moment, nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("not_before", moment, nullable=False),
        sa.Column("lease_until", moment, nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_letters")),
    )
    op.create_table(
        "keys",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_keys")),
    )
