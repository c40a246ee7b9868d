"""The prepared files of a table that are made of its CSV file: XLSX, XML, Parquet and CSV for spreadsheets.

The CSV file that PostgreSQL's COPY wrote is the one snapshot of the rows: an unquoted empty value is NULL, a quoted one
an empty text. It is read a block at a time and worked on column by column (Arrow), so memory does not grow with the
rows. Every file carries the stored text of a value; only Parquet has types of its own.

Labels stand in the files in Kazakh and Russian, as one file serves the readers of all languages.
"""

from __future__ import annotations

import io
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self
from xml.sax.saxutils import escape, quoteattr
from zipfile import ZIP_DEFLATED, ZipFile

import pyarrow as pa
import pyarrow.compute as pc
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from pyarrow import csv, parquet

from ckanext.opengov_kz.shared.languages import LANGUAGES, REQUIRED

from .downloads import CELL_CHARACTERS, SHEET_ROWS
from .reading import Kind

_BUFFER = 1 << 20
#: Bytes of CSV that are worked on at once; a row must fit in.
_BLOCK = 1 << 18
#: A row group of Parquet: large enough to be read fast, small enough to be held.
_GROUP_BYTES = 8 << 20
#: The largest precision of Arrow's decimal numbers that other programs read.
_DECIMAL_DIGITS = 38
#: How hard XLSX is packed: its XML is repetitive, and more than this costs time for a few percent.
_XLSX_LEVEL = 3
#: What XML 1.0 cannot hold at all.
_CONTROLS = bytes(n for n in range(32) if n not in (9, 10, 13))
_NO_XML = "[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x{fffe}\\x{ffff}]"

_WORDS: Mapping[str, Mapping[str, str]] = {
    "rows": {"kk": "Деректер", "ru": "Данные"},
    "about": {"kk": "Сипаттама", "ru": "Описание"},
    "dictionary": {"kk": "Сөздік", "ru": "Словарь"},
    "title": {"kk": "Атауы", "ru": "Название", "en": "Title"},
    "publisher": {"kk": "Жариялаушы", "ru": "Издатель", "en": "Publisher"},
    "licence": {"kk": "Лицензия", "ru": "Лицензия", "en": "Licence"},
    "state": {"kk": "Деректердің күйі", "ru": "Состояние данных на", "en": "State of the data"},
    "source": {"kk": "Дереккөз", "ru": "Источник", "en": "Source"},
    "column": {"kk": "Баған", "ru": "Столбец", "en": "Column"},
    "type": {"kk": "Түрі", "ru": "Тип", "en": "Type"},
    "unit": {"kk": "Өлшем бірлігі", "ru": "Единица", "en": "Unit"},
    "shortened": {
        "kk": "Кестенің ұяшығына сыймайтын {count} мән қысқартылды; CSV және JSON Lines файлдарында олар толық.",
        "ru": "Значений, которые не помещаются в ячейку таблицы и были обрезаны: {count}; в CSV и JSON Lines они полные.",
        "en": "{count} values are longer than a spreadsheet cell allows and were cut; CSV and JSON Lines are complete.",
    },
}


@dataclass(frozen=True)
class ExportColumn:
    """A column: its name, PostgreSQL type, what it is to a reader, its dictionary, and what was found in its values.

    `digits` and `scale` are the most digits before and after the point; None where a value is no plain number.
    `in_calendar` says that all dates lie in the years 1 to 9999; `longest` is in bytes; `overlong` counts values that a
    spreadsheet's cell cannot hold.
    """

    name: str
    type: str
    kind: Kind
    labels: Mapping[str, str] = field(default_factory=dict)
    notes: Mapping[str, str] = field(default_factory=dict)
    unit: str = ""
    digits: int | None = None
    scale: int | None = None
    in_calendar: bool = True
    longest: int = 0
    overlong: int = 0

    @property
    def heading(self) -> str:
        """What stands above the column for people: the labels in Kazakh and Russian, and the unit."""
        labels = dict.fromkeys(filter(None, (self.labels.get(language) for language in REQUIRED)))
        label = " / ".join(labels) or self.labels.get("en") or self.name
        return f"{label}, {self.unit}" if self.unit else label


