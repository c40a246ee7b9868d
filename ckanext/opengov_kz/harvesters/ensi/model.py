"""Tables of ENSI: the versions of each classifier that were loaded, and every state of its items.

The classifier's own table, in the DataStore, has one row per code, the newest. What was before stands here, so that the
classifier can be asked for as of any day.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa
from ckan.plugins import toolkit
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column


class ClassifierVersion(toolkit.BaseModel):
    """A version of a classifier that was loaded.

    `in_force` is the agency's date; `added`, `changed` and `closed` count what it changed against the one before;
    `whole_loaded` is when it was last loaded whole, and not only as changes since another; `first` is the one that the
    history begins with; `mark` is the last state that was stored with it; `findings` is what is odd about it as a
    whole: {"counts": {reason: number}, "samples": [[reason, code]]}. Times are UTC.
    """

    __tablename__ = "opengov_ensi_harvester_version"
    __table_args__ = (sa.UniqueConstraint("resource_id", "version"),)

    id: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True)
    resource_id: Mapped[str] = mapped_column(sa.UnicodeText)
    version: Mapped[str] = mapped_column(sa.UnicodeText)
    in_force: Mapped[dt.date | None] = mapped_column(sa.Date)
    loaded: Mapped[dt.datetime] = mapped_column(sa.DateTime)
    whole_loaded: Mapped[dt.datetime | None] = mapped_column(sa.DateTime)
    first: Mapped[bool] = mapped_column(sa.Boolean, default=False)
    added: Mapped[int] = mapped_column(sa.Integer, default=0)
    changed: Mapped[int] = mapped_column(sa.Integer, default=0)
    closed: Mapped[int] = mapped_column(sa.Integer, default=0)
    mark: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    findings: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)


class ItemState(toolkit.BaseModel):
    """One state of an item: what the agency said of it, and when that was in force.

    - in force in [since, until), NULL is no bound; nothing is in force that `superseded` marks as corrected later;
    - `is_current`: the newest state of its code, the row of the classifier's table;
    - `ring`: the item to begin at where items stand above themselves;
    - `kind` and `previous_id`: the change that brought this state, in order of `id`;
    - `words`: what a search looks through, in small letters without Kazakh signs.
    """

    __tablename__ = "opengov_ensi_harvester_state"

    id: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True)
    resource_id: Mapped[str] = mapped_column(sa.UnicodeText)
    version_id: Mapped[int] = mapped_column(sa.BigInteger)
    code: Mapped[str] = mapped_column(sa.UnicodeText)
    parent_code: Mapped[str | None] = mapped_column(sa.UnicodeText)
    name_kk: Mapped[str | None] = mapped_column(sa.UnicodeText)
    name_ru: Mapped[str | None] = mapped_column(sa.UnicodeText)
    level: Mapped[int | None] = mapped_column(sa.Integer)
    valid_from: Mapped[dt.date | None] = mapped_column(sa.Date)
    valid_to: Mapped[dt.date | None] = mapped_column(sa.Date)
    status: Mapped[str | None] = mapped_column(sa.UnicodeText)
    since: Mapped[dt.date | None] = mapped_column(sa.Date)
    until: Mapped[dt.date | None] = mapped_column(sa.Date)
    is_current: Mapped[bool] = mapped_column(sa.Boolean)
    superseded: Mapped[bool] = mapped_column(sa.Boolean)
    ring: Mapped[bool] = mapped_column(sa.Boolean)
    kind: Mapped[str] = mapped_column(sa.UnicodeText)
    previous_id: Mapped[int | None] = mapped_column(sa.BigInteger)
    recorded: Mapped[dt.datetime] = mapped_column(sa.DateTime)
    words: Mapped[str] = mapped_column(sa.UnicodeText)
