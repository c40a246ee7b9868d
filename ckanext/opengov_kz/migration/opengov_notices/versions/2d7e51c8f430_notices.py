"""Notices and switches.

Revision ID: 2d7e51c8f430
Revises:
Create Date: 2026-11-27 08:40:00
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "2d7e51c8f430"
down_revision = None
branch_labels = None
depends_on = None

_NOTICE = "opengov_notices_notice"


def upgrade() -> None:
    """Makes both tables."""
    op.create_table(
        _NOTICE,
        sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
        *(sa.Column(name, sa.UnicodeText, nullable=False) for name in ("user_id", "kind", "key")),
        sa.Column("title", JSONB, nullable=False),
        sa.Column("body", JSONB, nullable=False),
        sa.Column("url", sa.UnicodeText, nullable=False),
        sa.Column("created", sa.DateTime, nullable=False),
        sa.Column("read", sa.DateTime),
        sa.Column("mail", sa.UnicodeText, nullable=False),
        sa.Column("due", sa.DateTime, nullable=False),
        sa.Column("tries", sa.Integer, nullable=False, server_default="0"),
        sa.UniqueConstraint("user_id", "key"),
    )
    op.create_index(f"idx_{_NOTICE}_mail", _NOTICE, ["mail", "due"])
    op.create_index(f"idx_{_NOTICE}_user", _NOTICE, ["user_id", "read", "created"])
    op.create_table(
        "opengov_notices_switch",
        sa.Column("user_id", sa.UnicodeText, primary_key=True),
        sa.Column("kind", sa.UnicodeText, primary_key=True),
        sa.Column("how", sa.UnicodeText, nullable=False),
    )


def downgrade() -> None:
    """Removes both tables with what they hold."""
    op.drop_table("opengov_notices_switch")
    op.drop_table(_NOTICE)
