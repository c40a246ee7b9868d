"""Tables of draft acts. The passport is a package of the type `npa`; here stand its way, text and outcome."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import sqlalchemy as sa
from ckan.plugins import toolkit
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from ckanext.opengov_kz.shared.moments import utc_now


def _identity() -> str:
    return str(uuid.uuid4())


class Act(toolkit.BaseModel):
    """Where an act stands, and the days on which it came there (Kazakhstan's). `version` is the one that is public."""

    __tablename__ = "opengov_npa_act"
    __table_args__ = (
        sa.Index("idx_opengov_npa_act_stage", "stage", "closes"),
        sa.Index("idx_opengov_npa_act_owner", "owner_id", "stage"),
        sa.Index("idx_opengov_npa_act_published", "published"),
    )

    package_id: Mapped[str] = mapped_column(sa.UnicodeText, primary_key=True)
    owner_id: Mapped[str] = mapped_column(sa.UnicodeText)
    kind: Mapped[str] = mapped_column(sa.UnicodeText)
    sphere: Mapped[str] = mapped_column(sa.UnicodeText, default="")
    stage: Mapped[str] = mapped_column(sa.UnicodeText, default="draft")
    version: Mapped[int] = mapped_column(default=0)
    term_days: Mapped[int | None]
    published: Mapped[dt.date | None]
    closes: Mapped[dt.date | None]
    considered: Mapped[dt.date | None]
    sent_for_agreement: Mapped[dt.date | None]
    reported: Mapped[dt.date | None]
    adopted: Mapped[dt.date | None]
    withdrawn: Mapped[dt.date | None]
    archived: Mapped[dt.date | None]
    call_id: Mapped[str | None] = mapped_column(sa.UnicodeText, index=True)
    views: Mapped[int] = mapped_column(default=0)
    breaches: Mapped[list[str]] = mapped_column(JSONB, default=list)
    source_id: Mapped[str | None] = mapped_column(sa.UnicodeText, unique=True)


class Step(toolkit.BaseModel):
    """What was done to an act, by whom and why. Nothing is ever taken from it."""

    __tablename__ = "opengov_npa_step"

    id: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True)
    package_id: Mapped[str] = mapped_column(sa.UnicodeText, index=True)
    what: Mapped[str] = mapped_column(sa.UnicodeText)
    at: Mapped[dt.datetime] = mapped_column(default=utc_now)
    user_id: Mapped[str] = mapped_column(sa.UnicodeText, default="")
    reason: Mapped[str] = mapped_column(sa.UnicodeText, default="")
    details: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)


class Version(toolkit.BaseModel):
    """A text of an act in both languages, as rows of `texts.rows`; number 0 is the preview that an officer corrects."""

    __tablename__ = "opengov_npa_version"
    __table_args__ = (sa.UniqueConstraint("package_id", "number"),)

    id: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True)
    package_id: Mapped[str] = mapped_column(sa.UnicodeText)
    number: Mapped[int]
    rows: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, default=list)
    problems: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    note: Mapped[dict[str, str]] = mapped_column(JSONB, default=dict)
    made: Mapped[dt.datetime] = mapped_column(default=utc_now)
    published: Mapped[dt.datetime | None]
    user_id: Mapped[str] = mapped_column(sa.UnicodeText, default="")


class Lead(toolkit.BaseModel):
    """Where comments on a part of one version lead in the next; see `versions.Moved`."""

    __tablename__ = "opengov_npa_lead"

    id: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True)
    package_id: Mapped[str] = mapped_column(sa.UnicodeText, index=True)
    version: Mapped[int]
    old_identity: Mapped[str] = mapped_column(sa.UnicodeText)
    new_identity: Mapped[str | None] = mapped_column(sa.UnicodeText)
    how: Mapped[str] = mapped_column(sa.UnicodeText)


class Conclusion(toolkit.BaseModel):
    """The conclusion of a council or an expert; `organisation` is of the role that was verified when it was given."""

    __tablename__ = "opengov_npa_conclusion"

    id: Mapped[str] = mapped_column(sa.UnicodeText, primary_key=True, default=_identity)
    package_id: Mapped[str] = mapped_column(sa.UnicodeText, index=True)
    kind: Mapped[str] = mapped_column(sa.UnicodeText)
    outcome: Mapped[str] = mapped_column(sa.UnicodeText)
    text: Mapped[str] = mapped_column(sa.UnicodeText)
    language: Mapped[str] = mapped_column(sa.UnicodeText)
    version: Mapped[int]
    user_id: Mapped[str] = mapped_column(sa.UnicodeText)
    name: Mapped[str] = mapped_column(sa.UnicodeText)
    organisation: Mapped[dict[str, str]] = mapped_column(JSONB, default=dict)
    at: Mapped[dt.datetime] = mapped_column(default=utc_now)


class Role(toolkit.BaseModel):
    """For whom a person may give conclusions of a kind; an administrator has seen the papers."""

    __tablename__ = "opengov_npa_role"

    user_id: Mapped[str] = mapped_column(sa.UnicodeText, primary_key=True)
    kind: Mapped[str] = mapped_column(sa.UnicodeText, primary_key=True)
    organisation: Mapped[dict[str, str]] = mapped_column(JSONB, default=dict)
    verified_by: Mapped[str] = mapped_column(sa.UnicodeText)
    at: Mapped[dt.datetime] = mapped_column(default=utc_now)


class Report(toolkit.BaseModel):
    """The report on a discussion: what the body writes, and, once published, the record as it stood then."""

    __tablename__ = "opengov_npa_report"

    package_id: Mapped[str] = mapped_column(sa.UnicodeText, primary_key=True)
    introduction: Mapped[dict[str, str]] = mapped_column(JSONB, default=dict)
    conclusion: Mapped[dict[str, str]] = mapped_column(JSONB, default=dict)
    unanswered_reason: Mapped[dict[str, str]] = mapped_column(JSONB, default=dict)
    changed: Mapped[dt.datetime] = mapped_column(default=utc_now)
    published: Mapped[dt.datetime | None]
    record: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)


class Follow(toolkit.BaseModel):
    """A person who wants to be told of new drafts: of a `body` (its id) or a `sphere`, or of one `act`."""

    __tablename__ = "opengov_npa_follow"
    __table_args__ = (sa.Index("idx_opengov_npa_follow_what", "what", "value"),)

    user_id: Mapped[str] = mapped_column(sa.UnicodeText, primary_key=True)
    what: Mapped[str] = mapped_column(sa.UnicodeText, primary_key=True)
    value: Mapped[str] = mapped_column(sa.UnicodeText, primary_key=True)
