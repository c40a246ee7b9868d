"""How the columns of a table may change: by themselves only so that nothing is lost, else by a person's word. Pure.

New columns are added, and a type becomes a wider one, when the data that come need it. Renaming, removal and narrowing
may lose what is stored or break those who read it: they need an explicit word (logic/action.py).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .rules import Column

#: Names of types as dictionaries write them → as PostgreSQL's `format_type` does.
_NAMES = {
    "int": "integer",
    "int2": "smallint",
    "int4": "integer",
    "int8": "bigint",
    "float": "double precision",
    "float4": "real",
    "float8": "double precision",
    "decimal": "numeric",
    "bool": "boolean",
    "varchar": "character varying",
    "timestamp": "timestamp without time zone",
    "timestamptz": "timestamp with time zone",
}
#: What each type may become without any value changing its meaning or its digits.
_WIDER: Mapping[str, frozenset[str]] = {
    "smallint": frozenset({"integer", "bigint", "numeric", "double precision", "text"}),
    "integer": frozenset({"bigint", "numeric", "double precision", "text"}),
    "bigint": frozenset({"numeric", "text"}),
    "numeric": frozenset({"text"}),
    "real": frozenset({"text"}),
    "double precision": frozenset({"text"}),
    "boolean": frozenset({"text"}),
    "date": frozenset({"timestamp without time zone", "text"}),
    "timestamp without time zone": frozenset({"text"}),
    "timestamp with time zone": frozenset({"text"}),
    "time without time zone": frozenset({"text"}),
    "uuid": frozenset({"text"}),
    "character varying": frozenset({"text"}),
    "character": frozenset({"text"}),
}
#: The types that a person may give a column.
TYPES = ("text", "integer", "bigint", "numeric", "double precision", "boolean", "date", "timestamp without time zone")
#: As CKAN's DataStore wants them, and nothing that a reader of a file would stumble over.
_NAME = re.compile(r"[^_\s\"%][^\"%\n]{0,62}")


@dataclass(frozen=True)
class Plan:
    """What a dictionary that comes asks of the stored columns.

    - ``add``: its entries that have no column yet;
    - ``widen``: column → its new type;
    - ``missing``: stored columns of which it says nothing: they stay, and are told;
    - ``unlike``: column → the type it asks for, where neither type holds the other: the column stays, and is told.

    A stored type that is wider than the one that comes stays in silence: everything fits.
    """

    add: list[Mapping[str, Any]] = field(default_factory=list)
    widen: dict[str, str] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)
    unlike: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Problem:
    """Why a change that a person asks for is refused: a code, and the column that it is about."""

    code: str
    column: str


def type_name(name: str) -> str:
    """A type of a dictionary as PostgreSQL writes it: `int4` is `integer`."""
    base, bracket, size = name.strip().lower().partition("(")
    return _NAMES.get(base, base) + bracket + size


def is_wider(stored: str, wanted: str) -> bool:
    """Whether every value of the stored type stands unchanged in the wanted one, both as `type_name` writes."""
    old, _, old_size = stored.partition("(")
    new, _, new_size = wanted.partition("(")
    if old == new == "character varying":
        return bool(old_size) and (not new_size or int(new_size.rstrip(")")) > int(old_size.rstrip(")")))
    if old == new:
        return bool(old_size) and not new_size
    return new in _WIDER.get(old, frozenset()) and not new_size


def plan(stored: Sequence[Column], wanted: Iterable[Mapping[str, Any]]) -> Plan:
    """Compares the stored columns with the dictionary that comes (`id`, `type`, `info`)."""
    found = Plan()
    types = {column.name: column.type for column in stored}
    named = set()
    for entry in wanted:
        name, kind = str(entry["id"]), type_name(str(entry.get("type") or "text"))
        named.add(name)
        if name not in types:
            found.add.append(entry)
        elif is_wider(types[name], kind):
            found.widen[name] = kind
        elif types[name] != kind and not is_wider(kind, types[name]):
            found.unlike[name] = kind
    found.missing.extend(name for name in types if name not in named)
    return found


def problems(
    stored: Iterable[str],
    key: Iterable[str],
    rename: Mapping[str, str],
    remove: Sequence[str],
    types: Mapping[str, str],
) -> list[Problem]:
    """What is wrong with a change of columns that a person asks for, in the order of their words."""
    there, keys = set(stored), set(key)
    found = [Problem("no_column", name) for name in (*rename, *remove, *types) if name not in there]
    found += [Problem("key", name) for name in remove if name in keys]
    found += [Problem("twice", name) for name in remove if name in rename or name in types]
    after = there - set(remove) - set(rename)
    for name in rename.values():
        if not _NAME.fullmatch(name) or name != name.strip():
            found.append(Problem("bad_name", name))
        elif name in after:
            found.append(Problem("taken", name))
        after.add(name)
    found += [Problem("bad_type", name) for name, kind in types.items() if type_name(kind) not in TYPES]
    if there and there == set(remove):
        found.append(Problem("last", remove[-1]))
    return found
