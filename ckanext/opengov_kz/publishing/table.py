"""A resource's DataStore table, written directly: what the corridor needs of SQL.

What CKAN asks of such writes: the table is made by `datastore_create`; `_full_text` is given or NULL in every write, as
an UPDATE that leaves it out keeps the old words; `_table_stats` changes in the same transaction, or totals are wrong;
what stands beside the table is invisible to `_table_metadata` (here: temporary, so a killed worker leaves nothing).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import psycopg2
from psycopg2 import errors
from psycopg2.extensions import cursor as Cursor  # noqa: N812 - a class in small letters
from psycopg2.sql import SQL, Composable, Composed, Identifier, Literal

from . import fulltext
from .rules import Column
from .staging import STAGED, Staging, same
from .statements import Statements

CLOSED = "closed"
#: What the comparison found: `_number` in the input, stored `_id`, and the `kind` insert, update, close or exists.
PLAN = Identifier("_merge_plan")
#: A table whose rows changed by more than this share gets new planner statistics at once.
_ANALYZE_SHARE = 0.1


@dataclass(frozen=True)
class Plan:
    """What the comparison found, in rows. `open_rows` are those that a snapshot could close, counted only for one."""

    inserted: int
    updated: int
    closing: int
    exists: int
    open_rows: int


class NoTable(Exception):  # noqa: N818 - a state, named as such
    """The resource has no DataStore table of its own."""


class KeyMismatch(Exception):  # noqa: N818
    """The table's rows are not unique by the given key, or it is unique by another one."""


class Busy(Exception):  # noqa: N818
    """Another writer holds the table longer than the caller waits."""


