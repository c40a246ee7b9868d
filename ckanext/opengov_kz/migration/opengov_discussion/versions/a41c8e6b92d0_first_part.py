"""The part that a comment was written about, where it was led to another one.

Revision ID: a41c8e6b92d0
Revises: 5e2a90c4d718
Create Date: 2026-11-27 19:30:00
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "a41c8e6b92d0"
down_revision = "5e2a90c4d718"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds the column; nothing was led anywhere so far."""
    op.add_column("opengov_discussion_comment", sa.Column("first_part_id", sa.UnicodeText))


def downgrade() -> None:
    """Forgets where led comments were written."""
    op.drop_column("opengov_discussion_comment", "first_part_id")
