"""States of harvest sources.

Revision ID: 7d2c4e91a6f0
Revises:
Create Date: 2026-11-25 02:30:00
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "7d2c4e91a6f0"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes the table; sources that run already count as approved."""
    op.create_table(
        "opengov_harvesting_source",
        sa.Column("source_id", sa.UnicodeText, primary_key=True),
        sa.Column("frequency", sa.UnicodeText, nullable=False),
        sa.Column("approval", sa.UnicodeText, nullable=False),
        sa.Column("asked_by", sa.UnicodeText, nullable=False),
        sa.Column("asked_at", sa.DateTime, nullable=False),
        sa.Column("decided_by", sa.UnicodeText, nullable=False),
        sa.Column("decided_at", sa.DateTime),
        sa.Column("reason", sa.UnicodeText, nullable=False),
        sa.Column("last_success", sa.DateTime),
        sa.Column("failing_since", sa.DateTime),
        sa.Column("problem", sa.JSON),
        sa.Column("judged_job_id", sa.UnicodeText),
        sa.Column("owed", sa.UnicodeText, nullable=False),
    )
    if sa.inspect(op.get_bind()).has_table("harvest_source"):
        op.execute(
            """
            INSERT INTO opengov_harvesting_source
                (source_id, frequency, approval, asked_by, asked_at, decided_by, decided_at, reason, owed)
            SELECT id, coalesce(frequency, 'MANUAL'), 'approved', '', created, '', created, '', '' FROM harvest_source
            """
        )


def downgrade() -> None:
    """Removes the table with what it holds."""
    op.drop_table("opengov_harvesting_source")
