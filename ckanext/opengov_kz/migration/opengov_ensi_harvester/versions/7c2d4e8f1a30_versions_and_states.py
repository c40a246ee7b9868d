"""Versions of classifiers and states of their items.

Revision ID: 7c2d4e8f1a30
Revises:
Create Date: 2026-11-25 02:25:00
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "7c2d4e8f1a30"
down_revision = None
branch_labels = None
depends_on = None

_VERSION, _STATE = "opengov_ensi_harvester_version", "opengov_ensi_harvester_state"


def upgrade() -> None:
    """Makes both tables."""
    op.create_table(
        _VERSION,
        sa.Column("id", sa.BigInteger, primary_key=True),
        sa.Column("resource_id", sa.UnicodeText, nullable=False),
        sa.Column("version", sa.UnicodeText, nullable=False),
        sa.Column("in_force", sa.Date),
        sa.Column("loaded", sa.DateTime, nullable=False),
        sa.Column("whole_loaded", sa.DateTime),
        sa.Column("first", sa.Boolean, nullable=False),
        sa.Column("added", sa.Integer, nullable=False),
        sa.Column("changed", sa.Integer, nullable=False),
        sa.Column("closed", sa.Integer, nullable=False),
        sa.Column("mark", sa.BigInteger, nullable=False),
        sa.Column("findings", JSONB, nullable=False),
        sa.UniqueConstraint("resource_id", "version"),
    )
    op.create_table(
        _STATE,
        sa.Column("id", sa.BigInteger, primary_key=True),
        sa.Column("resource_id", sa.UnicodeText, nullable=False),
        sa.Column("version_id", sa.BigInteger, nullable=False),
        sa.Column("code", sa.UnicodeText, nullable=False),
        sa.Column("parent_code", sa.UnicodeText),
        sa.Column("name_kk", sa.UnicodeText),
        sa.Column("name_ru", sa.UnicodeText),
        sa.Column("level", sa.Integer),
        sa.Column("valid_from", sa.Date),
        sa.Column("valid_to", sa.Date),
        sa.Column("status", sa.UnicodeText),
        sa.Column("since", sa.Date),
        sa.Column("until", sa.Date),
        sa.Column("is_current", sa.Boolean, nullable=False),
        sa.Column("superseded", sa.Boolean, nullable=False),
        sa.Column("ring", sa.Boolean, nullable=False),
        sa.Column("kind", sa.UnicodeText, nullable=False),
        sa.Column("previous_id", sa.BigInteger),
        sa.Column("recorded", sa.DateTime, nullable=False),
        sa.Column("words", sa.UnicodeText, nullable=False),
    )
    op.create_index(f"idx_{_STATE}_code", _STATE, ["resource_id", "code"], postgresql_where=sa.text("NOT superseded"))
    op.create_index(
        f"idx_{_STATE}_parent",
        _STATE,
        ["resource_id", "parent_code", "code"],
        postgresql_where=sa.text("NOT superseded"),
    )
    # One newest state for each code, whatever two runs at once may do.
    op.create_index(
        f"idx_{_STATE}_current", _STATE, ["resource_id", "code"], unique=True, postgresql_where=sa.text("is_current")
    )
    op.create_index(f"idx_{_STATE}_change", _STATE, ["resource_id", "version_id", "id"])


def downgrade() -> None:
    """Removes both tables with what they hold."""
    op.drop_table(_STATE)
    op.drop_table(_VERSION)
