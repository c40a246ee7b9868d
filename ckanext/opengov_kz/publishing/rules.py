"""What fits into a column: pure decisions about rows on their way into a DataStore table.

A value becomes the text that PostgreSQL's COPY reads, or is refused with one of `REASONS`. The checks are at least as
strict as PostgreSQL's own, so that one bad value rejects its row and not the whole load.
"""

from __future__ import annotations

import json
import math
import re
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

#: Why a row can be rejected. The words for people stand in `helpers.publishing_reject_reason`.
REASONS = (
    "required",  # the key or a required column is empty
    "type",  # the value is not of the column's type
    "range",  # a number too large for the column
    "too_long",  # longer than the column, an index or the full-text search can hold
    "character",  # a NUL or half a surrogate pair, which PostgreSQL cannot store
    "unknown_column",  # the table has no such column: a typing error must not empty the right one
    "not_an_object",  # the row is not a mapping of names to values
    "cells",  # a line of a file has more or fewer cells than the file has columns
    "json",  # a line of a file is not JSON
    "duplicate",  # the key has come already in the same input
    "exists",  # append: the key is stored with other values
)

#: PostgreSQL holds 1,048,575 bytes of words with their positions in one tsvector; a row of this size always fits.
MAX_ROW_BYTES = 400_000
#: A B-tree entry holds 2,704 bytes, the rest of the key's columns and the headers included.
MAX_KEY_BYTES = 2_000
MAX_SHOWN_VALUE = 200

DELETED = "_deleted"

Cast = Callable[[Any], str]

_SPECIAL = re.compile("[\\\\\t\n\r\x00]")
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
_INTEGER = re.compile(r"[+-]?[0-9]{1,30}")
# An exponent of more than two digits makes a number of thousands of digits from five bytes.
_NUMBER = re.compile(r"[+-]?([0-9]{1,1000}(\.[0-9]{0,1000})?|\.[0-9]{1,1000})([eE][+-]?[0-9]{1,2})?")
_TRUE = frozenset({"true", "t", "yes", "1"})
_FALSE = frozenset({"false", "f", "no", "0"})
_NULL = r"\N"


