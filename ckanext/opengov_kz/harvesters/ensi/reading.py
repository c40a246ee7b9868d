"""What is asked of a classifier's history: its versions, its items as of a day, their tree, and what changed since."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import sqlalchemy as sa
from ckan import model

from ckanext.opengov_kz.harvesters.ensi.history import COLUMNS, search_words
from ckanext.opengov_kz.harvesters.ensi.model import ClassifierVersion, ItemState

_ITEM = (
    "id",
    "code",
    "parent_code",
    "name_kk",
    "name_ru",
    "level",
    "valid_from",
    "valid_to",
    "status",
    "since",
    "until",
)
#: A branch deeper than this is a mistake in the data.
_DEEPEST = 50
_BATCH = 5000


class _Aliased(str):
    """A piece of SQL that a query takes in for one of its tables: `{in_force:p}` puts the alias p for each §."""

    __slots__ = ()

    def __format__(self, alias: str) -> str:
        return self.replace("§", alias or "s")


#: What stands in braces in the queries below: names of ours. Values are bound, never written in.
_PARTS = {
    "state": ItemState.__tablename__,
    "version": ClassifierVersion.__tablename__,
    "item": _Aliased(", ".join(f"§.{name}" for name in _ITEM)),
    "columns": ", ".join(f"s.{name}" for name in COLUMNS),
    "previous": ", ".join(f"p.{name} AS previous_{name}" for name in COLUMNS),
    "in_force": _Aliased(
        "§.resource_id = :resource_id AND NOT §.superseded"
        " AND (§.since IS NULL OR §.since <= :day) AND (§.until IS NULL OR §.until > :day)"
    ),
}


@dataclass(frozen=True)
class Question:
    """Which items: of a table, as of a day, under `parent` ("" for the top of the tree, None for all), with words."""

    resource_id: str
    day: date
    parent: str | None = None
    search: str = ""


def table_of(package_id: str) -> str | None:
    """The resource of a dataset that holds a classifier's table, as the harvest finds it."""
    resources = model.Session.query(model.Resource).filter_by(package_id=package_id, state=model.State.ACTIVE)
    ordered = resources.order_by(model.Resource.position)
    return next((entry.id for entry in ordered if (entry.extras or {}).get("datastore_active")), None)


def classifier_of(package_id: str) -> str | None:
    """The resource of a dataset whose history is kept; None for a dataset that is no classifier."""
    query = (
        sa.select(ClassifierVersion.resource_id)
        .join(model.Resource, model.Resource.id == ClassifierVersion.resource_id)
        .where(model.Resource.package_id == package_id, model.Resource.state == model.State.ACTIVE)
        .limit(1)
    )
    return model.Session.scalar(query)


def versions(resource_id: str) -> list[dict[str, Any]]:
    """The versions that were loaded, the newest first; times are ISO with their zone."""
    query = (
        sa.select(ClassifierVersion)
        .filter_by(resource_id=resource_id)
        .order_by(ClassifierVersion.loaded.desc(), ClassifierVersion.id.desc())
    )
    return [
        {
            "version": entry.version,
            "in_force": _iso(entry.in_force),
            "loaded": _iso(entry.loaded),
            "whole_loaded": _iso(entry.whole_loaded),
            "first": entry.first,
            "added": entry.added,
            "changed": entry.changed,
            "closed": entry.closed,
            "findings": entry.findings,
            "mark": entry.mark,
        }
        for entry in model.Session.scalars(query)
    ]


def items(question: Question, limit: int, offset: int) -> tuple[int, list[dict[str, Any]]]:
    """How many items there are, and a page of them in the order of their codes, each with its number of children."""
    condition, values = _condition(question)
    total = _run("SELECT count(*) FROM {state} s WHERE {condition}", values, condition=condition).scalar_one()
    rows = _run(
        """
        SELECT {item:s}, (SELECT count(*) FROM {state} c
            WHERE {in_force:c} AND c.parent_code = s.code) AS children
        FROM {state} s WHERE {condition} ORDER BY code, id LIMIT :limit OFFSET :offset
        """,
        values | {"limit": limit, "offset": offset},
        condition=condition,
    )
    return total, [_item(row) for row in rows.mappings()]


def place_of(question: Question, code: str) -> int:
    """How many items of the same question stand before a code."""
    condition, values = _condition(question)
    query = "SELECT count(*) FROM {state} s WHERE {condition} AND code < :code"
    return _run(query, values | {"code": code}, condition=condition).scalar_one()


