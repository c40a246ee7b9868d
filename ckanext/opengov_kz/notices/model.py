"""Tables of notices: what people were told, and how they want to be told."""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa
from ckan.plugins import toolkit
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from ckanext.opengov_kz.shared.moments import utc_now


class Notice(toolkit.BaseModel):
    """One person told of one thing: `title` and `body` by language, `url` without the language's prefix."""

    __tablename__ = "opengov_notices_notice"
    __table_args__ = (
        sa.UniqueConstraint("user_id", "key"),
        sa.Index("idx_opengov_notices_notice_mail", "mail", "due"),
        sa.Index("idx_opengov_notices_notice_user", "user_id", "read", "created"),
    )

    id: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True)
    user_id: Mapped[str] = mapped_column(sa.UnicodeText)
    kind: Mapped[str] = mapped_column(sa.UnicodeText)
    key: Mapped[str] = mapped_column(sa.UnicodeText)
    title: Mapped[dict[str, Any]] = mapped_column(JSONB)
    body: Mapped[dict[str, Any]] = mapped_column(JSONB)
    url: Mapped[str] = mapped_column(sa.UnicodeText)
    created: Mapped[dt.datetime] = mapped_column(default=utc_now)
    read: Mapped[dt.datetime | None]
    mail: Mapped[str] = mapped_column(sa.UnicodeText)
    due: Mapped[dt.datetime] = mapped_column(default=utc_now)
    tries: Mapped[int] = mapped_column(default=0)


class Switch(toolkit.BaseModel):
    """How a person wants to be told of a kind of things; without a row, at once."""

    __tablename__ = "opengov_notices_switch"

    user_id: Mapped[str] = mapped_column(sa.UnicodeText, primary_key=True)
    kind: Mapped[str] = mapped_column(sa.UnicodeText, primary_key=True)
    how: Mapped[str] = mapped_column(sa.UnicodeText)
