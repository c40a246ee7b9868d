"""The prepared XLSX file: rows as text on as many sheets as they need, a dictionary, and a description."""

from __future__ import annotations

import io
import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from zipfile import ZIP_DEFLATED, ZipFile

import pyarrow as pa
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

from ckanext.opengov_kz.shared.languages import LANGUAGES, REQUIRED

from .downloads import CELL_CHARACTERS, SHEET_ROWS
from .exports_arrow import ExportAbout, ExportColumn, compute, joined, readable, texts_of, without_controls, xml_escaped

#: How hard XLSX is packed: its XML is repetitive, and more than this costs time for a few percent.
_LEVEL = 3

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
        "ru": "Обрезано значений, которые не помещаются в ячейку таблицы: {count}; в CSV и JSON Lines они полные.",
        "en": "{count} values are longer than a spreadsheet cell allows and were cut; CSV and JSON Lines are complete.",
    },
}


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
        self._archive = ZipFile(path, "w", ZIP_DEFLATED, compresslevel=_LEVEL)
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
            self._sheet.write(texts_of(_sheet_rows(part)))
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
        quiet = (
            b'<ignoredErrors><ignoredError sqref="A1:XFD1048576" numberStoredAsText="1"/></ignoredErrors></worksheet>'
        )
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
        values = without_controls(column, " ")
        if (compute.max(compute.binary_length(values)).as_py() or 0) > CELL_CHARACTERS:
            values = compute.utf8_slice_codeunits(values, 0, CELL_CHARACTERS)
        texts = xml_escaped(values)
        cells = compute.binary_join_element_wise(
            '<c t="inlineStr"><is><t xml:space="preserve">', texts, "</t></is></c>", ""
        )
        # Cells have no address of their own: an absent one keeps its place.
        parts.append(compute.fill_null(cells, "<c/>"))
    return joined([*parts, "</row>"])


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
        cell: Any = WriteOnlyCell(sheet, readable(text)[:CELL_CHARACTERS])
        cell.data_type = "s"
        if bold:
            cell.font = Font(bold=True)
        cells.append(cell)
    return cells
