"""The prepared files of a table that are made of its CSV file: XML, Parquet and CSV for spreadsheets; XLSX is apart.

The CSV file that PostgreSQL's COPY wrote is the one snapshot of the rows: an unquoted empty value is NULL, a quoted one
an empty text. It is read a block at a time and worked on column by column (Arrow), so memory does not grow with the
rows. Every file carries the stored text of a value; only Parquet has types of its own.

Labels stand in the files in Kazakh and Russian, as one file serves the readers of all languages.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self
from xml.sax.saxutils import escape, quoteattr

import pyarrow as pa
from pyarrow import parquet

from ckanext.opengov_kz.shared.languages import LANGUAGES

from .exports_arrow import ExportAbout, ExportColumn, compute, joined, readable, texts_of, without_controls, xml_escaped

_BUFFER = 1 << 20
#: A row group of Parquet: large enough to be read fast, small enough to be held.
_GROUP_BYTES = 8 << 20
#: The largest precision of Arrow's decimal numbers that other programs read.
_DECIMAL_DIGITS = 38


class TableFile(Protocol):
    """A file that is written a batch of rows at a time."""

    def write(self, batch: pa.RecordBatch) -> None: ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


class _Written:
    """A file on disk that is complete, and really there, when it is closed."""

    def __init__(self, path: Path) -> None:
        self.file = path.open("wb", buffering=_BUFFER)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if error is None:
                self.finish()
                self.file.flush()
                os.fsync(self.file.fileno())
            else:
                self.abandon()
        finally:
            self.file.close()

    def finish(self) -> None:
        """Write what stands at the end of the file."""

    def abandon(self) -> None:
        """Let go of what would still write into a file that failed."""


class SpreadsheetCsvFile(_Written):
    """CSV that a spreadsheet program with Kazakh or Russian settings opens by a double click, and that runs nothing."""

    def __init__(self, path: Path, columns: Sequence[ExportColumn], about: ExportAbout) -> None:  # noqa: ARG002
        super().__init__(path)
        self._columns = columns
        headings = pa.RecordBatch.from_arrays(
            [pa.array([column.heading]) for column in columns], [str(number) for number in range(len(columns))]
        )
        self.file.write("\N{BYTE ORDER MARK}".encode())
        self.file.write(texts_of(_csv_lines([_harmless(column) for column in headings.columns])))

    def write(self, batch: pa.RecordBatch) -> None:
        cells = [
            compute.replace_substring(values, ".", ",") if column.kind == "number" else _harmless(values)
            for values, column in zip(batch.columns, self._columns, strict=True)
        ]
        self.file.write(texts_of(_csv_lines(cells)))


def _harmless(values: Any) -> Any:
    """A value that a program could take for a formula gets an apostrophe (OWASP, "CSV Injection")."""
    # A space before the sign does not stop every program: what counts is the first visible character.
    visible = compute.utf8_ltrim_whitespace(values)
    risky = compute.or_(
        compute.match_substring_regex(visible, "^[=+@-]"), compute.match_substring_regex(values, "^[\\t\\r]")
    )
    if not compute.any(risky).as_py():
        return values
    return compute.if_else(risky, compute.binary_join_element_wise("'", values, ""), values)


def _csv_lines(cells: Sequence[Any]) -> Any:
    quoted = [_quoted(values) for values in cells]
    separated = [part for values in quoted for part in (";", values)][1:]
    return joined([*separated, "\r\n"])


def _quoted(values: Any) -> Any:
    special = compute.match_substring_regex(values, '[;"\\r\\n]')
    if not compute.any(special).as_py():
        return values
    doubled = compute.replace_substring(values, '"', '""')
    return compute.if_else(special, compute.binary_join_element_wise('"', doubled, '"', ""), values)


class XmlFile(_Written):
    """One `row` for a row, one `value` with its column's name for a value; NULL has none, an empty text an empty one.

    Column names may be anything, so they stand in an attribute. A character that XML cannot hold becomes U+FFFD.
    """

    def __init__(self, path: Path, columns: Sequence[ExportColumn], about: ExportAbout) -> None:
        super().__init__(path)
        self._open = [f"<value column={quoteattr(column.name)}>" for column in columns]
        lines = ['<?xml version="1.0" encoding="UTF-8"?>']
        lines.append(f"<table source={quoteattr(about.source)} state={quoteattr(about.state)}>")
        lines += [f"  {line}" for line in _xml_texts("title", about.title)]
        lines += [f"  {line}" for line in _xml_texts("publisher", about.publisher)]
        lines += [f"  <licence>{escape(readable(about.licence))}</licence>", "  <columns>"]
        for column in columns:
            unit = f" unit={quoteattr(readable(column.unit))}" if column.unit else ""
            lines.append(f"    <column name={quoteattr(column.name)} type={quoteattr(column.type)}{unit}>")
            lines += [f"      {line}" for line in _xml_texts("label", column.labels)]
            lines += [f"      {line}" for line in _xml_texts("note", column.notes)]
            lines.append("    </column>")
        lines += ["  </columns>", "  <rows>", ""]
        self.file.write("\n".join(lines).encode())

    def write(self, batch: pa.RecordBatch) -> None:
        parts: list[Any] = ["<row>"]
        for opening, values in zip(self._open, batch.columns, strict=True):
            texts = xml_escaped(without_controls(values, "\N{REPLACEMENT CHARACTER}"))
            parts.append(compute.binary_join_element_wise(opening, texts, "</value>", ""))
        self.file.write(texts_of(joined([*parts, "</row>\n"])))

    def finish(self) -> None:
        self.file.write(b"  </rows>\n</table>\n")


def _xml_texts(name: str, texts: Mapping[str, str]) -> list[str]:
    return [
        f'<{name} xml:lang="{language}">{escape(readable(texts[language]))}</{name}>'
        for language in LANGUAGES
        if texts.get(language)
    ]


class ParquetFile(_Written):
    """Parquet with the types of the table, and the dictionary in the fields' metadata.

    A fraction is a decimal number with all its digits; what has no exact type of Parquet's own (more than 38 digits,
    years outside of 1 to 9999, structured values) is text.
    """

    def __init__(self, path: Path, columns: Sequence[ExportColumn], about: ExportAbout) -> None:
        super().__init__(path)
        self._types = [arrow_type(column) for column in columns]
        fields = [
            pa.field(column.name, kind, metadata=_field_notes(column))
            for column, kind in zip(columns, self._types, strict=True)
        ]
        notes = {"source": about.source, "state": about.state, "licence": about.licence}
        notes |= {f"title_{language}": text for language, text in about.title.items() if text}
        self._schema = pa.schema(fields, metadata=notes)
        self._writer = parquet.ParquetWriter(self.file, self._schema, compression="zstd")
        self._held: list[pa.RecordBatch] = []
        self._bytes = 0

    def write(self, batch: pa.RecordBatch) -> None:
        typed = [values.cast(kind) for values, kind in zip(batch.columns, self._types, strict=True)]
        made = pa.RecordBatch.from_arrays(typed, schema=self._schema)
        self._held.append(made)
        self._bytes += made.nbytes
        if self._bytes >= _GROUP_BYTES:
            self._write_group()

    def _write_group(self) -> None:
        if self._held:
            self._writer.write_table(pa.Table.from_batches(self._held, self._schema))
        self._held, self._bytes = [], 0

    def finish(self) -> None:
        self._write_group()
        self._writer.close()

    def abandon(self) -> None:
        with suppress(OSError, ValueError, pa.ArrowException):
            self._writer.close()


def arrow_type(column: ExportColumn) -> Any:
    """The type of a column in Parquet: exact, or text."""
    fixed = {
        "smallint": pa.int16(),
        "integer": pa.int32(),
        "bigint": pa.int64(),
        "real": pa.float32(),
        "double precision": pa.float64(),
        "boolean": pa.bool_(),
    }
    if column.type in fixed:
        return fixed[column.type]
    if column.type == "numeric" and column.digits is not None and column.scale is not None:
        digits = max(1, column.digits + column.scale)
        return pa.decimal128(digits, column.scale) if digits <= _DECIMAL_DIGITS else pa.string()
    if column.in_calendar:
        dated = {
            "date": pa.date32(),
            "timestamp without time zone": pa.timestamp("us"),
            "timestamp with time zone": pa.timestamp("us", "UTC"),
        }
        return dated.get(column.type, pa.string())
    return pa.string()


def _field_notes(column: ExportColumn) -> dict[str, str]:
    notes = {f"label_{language}": text for language, text in column.labels.items() if text}
    notes |= {f"notes_{language}": text for language, text in column.notes.items() if text}
    return notes | ({"unit": column.unit} if column.unit else {})
