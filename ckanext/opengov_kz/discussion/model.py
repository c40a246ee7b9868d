"""Tables of the discussion. A subject is known by (subject_type, subject_id) alone; times are in UTC."""

from __future__ import annotations

import datetime as dt
import uuid

import sqlalchemy as sa
from ckan.plugins import toolkit
from sqlalchemy.orm import Mapped, mapped_column

from ckanext.opengov_kz.shared.moments import utc_now


def _identity() -> str:
    return str(uuid.uuid4())


class Thread(toolkit.BaseModel):
    """The counts of a subject: comments that can be seen, and its own votes."""

    __tablename__ = "opengov_discussion_thread"

    subject_type: Mapped[str] = mapped_column(sa.UnicodeText, primary_key=True)
    subject_id: Mapped[str] = mapped_column(sa.UnicodeText, primary_key=True)
    support: Mapped[int] = mapped_column(default=0)
    objection: Mapped[int] = mapped_column(default=0)


class Comment(toolkit.BaseModel):
    """A remark, a proposal or an opinion about a subject or one of its parts, or a reply to one.

    `root_id` is the comment of the first level that a reply stands below. `author_id` is empty once its author has
    erased what is known of them. `outcome` and `answered` are those of the published official reply.
    """

    __tablename__ = "opengov_discussion_comment"
    __table_args__ = (
        sa.Index("idx_opengov_discussion_comment_subject", "subject_type", "subject_id", "root_id", "created"),
        sa.Index("idx_opengov_discussion_comment_part", "subject_type", "subject_id", "part_id"),
        sa.Index("idx_opengov_discussion_comment_root", "root_id", "created"),
        sa.Index("idx_opengov_discussion_comment_author", "author_id", "created"),
        sa.Index("idx_opengov_discussion_comment_owner", "owner_id", "answered", "due"),
    )

    id: Mapped[str] = mapped_column(sa.UnicodeText, primary_key=True, default=_identity)
    subject_type: Mapped[str] = mapped_column(sa.UnicodeText)
    subject_id: Mapped[str] = mapped_column(sa.UnicodeText)
    owner_id: Mapped[str] = mapped_column(sa.UnicodeText)
    part_id: Mapped[str | None] = mapped_column(sa.UnicodeText)
    first_part_id: Mapped[str | None] = mapped_column(sa.UnicodeText)
    version: Mapped[str] = mapped_column(sa.UnicodeText, default="")
    parent_id: Mapped[str | None] = mapped_column(sa.UnicodeText)
    root_id: Mapped[str | None] = mapped_column(sa.UnicodeText)
    depth: Mapped[int] = mapped_column(default=0)
    kind: Mapped[str] = mapped_column(sa.UnicodeText)
    text: Mapped[str] = mapped_column(sa.UnicodeText)
    wording: Mapped[str] = mapped_column(sa.UnicodeText, default="")
    language: Mapped[str] = mapped_column(sa.UnicodeText)
    author_id: Mapped[str | None] = mapped_column(sa.UnicodeText)
    author_name: Mapped[str] = mapped_column(sa.UnicodeText, default="")
    state: Mapped[str] = mapped_column(sa.UnicodeText)
    created: Mapped[dt.datetime] = mapped_column(default=utc_now)
    edited: Mapped[dt.datetime | None]
    support: Mapped[int] = mapped_column(default=0)
    objection: Mapped[int] = mapped_column(default=0)
    due: Mapped[dt.date | None]
    outcome: Mapped[str] = mapped_column(sa.UnicodeText, default="")
    answered: Mapped[dt.datetime | None]


class Attachment(toolkit.BaseModel):
    """A file that hangs on a comment; what is in it stands in CKAN's storage at `location`."""

    __tablename__ = "opengov_discussion_attachment"

    id: Mapped[str] = mapped_column(sa.UnicodeText, primary_key=True, default=_identity)
    comment_id: Mapped[str] = mapped_column(
        sa.UnicodeText, sa.ForeignKey("opengov_discussion_comment.id", ondelete="CASCADE"), index=True
    )
    name: Mapped[str] = mapped_column(sa.UnicodeText)
    media_type: Mapped[str] = mapped_column(sa.UnicodeText)
    size: Mapped[int]
    location: Mapped[str] = mapped_column(sa.UnicodeText, default="")
    added: Mapped[dt.datetime] = mapped_column(default=utc_now)


class Vote(toolkit.BaseModel):
    """One person's vote on a comment or a subject: the key lets nobody have two."""

    __tablename__ = "opengov_discussion_vote"

    target_type: Mapped[str] = mapped_column(sa.UnicodeText, primary_key=True)
    target_id: Mapped[str] = mapped_column(sa.UnicodeText, primary_key=True)
    user_id: Mapped[str] = mapped_column(sa.UnicodeText, primary_key=True, index=True)
    value: Mapped[int] = mapped_column(sa.SmallInteger)
    at: Mapped[dt.datetime] = mapped_column(default=utc_now)


class Edit(toolkit.BaseModel):
    """What a comment or an official reply said before it was changed."""

    __tablename__ = "opengov_discussion_edit"

    id: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True)
    comment_id: Mapped[str] = mapped_column(
        sa.UnicodeText, sa.ForeignKey("opengov_discussion_comment.id", ondelete="CASCADE"), index=True
    )
    is_reply: Mapped[bool] = mapped_column(default=False)
    text: Mapped[str] = mapped_column(sa.UnicodeText)
    wording: Mapped[str] = mapped_column(sa.UnicodeText, default="")
    reason: Mapped[str] = mapped_column(sa.UnicodeText, default="")
    at: Mapped[dt.datetime] = mapped_column(default=utc_now)


