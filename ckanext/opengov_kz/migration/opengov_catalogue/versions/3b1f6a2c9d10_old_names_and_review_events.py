"""Old names and review events.

Revision ID: 3b1f6a2c9d10
Revises:
Create Date: 2026-11-22 06:10:00
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "3b1f6a2c9d10"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes both tables."""
    op.create_table(
        "opengov_catalogue_old_name",
        sa.Column("id", sa.UnicodeText, primary_key=True),
        sa.Column("subject_type", sa.UnicodeText, nullable=False),
        sa.Column("subject_id", sa.UnicodeText, nullable=False),
        sa.Column("name", sa.UnicodeText, nullable=False),
        sa.Column("created", sa.DateTime, nullable=False),
    )
    op.create_index("idx_opengov_catalogue_old_name_name", "opengov_catalogue_old_name", ["subject_type", "name"])
    op.create_table(
        "opengov_catalogue_review_event",
        sa.Column("id", sa.UnicodeText, primary_key=True),
        sa.Column("dataset_id", sa.UnicodeText, nullable=False),
        sa.Column("user_id", sa.UnicodeText, nullable=False),
        sa.Column("step", sa.UnicodeText, nullable=False),
        sa.Column("origin", sa.UnicodeText, nullable=False),
        sa.Column("target", sa.UnicodeText, nullable=False),
        sa.Column("reason", sa.UnicodeText, nullable=False),
        sa.Column("created", sa.DateTime, nullable=False),
    )
    op.create_index("ix_opengov_catalogue_review_event_dataset_id", "opengov_catalogue_review_event", ["dataset_id"])


def downgrade() -> None:
    """Removes both tables with what they hold."""
    op.drop_table("opengov_catalogue_review_event")
    op.drop_table("opengov_catalogue_old_name")
