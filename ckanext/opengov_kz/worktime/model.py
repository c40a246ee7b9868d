"""Tables of the calendar: days that were moved, and who said so when."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from ckan.plugins import toolkit
from sqlalchemy.orm import Mapped, mapped_column


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC).replace(tzinfo=None)


class Override(toolkit.BaseModel):
    """A day that is not what the week and the holidays say, and why, in both languages."""

    __tablename__ = "opengov_worktime_override"

    day: Mapped[dt.date] = mapped_column(primary_key=True)
    works: Mapped[bool]
    reason_kk: Mapped[str] = mapped_column(sa.UnicodeText, default="")
    reason_ru: Mapped[str] = mapped_column(sa.UnicodeText, default="")


class Change(toolkit.BaseModel):
    """A change of the calendar: `works` is empty where an override was taken away. Nothing is ever deleted here."""

    __tablename__ = "opengov_worktime_change"

    id: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True)
    day: Mapped[dt.date]
    works: Mapped[bool | None]
    user_id: Mapped[str] = mapped_column(sa.UnicodeText)
    at: Mapped[dt.datetime] = mapped_column(default=_now)