class Draft(toolkit.BaseModel):
    """What a person is typing at one place, and has not sent yet; `place` is a part's or a comment's id, or empty."""

    __tablename__ = "opengov_discussion_draft"

    user_id: Mapped[str] = mapped_column(sa.UnicodeText, primary_key=True)
    subject_type: Mapped[str] = mapped_column(sa.UnicodeText, primary_key=True)
    subject_id: Mapped[str] = mapped_column(sa.UnicodeText, primary_key=True)
    place: Mapped[str] = mapped_column(sa.UnicodeText, primary_key=True, default="")
    kind: Mapped[str] = mapped_column(sa.UnicodeText, default="opinion")
    text: Mapped[str] = mapped_column(sa.UnicodeText, default="")
    wording: Mapped[str] = mapped_column(sa.UnicodeText, default="")
    saved: Mapped[dt.datetime] = mapped_column(default=utc_now)


class Reply(toolkit.BaseModel):
    """The official reply to a comment, from taking it into work to publishing: one for each comment."""

    __tablename__ = "opengov_discussion_reply"

    comment_id: Mapped[str] = mapped_column(
        sa.UnicodeText, sa.ForeignKey("opengov_discussion_comment.id", ondelete="CASCADE"), primary_key=True
    )
    taken_by: Mapped[str] = mapped_column(sa.UnicodeText, default="")
    expert_id: Mapped[str] = mapped_column(sa.UnicodeText, default="", index=True)
    outcome: Mapped[str] = mapped_column(sa.UnicodeText, default="")
    text: Mapped[str] = mapped_column(sa.UnicodeText, default="")
    reason: Mapped[str] = mapped_column(sa.UnicodeText, default="")
    private_note: Mapped[str] = mapped_column(sa.UnicodeText, default="")
    changed: Mapped[dt.datetime] = mapped_column(default=utc_now)
    published: Mapped[dt.datetime | None]
    published_by: Mapped[str] = mapped_column(sa.UnicodeText, default="")
    corrected: Mapped[dt.datetime | None]


class Template(toolkit.BaseModel):
    """A ready answer of a body."""

    __tablename__ = "opengov_discussion_template"

    id: Mapped[str] = mapped_column(sa.UnicodeText, primary_key=True, default=_identity)
    owner_id: Mapped[str] = mapped_column(sa.UnicodeText, index=True)
    title: Mapped[str] = mapped_column(sa.UnicodeText)
    text: Mapped[str] = mapped_column(sa.UnicodeText)
    language: Mapped[str] = mapped_column(sa.UnicodeText)


class Report(toolkit.BaseModel):
    """A reader's report of a comment that breaks a rule; one of each reader."""

    __tablename__ = "opengov_discussion_report"
    __table_args__ = (sa.UniqueConstraint("comment_id", "user_id"),)

    id: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True)
    comment_id: Mapped[str] = mapped_column(
        sa.UnicodeText, sa.ForeignKey("opengov_discussion_comment.id", ondelete="CASCADE")
    )
    user_id: Mapped[str | None] = mapped_column(sa.UnicodeText)
    rule: Mapped[str] = mapped_column(sa.UnicodeText)
    note: Mapped[str] = mapped_column(sa.UnicodeText, default="")
    at: Mapped[dt.datetime] = mapped_column(default=utc_now)
    settled: Mapped[dt.datetime | None]


class Trail(toolkit.BaseModel):
    """Who did what to a comment or a person as a moderator or an officer. Nothing is ever taken from it."""

    __tablename__ = "opengov_discussion_trail"

    id: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True)
    target_type: Mapped[str] = mapped_column(sa.UnicodeText)
    target_id: Mapped[str] = mapped_column(sa.UnicodeText, index=True)
    user_id: Mapped[str] = mapped_column(sa.UnicodeText)
    action: Mapped[str] = mapped_column(sa.UnicodeText)
    rule: Mapped[str] = mapped_column(sa.UnicodeText, default="")
    note: Mapped[str] = mapped_column(sa.UnicodeText, default="")
    at: Mapped[dt.datetime] = mapped_column(default=utc_now)


class Bar(toolkit.BaseModel):
    """A person kept from commenting for a time, and what they say against it."""

    __tablename__ = "opengov_discussion_bar"

    id: Mapped[str] = mapped_column(sa.UnicodeText, primary_key=True, default=_identity)
    user_id: Mapped[str] = mapped_column(sa.UnicodeText, index=True)
    until: Mapped[dt.datetime]
    rule: Mapped[str] = mapped_column(sa.UnicodeText)
    note: Mapped[str] = mapped_column(sa.UnicodeText)
    by: Mapped[str] = mapped_column(sa.UnicodeText)
    at: Mapped[dt.datetime] = mapped_column(default=utc_now)
    lifted: Mapped[dt.datetime | None]
    appeal: Mapped[str] = mapped_column(sa.UnicodeText, default="")
    appealed: Mapped[dt.datetime | None]
    decision: Mapped[str] = mapped_column(sa.UnicodeText, default="")


class Person(toolkit.BaseModel):
    """The name under which a person speaks in public."""

    __tablename__ = "opengov_discussion_person"

    user_id: Mapped[str] = mapped_column(sa.UnicodeText, primary_key=True)
    public_name: Mapped[str] = mapped_column(sa.UnicodeText)
