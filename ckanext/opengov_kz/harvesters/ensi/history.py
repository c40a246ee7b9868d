"""Keeps every state that a classifier's items have been in, in step with the classifier's table in the DataStore.

After each merge the table's rows are compared with the newest states, set-wise and in one transaction. The comparison
needs nothing of the merge itself: where a harvest died between the two, the next one finds the same difference.
"""

from __future__ import annotations

import json
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import asdict, astuple, dataclass, fields
from datetime import UTC, date, datetime
from typing import Any

from ckan import model
from ckanext.datastore.backend.postgres import get_read_engine
from psycopg2.extras import execute_values
from psycopg2.sql import SQL, Identifier

from ckanext.opengov_kz.harvesters.ensi import rules
from ckanext.opengov_kz.harvesters.ensi.mapping import Row
from ckanext.opengov_kz.harvesters.ensi.model import ClassifierVersion, ItemState
from ckanext.opengov_kz.harvesters.ensi.rules import Entry, Step
from ckanext.opengov_kz.shared.kazakh import fold

COLUMNS = tuple(column.name for column in fields(Entry))
_BATCH = 2000
#: From so many new states on, the planner's statistics are made anew at once and not when autovacuum comes by.
_MANY = 1000
_IN_MEMORY = 8 << 20
_SAMPLES = 20
_VERSION = SQL(ClassifierVersion.__tablename__)
_STATE = SQL(ItemState.__tablename__)
_NAMES = SQL(", ").join(Identifier(name) for name in COLUMNS)


def _same(left: str, right: str) -> str:
    return " AND ".join(f"{left}.{name} IS NOT DISTINCT FROM {right}.{name}" for name in COLUMNS)


#: What stands in braces in the queries below: names of ours. Values are bound, never written in.
_PARTS = {
    "state": _STATE,
    "version": _VERSION,
    "names": _NAMES,
    "same_rows": SQL(_same("o", "s")),
    "same_values": SQL(" AND ".join(f"{name} IS NOT DISTINCT FROM %({name})s" for name in COLUMNS)),
    "beside": SQL("resource_id = %(resource_id)s AND NOT is_current AND NOT superseded"),
}


@dataclass(frozen=True)
class Load:
    """What was loaded: the classifier's version, its date in force, and whether all of it came."""

    resource_id: str
    version: str
    in_force: date | None
    whole: bool


def search_words(*texts: str | None) -> str:
    """What a search compares: small letters, Kazakh ones as they are typed without a Kazakh keyboard."""
    return fold(" ".join(text for text in texts if text))


def stored_rows(resource_id: str) -> Iterator[Row]:
    """Every row of a classifier's table in the order of the codes, as `mapping.to_row` makes them."""
    with closing(get_read_engine().raw_connection()) as connection:
        cursor: Any = connection.cursor("opengov_ensi_rows")  # type: ignore[call-arg]  # psycopg2's named cursor
        cursor.itersize = _BATCH
        cursor.execute(SQL("SELECT {} FROM {} ORDER BY code").format(_NAMES, Identifier(resource_id)))
        for values in cursor:
            yield _plain(dict(zip(COLUMNS, values, strict=True)))


def _plain(row: dict[str, Any]) -> Any:
    return row | {name: row[name] and row[name].isoformat() for name in ("valid_from", "valid_to")}


def is_complete(resource_id: str) -> bool:
    """Whether the table still has as many rows as the history knows newest states: else it has to be loaded whole."""
    query = SQL("SELECT count(*) FROM {}").format(Identifier(resource_id))
    with closing(get_read_engine().raw_connection()) as connection, closing(connection.cursor()) as cursor:
        cursor.execute(query)  # type: ignore[arg-type]  # psycopg2 takes its own SQL objects
        rows = cursor.fetchone()[0]  # type: ignore[index]
    states = model.Session.query(ItemState).filter_by(resource_id=resource_id, is_current=True).count()
    return rows == states


