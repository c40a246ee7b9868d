"""Prepared downloads: a table written into files of every format, from one state of its rows, in constant memory.

PostgreSQL itself writes CSV and JSON Lines by COPY, in one REPEATABLE READ transaction; the other files are made of the
CSV file (exports_files.py). The set is put in place at once (exports_store.py), so a reader meets one state in all
formats.
"""

from __future__ import annotations

import errno
import hashlib
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
from ckan.plugins import toolkit
from ckanext.datastore.backend.postgres import get_write_engine
from psycopg2.sql import SQL, Composable, Identifier, Literal

from ckanext.opengov_kz.shared.languages import LANGUAGES

from .downloads import CELL_CHARACTERS
from .exports_arrow import ExportAbout, ExportColumn, batches
from .exports_files import ParquetFile, SpreadsheetCsvFile, TableFile, XmlFile
from .exports_store import ExportStore
from .exports_xlsx import XlsxFile
from .reading import Kind
from .rules import Column
from .state import table_state
from .table import DatabaseError, NoTable, Table


@dataclass(frozen=True)
class Format:
    """A format: its file's name, what it is called, and its media type."""

    file: str
    label: str
    media_type: str


_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: Format → file, in the order in which a page shows them. The names are parts of addresses: they stay.
FORMATS: Mapping[str, Format] = {
    "csv": Format("table.csv", "CSV", "text/csv; charset=utf-8"),
    "jsonl": Format("table.jsonl", "JSON Lines", "application/jsonl; charset=utf-8"),
    "xlsx": Format("table.xlsx", "XLSX", _XLSX),
    "xml": Format("table.xml", "XML", "application/xml"),
    "parquet": Format("table.parquet", "Parquet", "application/vnd.apache.parquet"),
    "spreadsheet_csv": Format("table-for-spreadsheets.csv", "CSV for spreadsheets", "text/csv; charset=utf-8"),
}
_MADE_OF_CSV = ("xlsx", "xml", "parquet", "spreadsheet_csv")

#: PostgreSQL's names of types, as `format_type` writes them, without a length.
_KINDS: Mapping[str, Kind] = {
    "text": "text",
    "character varying": "text",
    "character": "text",
    "uuid": "text",
    "smallint": "number",
    "integer": "number",
    "bigint": "number",
    "numeric": "number",
    "real": "number",
    "double precision": "number",
    "date": "date",
    "timestamp without time zone": "moment",
    "timestamp with time zone": "moment",
    "boolean": "flag",
}
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class ExportError(Exception):
    """The files were not made; the old ones stand as they did.

    `code` is one of `no_table`, `busy`, `disk_full`, `storage`, `database`, `format`;
    `words.publishing_export_error` says it for people. `detail` is for the log.
    """

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code
        self.detail = detail


def store() -> ExportStore:
    """The store of this portal."""
    folder = toolkit.config["opengov.publishing.export_folder"]
    return ExportStore(Path(folder) if folder else Path(toolkit.config["ckan.storage_path"]) / "prepared-downloads")


def state_of(resource_id: str) -> str | None:
    """A word for the state of a table's rows, to be compared with a manifest's `state`; None without a table."""
    found = table_state(resource_id)
    # What the corridor notes is exact; the counters of other writers come seconds later.
    return None if found is None else found.merged or found.word


def columns_of(resource_id: str) -> list[dict[str, Any]]:
    """The columns of a table as its manifest describes them now; empty without a table."""
    with closing(get_write_engine().raw_connection()) as connection, closing(connection.cursor()) as cursor:
        try:
            columns = Table(cursor, resource_id, "simple").columns  # type: ignore[arg-type]
        except NoTable:
            return []
    return [_described(_export_column(column)) for column in columns]


def export_table(
    resource_id: str, about: Callable[[str], ExportAbout], formats: Sequence[str], target: ExportStore
) -> dict[str, Any]:
    """Writes a table's files and puts them in the place of the old ones.

    - `about` makes what the files say of themselves, given the moment of the rows' state.
    - `formats`: some of `FORMATS`; the CSV file is written in any case, as others are made of it.

    Returns the manifest: `rows`, `state`, `taken` (the moment of the state, ISO 8601, UTC), `columns` and `files` with
    name, format, media_type, bytes and sha256. Raises ExportError; then the old files stand as they did.
    """
    with _errors_told(), _only_run(resource_id):
        folder = target.begin(resource_id)
        try:
            return target.publish(resource_id, folder, _write(resource_id, about, formats, folder))
        finally:
            # After a failure the new folder is one that no manifest names.
            target.tidy(resource_id)


