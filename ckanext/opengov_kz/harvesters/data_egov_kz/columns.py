"""The columns of a moved table: what the old portal says of its fields, checked against all of its rows. Pure.

On the old portal a type is a promise that nobody kept: "Int" holds identification numbers with leading zeros and words
such as "нет данных". A column is of the promised type where every value fits, and text otherwise: no row is lost to it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ckanext.opengov_kz.harvesters.data_egov_kz.texts import Findings, one_line
from ckanext.opengov_kz.publishing.rules import Unfit, cast_for

#: The column that identifies a row: what the old portal calls `_id`, or the row's place where it gives none.
ROW_ID = "row_id"

_ROW_ID_LABELS = {"label_kk": "Жол идентификаторы", "label_ru": "Идентификатор строки", "label_en": "Row identifier"}
# The first type that all values fit is taken.
_CANDIDATES: Mapping[str, tuple[str, ...]] = {
    "int": ("bigint", "numeric"),
    "integer": ("bigint", "numeric"),
    "long": ("bigint", "numeric"),
    "double": ("numeric",),
    "float": ("numeric",),
    "number": ("numeric",),
    "datetime": ("timestamp without time zone",),
    "date": ("timestamp without time zone",),
    "boolean": ("boolean",),
}
_STORE_TYPES = {"timestamp without time zone": "timestamp", "boolean": "bool"}
_OWN_KEYS = frozenset({"_id", "_index", "_type", "_score"})
_MAX_NAME_BYTES = 60
_MAX_LABEL = 300


class Shape:
    """Learns the columns of one version from its fields and from every row; then makes the rows."""

    def __init__(self, fields: Mapping[str, Any] | None) -> None:
        self._fields: dict[str, Mapping[str, Any]] = {}
        self._possible: dict[str, list[str]] = {}
        self._names: dict[str, str] = {}
        self.has_meta = bool(fields)
        for key, described in (fields or {}).items():
            self._add(str(key), described if isinstance(described, Mapping) else {})
        self._described = frozenset(self._fields)
        self.is_empty = True

    def observe(self, item: Any) -> None:
        """Takes note of one row."""
        if not isinstance(item, Mapping):
            return
        self.is_empty = False
        for key, value in item.items():
            if key in _OWN_KEYS:
                continue
            if key not in self._fields:
                self._add(key, {})
            possible = self._possible[key]
            while possible and not _fits(value, possible[0]):
                possible.pop(0)

    def findings(self) -> Findings:
        """What was odd about the fields."""
        found: Findings = Findings()
        if not self.has_meta and not self.is_empty:
            found["fields_not_described"] += 1
        else:
            found["fields_not_described"] += len(self._fields.keys() - self._described)
        for key, described in self._fields.items():
            if _candidates(described) and not self._possible[key]:
                found["type_was_not_kept"] += 1
        return +found

    def fields(self) -> list[dict[str, Any]]:
        """The dictionary as ``datastore_create`` takes it, the row's identifier last."""
        made = [
            {"id": self._names[key], "type": self._type(key), "info": _labels(key, described)}
            for key, described in self._fields.items()
        ]
        return [*made, {"id": self.row_id, "type": "text", "info": dict(_ROW_ID_LABELS)}]

    @property
    def row_id(self) -> str:
        """The name of the identifying column: another than those of the table itself."""
        name = ROW_ID
        while name in self._names.values():
            name += "_"
        return name

    def row(self, item: Any, place: int) -> dict[str, Any]:
        """One row, `place` counted from 0; an item that is no object becomes an empty row, which is then rejected."""
        if not isinstance(item, Mapping):
            return {}
        row = {self._names[key]: _value(value) for key, value in item.items() if key not in _OWN_KEYS}
        given = item.get("_id")
        row[self.row_id] = str(given) if given not in (None, "") else f"{place + 1:010}"
        return row

    def _add(self, key: str, described: Mapping[str, Any]) -> None:
        self._fields[key] = described
        self._possible[key] = list(_candidates(described))
        self._names[key] = _free_name(key, set(self._names.values()))

    def _type(self, key: str) -> str:
        possible = self._possible[key]
        return _STORE_TYPES.get(possible[0], possible[0]) if possible else "text"


def _candidates(described: Mapping[str, Any]) -> tuple[str, ...]:
    return _CANDIDATES.get(str(described.get("type") or "").strip().casefold(), ())


def _fits(value: Any, kind: str) -> bool:
    if value is None or value == "":
        return True
    # 020340001234 is a number to PostgreSQL, and no longer the number of anybody.
    if (
        kind in {"bigint", "numeric"}
        and isinstance(value, str)
        and value.strip()[:1] == "0"
        and value.strip()[1:2].isdigit()
    ):
        return False
    try:
        cast_for(kind)(value)
    except Unfit:
        return False
    return True


def _value(value: Any) -> Any:
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)
    return value


def _labels(key: str, described: Mapping[str, Any]) -> dict[str, str]:
    labels = {
        f"label_{lang}": one_line(described.get(f"label{suffix}"))[:_MAX_LABEL]
        for lang, suffix in (("kk", "Kk"), ("ru", "Ru"), ("en", "En"))
    }
    return {name: text or key for name, text in labels.items()}


def _free_name(key: str, taken: set[str]) -> str:
    """A name that PostgreSQL and the DataStore take: no underscore first, no quotes, at most 60 bytes."""
    name = "".join(letter for letter in key if letter.isprintable() and letter != '"').strip().lstrip("_").strip()
    name = name.encode()[:_MAX_NAME_BYTES].decode(errors="ignore").strip() or "column"
    found, number = name, 2
    while found in taken:
        found = f"{name[:40]}_{number}"
        number += 1
    return found
