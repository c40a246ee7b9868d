"""The history of merges: every one is written down, also those that were held back or failed.

The history stands in the portal's own database and the rows in the DataStore's: what a merge did stands in both, so
that a process that dies between the two commits leaves no run unsettled (`Recorder.start`). It is written over
connections of its own: what the caller's session holds is neither stored nor thrown away.
"""

from __future__ import annotations

import datetime as dt
import logging
import uuid
from collections.abc import Mapping
from types import TracebackType
from typing import Any, Self

import sqlalchemy as sa
from ckan import model
from ckan.plugins import toolkit
from sqlalchemy.exc import SQLAlchemyError

from .model import Reject, Run
from .report import COUNTS, MergeError, MergeHeld, MergeReport
from .rules import RejectedRow, storable
from .signals import merge_held

log = logging.getLogger(__name__)

_RUN: Any = Run.__table__
_REJECT: Any = Reject.__table__
_LONGEST_DETAIL = 10_000
RUNNING, DONE, HELD, FAILED = "running", "done", "held", "failed"


class Recorder:
    """Writes down one merge: `with Recorder(…) as run:` around it; what ends the block becomes the run's state."""

    def __init__(self, resource_id: str, mode: str, report: MergeReport, author: str = "") -> None:
        self.id = report.run_id = str(uuid.uuid4())
        self._resource_id = resource_id
        self._mode = mode
        self._report = report
        self._author = author
        #: What a run that succeeds says beside its counts.
        self.note = ""
        self._began = _now()
        self._started = False
        self._rejected: list[RejectedRow] = []
        self._most = toolkit.config["opengov.publishing.rejected_rows_kept"]

    def reject(self, row: RejectedRow) -> None:
        """Keeps a rejected row, up to opengov.publishing.rejected_rows_kept of them."""
        if len(self._rejected) < self._most:
            self._rejected.append(row)

    def __enter__(self) -> Self:
        return self

    def start(self, committed: Mapping[str, Any]) -> None:
        """Writes down that the merge runs, and ends what dead processes left running.

        Called while this process alone may merge into the table: whatever else is said to run there does not.
        `committed` is what the DataStore knows of the last merge that changed the table: `id`, counts, `changes_kept`.
        """
        others = sa.and_(_RUN.c.resource_id == self._resource_id, _RUN.c.state == RUNNING)
        known = {name: committed[name] for name in (*COUNTS, "changes_kept") if name in committed}
        with _database().begin() as connection:
            if known:
                done = _RUN.update().where(others, _RUN.c.id == committed.get("id"))
                connection.execute(done.values(state=DONE, ended=_now(), **known))
            connection.execute(
                _RUN.update().where(others).values(state=FAILED, code="interrupted", detail="", ended=_now())
            )
            connection.execute(_RUN.insert().values(self._values(RUNNING)))
        self._started = True

    def _values(self, state: str, code: str = "", detail: str = "") -> dict[str, Any]:
        report = self._report
        return {
            "id": self.id,
            "resource_id": self._resource_id,
            "mode": self._mode,
            "author": self._author,
            "state": state,
            "code": code,
            "detail": storable(detail[:_LONGEST_DETAIL]),
            "began": self._began,
            "ended": None if state == RUNNING else _now(),
            "seconds": report.seconds,
            "closing_skipped": report.closing_skipped,
            "changes_kept": report.changes_kept,
            **report.counts(),
        }

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        state, code, detail = _outcome(error)
        detail = detail or (self.note if state == DONE else "")
        if code == "no_table":
            # Whoever calls with any id must not fill the history with it.
            return
        try:
            told = self._end(state, code, detail)
        except SQLAlchemyError:
            # The rows are stored: the next merge learns from the DataStore what became of this one.
            log.exception("The run %s could not be written down", self.id)
            return
        if state == HELD and not told:
            merge_held.send(self._resource_id, run_id=self.id)

    def _end(self, state: str, code: str, detail: str) -> bool:
        """Whether the last run before this one was held for the same reason: then its people know already."""
        with _database().begin() as connection:
            before = connection.execute(
                sa.select(_RUN.c.state, _RUN.c.code)
                .where(_RUN.c.resource_id == self._resource_id, _RUN.c.id != self.id, _RUN.c.state != RUNNING)
                .order_by(_RUN.c.began.desc())
                .limit(1)
            ).first()
            values = self._values(state, code, detail)
            if self._started:
                connection.execute(_RUN.update().where(_RUN.c.id == self.id).values(values))
            else:
                connection.execute(_RUN.insert().values(values))
            if self._rejected:
                connection.execute(
                    _REJECT.insert(),
                    [
                        {"run_id": self.id, "number": r.number, "column_name": r.column, "value": r.value,
                         "reason": r.reason}
                        for r in self._rejected
                    ],
                )  # fmt: skip
            self._forget(connection)
        return before is not None and tuple(before) == (state, code)

    def _forget(self, connection: sa.Connection) -> None:
        oldest = _now() - dt.timedelta(days=toolkit.config["opengov.publishing.rejected_rows_days"])
        connection.execute(
            _REJECT.delete().where(_REJECT.c.run_id.in_(sa.select(_RUN.c.id).where(_RUN.c.began < oldest)))
        )
        newest = (
            sa.select(_RUN.c.id)
            .where(_RUN.c.resource_id == self._resource_id)
            .order_by(_RUN.c.began.desc())
            .limit(toolkit.config["opengov.publishing.runs_kept"])
        )
        connection.execute(_RUN.delete().where(_RUN.c.resource_id == self._resource_id, _RUN.c.id.not_in(newest)))


