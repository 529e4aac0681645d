"""When deliveries go: what they wait for, what shares a message, notices without a story, expected events."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

NAMES = {"uq": "uq_%(table_name)s_%(column_0_N_name)s", "pk": "pk_%(table_name)s"}


def upgrade() -> None:
    """Add the columns and tables; every delivery so far was due when it was made, and is a message of its own."""
    with op.batch_alter_table("alerts", naming_convention=NAMES) as batch:
        batch.alter_column("story_id", existing_type=sa.String(40), nullable=True)
    with op.batch_alter_table("deliveries", naming_convention=NAMES) as batch:
        batch.alter_column("story_id", existing_type=sa.String(40), nullable=True)
        batch.add_column(sa.Column("reminder", sa.Integer(), nullable=False, server_default="0"))
        batch.add_column(sa.Column("due", sa.DateTime(timezone=True)))
        batch.add_column(sa.Column("waits", sa.Text(), nullable=False, server_default=""))
        batch.add_column(sa.Column("batch", sa.Text()))
        batch.add_column(sa.Column("message", sa.String(40)))
        batch.add_column(sa.Column("timing", sa.JSON()))
        batch.add_column(sa.Column("remind_at", sa.DateTime(timezone=True)))
        batch.add_column(sa.Column("replayed", sa.Integer(), nullable=False, server_default="0"))
        batch.drop_constraint("uq_deliveries_recipient_channel_story_id_revision", type_="unique")
        batch.create_unique_constraint(
            "uq_deliveries_recipient_channel_story_id_revision_reminder", ["recipient", "channel", "story_id", "revision", "reminder"]
        )
    op.create_index("ix_deliveries_message", "deliveries", ["message"])
    op.create_index("ix_deliveries_recipient", "deliveries", ["channel", "recipient", "settled"])
    op.create_index("ix_deliveries_story", "deliveries", ["story_id"])
    op.create_index("ix_deliveries_remind", "deliveries", ["remind_at"])
    op.execute("UPDATE deliveries SET due = created")
    op.execute("UPDATE deliveries SET message = id WHERE tries > 0")
    op.add_column("lanes", sa.Column("failing_since", sa.DateTime(timezone=True)))
    op.add_column("sources", sa.Column("visit_until", sa.DateTime(timezone=True)))
    op.create_table(
        "expected",
        sa.Column("id", sa.String(100), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled", sa.DateTime(timezone=True)),
        sa.Column("story_id", sa.String(40)),
        sa.Column("url", sa.Text()),
        sa.ForeignKeyConstraint(["story_id"], ["stories.id"], name="fk_expected_story_id"),
        sa.PrimaryKeyConstraint("id", name="pk_expected"),
    )
    op.create_table(
        "digests",
        sa.Column("channel", sa.String(100), nullable=False),
        sa.Column("recipient", sa.String(300), nullable=False),
        sa.Column("batch", sa.String(200), nullable=False),
        sa.Column("slot", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("channel", "recipient", "batch", name="pk_digests"),
    )
