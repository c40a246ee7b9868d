"""Runs of merges and the rows that they rejected.

Revision ID: 7c0d4e1f5a21
Revises:
Create Date: 2026-11-25 02:50:00
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "7c0d4e1f5a21"
down_revision = None
branch_labels = None
depends_on = None

_COUNTS = ("read", "inserted", "updated", "unchanged", "closed", "rejected")


def upgrade() -> None:
    """Makes both tables."""
    op.create_table(
        "opengov_publishing_run",
        sa.Column("id", sa.UnicodeText, primary_key=True),
        sa.Column("resource_id", sa.UnicodeText, nullable=False),
        sa.Column("mode", sa.UnicodeText, nullable=False),
        sa.Column("state", sa.UnicodeText, nullable=False),
        sa.Column("code", sa.UnicodeText, nullable=False),
        sa.Column("detail", sa.UnicodeText, nullable=False),
        sa.Column("author", sa.UnicodeText, nullable=False),
        sa.Column("began", sa.DateTime, nullable=False),
        sa.Column("ended", sa.DateTime),
        *(sa.Column(name, sa.BigInteger, nullable=False) for name in _COUNTS),
        sa.Column("closing_skipped", sa.Boolean, nullable=False),
        sa.Column("changes_kept", sa.Boolean, nullable=False),
        sa.Column("seconds", JSONB, nullable=False),
    )
    op.create_index("idx_opengov_publishing_run_resource", "opengov_publishing_run", ["resource_id", "began"])
    op.create_table(
        "opengov_publishing_reject",
        sa.Column("id", sa.BigInteger, primary_key=True),
        sa.Column(
            "run_id",
            sa.UnicodeText,
            sa.ForeignKey("opengov_publishing_run.id", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("number", sa.BigInteger, nullable=False),
        sa.Column("column_name", sa.UnicodeText),
        sa.Column("value", sa.UnicodeText),
        sa.Column("reason", sa.UnicodeText, nullable=False),
    )
    op.create_index("ix_opengov_publishing_reject_run_id", "opengov_publishing_reject", ["run_id"])


def downgrade() -> None:
    """Removes both tables with what they hold."""
    op.drop_table("opengov_publishing_reject")
    op.drop_table("opengov_publishing_run")
