"""Files that hang on comments.

Revision ID: c7d20f5b8e14
Revises: a41c8e6b92d0
Create Date: 2026-11-28 18:40:00
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "c7d20f5b8e14"
down_revision = "a41c8e6b92d0"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes the table; the files themselves are in CKAN's storage."""
    op.create_table(
        "opengov_discussion_attachment",
        sa.Column("id", sa.UnicodeText, primary_key=True),
        sa.Column(
            "comment_id",
            sa.UnicodeText,
            sa.ForeignKey("opengov_discussion_comment.id", ondelete="CASCADE"),
            nullable=False,
            index=True,
        ),
        sa.Column("name", sa.UnicodeText, nullable=False),
        sa.Column("media_type", sa.UnicodeText, nullable=False),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("location", sa.UnicodeText, nullable=False),
        sa.Column("added", sa.DateTime, nullable=False),
    )


def downgrade() -> None:
    """Forgets them; their files stay in the storage."""
    op.drop_table("opengov_discussion_attachment")
