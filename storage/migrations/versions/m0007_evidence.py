"""Which fetched page each revision of an article was read from."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Make the index of the archive; pages fetched before are not in it."""
    op.create_table(
        "evidence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=100), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("listed", sa.JSON(), nullable=False),
        sa.Column("article_id", sa.Integer(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=True),
        sa.Column("fetched", sa.DateTime(timezone=True), nullable=False),
        sa.Column("file", sa.String(length=100), nullable=False),
        sa.Column("offset", sa.BigInteger(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name=op.f("fk_evidence_article_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence")),
    )
    for name, columns in {
        "ix_evidence_article_id": ["article_id"],
        "ix_evidence_fetched": ["fetched"],
        "ix_evidence_file": ["file"],
        "ix_evidence_link": ["source", "url"],
    }.items():
        op.create_index(name, "evidence", columns)
