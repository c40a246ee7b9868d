"""Comments, votes, official replies, moderation.

Revision ID: 5e2a90c4d718
Revises:
Create Date: 2026-11-27 08:00:00
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "5e2a90c4d718"
down_revision = None
branch_labels = None
depends_on = None

_COMMENT = "opengov_discussion_comment"


def upgrade() -> None:
    """Makes all tables."""
    op.create_table(
        "opengov_discussion_thread",
        sa.Column("subject_type", sa.UnicodeText, primary_key=True),
        sa.Column("subject_id", sa.UnicodeText, primary_key=True),
        sa.Column("support", sa.Integer, nullable=False, server_default="0"),
        sa.Column("objection", sa.Integer, nullable=False, server_default="0"),
    )
    op.create_table(
        _COMMENT,
        sa.Column("id", sa.UnicodeText, primary_key=True),
        *(_text(name) for name in ("subject_type", "subject_id", "owner_id")),
        sa.Column("part_id", sa.UnicodeText),
        _text("version"),
        sa.Column("parent_id", sa.UnicodeText),
        sa.Column("root_id", sa.UnicodeText),
        sa.Column("depth", sa.Integer, nullable=False),
        *(_text(name) for name in ("kind", "text", "wording", "language")),
        sa.Column("author_id", sa.UnicodeText),
        *(_text(name) for name in ("author_name", "state")),
        sa.Column("created", sa.DateTime, nullable=False),
        sa.Column("edited", sa.DateTime),
        sa.Column("support", sa.Integer, nullable=False),
        sa.Column("objection", sa.Integer, nullable=False),
        sa.Column("due", sa.Date),
        _text("outcome"),
        sa.Column("answered", sa.DateTime),
    )
    for name, columns in (
        ("subject", ["subject_type", "subject_id", "root_id", "created"]),
        ("part", ["subject_type", "subject_id", "part_id"]),
        ("root", ["root_id", "created"]),
        ("author", ["author_id", "created"]),
        ("owner", ["owner_id", "answered", "due"]),
    ):
        op.create_index(f"idx_{_COMMENT}_{name}", _COMMENT, columns)
    op.create_table(
        "opengov_discussion_vote",
        *(sa.Column(name, sa.UnicodeText, primary_key=True) for name in ("target_type", "target_id", "user_id")),
        sa.Column("value", sa.SmallInteger, nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.CheckConstraint("value IN (-1, 1)", name="opengov_discussion_vote_value"),
    )
    op.create_index("ix_opengov_discussion_vote_user_id", "opengov_discussion_vote", ["user_id"])
    op.create_table(
        "opengov_discussion_edit",
        sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
        sa.Column("comment_id", sa.UnicodeText, _of_comment(), nullable=False),
        sa.Column("is_reply", sa.Boolean, nullable=False),
        *(_text(name) for name in ("text", "wording", "reason")),
        sa.Column("at", sa.DateTime, nullable=False),
    )
    op.create_index("ix_opengov_discussion_edit_comment_id", "opengov_discussion_edit", ["comment_id"])
    op.create_table(
        "opengov_discussion_draft",
        *(
            sa.Column(name, sa.UnicodeText, primary_key=True)
            for name in ("user_id", "subject_type", "subject_id", "place")
        ),
        *(_text(name) for name in ("kind", "text", "wording")),
        sa.Column("saved", sa.DateTime, nullable=False),
    )
    op.create_table(
        "opengov_discussion_reply",
        sa.Column("comment_id", sa.UnicodeText, _of_comment(), primary_key=True),
        *(_text(name) for name in ("taken_by", "expert_id", "outcome", "text", "reason", "private_note")),
        sa.Column("changed", sa.DateTime, nullable=False),
        sa.Column("published", sa.DateTime),
        _text("published_by"),
        sa.Column("corrected", sa.DateTime),
    )
    op.create_index("ix_opengov_discussion_reply_expert_id", "opengov_discussion_reply", ["expert_id"])
    op.create_table(
        "opengov_discussion_template",
        sa.Column("id", sa.UnicodeText, primary_key=True),
        *(_text(name) for name in ("owner_id", "title", "text", "language")),
    )
    op.create_index("ix_opengov_discussion_template_owner_id", "opengov_discussion_template", ["owner_id"])
    op.create_table(
        "opengov_discussion_report",
        sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
        sa.Column("comment_id", sa.UnicodeText, _of_comment(), nullable=False),
        sa.Column("user_id", sa.UnicodeText),
        *(_text(name) for name in ("rule", "note")),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("settled", sa.DateTime),
        sa.UniqueConstraint("comment_id", "user_id"),
    )
    op.create_table(
        "opengov_discussion_trail",
        sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
        *(_text(name) for name in ("target_type", "target_id", "user_id", "action", "rule", "note")),
        sa.Column("at", sa.DateTime, nullable=False),
    )
    op.create_index("ix_opengov_discussion_trail_target_id", "opengov_discussion_trail", ["target_id"])
    op.create_table(
        "opengov_discussion_bar",
        sa.Column("id", sa.UnicodeText, primary_key=True),
        _text("user_id"),
        sa.Column("until", sa.DateTime, nullable=False),
        *(_text(name) for name in ("rule", "note", "by")),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("lifted", sa.DateTime),
        _text("appeal"),
        sa.Column("appealed", sa.DateTime),
        _text("decision"),
    )
    op.create_index("ix_opengov_discussion_bar_user_id", "opengov_discussion_bar", ["user_id"])
    op.create_table(
        "opengov_discussion_person",
        sa.Column("user_id", sa.UnicodeText, primary_key=True),
        _text("public_name"),
    )


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.UnicodeText, nullable=False, server_default="")


def _of_comment() -> sa.ForeignKey:
    return sa.ForeignKey(f"{_COMMENT}.id", ondelete="CASCADE")


def downgrade() -> None:
    """Removes all tables with what they hold."""
    for name in ("person", "bar", "trail", "report", "template", "reply", "draft", "edit", "vote", "comment", "thread"):
        op.drop_table(f"opengov_discussion_{name}")