def synchronise(load: Load, found: rules.Sorted, rings: Sequence[Sequence[str]], today: date) -> Counter[str]:
    """Brings the history into step with the table and records the version; how many items changed, by kind.

    `found.others` are the periods that the agency gave beside the rows of the table.
    """
    now = datetime.now(UTC).replace(tzinfo=None)
    connection: Any = model.meta.engine.raw_connection()  # type: ignore[union-attr]
    try:
        with connection.cursor() as cursor:
            writer = _Writer(cursor, load, now, load.in_force or today)
            writer.open_version()
            with tempfile.SpooledTemporaryFile(_IN_MEMORY) as rows:
                _copy_out(load.resource_id, rows)
                writer.stage(rows)
            writer.compare()
            writer.add_periods(found.others)
            writer.mark_rings([ring[0] for ring in rings])
            samples = [[sample.reason, sample.code] for sample in found.samples[:_SAMPLES]]
            writer.close_version({"counts": dict(found.findings), "samples": samples})
        connection.commit()
    finally:
        # Returns the connection to the pool, which rolls back what is not committed.
        connection.close()
    return writer.counts


def _copy_out(resource_id: str, file: Any) -> None:
    with closing(get_read_engine().raw_connection()) as connection, closing(connection.cursor()) as cursor:
        query = SQL("COPY (SELECT {} FROM {} ORDER BY code) TO STDOUT").format(_NAMES, Identifier(resource_id))
        cursor.copy_expert(query, file)  # type: ignore[attr-defined]
    file.seek(0)


