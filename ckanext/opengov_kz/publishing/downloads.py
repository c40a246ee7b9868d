"""Tables as files: CSV, CSV for spreadsheets, JSON and XLSX, written while they are read, in constant memory.

CSV and JSON carry the stored values and nothing else: codes and numbers digit by digit. Files that spreadsheet programs
open must not run what somebody typed into a cell (OWASP, "CSV Injection"): in XLSX text is typed as text, in "CSV for
spreadsheets" it is made harmless by an apostrophe.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import IO, Any

import simplejson
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font

from ckanext.opengov_kz.shared.spreadsheets import harmless

#: The file format's own limits: rows of a sheet, and characters of a cell.
SHEET_ROWS = 1_048_576
CELL_CHARACTERS = 32_767
#: A number of more digits loses its last ones in a spreadsheet; it is written as text.
_SAFE_DIGITS = 15
_FIRST_SPREADSHEET_YEAR = 1900
_CHUNK = 1 << 16

Records = Iterable[Sequence[Any]]
#: Makes a value of the text of a fraction.
Number = Callable[[str], Any]


@dataclass(frozen=True)
class About:
    """What a file says of itself, in the reader's language."""

    title: str
    publisher: str
    licence_title: str
    licence_url: str
    source: str
    updated: str


def csv_file(fields: Sequence[Mapping[str, Any]], records: Records) -> Iterator[str]:
    """A CSV file (RFC 4180, UTF-8 without a mark): the columns' names, then the values as they are stored."""
    heading = [field["id"] for field in fields]
    return _csv(heading, ([_plain(value) for value in record] for record in records), ",")


def _csv(heading: Sequence[str], lines: Iterable[Sequence[str]], delimiter: str) -> Iterator[str]:
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=delimiter)
    writer.writerow(heading)
    for line in lines:
        writer.writerow(line)
        if buffer.tell() > _CHUNK:
            yield buffer.getvalue()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue()


def _plain(value: Any) -> str:
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    return json.dumps(value, ensure_ascii=False)


def spreadsheet_csv(fields: Sequence[Mapping[str, Any]], records: Records, language: str) -> Iterator[str]:
    """CSV that a spreadsheet program opens by a double click in this language, and that runs nothing.

    It begins with a byte order mark; in Kazakh and Russian the separator is a semicolon and the decimal sign a comma.
    """
    decimal_comma = language in {"kk", "ru"}
    kinds = [field["kind"] for field in fields]
    lines = (
        [_spreadsheet_value(value, kind, decimal_comma) for value, kind in zip(record, kinds, strict=True)]
        for record in records
    )
    yield "\N{BYTE ORDER MARK}"
    yield from _csv([harmless(_with_unit(field)) for field in fields], lines, ";" if decimal_comma else ",")


def _spreadsheet_value(value: Any, kind: str, decimal_comma: bool) -> str:
    text = _plain(value)
    if kind == "number":
        return text.replace(".", ",") if decimal_comma else text
    return harmless(text)


def plain_table(heading: Sequence[str], lines: Iterable[Sequence[Any]], language: str) -> Iterator[str]:
    """A list for people as CSV that a spreadsheet program opens by a double click and that runs nothing."""
    yield "\N{BYTE ORDER MARK}"
    cells = ([harmless(str(cell) if isinstance(cell, Decimal) else _plain(cell)) for cell in line] for line in lines)
    yield from _csv(heading, cells, ";" if language in {"kk", "ru"} else ",")


def json_file(about: About, fields: Sequence[Mapping[str, Any]], records: Records) -> Iterator[str]:
    """One JSON object: what the file is, its licence, the fields, and the rows as objects, one on a line.

    Fractions come as simplejson's RawJSON, so that numbers keep all their digits.
    """
    head = {
        "title": about.title,
        "publisher": about.publisher,
        "licence": {"title": about.licence_title, "url": about.licence_url},
        "updated": about.updated,
        "source": about.source,
        "fields": [
            {key: field[key] for key in ("id", "label", "type", "unit", "notes") if field[key]} for field in fields
        ],
    }
    names = [field["id"] for field in fields]
    buffer = json.dumps(head, ensure_ascii=False)[:-1] + ', "rows": ['
    separator = "\n"
    for record in records:
        row = dict(zip(names, record, strict=True))
        buffer += separator + simplejson.dumps(row, ensure_ascii=False)
        separator = ",\n"
        if len(buffer) > _CHUNK:
            yield buffer
            buffer = ""
    yield buffer + "\n]}\n"


