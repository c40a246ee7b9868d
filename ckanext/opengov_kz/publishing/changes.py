"""What changed in a table: each row that a merge added, changed or closed, and the difference between two loads.

The list stands beside the rows, in the DataStore's database, and is written in the transaction that changes them: it
cannot say anything else than what happened. The role that reads for the DataStore's API may not read it, as tables of
private datasets are in it too. A first load, and one that changes more rows than are kept, is not listed row by row;
its run says so (`changes_kept`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from ckan.plugins import toolkit
from ckanext.datastore.backend.postgres import get_write_engine
from psycopg2.extensions import cursor as Cursor  # noqa: N812 - a class in small letters
from psycopg2.sql import SQL, Composable, Identifier, Literal
from sqlalchemy.engine import make_url

from .staging import STAGED
from .statements import Statements
from .table import PLAN, Table

#: The underscore hides it from the DataStore's list of tables.
_CHANGES = Identifier("public", "_opengov_publishing_change")
_NAME = "public._opengov_publishing_change"


@dataclass(frozen=True)
class Change:
    """A row between two loads: `kind` is added, changed or closed (also: deleted); values by column, before and after.

    `key` names the row by the columns that identify it; `before` is None for what was added, `after` for what was
    closed or deleted.
    """

    kind: str
    key: dict[str, Any]
    before: dict[str, Any] | None
    after: dict[str, Any] | None

    @property
    def columns(self) -> list[str]:
        """The columns whose values differ; all of them where there was no row before or is none after."""
        before, after = self.before or {}, self.after or {}
        return [name for name in (after or before) if before.get(name) != after.get(name)]


def write_down(cursor: Cursor, table: Table, resource_id: str, run_id: str, key: Sequence[str], *, close: bool) -> None:
    """Lists what the plan of a merge is going to write; called before it is written, in its transaction."""
    statements = Statements(cursor)
    _ensure(statements)
    columns = [column.name for column in table.columns]
    kinds = SQL("('insert', 'update', 'close')" if close else "('insert', 'update')")
    statements.execute(
        SQL("""
            INSERT INTO {changes} (resource_id, run_id, kind, key, before, after)
            SELECT {resource}, {run}, p.kind,
                CASE WHEN p.kind = 'close' THEN {key_of_t} ELSE {key_of_s} END,
                CASE WHEN p.kind <> 'insert' THEN {t} END,
                CASE WHEN p.kind <> 'close' THEN {s} END
            FROM {plan} p LEFT JOIN {staged} s ON s._number = p._number LEFT JOIN {table} t ON t._id = p._id
            WHERE p.kind IN {kinds} ORDER BY p._number
        """).format(
            changes=_CHANGES,
            resource=Literal(resource_id),
            run=Literal(run_id),
            key_of_s=_object("s", key),
            key_of_t=_object("t", key),
            s=_object("s", columns),
            t=_object("t", columns),
            plan=PLAN,
            staged=STAGED,
            table=Identifier("public", resource_id),
            kinds=kinds,
        )
    )
    _forget(statements, resource_id)


def follow_columns(table: Table, resource_id: str, *, rename: Mapping[str, str], remove: Sequence[str]) -> None:
    """Has the list know renamed columns by their new names, and no values of removed ones; in the same transaction."""
    if not (rename or remove) or not table.rows(SQL("SELECT to_regclass({})").format(Literal(_NAME)))[0][0]:
        return
    values = {name: SQL("{}").format(Identifier(name)) for name in ("key", "before", "after")}
    for name in (*remove, *rename):
        values = {key: SQL("({} - {})").format(value, Literal(name)) for key, value in values.items()}
    renamed = SQL(
        "({value} || CASE WHEN {key} ? {name} THEN jsonb_build_object({new}, {key} -> {name}) ELSE '{{}}' END)"
    )
    for name, new in rename.items():
        values = {
            key: renamed.format(value=value, key=Identifier(key), name=Literal(name), new=Literal(new))
            for key, value in values.items()
        }
    table.execute(
        SQL("UPDATE {} SET key = {key}, before = {before}, after = {after} WHERE resource_id = {resource}").format(
            _CHANGES, resource=Literal(resource_id), **values
        )
    )


def forget(resource_id: str) -> int:
    """Deletes the whole list of a resource; how many rows it had."""
    with closing(get_write_engine().raw_connection()) as connection, closing(connection.cursor()) as cursor:
        statements = Statements(cursor)  # type: ignore[arg-type]
        if not statements.rows(SQL("SELECT to_regclass({})").format(Literal(_NAME)))[0][0]:
            return 0
        gone = statements.execute(SQL("DELETE FROM {} WHERE resource_id = {}").format(_CHANGES, Literal(resource_id)))
        connection.commit()
    return gone


def _object(alias: str, names: Sequence[str]) -> Composable:
    columns = SQL(", ").join(SQL("{}.{}").format(SQL(alias), Identifier(name)) for name in names)
    return SQL("(SELECT to_jsonb(r) FROM (SELECT {}) r)").format(columns)


def _ensure(statements: Statements) -> None:
    if statements.rows(SQL("SELECT to_regclass({})").format(Literal(_NAME)))[0][0]:
        return
    # Two first merges at once would both make it.
    statements.execute(SQL("SELECT pg_advisory_xact_lock(hashtextextended({}, 0))").format(Literal(_NAME)))
    if statements.rows(SQL("SELECT to_regclass({})").format(Literal(_NAME)))[0][0]:
        return
    reader = make_url(toolkit.config["ckan.datastore.read_url"]).username or ""
    # `ckan datastore set-permissions` grants the reader every table of the schema, each time that it is run: without a
    # policy for him, he sees no row even so.
    statements.execute(
        SQL("""
            CREATE TABLE {changes} (
                id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
                resource_id text NOT NULL,
                run_id text NOT NULL,
                kind text NOT NULL,
                at timestamptz NOT NULL DEFAULT now(),
                key jsonb NOT NULL,
                before jsonb,
                after jsonb
            );
            CREATE INDEX ON {changes} (resource_id, id);
            CREATE INDEX ON {changes} (at);
            REVOKE ALL ON {changes} FROM PUBLIC, {reader};
            ALTER TABLE {changes} ENABLE ROW LEVEL SECURITY
        """).format(changes=_CHANGES, reader=Identifier(reader))
    )


def _forget(statements: Statements, resource_id: str) -> None:
    """Keeps whole runs alone, and no more rows of a resource than configured, nor longer."""
    statements.execute(
        SQL("DELETE FROM {} WHERE at < now() - make_interval(days => {})").format(
            _CHANGES, Literal(toolkit.config["opengov.publishing.changes_days"])
        )
    )
    of_resource = {"changes": _CHANGES, "resource": Literal(resource_id)}
    # Asked for by itself: in one statement with the deletion, the planner reads the list once for each of its rows.
    surplus = statements.rows(
        SQL(
            "SELECT run_id FROM {changes} WHERE resource_id = {resource} ORDER BY id DESC OFFSET {most} LIMIT 1"
        ).format(**of_resource, most=Literal(toolkit.config["opengov.publishing.changes_kept"]))
    )
    for (run_id,) in surplus:
        # The lines of a run stand together, as a resource has one writer at a time.
        statements.execute(
            SQL("""
                DELETE FROM {changes} WHERE resource_id = {resource} AND id <= (
                    SELECT max(id) FROM {changes} WHERE resource_id = {resource} AND run_id = {run}
                )
            """).format(**of_resource, run=Literal(run_id))
        )


def between(resource_id: str, run_ids: Sequence[str], limit: int, offset: int) -> tuple[dict[str, int], list[Change]]:
    """What several loads, one after the other, come to: the number of rows by kind, and some of the rows.

    A row that was added and taken away again, or changed and changed back, is none.
    """
    if not run_ids:
        return {}, []
    # Of each row the state before the first change and after the last one.
    net = SQL("""
        WITH c AS (
            SELECT DISTINCT key,
                first_value(before) OVER w AS before, last_value(after) OVER w AS after, min(id) OVER w AS place
            FROM {changes} WHERE resource_id = {resource} AND run_id IN ({runs})
            WINDOW w AS (PARTITION BY key ORDER BY id ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)
        ), net AS (
            SELECT *, CASE WHEN before IS NULL THEN 'added' WHEN after IS NULL THEN 'closed' ELSE 'changed' END AS kind
            FROM c WHERE before IS DISTINCT FROM after
        )
    """).format(
        changes=_CHANGES,
        resource=Literal(resource_id),
        runs=SQL(", ").join(Literal(run_id) for run_id in run_ids),
    )
    with closing(get_write_engine().raw_connection()) as connection, closing(connection.cursor()) as cursor:
        statements = Statements(cursor)  # type: ignore[arg-type]
        if not statements.rows(SQL("SELECT to_regclass({})").format(Literal(_NAME)))[0][0]:
            return {}, []
        counts = dict(statements.rows(SQL("{} SELECT kind, count(*) FROM net GROUP BY kind").format(net)))
        rows = statements.rows(
            SQL(
                "{} SELECT kind, key::text, before::text, after::text FROM net ORDER BY place LIMIT {} OFFSET {}"
            ).format(net, Literal(limit), Literal(offset))
        )
    return counts, [Change(kind, *(text and _loaded(text) for text in texts)) for kind, *texts in rows]


def kept(resource_id: str, run_ids: Sequence[str]) -> set[str]:
    """Those of the runs whose changes are still listed."""
    with closing(get_write_engine().raw_connection()) as connection, closing(connection.cursor()) as cursor:
        statements = Statements(cursor)  # type: ignore[arg-type]
        if not run_ids or not statements.rows(SQL("SELECT to_regclass({})").format(Literal(_NAME)))[0][0]:
            return set()
        query = SQL("SELECT DISTINCT run_id FROM {} WHERE resource_id = {} AND run_id IN ({})").format(
            _CHANGES, Literal(resource_id), SQL(", ").join(map(Literal, run_ids))
        )
        return {run_id for (run_id,) in statements.rows(query)}


def _loaded(text: str) -> dict[str, Any]:
    # Numbers keep all their digits.
    return json.loads(text, parse_float=Decimal)