class Table(Statements):
    """The table of one resource within one transaction. All SQL names are quoted; values come as literals."""

    def __init__(self, cursor: Cursor, resource_id: str, language: str) -> None:
        """Reads the columns and their dictionary. Raises NoTable for what is no resource's table (views, `_…`)."""
        super().__init__(cursor)
        self._resource_id = resource_id
        self._name = Identifier("public", resource_id)
        self._language = language
        self.read_columns_again()
        # Triggers of the resource's own may change the words: then the DataStore's trigger composes them.
        self._own_triggers = bool(
            self.rows(
                SQL(
                    "SELECT 1 FROM pg_trigger WHERE tgrelid = {table}::regclass AND NOT tgisinternal"
                    " AND tgname <> 'zfulltext'"
                ).format(table=self._literal_name)
            )
        )

    def read_columns_again(self) -> None:
        """Learns the columns, at first and after they were changed in this transaction."""
        self.columns = self._read_columns()
        self._names = [Identifier(column.name) for column in self.columns]
        types = {column.name: column.type for column in self.columns}
        dated = types.get("valid_to") in {"date", "text", "timestamp without time zone"}
        self.closes_rows = dated and types.get("status") == "text"
        self._valid_to_type = types.get("valid_to", "")

    @property
    def name(self) -> Identifier:
        """The table's name in SQL."""
        return self._name

    @property
    def _literal_name(self) -> Literal:
        return Literal('public."' + self._resource_id.replace('"', '""') + '"')

    def _read_columns(self) -> list[Column]:
        rows = self.rows(
            SQL("""
                SELECT a.attname, format_type(a.atttypid, a.atttypmod), col_description(c.oid, a.attnum)
                FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
                WHERE c.relname = {name} AND c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'
                  AND a.attnum > 0 AND NOT a.attisdropped AND NOT starts_with(c.relname, '_')
                ORDER BY a.attnum
            """).format(name=Literal(self._resource_id))
        )
        if "_full_text" not in {name for name, *_ in rows}:
            raise NoTable
        return [Column(name, kind, _info(comment)) for name, kind, comment in rows if not name.startswith("_")]

    def lock(self, wait_seconds: float) -> None:
        """One writer per resource, until the transaction ends. Raises Busy."""
        key = SQL("hashtextextended({}, 0)").format(Literal(f"opengov_publishing {self._resource_id}"))
        if self.rows(SQL("SELECT pg_try_advisory_xact_lock({})").format(key))[0][0]:
            return
        if wait_seconds <= 0:
            raise Busy
        self.execute(SQL("SET LOCAL lock_timeout = {}").format(Literal(int(wait_seconds * 1000))))
        try:
            self.execute(SQL("SELECT pg_advisory_xact_lock({})").format(key))
        except errors.LockNotAvailable:
            raise Busy from None
        self.execute(SQL("SET LOCAL lock_timeout = 0"))

    def staging(self, key: Sequence[str]) -> Staging:
        """Where the rows of the input wait."""
        return Staging(self._cursor, self.columns, key)

    def ensure_key(self, key: Sequence[str]) -> None:
        """Sees to a unique index on exactly the key's columns, as `primary_key` of datastore_create makes it.

        Raises KeyMismatch where the stored rows repeat the key or another key is there: CKAN's upsert would take the
        columns of both for one key.
        """
        keys = self._keys()
        if any(set(names) == set(key) for names in keys):
            return
        if keys:
            raise KeyMismatch
        try:
            self.execute(SQL("CREATE UNIQUE INDEX ON {} ({})").format(self._name, _list(key)))
        except errors.UniqueViolation:
            raise KeyMismatch from None

    def key_columns(self) -> list[str]:
        """The columns by which rows are told apart; empty where there is no key."""
        return [name for names in self._keys() for name in names]

    def _keys(self) -> list[list[str]]:
        rows = self.rows(
            SQL("""
                SELECT array_agg(a.attname::text) FROM pg_index i
                JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY(i.indkey)
                WHERE i.indrelid = {table}::regclass AND i.indisunique AND NOT i.indisprimary
                GROUP BY i.indexrelid
            """).format(table=self._literal_name)
        )
        return [names for (names,) in rows]

    def write_words(self) -> None:
        """Gives every row the words of its present columns: those of a removed one must not be found any more."""
        self.execute(SQL("UPDATE {} t SET _full_text = {}").format(self._name, self._words("t")))

    def stop_writers(self) -> None:
        """Other writers of the DataStore wait until the end of the transaction; readers do not."""
        self.execute(SQL("LOCK TABLE {} IN SHARE ROW EXCLUSIVE MODE").format(self._name))

    def is_empty(self) -> bool:
        return not self.rows(SQL("SELECT 1 FROM {} LIMIT 1").format(self._name))

    def fill(self, *, in_order: bool) -> int:
        """Inserts every staged row, in the order of the input, into an empty table and builds its indexes after that.

        Dropping an index would block readers, but an empty table has nothing to read. Returns the number of rows.
        """
        indexes = self.rows(
            SQL("""
                SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index i
                WHERE indrelid = {table}::regclass AND NOT indisprimary
                  AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = i.indexrelid)
            """).format(table=self._literal_name)
        )
        for name, _ in indexes:
            self.execute(SQL("DROP INDEX {}").format(SQL(name)))
        source = SQL("SELECT * FROM {} WHERE NOT _unfit AND NOT _deleted").format(STAGED)
        # A temporary table is read as it was written: sorting it would cost as much as reading it again.
        inserted = self._insert(source if in_order else SQL("{} ORDER BY _number").format(source))
        for _, definition in indexes:
            self.execute(SQL(definition))
        return inserted

    def append(self) -> int:
        """Inserts every staged row into a table without a key."""
        return self._insert(SQL("SELECT * FROM {} WHERE NOT _unfit ORDER BY _number").format(STAGED))

    def compare(self, key: Sequence[str], *, snapshot: bool, append: bool) -> Plan:
        """Compares the staged rows with the stored ones, once and set-wise, into the plan that `write` follows.

        The plan holds what differs and nothing else. A snapshot meets the whole table in one join; a delta looks its
        rows up by the key, so that its time does not grow with the table.
        """
        changed = SQL("({}) IS DISTINCT FROM ({})").format(self._values("t"), self._values("s"))
        open_row = self._open("t")
        self.execute(
            SQL("""
                CREATE TEMP TABLE {plan} ON COMMIT DROP AS SELECT * FROM (
                    SELECT s._number, t._id, CASE
                        WHEN s._number IS NULL THEN CASE WHEN {open_row} THEN 'close' END
                        WHEN s._unfit THEN NULL
                        WHEN t._id IS NULL THEN CASE WHEN NOT s._deleted THEN 'insert' END
                        WHEN s._deleted THEN CASE WHEN {open_row} THEN 'close' END
                        WHEN {changed} THEN {change} END AS kind
                    FROM {staged} s {join} JOIN {table} t ON {same}
                ) c WHERE kind IS NOT NULL
            """).format(
                plan=PLAN,
                changed=changed,
                change=Literal("exists" if append else "update"),
                open_row=open_row,
                staged=STAGED,
                join=SQL("FULL" if snapshot else "LEFT"),
                table=self._name,
                same=same("s", "t", key),
            )
        )
        self.execute(SQL("ANALYZE {}").format(PLAN))
        counts = dict(self.rows(SQL("SELECT kind, count(*) FROM {} GROUP BY kind").format(PLAN)))
        closing = counts.get("close", 0)
        # Asked for only where it decides something: it reads the whole table.
        open_rows = (
            self.number(SQL("SELECT count(*) FROM {} t WHERE {}").format(self._name, open_row))
            if snapshot and closing
            else 0
        )
        return Plan(
            inserted=counts.get("insert", 0),
            updated=counts.get("update", 0),
            closing=closing,
            exists=counts.get("exists", 0),
            open_rows=open_rows,
        )

    def existing(self, key: Sequence[str]) -> Iterator[tuple[int, str]]:
        """The rows of an append whose key is stored with other values: number and the key's first value."""
        yield from self.paged(
            "_merge_existing",
            SQL(
                "SELECT s._number, s.{}::text FROM {} s JOIN {} p USING (_number) WHERE p.kind = 'exists' ORDER BY 1"
            ).format(Identifier(key[0]), STAGED, PLAN),
        )

    def write(self, *, close: bool, today: date) -> None:
        """Writes what differs, by the plan: `_id` of unchanged and updated rows stays."""
        self.execute(
            SQL("""
                UPDATE {table} t SET ({names}, _full_text) = ROW({values}, {words})
                FROM {plan} p JOIN {staged} s USING (_number)
                WHERE p.kind = 'update' AND t._id = p._id
            """).format(
                table=self._name,
                names=self._name_list,
                values=self._values("s", compared=False),
                words=self._words("s"),
                plan=PLAN,
                staged=STAGED,
            )
        )
        if close:
            self._close(today)
        self._insert(
            SQL("SELECT s.* FROM {} s JOIN {} p USING (_number) WHERE p.kind = 'insert' ORDER BY _number").format(
                STAGED, PLAN
            )
        )

    def _close(self, today: date) -> None:
        if not self.closes_rows:
            self.execute(
                SQL("DELETE FROM {} t USING {} p WHERE p.kind = 'close' AND t._id = p._id").format(self._name, PLAN)
            )
            return
        # A row that had ended before it went missing keeps its own end; LEAST passes over NULL.
        ended = SQL("LEAST(NULLIF(t.valid_to::text, '')::{kind}, {today}::{kind})").format(
            kind=SQL(self._valid_to_type), today=Literal(today.isoformat())
        )
        status = SQL("{}::text").format(Literal(CLOSED))
        self.execute(
            SQL("""
                UPDATE {table} t SET valid_to = {ended}, status = {status}, _full_text = {words}
                FROM {plan} p WHERE p.kind = 'close' AND t._id = p._id
            """).format(
                table=self._name,
                ended=ended,
                status=status,
                words=self._words("t", {"valid_to": ended, "status": status}),
                plan=PLAN,
            )
        )

    def _insert(self, source: Composable) -> int:
        # The words are made of rows in their order: else the words themselves would have to be sorted.
        return self.execute(
            SQL("INSERT INTO {} ({}, _full_text) SELECT {}, {} FROM ({} OFFSET 0) s").format(
                self._name, self._name_list, self._values("s", compared=False), self._words("s"), source
            )
        )

    def last_run(self) -> dict[str, Any]:
        """What `record` was told of the last merge that changed the table; empty where there was none."""
        stats: list[Any] = self.rows(
            SQL("SELECT (stats->'run')::text FROM _table_stats WHERE resource_id = {}").format(
                Literal(self._resource_id)
            )
        )
        return json.loads(stats[0][0] or "{}") if stats else {}

    def record(self, *, added: int, changed: int, run: Mapping[str, Any]) -> int:
        """Brings `_table_stats` and, after a large change, the planner's statistics up to date; the number of rows.

        `added` is inserted less deleted rows, `changed` all that were written, `run` what the history is to learn of
        the merge.
        """
        known = self.rows(
            SQL("SELECT (stats->>'rows')::bigint FROM _table_stats WHERE resource_id = {}").format(
                Literal(self._resource_id)
            )
        )
        if known and known[0][0] is not None:
            rows = known[0][0] + added
        else:
            rows = self.number(SQL("SELECT count(*) FROM {}").format(self._name))
        if changed or not known:
            stats: dict[str, Any] = {"rows": rows}
            if changed:
                stats["run"] = run
                stats["merged"] = datetime.now(UTC).isoformat(timespec="microseconds")
            self.execute(
                SQL("""
                    INSERT INTO _table_stats AS t VALUES ({}, {}::jsonb)
                    ON CONFLICT (resource_id) DO UPDATE SET stats = t.stats || excluded.stats
                """).format(Literal(self._resource_id), Literal(json.dumps(stats)))
            )
        if changed > rows * _ANALYZE_SHARE:
            self.execute(SQL("ANALYZE {}").format(self._name))
        return rows

    @property
    def _name_list(self) -> Composed:
        return SQL(", ").join(self._names)

    def _values(self, alias: str, *, compared: bool = True) -> Composed:
        """The columns of `alias`; for a comparison, those without an equality of their own as text."""
        return SQL(", ").join(
            SQL("{}.{}::text" if compared and c.type in {"json", "nested"} else "{}.{}").format(
                SQL(alias), Identifier(c.name)
            )
            for c in self.columns
        )

    def _open(self, alias: str) -> Composable:
        """Whether a stored row can be closed: a closed one stays as it is."""
        if not self.closes_rows:
            return SQL("true")
        return SQL("{}.status IS DISTINCT FROM {}").format(SQL(alias), Literal(CLOSED))

    def _words(self, alias: str, replaced: Mapping[str, Composable] | None = None) -> Composable:
        """The full text of a row: what CKAN's trigger `populate_full_text_trigger` gives it, and more (fulltext.py)."""
        if self._own_triggers:
            return SQL("NULL")
        values = [self._as_words(alias, column, (replaced or {}).get(column.name)) for column in self.columns]
        are_texts = [column.type.startswith(("text", "character")) for column in self.columns]
        texts = [value for value, is_text in zip(values, are_texts, strict=True) if is_text]
        return fulltext.vector(self._language, fulltext.joined(values), texts)

    @staticmethod
    def _as_words(alias: str, column: Column, replaced: Composable | None) -> Composable:
        value = replaced or SQL("{}.{}").format(SQL(alias), Identifier(column.name))
        if column.type.startswith(("text", "character", "integer", "bigint", "smallint", "numeric", "uuid")):
            return value
        # The trigger goes through JSON, where a date and a truth value are written otherwise than by ::text.
        return SQL("to_json({})#>>'{{}}'").format(value)


def _list(names: Sequence[str]) -> Composed:
    return SQL(", ").join(Identifier(name) for name in names)


def _info(comment: str | None) -> Mapping[str, Any]:
    try:
        info = json.loads(comment or "{}").get("_info")
    except (ValueError, AttributeError):  # a comment that is not the DataStore's
        return {}
    return info if isinstance(info, dict) else {}


DatabaseError = psycopg2.DatabaseError
