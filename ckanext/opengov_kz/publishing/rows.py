"""The corridor: every row of data enters the DataStore here, whichever door it came through.

    report = merge_rows(resource_id, rows, key=["code"], mode="snapshot", today=date(2026, 1, 31))

The rows are streamed through checks into a temporary table by COPY, compared with the stored ones set-wise, and only
what differs is written, in one transaction: readers see the old state or the new one, and any failure leaves the old.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, cast

from ckan.plugins import toolkit
from ckanext.datastore.backend.postgres import get_write_engine
from psycopg2.extensions import connection as Connection  # noqa: N812 - a class in small letters

from . import changes
from .report import MODES, Limits, MergeBusy, MergeError, MergeHeld, MergeReport, Mode
from .rules import DELETED, RejectedRow, RowReader, Unfit, cast_for, rejected_row
from .runs import Recorder
from .signals import rows_merged
from .sources import CsvFile, HeadingError
from .staging import NotSetWise
from .table import Busy, DatabaseError, KeyMismatch, NoTable, Table

__all__ = ["MODES", "Limits", "MergeBusy", "MergeError", "MergeHeld", "MergeReport", "Mode", "merge_rows"]


def merge_rows(
    resource_id: str,
    rows: Iterable[Mapping[str, Any]],
    *,
    key: Sequence[str],
    mode: Mode,
    today: date,
    limits: Limits | None = None,
    wait_seconds: float = 30.0,
    on_reject: Callable[[RejectedRow], None] | None = None,
    author: str = "",
) -> MergeReport:
    """Brings the resource's DataStore table into step with `rows`, and sends the signal `rows_merged`.

    - The table exists (datastore_create with its dictionary). A row is a mapping of column names to values; a missing
      column is NULL, an unknown one rejects the row. Columns whose dictionary says `required`, and the key, must have
      a value. The first of several rows with the same key counts, the others are rejected.
    - `key`: the columns that identify a row. Only an append can do without.
    - `snapshot`: the input is the whole table. A stored row that is absent from it is closed (`status` = closed,
      `valid_to` = today) where the table has both columns, and deleted elsewhere. What was closed before stays.
    - `delta`: rows are inserted or updated; one with a truthy `_deleted` is closed or deleted by its key.
    - `append`: rows are added; one whose key is stored with the same values is unchanged, with others rejected.
    - A rejected row whose key can be read keeps its stored state: a fault in the input deletes nothing.

    `rows` may be a `sources.CsvFile`: PostgreSQL then reads it by itself, several times faster, with the same result.
    `rows` is consumed inside the transaction, so spool slow sources first. `on_reject` is called for every rejected
    row, the report shows the first `limits.errors`. A second writer waits for `wait_seconds`. The merge is written down
    in the history of the resource (runs.py), with `author`, the name of the user behind it; empty is the portal itself.

    Raises MergeError and its kinds MergeBusy and MergeHeld; whatever the iterator raises passes through. In each case
    nothing was written.
    """
    report = MergeReport()
    with Recorder(resource_id, mode, report, author) as run:
        _merge(
            resource_id,
            rows,
            tuple(key),
            mode,
            today,
            limits or configured_limits(),
            report,
            run,
            wait_seconds,
            on_reject,
        )
    rows_merged.send(resource_id, report=report)
    return report


def configured_limits() -> Limits:
    """When a merge is held back, as the portal's configuration says."""
    return Limits(
        rejected_share=toolkit.config["opengov.publishing.rejected_percent"] / 100,
        closed_share=toolkit.config["opengov.publishing.closed_percent"] / 100,
    )


def _merge(
    resource_id: str,
    rows: Iterable[Any],
    key: tuple[str, ...],
    mode: Mode,
    today: date,
    limits: Limits,
    report: MergeReport,
    run: Recorder,
    wait_seconds: float,
    on_reject: Callable[[RejectedRow], None] | None,
) -> None:
    connection = cast("Connection", get_write_engine().raw_connection())
    try:
        with connection.cursor() as cursor, report.stage("total"):
            # Sorting and index building in memory; given back at the end of the transaction.
            cursor.execute("SET LOCAL work_mem = '64MB'; SET LOCAL maintenance_work_mem = '256MB'")
            merge = _Merge(
                cursor, resource_id, key=key, mode=mode, limits=limits, report=report, run=run, on_reject=on_reject
            )
            merge.run(rows, today, wait_seconds)
            with report.stage("commit"):
                connection.commit()
    except NoTable:
        raise MergeError("no_table", resource_id) from None
    except KeyMismatch:
        raise MergeError("key_mismatch", ", ".join(key), report) from None
    except Busy:
        raise MergeBusy from None
    except DatabaseError as error:
        raise MergeError("database", str(error).strip(), report) from error
    finally:
        # Returns the connection to the pool, which rolls back what is not committed.
        connection.close()


