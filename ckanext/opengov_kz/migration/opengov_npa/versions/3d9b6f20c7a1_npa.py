"""Draft acts: their way, texts, conclusions, reports, and who follows them.

Revision ID: 3d9b6f20c7a1
Revises:
Create Date: 2026-11-27 19:20:00
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "3d9b6f20c7a1"
down_revision = None
branch_labels = None
depends_on = None

_TABLES = ("act", "step", "version", "lead", "conclusion", "role", "report", "follow")


def _text(name: str, *, default: str | None = None, nullable: bool = False, **more: Any) -> sa.Column:
    return sa.Column(name, sa.UnicodeText, nullable=nullable, server_default=default, **more)


def _json(name: str, empty: str = "{}") -> sa.Column:
    return sa.Column(name, JSONB, nullable=False, server_default=empty)


def _id() -> sa.Column:
    return sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True)


def upgrade() -> None:
    """Makes all tables."""
    days = ("published", "closes", "considered", "sent_for_agreement", "reported", "adopted", "withdrawn", "archived")
    op.create_table(
        "opengov_npa_act",
        _text("package_id", primary_key=True),
        _text("owner_id"),
        _text("kind"),
        _text("sphere", default=""),
        _text("stage"),
        sa.Column("version", sa.Integer, nullable=False, server_default="0"),
        sa.Column("term_days", sa.Integer),
        *(sa.Column(day, sa.Date) for day in days),
        _text("call_id", nullable=True, index=True),
        sa.Column("views", sa.Integer, nullable=False, server_default="0"),
        _json("breaches", "[]"),
        _text("source_id", nullable=True, unique=True),
    )
    op.create_index("idx_opengov_npa_act_stage", "opengov_npa_act", ["stage", "closes"])
    op.create_index("idx_opengov_npa_act_owner", "opengov_npa_act", ["owner_id", "stage"])
    op.create_index("idx_opengov_npa_act_published", "opengov_npa_act", ["published"])
    op.create_table(
        "opengov_npa_step",
        _id(),
        _text("package_id", index=True),
        _text("what"),
        sa.Column("at", sa.DateTime, nullable=False),
        _text("user_id", default=""),
        _text("reason", default=""),
        _json("details"),
    )
    op.create_table(
        "opengov_npa_version",
        _id(),
        _text("package_id"),
        sa.Column("number", sa.Integer, nullable=False),
        _json("rows", "[]"),
        _json("problems"),
        _json("note"),
        sa.Column("made", sa.DateTime, nullable=False),
        sa.Column("published", sa.DateTime),
        _text("user_id", default=""),
        sa.UniqueConstraint("package_id", "number"),
    )
    op.create_table(
        "opengov_npa_lead",
        _id(),
        _text("package_id", index=True),
        sa.Column("version", sa.Integer, nullable=False),
        _text("old_identity"),
        _text("new_identity", nullable=True),
        _text("how"),
    )
    op.create_table(
        "opengov_npa_conclusion",
        _text("id", primary_key=True),
        _text("package_id", index=True),
        _text("kind"),
        _text("outcome"),
        _text("text"),
        _text("language"),
        sa.Column("version", sa.Integer, nullable=False),
        _text("user_id"),
        _text("name"),
        _json("organisation"),
        sa.Column("at", sa.DateTime, nullable=False),
    )
    op.create_table(
        "opengov_npa_role",
        _text("user_id", primary_key=True),
        _text("kind", primary_key=True),
        _json("organisation"),
        _text("verified_by"),
        sa.Column("at", sa.DateTime, nullable=False),
    )
    op.create_table(
        "opengov_npa_report",
        _text("package_id", primary_key=True),
        _json("introduction"),
        _json("conclusion"),
        _json("unanswered_reason"),
        sa.Column("changed", sa.DateTime, nullable=False),
        sa.Column("published", sa.DateTime),
        _json("record"),
    )
    op.create_table(
        "opengov_npa_follow",
        _text("user_id", primary_key=True),
        _text("what", primary_key=True),
        _text("value", primary_key=True),
    )
    op.create_index("idx_opengov_npa_follow_what", "opengov_npa_follow", ["what", "value"])


def downgrade() -> None:
    """Removes all tables with what they hold."""
    for table in _TABLES:
        op.drop_table(f"opengov_npa_{table}")