def _outcome(error: BaseException | None) -> tuple[str, str, str]:
    if error is None:
        return DONE, "", ""
    if isinstance(error, MergeError):
        return (HELD if isinstance(error, MergeHeld) else FAILED), error.code, error.detail
    # Texts of foreign errors may hold addresses with keys in them: the name of the kind has to do.
    return FAILED, "source", type(error).__name__


def listed(resource_id: str, limit: int, offset: int) -> tuple[int, list[dict[str, Any]]]:
    """How many runs a resource has, and some of them, the latest first."""
    query = model.Session.query(Run).filter(Run.resource_id == resource_id)
    runs = query.order_by(Run.began.desc(), Run.id).limit(limit).offset(offset)
    return query.count(), [as_dict(run) for run in runs]


def found(resource_id: str, run_id: str) -> dict[str, Any] | None:
    """One run of a resource."""
    run = model.Session.query(Run).filter(Run.resource_id == resource_id, Run.id == run_id).first()
    return run and as_dict(run)


def writing(resource_id: str, since: dt.datetime | None, until: dt.datetime | None) -> list[dict[str, Any]]:
    """The runs that changed rows and began after `since` and not after `until`, the earliest first."""
    query = model.Session.query(Run).filter(
        Run.resource_id == resource_id, Run.state == DONE, Run.inserted + Run.updated + Run.closed > 0
    )
    if since:
        query = query.filter(Run.began > since.astimezone(dt.UTC).replace(tzinfo=None))
    if until:
        query = query.filter(Run.began <= until.astimezone(dt.UTC).replace(tzinfo=None))
    return [as_dict(run) for run in query.order_by(Run.began, Run.id)]


def as_dict(run: Run) -> dict[str, Any]:
    """Plain values, times in ISO 8601 with their zone."""
    values = {column.name: getattr(run, column.name) for column in _RUN.columns}
    for name in ("began", "ended"):
        values[name] = values[name] and values[name].replace(tzinfo=dt.UTC).isoformat()
    return values


def rejected(run_id: str, limit: int, offset: int) -> tuple[int, list[dict[str, Any]]]:
    """How many rejected rows are kept of a run, and some of them in the order in which they were found."""
    query = model.Session.query(Reject).filter(Reject.run_id == run_id)
    rows = query.order_by(Reject.id).limit(limit).offset(offset)
    return query.count(), [
        {"number": row.number, "column": row.column_name, "value": row.value, "reason": row.reason} for row in rows
    ]


def _database() -> sa.Engine:
    engine = model.meta.engine
    assert engine is not None  # noqa: S101 - CKAN connects before it loads plugins
    return engine


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC).replace(tzinfo=None)