@contextmanager
def _errors_told() -> Iterator[None]:
    try:
        yield
    except NoTable:
        raise ExportError("no_table") from None
    except OSError as error:
        raise ExportError("disk_full" if error.errno in _FULL else "storage", str(error)) from error
    except DatabaseError as error:
        raise ExportError("database", str(error).strip()) from error
    except pa.ArrowException as error:
        raise ExportError("format", str(error)) from error


@contextmanager
def _only_run(resource_id: str) -> Iterator[None]:
    """One run for a table at a time, on all machines; the lock of a killed run ends with its connection."""
    key = SQL("hashtextextended({}, 0)").format(Literal(f"opengov_publishing export {resource_id}"))
    with closing(get_write_engine().raw_connection()) as connection, closing(connection.cursor()) as cursor:
        cursor.execute(SQL("SELECT pg_try_advisory_lock({})").format(key))  # type: ignore[arg-type]
        free = cursor.fetchone()[0]  # type: ignore[index]
        # The lock is the session's: no transaction stays open for as long as the files are written.
        connection.commit()
        if not free:
            raise ExportError("busy")
        try:
            yield
        finally:
            cursor.execute(SQL("SELECT pg_advisory_unlock({})").format(key))  # type: ignore[arg-type]
            connection.commit()


def _write(
    resource_id: str, about: Callable[[str], ExportAbout], formats: Sequence[str], folder: Path
) -> dict[str, Any]:
    state = state_of(resource_id)
    derived = [name for name in _MADE_OF_CSV if name in formats]
    with closing(get_write_engine().raw_connection()) as connection, closing(connection.cursor()) as cursor:
        snapshot = _Snapshot(cursor, resource_id)
        taken = datetime.now(UTC).isoformat(timespec="seconds")
        rows = snapshot.copy_csv(folder / FORMATS["csv"].file)
        if "jsonl" in formats:
            snapshot.copy_json_lines(folder / FORMATS["jsonl"].file)
        columns = snapshot.measured() if derived else snapshot.columns
    if derived:
        _write_derived(derived, folder, columns, about(taken), rows)
    if "csv" not in formats:
        (folder / FORMATS["csv"].file).unlink()
    files = [_entry(name, folder) for name in FORMATS if name in formats]
    described = [_described(column) for column in columns]
    return {"rows": rows, "state": state, "taken": taken, "columns": described, "files": files}


class _Snapshot:
    """One state of a table's rows, whatever is written meanwhile."""

    def __init__(self, cursor: Any, resource_id: str) -> None:
        self._cursor = cursor
        self._execute(SQL("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"))
        # In the order of the rows' positions by the index that every table has: sorting would need room and time.
        self._execute(SQL("SET LOCAL enable_sort = off; SET LOCAL datestyle = 'ISO'; SET LOCAL statement_timeout = 0"))
        self._columns = Table(cursor, resource_id, "simple").columns
        self._table = Identifier("public", resource_id)
        self.columns = [_export_column(column) for column in self._columns]

    def _execute(self, query: Composable) -> None:
        self._cursor.execute(query)

    def copy_csv(self, path: Path) -> int:
        """Writes the CSV file; the number of rows. NULL is an empty value, an empty text a pair of quotation marks."""
        values = [SQL("{} AS {}").format(_text_of(c), Identifier(c.name)) for c in self._columns]
        return self._copy(SQL("SELECT {} FROM {} ORDER BY _id"), values, SQL("FORMAT csv, HEADER true"), path)

    def copy_json_lines(self, path: Path) -> int:
        """Writes a JSON object for each row, as PostgreSQL's own JSON: numbers keep all their digits."""
        values = [SQL("{} AS {}").format(_json_of(c), Identifier(c.name)) for c in self._columns]
        query = SQL("SELECT row_to_json(r) FROM (SELECT {} FROM {} ORDER BY _id) r")
        # JSON has neither of the two characters, so that COPY finds nothing to quote.
        return self._copy(query, values, SQL("FORMAT csv, QUOTE E'\\x01', DELIMITER E'\\x02'"), path)

    def _copy(self, query: SQL, values: Sequence[Composable], options: Composable, path: Path) -> int:
        select = query.format(SQL(", ").join(values), self._table)
        with path.open("wb", buffering=1 << 20) as file:
            self._cursor.copy_expert(SQL("COPY ({}) TO STDOUT WITH ({})").format(select, options), file)
            rows = self._cursor.rowcount
            file.flush()
            os.fsync(file.fileno())
        return rows

    def measured(self) -> list[ExportColumn]:
        """The columns with what the other formats must know of their values, from one reading of the table."""
        parts = [part for column in self._columns for part in _measures(column)]
        self._execute(SQL("SELECT {} FROM {}").format(SQL(", ").join(parts), self._table))
        found = iter(self._cursor.fetchone() or ())
        measured = []
        for column in self.columns:
            longest, overlong, digits, scale, odd = (next(found) for _ in range(5))
            plain = column.type == "numeric" and not odd
            measured.append(
                replace(
                    column,
                    longest=longest or 0,
                    overlong=overlong or 0,
                    digits=(digits or 0) if plain else None,
                    scale=(scale or 0) if plain else None,
                    in_calendar=not odd,
                )
            )
        return measured


