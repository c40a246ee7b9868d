"""The staging table: where rows of the input wait inside the transaction to be compared with the stored ones.

Rows come as lines that `rules.RowReader` has checked, or as a CSV file that PostgreSQL reads by itself. A file's cells
are staged as text, and one query finds the rows that *may* not fit: what it lets pass is sure to fit and to be cast to
the very value that `rules` gives. The few others go through `rules` one by one, which says why they don't fit, or that
they do. Why the table is a temporary one: docs/decisions/0011-corridor.md.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from typing import IO

from psycopg2 import errors
from psycopg2.extensions import cursor as Cursor  # noqa: N812 - a class in small letters
from psycopg2.sql import SQL, Composable, Composed, Identifier, Literal

from .rules import MAX_KEY_BYTES, MAX_ROW_BYTES, Column
from .sources import CsvFile
from .statements import Statements

#: What the comparison reads: the staging table, or the view that casts a file's texts.
STAGED = Identifier("_merge_rows")
_TEXTS = Identifier("_merge_texts")
_DOUBTFUL = Identifier("_merge_doubtful")
_REPEATED = Identifier("_merge_repeated")
_COPY_BYTES = 1 << 20

_DATE = "[12][0-9]{3}-((0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])|(0[13-9]|1[0-2])-(29|30)|(0[13578]|1[02])-31)"
_CLOCK = r"([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\.[0-9]{3}([0-9]{3})?)?)?"
_MOMENT = rf"{_DATE}([T ]{_CLOCK}(Z|[+-](0[0-9]|1[0-4]):[0-5][0-9])?)?"
#: Type → what is sure to be cast by PostgreSQL to the value that `rules` gives; other values are asked of `rules`.
_SURE = {
    "smallint": "-?[0-9]{1,4}",
    "integer": "-?[0-9]{1,9}",
    "bigint": "-?[0-9]{1,18}",
    "numeric": r"-?[0-9]{1,200}(\.[0-9]{1,200})?",
    "real": r"-?[0-9]{1,9}(\.[0-9]{1,9})?",
    "double precision": r"-?[0-9]{1,15}(\.[0-9]{1,15})?",
    "date": _DATE,
    "timestamp without time zone": _MOMENT,
    "timestamp with time zone": _MOMENT,
    "time without time zone": _CLOCK,
    "uuid": "[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}",
}
_SURE_FLAGS = ("true", "false", "True", "False", "TRUE", "FALSE", "t", "f", "yes", "no", "1", "0")
#: Types of which PostgreSQL itself reads the very values that `rules` takes: COPY checks these at no cost.
_READ_BY_COPY = ("smallint", "integer", "bigint", "uuid")
_TEXT_TYPES = ("text", "character varying", "character")


class NotSetWise(Exception):  # noqa: N818 - a state, named as such
    """PostgreSQL cannot read this file by itself: the rows have to be read one by one."""


class Staging(Statements):
    """The staged rows of one merge."""

    def __init__(self, cursor: Cursor, columns: Sequence[Column], key: Sequence[str]) -> None:
        super().__init__(cursor)
        self._columns = columns
        self._key = key
        self._table = STAGED
        self._read_by_copy: Sequence[str] = ()
        #: Whether the rows lie in the order of the input, as they were written once and at the end only.
        self.in_order = True

    def take_lines(self, lines: Iterable[bytes]) -> None:
        """Copies lines made by `rules.RowReader`, a megabyte at a time."""
        columns = [SQL("{} {}").format(Identifier(c.name), SQL(c.type)) for c in self._columns]
        self.execute(
            SQL("CREATE TEMP TABLE {} (_number bigint, _deleted bool, _unfit bool, {}) ON COMMIT DROP").format(
                STAGED, SQL(", ").join(columns)
            )
        )
        self._copy_lines(lines)
        self._analyze()

    def take_file(self, file: CsvFile) -> int:
        """Copies a CSV file as it is; the number of its rows. `doubtful` has to be asked then.

        Raises NotSetWise where PostgreSQL would read something else than a person does, or nothing at all.
        """
        names = file.heading()
        kinds = {column.name: column.type.partition("(")[0] for column in self._columns}
        if any(kinds.get(name) not in {*_TEXT_TYPES, *_SURE, "boolean"} for name in names):
            raise NotSetWise
        for types in (_READ_BY_COPY, ()):
            self._read_by_copy = types
            self.execute(SQL("SAVEPOINT _merge_file"))
            try:
                self._create_texts()
                with file.body() as body:
                    count = self._copy_file(names, file.delimiter, body)
            except (errors.InvalidTextRepresentation, errors.NumericValueOutOfRange):
                # A cell is no number: once more, all as text, to find which.
                self.execute(SQL("ROLLBACK TO SAVEPOINT _merge_file"))
            except (NotSetWise, errors.BadCopyFileFormat, errors.CharacterNotInRepertoire):
                # Cells too many or too few, bytes that are no UTF-8: one by one, each such row has its own reason.
                self.execute(SQL("ROLLBACK TO SAVEPOINT _merge_file"))
                break
            else:
                self._analyze()
                return count
        self._table = STAGED
        raise NotSetWise

    def _create_texts(self) -> None:
        self._table = _TEXTS
        columns = [
            SQL("{} {}").format(Identifier(c.name), SQL(c.type if c.type in self._read_by_copy else "text"))
            for c in self._columns
        ]
        self.execute(
            SQL("""
                CREATE TEMP TABLE {} (
                    _number bigint GENERATED BY DEFAULT AS IDENTITY (CACHE 1000), _deleted bool DEFAULT false,
                    _unfit bool DEFAULT false, {}
                ) ON COMMIT DROP
            """).format(_TEXTS, SQL(", ").join(columns))
        )
        # Disappears with its table.
        self.execute(
            SQL("CREATE TEMP VIEW {} AS SELECT _number, _deleted, _unfit, {} FROM {}").format(
                STAGED,
                SQL(", ").join(
                    SQL("{n}::{t} AS {n}").format(n=Identifier(c.name), t=SQL(c.type)) for c in self._columns
                ),
                _TEXTS,
            )
        )

    def _copy_file(self, names: Sequence[str], delimiter: str, body: IO[bytes]) -> int:
        copied = SQL(", ").join(Identifier(name) for name in names)
        guarded = _Guarded(body)
        self._cursor.copy_expert(
            SQL(
                "COPY {table} ({names}) FROM STDIN"
                " WITH (FORMAT csv, DELIMITER {delimiter}, FORCE_NULL ({names}), ENCODING 'UTF8')"
            ).format(table=_TEXTS, names=copied, delimiter=Literal(delimiter)),
            guarded,  # type: ignore[arg-type]  # psycopg2 reads it by `read` alone
            size=_COPY_BYTES,
        )
        if guarded.stopped:
            raise NotSetWise
        return self._cursor.rowcount

    def doubtful(self) -> Iterator[tuple[int, dict[str, str | None]]]:
        """Takes the rows of a file out of the staging table of which it is not sure that they fit: number and cells.

        What `rules` makes of them goes back by `return_lines`.
        """
        names = SQL(", ").join(SQL("{}::text").format(Identifier(column.name)) for column in self._columns)
        found = self.execute(
            SQL("CREATE TEMP TABLE {} ON COMMIT DROP AS SELECT _number, {} FROM {} s WHERE NOT ({})").format(
                _DOUBTFUL, names, _TEXTS, self._surely_fits()
            )
        )
        if not found:
            return
        self.in_order = False
        self.execute(SQL("ANALYZE {} (_number)").format(_DOUBTFUL))
        self.execute(SQL("DELETE FROM {} s USING {} d WHERE s._number = d._number").format(_TEXTS, _DOUBTFUL))
        for number, *cells in self.paged("_merge_doubt", SQL("SELECT * FROM {} ORDER BY 1").format(_DOUBTFUL)):
            yield number, {c.name: cell for c, cell in zip(self._columns, cells, strict=True) if cell is not None}

    def return_lines(self, lines: Iterable[bytes]) -> None:
        """Puts back what `rules` made of doubtful rows: those that fit, and the keys of those that don't."""
        self._copy_lines(lines)

    def _surely_fits(self) -> Composed:
        conditions: list[Composable] = []
        size: list[Composable] = []
        for column in self._columns:
            name = SQL("s.{}").format(Identifier(column.name))
            if column.required or column.name in self._key:
                conditions.append(SQL("{} IS NOT NULL").format(name))
            base, _, length = column.type.partition("(")
            if base in self._read_by_copy:
                continue
            if base == "boolean":
                conditions.append(SQL("{} IN ({})").format(name, SQL(", ").join(map(Literal, _SURE_FLAGS))))
            elif base in _SURE:
                conditions.append(SQL("{} ~ {}").format(name, Literal(f"^({_SURE[base]})$")))
            elif length:
                conditions.append(SQL("length({}) <= {}").format(name, SQL(length.rstrip(")"))))
            size.append(SQL("coalesce(octet_length({}), 0)").format(name))
            if column.name in self._key:
                bytes_each = SQL(str(MAX_KEY_BYTES // (2 * len(self._key))))
                conditions.append(SQL("octet_length({}) <= {}").format(name, bytes_each))
        # Half of what the line may have: some letters take two bytes in it.
        conditions.append(SQL("{} <= {}").format(SQL(" + ").join(size), SQL(str(MAX_ROW_BYTES // 2))))
        return SQL(" AND ").join(conditions)

    def drop_repeated(self) -> Iterator[tuple[int, str]]:
        """Removes the rows whose key has come before; their numbers in the input and the key's first value."""
        names = SQL(", ").join(Identifier(name) for name in self._key)
        found = self.execute(
            SQL("""
                CREATE TEMP TABLE {repeated} ON COMMIT DROP AS
                SELECT s._number, s.{first}::text FROM {staged} s JOIN (
                    SELECT {names}, min(_number) AS _first FROM {staged} WHERE NOT _unfit
                    GROUP BY {names} HAVING count(*) > 1
                ) f ON {same} AND s._number > f._first
                WHERE NOT s._unfit
            """).format(
                repeated=_REPEATED,
                staged=STAGED,
                names=names,
                same=same("s", "f", self._key),
                first=Identifier(self._key[0]),
            )
        )
        if found:
            self.execute(SQL("DELETE FROM {} s USING {} r WHERE s._number = r._number").format(self._table, _REPEATED))
            yield from self.paged("_merge_repeat", SQL("SELECT * FROM {} ORDER BY 1").format(_REPEATED))

    def _copy_lines(self, lines: Iterable[bytes]) -> None:
        buffer = io.BytesIO()
        for line in lines:
            buffer.write(line)
            if buffer.tell() >= _COPY_BYTES:
                self._copy_buffer(buffer)
                buffer = io.BytesIO()
        if buffer.tell():
            self._copy_buffer(buffer)

    def _copy_buffer(self, buffer: io.BytesIO) -> None:
        buffer.seek(0)
        self._cursor.copy_expert(SQL("COPY {} FROM STDIN").format(self._table), buffer, size=_COPY_BYTES)

    def _analyze(self) -> None:
        # The planner has to know how many rows there are and how many keys; the other columns it need not know.
        names = SQL(", ").join(Identifier(name) for name in ("_number", *self._key))
        self.execute(SQL("SET LOCAL default_statistics_target = 10"))
        self.execute(SQL("ANALYZE {} ({})").format(self._table, names))
        self.execute(SQL("SET LOCAL default_statistics_target TO DEFAULT"))


def same(left: str, right: str, key: Sequence[str]) -> Composed:
    """The SQL by which two rows have the same key."""
    return SQL(" AND ").join(
        SQL("{}.{name} = {}.{name}").format(SQL(left), SQL(right), name=Identifier(name)) for name in key
    )


class _Guarded:
    r"""A file that stops before a line that begins with `\.`: COPY takes that for the end, even inside quotes."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._tail = b"\n"
        self.stopped = False

    def read(self, size: int = -1) -> bytes:
        block = self._file.read(size)
        joint = self._tail + block
        if b"\n\\." in joint or b"\r\\." in joint:
            self.stopped = True
            return b""
        self._tail = joint[-2:]
        return block