@dataclass(frozen=True)
class ExportAbout:
    """What the files say of themselves: texts by language, addresses, and the moment of the rows' state (ISO 8601)."""

    title: Mapping[str, str]
    publisher: Mapping[str, str]
    licence: str
    source: str
    state: str


class TableFile(Protocol):
    """A file that is written a batch of rows at a time."""

    def write(self, batch: pa.RecordBatch) -> None: ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


def batches(path: Path, columns: Sequence[ExportColumn]) -> Iterator[pa.RecordBatch]:
    """The rows of a CSV file that COPY wrote, as texts with NULL, a block at a time."""
    names = [column.name for column in columns]
    row = sum(column.longest for column in columns) + 64 * len(columns)
    reader = csv.open_csv(
        path,
        read_options=csv.ReadOptions(
            use_threads=False, block_size=max(_BLOCK, 3 * row), column_names=names, skip_rows=0, encoding="utf8"
        ),
        parse_options=csv.ParseOptions(newlines_in_values=True, ignore_empty_lines=False),
        convert_options=csv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.string()),
            null_values=[""],
            strings_can_be_null=True,
            quoted_strings_can_be_null=False,
        ),
    )
    heading = True
    with reader:
        for batch in reader:
            rows = batch.slice(1) if heading else batch
            heading = False
            if rows.num_rows:
                yield rows


class _Written:
    """A file on disk that is complete, and really there, when it is closed."""

    def __init__(self, path: Path) -> None:
        self.file: io.BufferedWriter = path.open("wb", buffering=_BUFFER)

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
        _write_texts(self.file, _csv_lines([_harmless(column) for column in headings.columns]))

    def write(self, batch: pa.RecordBatch) -> None:
        cells = [
            pc.replace_substring(values, ".", ",") if column.kind == "number" else _harmless(values)
            for values, column in zip(batch.columns, self._columns, strict=True)
        ]
        _write_texts(self.file, _csv_lines(cells))


def _harmless(values: Any) -> Any:
    """A value that a program could take for a formula gets an apostrophe (OWASP, "CSV Injection")."""
    # A space before the sign does not stop every program: what counts is the first visible character.
    visible = pc.utf8_ltrim_whitespace(values)
    risky = pc.or_(pc.match_substring_regex(visible, "^[=+@-]"), pc.match_substring_regex(values, "^[\\t\\r]"))
    if not pc.any(risky).as_py():
        return values
    return pc.if_else(risky, pc.binary_join_element_wise("'", values, ""), values)


def _csv_lines(cells: Sequence[Any]) -> Any:
    quoted = [_quoted(values) for values in cells]
    separated = [part for values in quoted for part in (";", values)][1:]
    return _joined([*separated, "\r\n"])


def _quoted(values: Any) -> Any:
    special = pc.match_substring_regex(values, '[;"\\r\\n]')
    if not pc.any(special).as_py():
        return values
    doubled = pc.replace_substring(values, '"', '""')
    return pc.if_else(special, pc.binary_join_element_wise('"', doubled, '"', ""), values)


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
        lines += [f"  <licence>{escape(_readable(about.licence))}</licence>", "  <columns>"]
        for column in columns:
            unit = f" unit={quoteattr(_readable(column.unit))}" if column.unit else ""
            lines.append(f"    <column name={quoteattr(column.name)} type={quoteattr(column.type)}{unit}>")
            lines += [f"      {line}" for line in _xml_texts("label", column.labels)]
            lines += [f"      {line}" for line in _xml_texts("note", column.notes)]
            lines.append("    </column>")
        lines += ["  </columns>", "  <rows>", ""]
        self.file.write("\n".join(lines).encode())

    def write(self, batch: pa.RecordBatch) -> None:
        parts: list[Any] = ["<row>"]
        for opening, values in zip(self._open, batch.columns, strict=True):
            texts = _xml_escaped(_without_controls(values, "\N{REPLACEMENT CHARACTER}"))
            parts.append(pc.binary_join_element_wise(opening, texts, "</value>", ""))
        _write_texts(self.file, _joined([*parts, "</row>\n"]))

    def finish(self) -> None:
        self.file.write(b"  </rows>\n</table>\n")


