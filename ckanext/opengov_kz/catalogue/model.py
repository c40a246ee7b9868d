"""Tables of the catalogue: old names of what was renamed, and the steps of reviews."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import sqlalchemy as sa
from ckan import model
from ckan.plugins import toolkit
from sqlalchemy import event
from sqlalchemy.orm import Mapped, Session, mapped_column

#: The tables whose renamings are remembered → the word for them in `subject_type`.
_RENAMED = {model.Package: "dataset", model.Group: "group"}


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC).replace(tzinfo=None)


def _identity() -> str:
    return str(uuid.uuid4())


class OldName(toolkit.BaseModel):
    """A name under which a dataset, a publisher or a category could once be reached.

    `subject_type` is "dataset" or "group" (CKAN keeps publishers and categories in one table and one name space).
    """

    __tablename__ = "opengov_catalogue_old_name"
    __table_args__ = (sa.Index("idx_opengov_catalogue_old_name_name", "subject_type", "name"),)

    id: Mapped[str] = mapped_column(sa.UnicodeText, primary_key=True, default=_identity)
    subject_type: Mapped[str] = mapped_column(sa.UnicodeText)
    subject_id: Mapped[str] = mapped_column(sa.UnicodeText)
    name: Mapped[str] = mapped_column(sa.UnicodeText)
    created: Mapped[dt.datetime] = mapped_column(default=_now)

    @classmethod
    def bearer(cls, subject_type: str, name: str) -> str | None:
        """The id of what bore this name last; None when nothing did."""
        found = (
            model.Session.query(cls.subject_id)
            .filter(cls.subject_type == subject_type, cls.name == name)
            .order_by(cls.created.desc())
            .first()
        )
        return found[0] if found else None


class ReviewEvent(toolkit.BaseModel):
    """One step of a dataset through draft, review and publication: who took it, when, and why."""

    __tablename__ = "opengov_catalogue_review_event"

    id: Mapped[str] = mapped_column(sa.UnicodeText, primary_key=True, default=_identity)
    dataset_id: Mapped[str] = mapped_column(sa.UnicodeText, index=True)
    user_id: Mapped[str] = mapped_column(sa.UnicodeText)
    step: Mapped[str] = mapped_column(sa.UnicodeText)
    origin: Mapped[str] = mapped_column(sa.UnicodeText)
    target: Mapped[str] = mapped_column(sa.UnicodeText)
    reason: Mapped[str] = mapped_column(sa.UnicodeText, default="")
    created: Mapped[dt.datetime] = mapped_column(default=_now)

    @classmethod
    def of_dataset(cls, dataset_id: str) -> list[ReviewEvent]:
        """The steps of a dataset, the latest first."""
        events = model.Session.query(ReviewEvent).filter(ReviewEvent.dataset_id == dataset_id)
        return list(events.order_by(ReviewEvent.created.desc()))


def remember_renamings() -> None:
    """Has the old name stored whenever a dataset, a publisher or a category is saved under a new one.

    The mapper's own event sees every way of renaming (form, API, harvester, command line) and writes in the same
    transaction: a renaming that fails leaves no trace.
    """
    for mapped in _RENAMED:
        if not event.contains(mapped, "before_update", _store_old_name):
            event.listen(mapped, "before_update", _store_old_name)


def waiting(owner_orgs: list[str], stage: str) -> list[str]:
    """The ids of the datasets of these bodies that stand at a stage, the longest unchanged first."""
    rows = (
        model.Session.query(model.Package.id)
        .filter(
            model.Package.state == model.State.ACTIVE,
            model.Package.owner_org.in_(owner_orgs),
            model.Package.extras["review_state"].astext == stage,
        )
        .order_by(model.Package.metadata_modified)
    )
    return [row[0] for row in rows]


def _store_old_name(_mapper: Any, connection: sa.Connection, target: Any) -> None:
    history = sa.inspect(target).attrs.name.history
    session = Session.object_session(target)
    if session is None or not history.deleted or not history.deleted[0]:
        return
    connection.execute(
        OldName.__table__.insert().values(
            id=_identity(),
            subject_type=_RENAMED[type(target)],
            subject_id=target.id,
            name=history.deleted[0],
            created=_now(),
        )
    )
