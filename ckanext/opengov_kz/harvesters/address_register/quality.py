"""The quality of a table of the Address Register: looked at in the DataStore, kept at the harvest object of a load."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from contextlib import closing
from datetime import UTC, datetime
from typing import Any

import psycopg2
from ckan import model
from ckanext.datastore.backend.postgres import get_write_engine
from ckanext.harvest.model import HarvestObject, HarvestObjectExtra
from psycopg2.sql import SQL, Identifier

from ckanext.opengov_kz.harvesters.address_register import checks, mapping, rules
from ckanext.opengov_kz.publishing.state import table_state
from ckanext.opengov_kz.shared.kazakh import one_script

log = logging.getLogger(__name__)

_EXAMPLES = 10


def resource_of(table: str) -> str | None:
    """The resource with a table's rows; None where there is no such dataset or it has no table."""
    package = model.Package.get(mapping.dataset_name(table))
    if package is None or package.state != "active":
        return None
    resources = [resource.id for resource in package.resources_all if resource.state == "active"]
    return next((found for found in resources if table_state(found) is not None), None)


def stored(dataset: str) -> dict[str, Any] | None:
    """What was found when a dataset's table was last looked at; None if it never was."""
    package = model.Package.get(dataset)
    if package is None:
        return None
    found = (
        model.Session.query(HarvestObjectExtra.value)
        .join(HarvestObject, HarvestObject.id == HarvestObjectExtra.harvest_object_id)
        .filter(HarvestObject.package_id == package.id, HarvestObjectExtra.key == "quality")
        .order_by(HarvestObject.current.desc(), HarvestObject.gathered.desc())
        .first()
    )
    return json.loads(found.value) if found else None


def looked_at(table: str, last: Mapping[str, Any] | None, kind: rules.Kind, notes: Mapping[str, Any]) -> dict[str, Any]:
    """Looks at a table if that is due, see `rules.quality_is_due`; what was found last otherwise.

    Returns ``{"at", "basis", "rows", "checks": [{"code", "count", "examples": [{"id", "value", "expected"}]}],
    "unchecked": [tables], "arrival": notes of the last whole load}``: counts are of all rows, examples the first ten.
    A fault of the database is logged, and the last findings stay: no harvest fails for it.
    """
    names = (table, *checks.PARENTS.get(table, ()))
    resources = {name: found for name in names if (found := resource_of(name))}
    basis = {name: state.word for name, found in resources.items() if (state := table_state(found))}
    arrival = dict(notes) if kind == "full" or last is None else last["arrival"]
    now = datetime.now(UTC)
    rows = last["rows"] if last else 0
    if last is not None and not rules.quality_is_due(last, basis, kind=kind, rows=rows, now=now):
        return {**last, "arrival": arrival}
    try:
        rows, found = _look(table, resources)
    except psycopg2.DatabaseError:
        log.exception("The quality of %s could not be looked at", table)
        return {**(last or {"at": now.isoformat(), "basis": {}, "rows": 0, "checks": []}), "arrival": arrival}
    return {
        "at": now.isoformat(timespec="seconds"),
        "basis": basis,
        "rows": rows,
        "checks": found,
        "unchecked": [name for name in names if name not in resources],
        "arrival": arrival,
    }


def _look(table: str, resources: Mapping[str, str]) -> tuple[int, list[dict[str, Any]]]:
    with closing(get_write_engine().raw_connection()) as connection, closing(connection.cursor()) as cursor:
        # Temporary tables go with the transaction, which is never committed.
        cursor.execute("SET LOCAL work_mem = '64MB'")
        cursor.execute(SQL("SELECT count(*) FROM {}").format(Identifier(resources[table])))
        rows = _number(cursor)
        for statement in checks.preparations(table, resources):
            cursor.execute(statement)
        found = []
        for check in checks.checks(table, resources):
            cursor.execute(
                SQL("CREATE TEMP TABLE _found ON COMMIT DROP AS SELECT * FROM ({}) AS f (id, value, expected)").format(
                    check.query
                )
            )
            cursor.execute("SELECT count(*) FROM _found")
            count = _number(cursor)
            cursor.execute("SELECT id, value, expected FROM _found ORDER BY id LIMIT %s", (_EXAMPLES,))
            examples = [_example(check.code, *example) for example in cursor.fetchall()]
            cursor.execute("DROP TABLE _found")
            found.append({"code": check.code, "count": count, "examples": examples})
    return rows, found


def _number(cursor: Any) -> int:
    return cursor.fetchone()[0]


def _example(code: str, number: int, value: str | None, expected: str | None) -> dict[str, Any]:
    if code == "lookalike_letters" and value:
        expected = one_script(value)
    return {"id": number, "value": value or "", "expected": expected}
