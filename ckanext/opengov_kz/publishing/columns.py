"""The columns of a table changed: in step with a dictionary that comes, or by a person's word (column_rules.py).

Each change is one transaction under the table's lock and is written down in the history of loads. Changing a type makes
PostgreSQL write the table anew, and readers wait meanwhile: it is done only where the stored type is too narrow.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, cast

from ckan.plugins import toolkit
from ckan.types import Context
from ckanext.datastore.backend.postgres import get_write_engine
from psycopg2 import errors
from psycopg2.extensions import connection as Connection  # noqa: N812 - a class in small letters
from psycopg2.sql import SQL, Composed, Identifier, Literal

from . import changes, column_rules
from .report import MergeError, MergeReport
from .rules import Column, storable
from .runs import Recorder
from .signals import columns_changed
from .table import Busy, DatabaseError, NoTable, Table

MODE = "columns"
_WAIT_SECONDS = 30.0
#: Values that do not fit are shown up to this number.
_SHOWN = 20
_SHOWN_CHARACTERS = 200
#: Types whose words for the full text are those of `::text`; those of the others are written in another way.
_PLAIN = ("text", "character", "integer", "bigint", "smallint", "numeric", "uuid")


class ColumnsRefused(Exception):  # noqa: N818 - a verdict on what was asked for
    """The change makes no sense for this table; `problems` says why."""

    def __init__(self, problems: Sequence[column_rules.Problem]) -> None:
        super().__init__(", ".join(problem.code for problem in problems))
        self.problems = problems


@dataclass(frozen=True)
class Change:
    """What a person asks for: old name → new name, columns to remove, column → new type."""

    rename: Mapping[str, str] = field(default_factory=dict)
    remove: Sequence[str] = ()
    types: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Consequences:
    """What a change would do: how many values each removed column loses, and which values a new type cannot hold.

    `unfit` holds the first of them as (column, `_id` of the row, value), `unfit_count` their number by column.
    """

    lost: dict[str, int]
    unfit: list[tuple[str, int, str]]
    unfit_count: dict[str, int]


def bring_columns(resource_id: str, fields: Sequence[Mapping[str, Any]], author: str = "") -> column_rules.Plan:
    """Adds the columns that a dictionary has and the table lacks, and widens types where it asks for it.

    Columns of which the dictionary says nothing stay, as do those for which it asks an unlike type: the plan that is
    returned names them. Nothing is done, at the cost of one query, where all agree. Raises MergeError.
    """
    with _table(resource_id) as (_connection, table):
        found = column_rules.plan(table.columns, fields)
    if not found.add and not found.widen:
        return found
    note: dict[str, Any] = {"add": [entry["id"] for entry in found.add], "types": found.widen}
    with _recorded(resource_id, note, author) as (report, recorder):
        if found.add:
            _add(resource_id, found.add)
        with _table(resource_id) as (connection, table), report.stage("total"):
            table.lock(_WAIT_SECONDS)
            recorder.start(table.last_run())
            _alter(table, Change(types=found.widen))
            _finish(table, report)
            connection.commit()
    columns_changed.send(resource_id)
    return found


def consequences(resource_id: str, change: Change) -> Consequences:
    """What a change would do to the stored values. Raises ColumnsRefused, MergeError."""
    with _table(resource_id) as (_connection, table):
        _check(table, change)
        return _consequences(table, change)


def change_columns(resource_id: str, change: Change, author: str = "") -> Consequences:
    """Renames, removes and retypes columns, all or nothing; what it did to the stored values.

    Values that a new type cannot hold stop it: then nothing has changed, and `unfit` names them. The list of changes
    follows: it keeps no value of a removed column, and knows a renamed one by its new name. Raises ColumnsRefused,
    MergeError.
    """
    note = {"rename": dict(change.rename), "remove": list(change.remove), "types": dict(change.types)}
    with _table(resource_id) as (connection, table):
        _check(table, change)
        report = MergeReport()
        try:
            table.lock(_WAIT_SECONDS)
        except Busy:
            raise MergeError("busy") from None
        found = _consequences(table, change)
        if found.unfit_count:
            return found
        with _recorded(resource_id, note, author, report) as (_report, recorder), report.stage("total"):
            recorder.start(table.last_run())
            _alter(table, change)
            changes.follow_columns(table, resource_id, rename=change.rename, remove=change.remove)
            _finish(table, report)
            connection.commit()
    columns_changed.send(resource_id)
    return found


@contextmanager
def _table(resource_id: str) -> Iterator[tuple[Connection, Table]]:
    connection = cast("Connection", get_write_engine().raw_connection())
    try:
        with connection.cursor() as cursor:
            yield connection, Table(cursor, resource_id, toolkit.config["ckan.datastore.default_fts_lang"])
    except NoTable:
        raise MergeError("no_table", resource_id) from None
    except Busy:
        raise MergeError("busy") from None
    except (errors.FeatureNotSupported, errors.DependentObjectsStillExist):
        raise MergeError("column_used") from None
    except errors.LockNotAvailable:
        raise MergeError("busy") from None
    except DatabaseError as error:
        raise MergeError("database", str(error).strip()) from error
    finally:
        # Returns the connection to the pool, which rolls back what is not committed.
        connection.close()


@contextmanager
def _recorded(
    resource_id: str, note: Mapping[str, Any], author: str, report: MergeReport | None = None
) -> Iterator[tuple[MergeReport, Recorder]]:
    report = report or MergeReport()
    with Recorder(resource_id, MODE, report, author) as recorder:
        recorder.note = json.dumps({name: value for name, value in note.items() if value}, ensure_ascii=False)
        yield report, recorder


def _add(resource_id: str, entries: Sequence[Mapping[str, Any]]) -> None:
    site_user = toolkit.get_action("get_site_user")(Context(ignore_auth=True), {})["name"]
    given = {"resource_id": resource_id, "fields": [dict(entry) for entry in entries], "force": True}
    toolkit.get_action("datastore_create")(Context(ignore_auth=True, user=site_user), given)


def _check(table: Table, change: Change) -> None:
    names = [column.name for column in table.columns]
    wrong = column_rules.problems(names, table.key_columns(), change.rename, change.remove, change.types)
    if wrong:
        raise ColumnsRefused(wrong)


def _consequences(table: Table, change: Change) -> Consequences:
    lost = {name: table.number(_count(table, SQL("{} IS NOT NULL"), name)) for name in change.remove}
    unfit: list[tuple[str, int, str]] = []
    counts: dict[str, int] = {}
    stored = {column.name: column.type for column in table.columns}
    for name, wanted in change.types.items():
        kind = column_rules.type_name(wanted)
        if stored[name] == kind or column_rules.is_wider(stored[name], kind):
            continue
        _define_fits(table, stored[name], kind)
        wrong = SQL("{column} IS NOT NULL AND NOT pg_temp.opengov_fits({column}::text)").format(column=Identifier(name))
        number = table.number(SQL("SELECT count(*) FROM {} WHERE {}").format(table.name, wrong))
        if number:
            counts[name] = number
            query = SQL("SELECT _id, {}::text FROM {} WHERE {} ORDER BY _id LIMIT {}").format(
                Identifier(name), table.name, wrong, Literal(_SHOWN)
            )
            unfit += [(name, row, storable(value[:_SHOWN_CHARACTERS])) for row, value in table.rows(query)]
    return Consequences(lost, unfit, counts)


def _count(table: Table, condition: SQL, column: str) -> Composed:
    return SQL("SELECT count(*) FROM {} WHERE {}").format(table.name, condition.format(Identifier(column)))


def _define_fits(table: Table, stored: str, wanted: str) -> None:
    """A function of this session: whether a value comes back from the new type as it was.

    PostgreSQL itself rounds 1.5 to an integer and drops the zeros before a number without a word.
    """
    table.execute(
        SQL("""
            CREATE OR REPLACE FUNCTION pg_temp.opengov_fits(value text) RETURNS boolean LANGUAGE plpgsql AS $fits$
            BEGIN
                RETURN value = '' OR (value::{wanted})::{stored}::text = value;
            EXCEPTION WHEN data_exception THEN
                RETURN false;
            END $fits$
        """).format(wanted=SQL(wanted), stored=SQL(stored))
    )


def _alter(table: Table, change: Change) -> None:
    """Changes the columns. Types and names of types stand in the statement as they are: column_rules knows them all."""
    table.execute(SQL("SET LOCAL lock_timeout = {}").format(Literal(int(_WAIT_SECONDS * 1000))))
    stored = {column.name: column for column in table.columns}
    for name, wanted in change.types.items():
        kind = column_rules.type_name(wanted)
        if stored[name].type != kind:
            table.execute(
                SQL("ALTER TABLE {} ALTER COLUMN {column} TYPE {kind} USING {value}::{kind}").format(
                    table.name,
                    column=Identifier(name),
                    kind=SQL(kind),
                    value=_as_given(name, stored[name], kind),
                )
            )
    for name in change.remove:
        table.execute(SQL("ALTER TABLE {} DROP COLUMN {}").format(table.name, Identifier(name)))
    for name, new in change.rename.items():
        table.execute(
            SQL("ALTER TABLE {} RENAME COLUMN {} TO {}").format(table.name, Identifier(name), Identifier(new))
        )
    table.read_columns_again()
    if change.remove or any(_words_change(stored[name].type, kind) for name, kind in change.types.items()):
        table.write_words()


def _as_given(name: str, column: Column, kind: str) -> Composed:
    """An empty text is no value of any other type."""
    value = SQL("{}").format(Identifier(name))
    is_text = column.type.startswith(("text", "character"))
    return SQL("NULLIF({}, '')").format(value) if is_text and not kind.startswith(("text", "character")) else value


def _words_change(stored: str, wanted: str) -> bool:
    return not (stored.startswith(_PLAIN) and column_rules.type_name(wanted).startswith(_PLAIN))


def _finish(table: Table, report: MergeReport) -> None:
    # As a merge that changed rows: files and tags of the table are of another state now.
    table.record(added=0, changed=1, run={"id": report.run_id, "changes_kept": False, **report.counts()})
