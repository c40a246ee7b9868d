"""Tables of publishing: the history of merges, and the rows that they rejected."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import sqlalchemy as sa
from ckan.plugins import toolkit
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC).replace(tzinfo=None)


class Run(toolkit.BaseModel):
    """One merge into the table of a resource: what came of it. Times are in UTC.

    `state` is running, done, held (a person has to look) or failed; `code` and `detail` are those of
    `report.MergeError`, or `interrupted` (the process ended before its merge) or `source` (the rows broke off).
    """

    __tablename__ = "opengov_publishing_run"
    __table_args__ = (sa.Index("idx_opengov_publishing_run_resource", "resource_id", "began"),)

    id: Mapped[str] = mapped_column(sa.UnicodeText, primary_key=True, default=lambda: str(uuid.uuid4()))
    resource_id: Mapped[str] = mapped_column(sa.UnicodeText)
    mode: Mapped[str] = mapped_column(sa.UnicodeText)
    state: Mapped[str] = mapped_column(sa.UnicodeText, default="running")
    code: Mapped[str] = mapped_column(sa.UnicodeText, default="")
    detail: Mapped[str] = mapped_column(sa.UnicodeText, default="")
    #: The name of the user; empty for the portal itself.
    author: Mapped[str] = mapped_column(sa.UnicodeText, default="")
    began: Mapped[dt.datetime] = mapped_column(default=_now)
    ended: Mapped[dt.datetime | None]
    read: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    inserted: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    updated: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    unchanged: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    closed: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    rejected: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    closing_skipped: Mapped[bool] = mapped_column(default=False)
    changes_kept: Mapped[bool] = mapped_column(default=False)
    seconds: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)


class Reject(toolkit.BaseModel):
    """A row that a run rejected. Its value may be of a person: only the body's own people see it, and not for ever."""

    __tablename__ = "opengov_publishing_reject"

    id: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True)
    run_id: Mapped[str] = mapped_column(
        sa.UnicodeText, sa.ForeignKey("opengov_publishing_run.id", ondelete="CASCADE"), index=True
    )
    number: Mapped[int] = mapped_column(sa.BigInteger)
    column_name: Mapped[str | None] = mapped_column(sa.UnicodeText)
    value: Mapped[str | None] = mapped_column(sa.UnicodeText)
    reason: Mapped[str] = mapped_column(sa.UnicodeText)
