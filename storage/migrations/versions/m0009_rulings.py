"""Stories can be merged and split by hand; who was told of one may have been told of another with it."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Make the tables; no story was merged so far."""
    with op.batch_alter_table("stories", schema=None) as batch_op:
        batch_op.add_column(sa.Column("merged_into", sa.String(length=40), nullable=True))
    op.create_table(
        "rulings",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("made", sa.DateTime(timezone=True), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rulings")),
    )
    op.create_table(
        "ruled_stories",
        sa.Column("ruling_id", sa.String(length=40), nullable=False),
        sa.Column("story_id", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["ruling_id"], ["rulings.id"], name=op.f("fk_ruled_stories_ruling_id")),
        sa.ForeignKeyConstraint(["story_id"], ["stories.id"], name=op.f("fk_ruled_stories_story_id")),
        sa.PrimaryKeyConstraint("ruling_id", "story_id", name=op.f("pk_ruled_stories")),
    )
    op.create_index(op.f("ix_ruled_stories_story_id"), "ruled_stories", ["story_id"])
    op.create_table(
        "told_too",
        sa.Column("story_id", sa.String(length=40), nullable=False),
        sa.Column("delivery_id", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["story_id"], ["stories.id"], name=op.f("fk_told_too_story_id")),
        sa.ForeignKeyConstraint(["delivery_id"], ["deliveries.id"], name=op.f("fk_told_too_delivery_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("story_id", "delivery_id", name=op.f("pk_told_too")),
    )
