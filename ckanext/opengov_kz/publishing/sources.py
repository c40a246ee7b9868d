"""Files of rows on their way into the corridor: CSV and JSON Lines, read one row at a time.

Each can be iterated like any other stream of rows. The corridor knows a CSV file when it sees one and lets PostgreSQL
read it (staging.py): the rows that get in, and the reasons for those that don't, are the same by either way.
"""

from __future__ import annotations

import csv
import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import TextIOWrapper
from pathlib import Path
from typing import IO, Any

from .rules import DELETED, Misread, is_true

_MARK = b"\xef\xbb\xbf"
#: Longer than any row that a table takes (`rules.MAX_ROW_BYTES`), so that such a cell is told by its own reason.
_LONGEST_CELL = 1 << 24


class HeadingError(Exception):
    """The first line of a file does not name its columns; `detail` is what is wrong in it."""

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail


@dataclass(frozen=True)
class CsvFile:
    """A CSV file (RFC 4180) in UTF-8, with or without a byte order mark; its first line names the columns.

    An empty cell is no value. Bytes that are not UTF-8 and lines with another number of cells reject their row.
    """

    path: Path
    delimiter: str = ","

    def heading(self) -> tuple[str, ...]:
        """The names of the columns. Raises HeadingError where there are none or one stands twice."""
        with self.path.open("rb") as file:
            return self._heading(file)

    def body(self) -> IO[bytes]:
        """The file, open after its first line; the caller closes it. Raises HeadingError."""
        file = self.path.open("rb")
        try:
            self._heading(file)
        except HeadingError:
            file.close()
            raise
        return file

    def __iter__(self) -> Iterator[Any]:
        names = self.heading()
        with self.path.open("rb") as file, self._text(file) as text:
            reader = csv.reader(text, delimiter=self.delimiter)
            next(reader)
            for cells in reader:
                if not cells:
                    continue
                if len(cells) != len(names):
                    yield Misread("cells", self.delimiter.join(cells))
                    continue
                row: dict[str, Any] = {name: cell or None for name, cell in zip(names, cells, strict=True)}
                if DELETED in row:
                    row[DELETED] = is_true(row[DELETED])
                yield row

    def _heading(self, file: IO[bytes]) -> tuple[str, ...]:
        csv.field_size_limit(_LONGEST_CELL)
        if file.read(len(_MARK)) != _MARK:
            file.seek(0)
        # A quoted name may hold a line break: lines are taken until the reader has a whole record.
        lines = (line.decode("utf-8", "replace") for line in iter(file.readline, b""))
        names = tuple(next(csv.reader(lines, delimiter=self.delimiter), ()))
        if not any(names):
            raise HeadingError("")
        for place, name in enumerate(names):
            if not name or name in names[:place]:
                raise HeadingError(name)
        return names

    @staticmethod
    def _text(file: IO[bytes]) -> TextIOWrapper:
        return TextIOWrapper(file, encoding="utf-8-sig", errors="surrogateescape", newline="")  # type: ignore[arg-type]


@dataclass(frozen=True)
class JsonLinesFile:
    """A file with one JSON object per line, in UTF-8. A line that is none rejects its row."""

    path: Path

    def __iter__(self) -> Iterator[Any]:
        with self.path.open(encoding="utf-8-sig", errors="surrogateescape", newline="\n") as file:
            for line in file:
                if line.strip():
                    try:
                        yield json.loads(line)
                    except (ValueError, RecursionError):
                        yield Misread("json", line.strip())


@contextmanager
def spooled(upload: Any) -> Iterator[CsvFile | JsonLinesFile | None]:
    """An upload (werkzeug's FileStorage) on disk while the block lasts; None for what is no file.

    The name says what it is: .jsonl and .ndjson are JSON Lines, all else is CSV.
    """
    if not (hasattr(upload, "save") and hasattr(upload, "filename")):
        yield None
        return
    with tempfile.TemporaryDirectory(prefix="opengov-") as folder:
        path = Path(folder) / "rows"
        upload.save(path)
        suffix = Path(upload.filename or "").suffix.lower()
        yield JsonLinesFile(path) if suffix in {".jsonl", ".ndjson"} else CsvFile(path)