class Unfit(Exception):  # noqa: N818 - a verdict on a value, not a fault of the program
    """A value that does not fit: one of `REASONS`, and the column with its value once they are known."""

    def __init__(self, reason: str, column: str | None = None, value: object = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.column = column
        self.value = value


@dataclass(frozen=True)
class Column:
    """One column of a DataStore table: its PostgreSQL type as `format_type` writes it, and its dictionary entry."""

    name: str
    type: str
    info: Mapping[str, Any] = field(default_factory=dict)

    @property
    def required(self) -> bool:
        """Whether the dictionary says that every row has a value here."""
        return str(self.info.get("required", "")).lower() in _TRUE


@dataclass(frozen=True)
class RejectedRow:
    """One row that was not taken: its number in the input from 1, the column, the value cut to 200 characters."""

    number: int
    column: str | None
    value: str | None
    reason: str


@dataclass(frozen=True)
class Misread:
    """What stands in a stream instead of a row that its file could not give: one of `REASONS`, and the line."""

    reason: str
    value: str


def is_true(value: Any) -> bool:
    """Whether a cell of a file says yes."""
    return str(value).strip().lower() in _TRUE


def rejected_row(number: int, unfit: Unfit) -> RejectedRow:
    """The report's line for a row that did not fit."""
    shown = None if unfit.value is None else storable(str(unfit.value)[:MAX_SHOWN_VALUE])
    column = None if unfit.column is None else storable(unfit.column[:MAX_SHOWN_VALUE])
    return RejectedRow(number, column, shown, unfit.reason)


def storable(text: str) -> str:
    """A text without NUL and halves of surrogate pairs, which PostgreSQL takes neither as text nor in JSON."""
    return text.replace("\0", "\N{REPLACEMENT CHARACTER}").encode("utf-8", "replace").decode()


class RowReader:
    """Turns rows of one table into lines for COPY. `columns` gives the order of the cells, `key` names the key."""

    def __init__(self, columns: Sequence[Column], key: Sequence[str]) -> None:
        self._casts = [(c.name, cast_for(c.type), c.required or c.name in key, c.type == "text") for c in columns]
        self._key = [(place, *cell) for place, cell in enumerate(self._casts) if cell[0] in key]
        self._key_places = [place + 3 for place, *_ in self._key]
        self._width = len(self._casts)
        self._known = frozenset(column.name for column in columns)
        self._known_with_mark = self._known | {DELETED}

    def line(self, number: int, row: Any, *, marks: bool) -> bytes:
        """The line of a row; with `marks`, a truthy `_deleted` marks it for closing and only its key is read.

        Raises Unfit.
        """
        # The cheapest test first: an abstract class is slow to ask, and this runs for every row.
        if type(row) is not dict and not isinstance(row, Mapping):
            raise _no_row(row)
        if marks and row.get(DELETED):
            return self.key_line(number, row, deleted=True)
        known = self._known_with_mark if marks else self._known
        if not row.keys() <= known:
            raise Unfit("unknown_column", str(min(set(row) - known, key=str)))
        cells = [str(number), "f", "f"]
        get, special = row.get, _SPECIAL.search
        for name, cast, required, is_text in self._casts:
            value = get(name)
            if is_text and type(value) is str and value and not special(value):
                cells.append(value)
            else:
                cells.append(self._cell(value, name, cast, required, is_text))
        self._check_key([cells[place] for place in self._key_places])
        line = _encoded(cells)
        if len(line) > MAX_ROW_BYTES:
            longest = max(self._casts, key=lambda cell: len(str(row.get(cell[0], ""))))[0]
            raise Unfit("too_long", longest, row[longest])
        return line

    def key_line(self, number: int, row: Any, *, deleted: bool = False) -> bytes:
        """A line with the row's key alone: of a deletion, or of a rejected row whose stored state must be kept.

        Raises Unfit where the key itself cannot be read.
        """
        if not isinstance(row, Mapping):
            raise _no_row(row)
        cells = [_NULL] * self._width
        for place, name, cast, _, is_text in self._key:
            cells[place] = self._cell(row.get(name), name, cast, required=True, is_text=is_text)
        self._check_key([cells[place] for place, *_ in self._key])
        return _encoded([str(number), "t" if deleted else "f", "f" if deleted else "t", *cells])

    @staticmethod
    def _cell(value: Any, name: str, cast: Cast, required: bool, is_text: bool) -> str:
        # An empty string is no number and no date; in a text column it is a value, but not one that identifies.
        if value is None or (value == "" and (required or not is_text)):
            if required:
                raise Unfit("required", name)
            return _NULL
        try:
            return cast(value)
        except Unfit as unfit:
            raise Unfit(unfit.reason, name, value) from None

    def _check_key(self, cells: Sequence[str]) -> None:
        # A letter takes four bytes at the most: only long keys are counted exactly.
        if (
            sum(map(len, cells)) * 4 > MAX_KEY_BYTES
            and sum(len(cell.encode("utf-8", "replace")) for cell in cells) > MAX_KEY_BYTES
        ):
            raise Unfit("too_long", self._key[0][1], cells[0])


def _no_row(row: Any) -> Unfit:
    return Unfit(row.reason, None, row.value) if isinstance(row, Misread) else Unfit("not_an_object", None, row)


def _encoded(cells: Sequence[str]) -> bytes:
    try:
        return ("\t".join(cells) + "\n").encode()
    except UnicodeEncodeError as error:
        raise Unfit("character", None, error.object[max(0, error.start - 20) : error.end + 20]) from None


def cast_for(column_type: str) -> Cast:
    """The cast into a PostgreSQL type as `format_type` writes it. Raises LookupError for a type without one."""
    base, _, size = column_type.partition("(")
    if base in {"character varying", "character"} and size:
        return _limited_text(int(size.rstrip(")")))
    return _CASTS[base]


def _text(value: Any) -> str:
    if type(value) is not str:
        value = _as_text(value)
    if _SPECIAL.search(value):
        if "\0" in value:
            raise Unfit("character")
        return value.translate(_ESCAPES)
    return value


def _as_text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, str | int | float | Decimal | uuid.UUID):
        return str(value)
    raise Unfit("type")


def _limited_text(limit: int) -> Cast:
    def cast(value: Any) -> str:
        text = _as_text(value)
        if len(text) > limit:
            raise Unfit("too_long")
        return _text(text)

    return cast