def paths(question: Question, codes: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
    """For each code that is in force, the items from the top down to itself; a ring is walked once."""
    rows = _run(
        """
        WITH RECURSIVE up AS (
            SELECT code AS wanted, 0 AS height, ARRAY[code] AS seen, {item:s} FROM {state} s
            WHERE {in_force:s} AND code = ANY(:codes)
            UNION ALL
            SELECT up.wanted, up.height + 1, up.seen || p.code, {item:p}
            FROM up JOIN {state} p ON p.code = up.parent_code AND {in_force:p}
            WHERE NOT p.code = ANY(up.seen) AND up.height < :deepest
        )
        SELECT DISTINCT ON (wanted, height) * FROM up ORDER BY wanted, height DESC, id DESC
        """,
        {"resource_id": question.resource_id, "day": question.day, "codes": list(codes), "deepest": _DEEPEST},
    )
    found: dict[str, list[dict[str, Any]]] = {}
    for row in rows.mappings():
        found.setdefault(row["wanted"], []).append(_item(row))
    return found


def states(resource_id: str, code: str) -> list[dict[str, Any]]:
    """All periods of one code, the newest first."""
    query = """
        SELECT {item:s} FROM {state} s WHERE resource_id = :resource_id AND code = :code
            AND NOT superseded ORDER BY since DESC NULLS LAST, id DESC
    """
    return [_item(row) for row in _run(query, {"resource_id": resource_id, "code": code}).mappings()]


def changes(
    resource_id: str, *, after: int, since: date | None, limit: int, offset: int, newest_first: bool
) -> tuple[int, list[dict[str, Any]]]:
    """What was added, changed or closed: after a state's number, from a day on; how many, and a page of them."""
    condition = (
        "s.resource_id = :resource_id AND s.id > :after AND (CAST(:since AS date) IS NULL OR s.recorded >= :since)"
    )
    values = {"resource_id": resource_id, "after": after, "since": since}
    total = _run("SELECT count(*) FROM {state} s WHERE {condition}", values, condition=condition).scalar_one()
    rows = _run(
        """
        SELECT {item:s}, s.kind, s.recorded, s.previous_id, v.version, {previous}
        FROM {state} s JOIN {version} v ON v.id = s.version_id
        LEFT JOIN {state} p ON p.id = s.previous_id
        WHERE {condition} ORDER BY s.id {order} LIMIT :limit OFFSET :offset
        """,
        values | {"limit": limit, "offset": offset},
        condition=condition,
        order="DESC" if newest_first else "ASC",
    )
    return total, [_change(row) for row in rows.mappings()]


def everything(question: Question) -> Iterator[list[Any]]:
    """Every item of a question as a list in the order of the table's columns, days as ISO texts; one state of all."""
    condition, values = _condition(question)
    query = _filled("SELECT {columns} FROM {state} s WHERE {condition} ORDER BY code, id", condition=condition)
    compiled = query.bindparams(**values).compile(model.meta.engine)
    with closing(model.meta.engine.raw_connection()) as connection:  # type: ignore[union-attr]
        cursor: Any = connection.cursor("opengov_ensi_items")  # type: ignore[call-arg]  # psycopg2's named cursor
        cursor.itersize = _BATCH
        cursor.execute(str(compiled), compiled.params)
        for row in cursor:
            yield [value.isoformat() if isinstance(value, date) else value for value in row]


def _condition(question: Question) -> tuple[str, dict[str, Any]]:
    values: dict[str, Any] = {"resource_id": question.resource_id, "day": question.day}
    condition = _filled("{in_force:s}").text
    if question.parent:
        condition += " AND s.parent_code = :parent"
        values["parent"] = question.parent
    elif question.parent is not None:
        # Nothing is out of reach: what stands under a missing item, or in a ring, stands at the top as well.
        condition += _filled(
            " AND (s.parent_code IS NULL OR s.ring OR NOT EXISTS"
            " (SELECT FROM {state} p WHERE {in_force:p} AND p.code = s.parent_code))"
        ).text
    for number, word in enumerate(search_words(question.search).split()[:10]):
        condition += f" AND s.words LIKE :word{number}"
        values[f"word{number}"] = "%" + word.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_") + "%"
    return condition, values


def _filled(query: str, **parts: str) -> sa.TextClause:
    return sa.text(query.format(**_PARTS, **parts))


def _run(query: str, values: Mapping[str, Any], **parts: str) -> Any:
    return model.Session.execute(_filled(query, **parts), dict(values))


def _item(row: Mapping[str, Any]) -> dict[str, Any]:
    names = [*_ITEM, *(["children"] if "children" in row else [])]
    return {name: _iso(row[name]) if isinstance(row[name], date) else row[name] for name in names}


def _change(row: Mapping[str, Any]) -> dict[str, Any]:
    previous = {name: row[f"previous_{name}"] for name in COLUMNS}
    return {
        "id": row["id"],
        "kind": row["kind"],
        "version": row["version"],
        "recorded": _iso(row["recorded"]),
        "item": {name: value for name, value in _item(row).items() if name != "id"},
        "previous": {name: _iso(value) if isinstance(value, date) else value for name, value in previous.items()}
        if row["previous_id"]
        else None,
    }


def _iso(moment: date | None) -> str | None:
    if isinstance(moment, datetime):
        return moment.replace(tzinfo=UTC).isoformat()
    return moment.isoformat() if moment else None