class _Merge:
    """One merge inside its transaction."""

    def __init__(
        self,
        cursor: Any,
        resource_id: str,
        *,
        key: tuple[str, ...],
        mode: Mode,
        limits: Limits,
        report: MergeReport,
        run: Recorder,
        on_reject: Callable[[RejectedRow], None] | None,
    ) -> None:
        self.table = Table(cursor, resource_id, toolkit.config["ckan.datastore.default_fts_lang"])
        self.cursor = cursor
        self.resource_id = resource_id
        self.key = key
        self.mode = mode
        self.limits = limits
        self.report = report
        self.recorder = run
        self.on_reject = on_reject
        self.keyless = 0
        self._check_columns()
        self.staging = self.table.staging(key)

    def _check_columns(self) -> None:
        if not self.key and self.mode != "append":
            raise MergeError("no_key")
        names = {column.name for column in self.table.columns}
        if unknown := [name for name in self.key if name not in names]:
            raise MergeError("key_columns", ", ".join(unknown))
        for column in self.table.columns:
            try:
                cast_for(column.type)
            except LookupError:
                raise MergeError("column_type", f"{column.name} {column.type}") from None

    def run(self, rows: Iterable[Any], today: date, wait_seconds: float) -> None:
        report, table, staging = self.report, self.table, self.staging
        with report.stage("wait"):
            table.lock(wait_seconds)
            self.recorder.start(table.last_run())
        with report.stage("read"):
            self._stage(rows)
        with report.stage("compare"):
            if self.key:
                table.ensure_key(self.key)
                for number, value in staging.drop_repeated():
                    self._reject(number, Unfit("duplicate", self.key[0], value))
            table.stop_writers()
            empty = table.is_empty()
        if not self.key or empty:
            self._check_limits(closing=0, open_rows=0)
            with report.stage("write"):
                report.inserted = table.fill(in_order=staging.in_order) if empty else table.append()
            report.unchanged = report.read - report.rejected - report.inserted
        else:
            self._merge(today)
        with report.stage("statistics"):
            deleted = 0 if table.closes_rows else report.closed
            run = {"id": report.run_id, "changes_kept": report.changes_kept, **report.counts()}
            table.record(added=report.inserted - deleted, changed=report.changed, run=run)

    def _merge(self, today: date) -> None:
        report, table = self.report, self.table
        with report.stage("compare"):
            plan = table.compare(self.key, snapshot=self.mode == "snapshot", append=self.mode == "append")
            if plan.exists:
                for number, value in table.existing(self.key):
                    self._reject(number, Unfit("exists", self.key[0], value))
        report.closing_skipped = bool(self.mode == "snapshot" and self.keyless and plan.closing)
        closing = 0 if report.closing_skipped else plan.closing
        self._check_limits(closing=closing, open_rows=plan.open_rows)
        if 0 < plan.inserted + plan.updated + closing <= toolkit.config["opengov.publishing.changes_kept"]:
            with report.stage("changes"):
                changes.write_down(self.cursor, table, self.resource_id, report.run_id, self.key, close=closing > 0)
            report.changes_kept = True
        with report.stage("write"):
            table.write(close=closing > 0, today=today)
        report.inserted, report.updated, report.closed = plan.inserted, plan.updated, closing
        # Deletions are rows of a delta; what a snapshot closes is not in its input.
        of_input = report.changed if self.mode == "delta" else report.inserted + report.updated
        report.unchanged = report.read - report.rejected - of_input

    def _stage(self, rows: Iterable[Any]) -> None:
        if isinstance(rows, CsvFile):
            self._check_heading(rows)
            try:
                self.report.read = self.staging.take_file(rows)
            except NotSetWise:
                pass
            else:
                self.staging.return_lines(self._lines(self.staging.doubtful()))
                return
        self.staging.take_lines(self._lines(enumerate(self._counted(rows), start=1)))

    def _check_heading(self, file: CsvFile) -> None:
        try:
            names = file.heading()
        except HeadingError as error:
            raise MergeError("heading", error.detail) from None
        known = {column.name for column in self.table.columns}
        if self.mode == "delta":
            known.add(DELETED)
        if unknown := [name for name in names if name not in known]:
            raise MergeError("unknown_column", ", ".join(unknown))
        if missing := [name for name in self.key if name not in names]:
            raise MergeError("missing_column", ", ".join(missing))

    def _counted(self, rows: Iterable[Any]) -> Iterator[Any]:
        for number, row in enumerate(rows, start=1):
            self.report.read = number
            yield row

    def _lines(self, rows: Iterable[tuple[int, Any]]) -> Iterator[bytes]:
        reader = RowReader(self.table.columns, self.key)
        marks = self.mode == "delta"
        for number, row in rows:
            try:
                line = reader.line(number, row, marks=marks)
            except Unfit as unfit:
                self._reject(number, unfit)
                kept = self._key_line(reader, number, row)
                if kept is None:
                    continue
                line = kept
            yield line

    def _key_line(self, reader: RowReader, number: int, row: Any) -> bytes | None:
        try:
            return reader.key_line(number, row) if self.key else None
        except Unfit:
            self.keyless += 1
            return None

    def _reject(self, number: int, unfit: Unfit) -> None:
        self.report.rejected += 1
        rejected = rejected_row(number, unfit)
        if len(self.report.errors) < self.limits.errors:
            self.report.errors.append(rejected)
        self.recorder.reject(rejected)
        if self.on_reject:
            self.on_reject(rejected)
        if self.limits.rejected_rows is not None and self.report.rejected > self.limits.rejected_rows:
            raise MergeHeld("rejected_limit", str(self.report.rejected), self.report)

    def _check_limits(self, *, closing: int, open_rows: int) -> None:
        report, limits = self.report, self.limits
        if report.read >= limits.from_rows and report.rejected > report.read * limits.rejected_share:
            raise MergeHeld("rejected_limit", str(report.rejected), report)
        nothing_came = report.read == report.rejected
        if (nothing_came or open_rows >= limits.from_rows) and closing > open_rows * limits.closed_share:
            raise MergeHeld("closed_limit", str(closing), report)