def write_xlsx(
    file: IO[bytes],
    about: About,
    fields: Sequence[Mapping[str, Any]],
    records: Records,
    *,
    words: Mapping[str, str],
    sheet_rows: int = SHEET_ROWS,
) -> None:
    """Writes a workbook: the rows on as many sheets as the format's limit asks for, and a sheet about them.

    `words` names in the reader's language: `rows`, `about`, `title`, `publisher`, `licence`, `updated`, `source`, and
    `shortened`, a sentence with {count} for cells longer than the format allows.
    """
    book = Workbook(write_only=True)
    writers = [_xlsx_writer(field["kind"]) for field in fields]
    shortened = 0
    sheet: Any = None
    left = number = 0
    for record in records:
        if left == 0:
            number += 1
            sheet = _data_sheet(book, fields, words["rows"], number)
            left = sheet_rows - 1
        cells = []
        for write, value in zip(writers, record, strict=True):
            if isinstance(value, str) and len(value) > CELL_CHARACTERS:
                shortened += 1
            cells.append(None if value is None else write(sheet, value))
        sheet.append(cells)
        left -= 1
    if sheet is None:
        _data_sheet(book, fields, words["rows"], 1)
    _about_sheet(book, about, words, shortened)
    book.save(file)


def _data_sheet(book: Workbook, fields: Sequence[Mapping[str, Any]], title: str, number: int) -> Any:
    sheet: Any = book.create_sheet(title if number == 1 else f"{title} {number}")
    sheet.freeze_panes = "A2"
    heading = [_text_cell(sheet, _with_unit(field)) for field in fields]
    for cell in heading:
        cell.font = Font(bold=True)
    sheet.append(heading)
    return sheet


def _about_sheet(book: Workbook, about: About, words: Mapping[str, str], shortened: int) -> None:
    sheet: Any = book.create_sheet(words["about"])
    sheet.column_dimensions["A"].width = 24
    sheet.column_dimensions["B"].width = 90
    lines = [
        (words["title"], about.title),
        (words["publisher"], about.publisher),
        (words["licence"], " ".join(filter(None, (about.licence_title, about.licence_url)))),
        (words["updated"], about.updated),
        (words["source"], about.source),
    ]
    if shortened:
        lines.append(("", words["shortened"].format(count=shortened)))
    for name, value in lines:
        sheet.append([_text_cell(sheet, name), _text_cell(sheet, value)])


def _with_unit(field: Mapping[str, Any]) -> str:
    return f"{field['label']}, {field['unit']}" if field["unit"] else field["label"]


def _xlsx_writer(kind: str) -> Callable[[Any, Any], Any]:
    return {"number": _number_cell, "date": _date_cell, "moment": _date_cell, "flag": lambda _, value: value}.get(
        kind, _text_cell
    )


def _text_cell(sheet: Any, value: Any) -> Any:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    cell = WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub(" ", text[:CELL_CHARACTERS]))
    # The library takes "=…" for a formula and "#N/A" for an error: text is text.
    cell.data_type = "s"
    return cell


def _number_cell(sheet: Any, value: Any) -> Any:
    digits = len(Decimal(str(value)).as_tuple().digits)
    return value if digits <= _SAFE_DIGITS else _text_cell(sheet, str(value))


def _date_cell(sheet: Any, value: str) -> Any:
    try:
        moment: date = datetime.fromisoformat(value).replace(tzinfo=None) if "T" in value else date.fromisoformat(value)
    except ValueError:
        return _text_cell(sheet, value)
    return moment if moment.year >= _FIRST_SPREADSHEET_YEAR else _text_cell(sheet, value)