class _Writer:
    """One synchronisation inside its transaction."""

    def __init__(self, cursor: Any, load: Load, now: datetime, day: date) -> None:
        self.cursor = cursor
        self.load = load
        self.now = now
        self.day = day
        self.version_id = 0
        self.last_before = 0
        self.counts: Counter[str] = Counter()

    def _run(self, query: str, **values: Any) -> None:
        self.cursor.execute(
            SQL(query).format(**_PARTS),
            values | {"resource_id": self.load.resource_id, "version_id": self.version_id, "now": self.now},
        )

    def open_version(self) -> None:
        self._run("SELECT pg_advisory_xact_lock(hashtextextended('opengov_ensi ' || %(resource_id)s, 0))")
        self._run("SELECT count(*) FROM {version} WHERE resource_id = %(resource_id)s")
        first = self.cursor.fetchone()[0] == 0
        if first:
            # What a purged dataset left: its table is gone, and so is what it was.
            self._run("DELETE FROM {state} s WHERE NOT EXISTS (SELECT FROM resource r WHERE r.id = s.resource_id)")
            self._run("DELETE FROM {version} v WHERE NOT EXISTS (SELECT FROM resource r WHERE r.id = v.resource_id)")
        self._run(
            """
            INSERT INTO {version} AS v (resource_id, version, in_force, loaded, whole_loaded, first, added, changed,
                closed, mark, findings)
            VALUES (%(resource_id)s, %(version)s, %(in_force)s, %(now)s, %(whole)s, %(first)s, 0, 0, 0, 0, '{{}}')
            ON CONFLICT (resource_id, version) DO UPDATE SET in_force = excluded.in_force, loaded = excluded.loaded,
                whole_loaded = COALESCE(excluded.whole_loaded, v.whole_loaded)
            RETURNING id
            """,
            version=self.load.version,
            in_force=self.load.in_force,
            whole=self.now if self.load.whole else None,
            first=first,
        )
        self.version_id = self.cursor.fetchone()[0]
        self._run("SELECT COALESCE(max(id), 0) FROM {state}")
        self.last_before = self.cursor.fetchone()[0]

    def stage(self, rows: Any) -> None:
        self._run("CREATE TEMP TABLE _ensi_rows ON COMMIT DROP AS SELECT {names} FROM {state} WHERE false")
        self.cursor.copy_expert("COPY _ensi_rows FROM STDIN", rows)
        self._run("CREATE INDEX ON _ensi_rows (code); ANALYZE _ensi_rows")
        # A period that was announced has begun: it is now the newest state itself.
        self._run(
            """
            UPDATE {state} o SET superseded = true FROM _ensi_rows s
            WHERE o.resource_id = %(resource_id)s AND o.code = s.code AND o.kind = 'past'
              AND NOT o.is_current AND NOT o.superseded AND {same_rows}
            """
        )

    def compare(self) -> None:
        stored = SQL(", ").join(SQL("t.{}").format(Identifier(name)) for name in COLUMNS)
        fresh = SQL(", ").join(SQL("s.{}").format(Identifier(name)) for name in COLUMNS)
        with self.cursor.connection.cursor("opengov_ensi_changes") as changes:
            changes.itersize = _BATCH
            changes.execute(
                SQL("""
                    SELECT t.id, t.since, t.until, {stored}, {fresh} FROM _ensi_rows s
                    LEFT JOIN {state} t ON t.resource_id = {resource} AND t.is_current AND t.code = s.code
                    WHERE t.id IS NULL OR NOT ({same}) ORDER BY s.code
                """).format(
                    stored=stored,
                    fresh=fresh,
                    state=_STATE,
                    resource=SQL("%(resource_id)s"),
                    same=SQL(_same("t", "s")),
                ),
                {"resource_id": self.load.resource_id},
            )
            while batch := changes.fetchmany(_BATCH):
                self._write(batch)

    def _write(self, batch: Iterable[Sequence[Any]]) -> None:
        ended: list[tuple[Any, ...]] = []
        made: list[tuple[Any, ...]] = []
        width = len(COLUMNS)
        for old_id, since, until, *values in batch:
            new = Entry(*values[width:])
            old = Entry(*values[:width]) if old_id else None
            step = rules.step(old, new, self.day, since=since, until=until)
            self.counts[step.kind] += 1
            if old_id:
                ended.append((old_id, step.corrects, until if step.corrects else step.old_until))
            made.append(self._state(new, step, is_current=True, previous=old_id))
        if ended:
            query = SQL("""
                UPDATE {} t SET is_current = false, ring = false, superseded = v.superseded, until = v.until
                FROM (VALUES %s) AS v (id, superseded, until) WHERE t.id = v.id
            """).format(_STATE)
            execute_values(self.cursor, query, ended, "(%s, %s, %s::date)", page_size=_BATCH)
        self._insert(made)

    def _state(self, entry: Entry, step: Step, *, is_current: bool, previous: int | None) -> tuple[Any, ...]:
        return (
            self.load.resource_id,
            self.version_id,
            *astuple(entry),
            step.since,
            step.until,
            is_current,
            step.kind,
            previous,
            self.now,
            search_words(entry.code, entry.name_kk, entry.name_ru),
        )

    def _insert(self, states: Sequence[tuple[Any, ...]]) -> None:
        query = SQL("""
            INSERT INTO {} (resource_id, version_id, {}, since, until, is_current, kind, previous_id, recorded, words,
                superseded, ring) VALUES %s
        """).format(_STATE, _NAMES)
        # Beside the columns of the row: 2 before them and 7 behind.
        template = "(" + "%s, " * (len(COLUMNS) + 9) + "false, false)"
        execute_values(self.cursor, query, states, template, page_size=_BATCH)

    def add_periods(self, others: Iterable[Row]) -> None:
        """Stores the periods beside the newest: each once, in the place of what was told of the same beginning."""
        for row in others:
            entry = _entry(row)
            values = asdict(entry)
            self._run("SELECT 1 FROM {state} WHERE {beside} AND {same_values}", **values)
            if self.cursor.fetchone():
                continue
            self._run(
                "UPDATE {state} SET superseded = true WHERE {beside} AND code = %(code)s"
                " AND since IS NOT DISTINCT FROM %(valid_from)s AND id <= %(last)s",
                **values,
                last=self.last_before,
            )
            step = Step("past", entry.valid_from, rules.end_of(entry, self.day))
            self.counts["past"] += 1
            self._insert([self._state(entry, step, is_current=False, previous=None)])

    def mark_rings(self, codes: list[str]) -> None:
        self._run(
            "UPDATE {state} SET ring = NOT ring WHERE resource_id = %(resource_id)s AND is_current"
            " AND ring <> (code = ANY(%(codes)s))",
            codes=codes,
        )

    def close_version(self, findings: Mapping[str, Any]) -> None:
        self._run(
            """
            UPDATE {version} SET added = added + %(added)s, changed = changed + %(changed)s,
                closed = closed + %(closed)s, findings = %(findings)s,
                mark = (SELECT COALESCE(max(id), 0) FROM {state} WHERE resource_id = %(resource_id)s)
            WHERE id = %(version_id)s
            """,
            added=self.counts["added"],
            changed=self.counts["changed"] + self.counts["reopened"],
            closed=self.counts["closed"],
            findings=json.dumps(findings),
        )
        if self.counts.total() >= _MANY:
            # Without statistics a query of the freshly filled table takes half a minute, with them a tenth of a second.
            self._run("ANALYZE {state}")


def _entry(row: Row) -> Entry:
    values: dict[str, Any] = {name: row[name] for name in COLUMNS}  # type: ignore[literal-required]
    for name in ("valid_from", "valid_to"):
        values[name] = values[name] and date.fromisoformat(values[name])
    return Entry(**values)
