"""Which state the rows of a table are in: for ETags, prepared files and whoever waits for a change."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass

from ckanext.datastore.backend.postgres import get_write_engine
from psycopg2.sql import SQL, Literal


@dataclass(frozen=True)
class TableState:
    """`word` changes with every change of the rows: of ours at once, of other writers' within seconds.

    `merged` is when the corridor last changed them, in ISO 8601, or None.
    """

    word: str
    merged: str | None


def table_state(resource_id: str) -> TableState | None:
    """Which state the table's rows are in; None where there is no such table. Who may know it, the caller checks."""
    query = SQL("""
        SELECT c.oid, s.stats->>'merged', pg_stat_get_tuples_inserted(c.oid) + pg_stat_get_tuples_updated(c.oid)
            + pg_stat_get_tuples_deleted(c.oid)
        FROM pg_class c LEFT JOIN _table_stats s ON s.resource_id = c.relname
        WHERE c.relname = {} AND c.relnamespace = 'public'::regnamespace AND NOT starts_with(c.relname, '_')
    """).format(Literal(resource_id))
    # The read-only role may not read _table_stats.
    with closing(get_write_engine().raw_connection()) as connection, closing(connection.cursor()) as cursor:
        cursor.execute(query)  # type: ignore[arg-type]  # psycopg2 takes its own SQL objects
        row = cursor.fetchone()
    return row and TableState("-".join(str(part) for part in row), row[1])