def _integer(bits: int) -> Cast:
    bound = 1 << (bits - 1)

    def cast(value: Any) -> str:
        if type(value) is int and -bound <= value < bound:
            return str(value)
        if isinstance(value, str):
            value = value.strip()
            if not _INTEGER.fullmatch(value):
                raise Unfit("type")
            number = int(value)
        elif isinstance(value, int) and not isinstance(value, bool):
            number = value
        elif isinstance(value, float | Decimal) and math.isfinite(value) and value == int(value):
            number = int(value)
        else:
            raise Unfit("type")
        if not -bound <= number < bound:
            raise Unfit("range")
        return str(number)

    return cast


def _numeric(value: Any) -> str:
    if isinstance(value, bool):
        raise Unfit("type")
    if isinstance(value, str):
        value = value.strip()
    elif isinstance(value, int | float | Decimal):
        # NaN and infinity have no form in JSON: the DataStore's own answers would break.
        value = str(value)
    else:
        raise Unfit("type")
    if not _NUMBER.fullmatch(value):
        raise Unfit("type")
    return value


def _float(smallest: float, largest: float) -> Cast:
    def cast(value: Any) -> str:
        text = _numeric(value)
        size = abs(float(text))
        # PostgreSQL refuses what would become infinity or, without being zero, zero.
        if size > largest or (size < smallest and any(digit in "123456789" for digit in re.split("[eE]", text)[0])):
            raise Unfit("range")
        return text

    return cast


def _boolean(value: Any) -> str:
    if value is True:
        return "t"
    if value is False:
        return "f"
    word = str(value).strip().lower()
    if word in _TRUE:
        return "t"
    if word in _FALSE:
        return "f"
    raise Unfit("type")


def _date(value: Any) -> str:
    moment = _moment(value)
    if moment.time() != time.min:
        raise Unfit("type")
    return moment.date().isoformat()


def _timestamp(value: Any) -> str:
    # The offset is dropped and the clock kept: what the agency's own clock showed.
    return _moment(value).replace(tzinfo=None).isoformat()


def _timestamp_with_zone(value: Any) -> str:
    return _moment(value).isoformat()


def _moment(value: Any) -> datetime:
    if isinstance(value, datetime):
        return value
    if isinstance(value, date):
        return datetime.combine(value, time.min)
    if not isinstance(value, str):
        raise Unfit("type")
    try:
        return datetime.fromisoformat(value.strip())
    except ValueError:
        raise Unfit("type") from None


def _time(value: Any) -> str:
    try:
        moment = value if isinstance(value, time) else time.fromisoformat(str(value).strip())
    except ValueError:
        raise Unfit("type") from None
    return moment.isoformat()


def _uuid(value: Any) -> str:
    try:
        return str(uuid.UUID(str(value).strip()))
    except ValueError:
        raise Unfit("type") from None


def _json(value: Any) -> str:
    try:
        text = json.dumps(json.loads(value) if isinstance(value, str) else value, ensure_ascii=False, allow_nan=False)
    except (TypeError, ValueError, RecursionError):
        raise Unfit("type") from None
    if "\\u0000" in text:
        raise Unfit("character")
    return _text(text)


def _nested(value: Any) -> str:
    # The DataStore's own composite type (json, extra): a row literal around the document.
    try:
        text = json.dumps(value, ensure_ascii=False, allow_nan=False)
    except (TypeError, ValueError, RecursionError):
        raise Unfit("type") from None
    return _text('("' + text.replace("\\", "\\\\").replace('"', '""') + '","")')


_CASTS: Mapping[str, Cast] = {
    "text": _text,
    "character varying": _text,
    "smallint": _integer(16),
    "integer": _integer(32),
    "bigint": _integer(64),
    "numeric": _numeric,
    "real": _float(1.2e-38, 3.4e38),
    "double precision": _float(2.3e-308, 1.79e308),
    "boolean": _boolean,
    "date": _date,
    "timestamp without time zone": _timestamp,
    "timestamp with time zone": _timestamp_with_zone,
    "time without time zone": _time,
    "uuid": _uuid,
    "json": _json,
    "jsonb": _json,
    "nested": _nested,
}
