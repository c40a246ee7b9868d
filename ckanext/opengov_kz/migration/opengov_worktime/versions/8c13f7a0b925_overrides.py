"""Days that were moved, and who moved them.

Revision ID: 8c13f7a0b925
Revises:
Create Date: 2026-11-27 08:30:00
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "8c13f7a0b925"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes both tables."""
    op.create_table(
        "opengov_worktime_override",
        sa.Column("day", sa.Date, primary_key=True),
        sa.Column("works", sa.Boolean, nullable=False),
        sa.Column("reason_kk", sa.UnicodeText, nullable=False, server_default=""),
        sa.Column("reason_ru", sa.UnicodeText, nullable=False, server_default=""),
    )
    op.create_table(
        "opengov_worktime_change",
        sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("works", sa.Boolean),
        sa.Column("user_id", sa.UnicodeText, nullable=False, server_default=""),
        sa.Column("at", sa.DateTime, nullable=False),
    )


def downgrade() -> None:
    """Removes both tables with what they hold."""
    op.drop_table("opengov_worktime_change")
    op.drop_table("opengov_worktime_override")
