"""What the portal knows of a harvest source above ckanext-harvest: schedule, approval, and how it has been doing."""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa
from ckan import model
from ckan.plugins import toolkit
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from ckanext.opengov_kz.harvesters import rules
from ckanext.opengov_kz.shared.moments import utc_now


class SourceState(toolkit.BaseModel):
    """One row per harvest source; times are naive UTC.

    - `approval`: pending, approved or refused; only an approved source runs. `reason` says why it was refused.
    - `failing_since`: when the first of the failed runs that nothing has made good since began; `problem` is what it
      met, as ``{"code", "details"}``.
    - `judged_job_id`: the newest run whose end has been looked at.
    - `owed`: what the owner has not been told yet: failing, recovered, or nothing.
    """

    __tablename__ = "opengov_harvesting_source"

    source_id: Mapped[str] = mapped_column(sa.UnicodeText, primary_key=True)
    frequency: Mapped[str] = mapped_column(sa.UnicodeText, default="MANUAL")
    approval: Mapped[str] = mapped_column(sa.UnicodeText, default=rules.PENDING)
    asked_by: Mapped[str] = mapped_column(sa.UnicodeText, default="")
    asked_at: Mapped[dt.datetime] = mapped_column(default=utc_now)
    decided_by: Mapped[str] = mapped_column(sa.UnicodeText, default="")
    decided_at: Mapped[dt.datetime | None] = mapped_column(default=None)
    reason: Mapped[str] = mapped_column(sa.UnicodeText, default="")
    last_success: Mapped[dt.datetime | None] = mapped_column(default=None)
    failing_since: Mapped[dt.datetime | None] = mapped_column(default=None)
    problem: Mapped[Any] = mapped_column(sa.JSON(none_as_null=True), default=None)
    judged_job_id: Mapped[str | None] = mapped_column(sa.UnicodeText, default=None)
    owed: Mapped[str] = mapped_column(sa.UnicodeText, default="")

    @classmethod
    def of(cls, source_id: str) -> SourceState:
        """The state of a source; a new one, which is pending, where nothing was stored. Not committed.

        Two processes that ask for the first time at once get the same row.
        """
        found = model.Session.get(cls, source_id)
        if found is None:
            values = {"source_id": source_id, "frequency": "MANUAL", "approval": rules.PENDING}
            values |= dict.fromkeys(("asked_by", "decided_by", "reason", "owed"), "")
            model.Session.execute(insert(cls).values(asked_at=utc_now(), **values).on_conflict_do_nothing())
            found = model.Session.get_one(cls, source_id)
        return found

    @classmethod
    def of_all(cls, source_ids: list[str]) -> dict[str, SourceState]:
        """The stored states of these sources, by id."""
        found = model.Session.scalars(sa.select(cls).where(cls.source_id.in_(source_ids)))
        return {state.source_id: state for state in found}