def _export_column(column: Column) -> ExportColumn:
    info = column.info
    labels = {language: str(info.get(f"label_{language}") or "") for language in LANGUAGES}
    notes = {language: str(info.get(f"notes_{language}") or "") for language in LANGUAGES}
    kind = _KINDS.get(column.type.partition("(")[0], "other")
    return ExportColumn(column.name, column.type, kind, labels, notes, str(info.get("unit") or ""))


def _text_of(column: Column) -> Composable:
    """A column's value as the text that the DataStore's own answers give of it."""
    name = Identifier(column.name)
    if column.type == "boolean":
        return SQL("{}::text").format(name)
    if column.type.startswith("timestamp"):
        # JSON has the T of ISO 8601.
        return SQL("btrim(to_json({})::text, '\"')").format(name)
    if column.type == "nested":
        return SQL("({}).json::text").format(name)
    if column.type.endswith("[]"):
        return SQL("to_json({})::text").format(name)
    return name


def _json_of(column: Column) -> Composable:
    """A column's value for JSON Lines: a stored document may have line ends between its parts."""
    name = Identifier(column.name)
    if column.type in {"json", "nested"}:
        document = SQL("({}).json").format(name) if column.type == "nested" else name
        return SQL("translate({}::text, E'\\n\\r', '  ')::json").format(document)
    return name


def _measures(column: Column) -> list[Composable]:
    """Longest value in bytes, values too long for a cell, digits before the point, digits after it, an odd value."""
    name = Identifier(column.name)
    none = SQL("NULL")
    if column.type == "numeric":
        return [
            SQL("max(length({}::text))").format(name),
            none,
            SQL("max(length(trunc(abs({}))::text))").format(name),
            SQL("max(scale({}))").format(name),
            SQL("bool_or({} IS NOT NULL AND scale({}) IS NULL)").format(name, name),
        ]
    if column.type == "date" or column.type.startswith("timestamp"):
        outside = SQL("bool_or({} < '0001-01-01' OR {} >= '9999-12-31')").format(name, name)
        return [none, none, none, none, outside]
    if _KINDS.get(column.type) in {"number", "flag"}:
        return [none] * 5
    text = SQL("({})::text").format(_text_of(column))
    overlong = SQL("count(*) FILTER (WHERE octet_length({text}) > {most} AND length({text}) > {most})").format(
        text=text, most=Literal(CELL_CHARACTERS)
    )
    return [SQL("max(octet_length({}))").format(text), overlong, none, none, none]


def _write_derived(
    formats: Sequence[str], folder: Path, columns: Sequence[ExportColumn], about: ExportAbout, rows: int
) -> None:
    makers: Mapping[str, Callable[[Path], TableFile]] = {
        "xlsx": lambda path: XlsxFile(path, columns, about, rows),
        "xml": lambda path: XmlFile(path, columns, about),
        "parquet": lambda path: ParquetFile(path, columns, about),
        "spreadsheet_csv": lambda path: SpreadsheetCsvFile(path, columns, about),
    }
    # One after another: each reads the CSV file anew, and none has to be held for the others.
    for name in formats:
        with makers[name](folder / FORMATS[name].file) as file:
            for batch in batches(folder / FORMATS["csv"].file, columns):
                file.write(batch)


def _entry(name: str, folder: Path) -> dict[str, Any]:
    chosen = FORMATS[name]
    with (folder / chosen.file).open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        size = file.tell()
    return {"name": chosen.file, "format": name, "media_type": chosen.media_type, "bytes": size, "sha256": digest}


def _described(column: ExportColumn) -> dict[str, Any]:
    described: dict[str, Any] = {"id": column.name, "type": column.type}
    for key, texts in (("label", column.labels), ("notes", column.notes)):
        described |= {f"{key}_{language}": text for language, text in texts.items() if text}
    return described | ({"unit": column.unit} if column.unit else {})