def _xml_texts(name: str, texts: Mapping[str, str]) -> list[str]:
    return [
        f'<{name} xml:lang="{language}">{escape(_readable(texts[language]))}</{name}>'
        for language in LANGUAGES
        if texts.get(language)
    ]


def _readable(text: str) -> str:
    return re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]", "\N{REPLACEMENT CHARACTER}", text)


def _xml_escaped(values: Any) -> Any:
    # A reader of XML makes a line feed of a bare carriage return.
    for character, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ("\r", "&#13;")):
        values = pc.replace_substring(values, character, entity)
    return values


def _without_controls(values: Any, replacement: str) -> Any:
    buffer = values.buffers()[2]
    if buffer is None:
        return values
    raw = buffer.to_pybytes()
    # Almost no block has one: the look at its bytes is far cheaper than the expression on every value.
    if len(raw.translate(None, _CONTROLS)) == len(raw) and b"\xef\xbf\xbe" not in raw and b"\xef\xbf\xbf" not in raw:
        return values
    return pc.replace_substring_regex(values, _NO_XML, replacement)


class XlsxFile:
    """A workbook: the rows, all as text, on as many sheets as the format's limit asks for; a dictionary; a description.

    openpyxl makes the workbook with its headings; the rows are written into its sheets while they are packed, as cells
    of the library cost 50 times more than text.
    """

    def __init__(
        self,
        path: Path,
        columns: Sequence[ExportColumn],
        about: ExportAbout,
        rows: int,
        sheet_rows: int = SHEET_ROWS,
    ) -> None:
        self._path = path
        self._room = sheet_rows - 1
        self._sheets = max(1, -(-rows // self._room))
        template = io.BytesIO()
        _workbook(columns, about, self._sheets).save(template)
        self._template = ZipFile(template)
        self._archive = ZipFile(path, "w", ZIP_DEFLATED, compresslevel=_XLSX_LEVEL)
        for name in self._template.namelist():
            if name not in map(self._sheet_name, range(1, self._sheets + 1)):
                self._archive.writestr(name, self._template.read(name))
        self._number = 0
        self._left = 0
        self._sheet: Any = None
        self._end = b""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None:
            self._abandon()
            return
        try:
            while self._number < self._sheets:
                self._next_sheet()
            self._close_sheet()
            self._archive.close()
            with self._path.open("rb") as file:
                os.fsync(file.fileno())
        except OSError:
            self._abandon()
            raise

    def _abandon(self) -> None:
        """Lets go of the archive without its directory, which would be written to a disk that is full."""
        with suppress(OSError, ValueError):
            if self._sheet is not None:
                self._sheet.close()
        file, self._archive.fp = self._archive.fp, None
        with suppress(OSError):
            if file is not None:
                file.close()

    def write(self, batch: pa.RecordBatch) -> None:
        start = 0
        while start < batch.num_rows:
            if self._left == 0:
                self._next_sheet()
            part = batch.slice(start, self._left)
            self._sheet.write(_texts(_sheet_rows(part)))
            start += part.num_rows
            self._left -= part.num_rows

    @staticmethod
    def _sheet_name(number: int) -> str:
        return f"xl/worksheets/sheet{number}.xml"

    def _next_sheet(self) -> None:
        self._close_sheet()
        self._number += 1
        name = self._sheet_name(self._number)
        head, _, tail = self._template.read(name).partition(b"</sheetData>")
        # Spreadsheet programs mark text that looks like a number; here it is text on purpose.
        quiet = b'<ignoredErrors><ignoredError sqref="A1:XFD1048576" numberStoredAsText="1"/></ignoredErrors></worksheet>'
        self._end = b"</sheetData>" + tail.replace(b"</worksheet>", quiet)
        self._sheet = self._archive.open(name, "w", force_zip64=True)
        self._sheet.write(head)
        self._left = self._room

    def _close_sheet(self) -> None:
        if self._sheet is not None:
            self._sheet.write(self._end)
            self._sheet.close()
            self._sheet = None


def _sheet_rows(batch: pa.RecordBatch) -> Any:
    parts: list[Any] = ["<row>"]
    for column in batch.columns:
        values = _without_controls(column, " ")
        if (pc.max(pc.binary_length(values)).as_py() or 0) > CELL_CHARACTERS:
            values = pc.utf8_slice_codeunits(values, 0, CELL_CHARACTERS)
        texts = _xml_escaped(values)
        cells = pc.binary_join_element_wise('<c t="inlineStr"><is><t xml:space="preserve">', texts, "</t></is></c>", "")
        # Cells have no address of their own: an absent one keeps its place.
        parts.append(pc.fill_null(cells, "<c/>"))
    return _joined([*parts, "</row>"])


def _workbook(columns: Sequence[ExportColumn], about: ExportAbout, sheets: int) -> Workbook:
    book = Workbook(write_only=True)
    for number in range(1, sheets + 1):
        title = _both("rows")
        sheet: Any = book.create_sheet(title if number == 1 else f"{title} {number}")
        sheet.freeze_panes = "A2"
        sheet.append(_cells(sheet, [column.heading for column in columns], bold=True))
    _dictionary_sheet(book, columns)
    _about_sheet(book, about, sum(column.overlong for column in columns))
    return book


def _dictionary_sheet(book: Workbook, columns: Sequence[ExportColumn]) -> None:
    sheet: Any = book.create_sheet(_both("dictionary"))
    names = [_both(word) for word in ("column", "type", "unit")]
    sheet.append(_cells(sheet, [*names, *LANGUAGES, *LANGUAGES], bold=True))
    for column in columns:
        texts = [texts.get(language, "") for texts in (column.labels, column.notes) for language in LANGUAGES]
        sheet.append(_cells(sheet, [column.name, column.type, column.unit, *texts]))


def _about_sheet(book: Workbook, about: ExportAbout, shortened: int) -> None:
    sheet: Any = book.create_sheet(_both("about"))
    sheet.column_dimensions["A"].width = 48
    sheet.column_dimensions["B"].width = 90
    lines = [("title", text) for text in dict.fromkeys(filter(None, about.title.values()))]
    lines += [("publisher", text) for text in dict.fromkeys(filter(None, about.publisher.values()))]
    lines += [("licence", about.licence), ("state", about.state), ("source", about.source)]
    for word, text in lines:
        sheet.append(_cells(sheet, [" / ".join(_WORDS[word].values()), text]))
    if shortened:
        for text in _WORDS["shortened"].values():
            sheet.append(_cells(sheet, ["", text.format(count=shortened)]))


def _both(word: str) -> str:
    return " - ".join(_WORDS[word][language] for language in REQUIRED)


def _cells(sheet: Any, texts: Sequence[str], *, bold: bool = False) -> list[Any]:
    cells = []
    for text in texts:
        cell: Any = WriteOnlyCell(sheet, _readable(text)[:CELL_CHARACTERS])
        cell.data_type = "s"
        if bold:
            cell.font = Font(bold=True)
        cells.append(cell)
    return cells


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


def _joined(parts: Sequence[Any]) -> Any:
    """The texts of each row after one another, NULL as nothing."""
    return pc.binary_join_element_wise(*parts, "", null_handling="replace", null_replacement="")


def _texts(values: Any) -> memoryview:
    """All texts of an array as they lie in memory, one after another."""
    _, offsets, data = values.buffers()
    ends = memoryview(offsets).cast("i")
    return memoryview(data)[ends[values.offset] : ends[values.offset + len(values)]] if data else memoryview(b"")


def _write_texts(file: io.BufferedWriter, values: Any) -> None:
    file.write(_texts(values))
