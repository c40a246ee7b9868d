"""From the Address Register's items to the portal's rows and passports: pure, one item at a time.

Values are kept as the agency wrote them. A value that its column cannot hold is left out of its row and counted as a
finding with the value itself; only an item without an `id` cannot become a row, and is rejected by the corridor.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any, Literal

from ckanext.opengov_kz.harvesters.address_register import passports
from ckanext.opengov_kz.harvesters.address_register.client import identifier, read_moment

KEY = ("id",)
"""The column that identifies a row, for ``publishing.rows.merge_rows``."""

FindingReason = Literal[
    "not_an_object", "missing_code", "unreadable_number", "unreadable_truth", "unreadable_moment", "text_was_a_number",
    "bad_character", "unknown_field", "repeated_row", "repeated_with_differences",
]  # fmt: skip

_SAMPLES = 20
_TRUE = frozenset({"true", "1", "t", "yes"})
_FALSE = frozenset({"false", "0", "f", "no"})
_SHOWN = 100


@dataclass(frozen=True, slots=True)
class Finding:
    """Something odd in an item that was loaded all the same: in which row and column, and the value as it came."""

    reason: FindingReason
    code: str
    column: str
    value: str = ""


class _Unreadable(Exception):  # noqa: N818 - a verdict on a value
    def __init__(self, reason: FindingReason, value: Any = None) -> None:
        super().__init__(reason)
        self.reason: FindingReason = reason
        self.value = value


def _number(value: Any) -> int | None:
    if value is None or value == "":
        return None
    number = identifier({"id": value})
    if number is None or number >= 1 << 63:
        raise _Unreadable("unreadable_number")
    return number


def _truth(value: Any) -> bool | None:
    if value is None or isinstance(value, bool):
        return value
    word = str(value).strip().lower()
    if word in _TRUE or word in _FALSE:
        return word in _TRUE
    if word == "":
        return None
    raise _Unreadable("unreadable_truth")


def _moment(value: Any) -> str | None:
    if value is None or value == "":
        return None
    moment = read_moment(value) if isinstance(value, str) else None
    if moment is None:
        raise _Unreadable("unreadable_moment")
    return moment.isoformat()


def _text(value: Any) -> str | None:
    if isinstance(value, str):
        # What PostgreSQL cannot store: a NUL, or half of a pair of surrogates.
        if "\0" in value or (not value.isascii() and not _is_encodable(value)):
            kept = value.replace("\0", "\N{REPLACEMENT CHARACTER}").encode("utf-8", "replace").decode()
            raise _Unreadable("bad_character", kept)
        return value
    if value is None:
        return None
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    raise _Unreadable("text_was_a_number", str(value))


def _is_encodable(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


_READERS: Mapping[str, Callable[[Any], Any]] = {
    "bigint": _number,
    "bool": _truth,
    "timestamp": _moment,
    "text": _text,
}


@dataclass
class RowMapper:
    """Maps a stream of one table's items and keeps account of what was odd.

    Counts are complete; of each kind the first findings are kept as samples.
    """

    table: str
    findings: Counter[str] = field(default_factory=Counter)
    samples: list[Finding] = field(default_factory=list)

    def __post_init__(self) -> None:
        """The columns of the table with what reads them."""
        self._columns = [(column.id, _READERS[column.type]) for column in passports.columns(self.table)]
        self._known = frozenset(name for name, _reader in self._columns)

    def rows(self, items: Iterable[Any]) -> Iterator[dict[str, Any]]:
        """Yields a row per identifier. Of rows that come twice, one after the other, the one modified last counts."""
        held: dict[str, Any] | None = None
        for item in items:
            row = self.row(item)
            if held and row and row["id"] == held["id"]:
                same = row == held
                self._note("repeated_row" if same else "repeated_with_differences", row["id"], "id")
                if (row.get("modified") or "") > (held.get("modified") or ""):
                    held = row
                continue
            if held is not None:
                yield held
            held = row
        if held is not None:
            yield held

    def row(self, item: Any) -> dict[str, Any]:
        """One row; empty for an item that is not an object or has no identifier, which the corridor then rejects."""
        if not isinstance(item, Mapping):
            self._note("not_an_object", "", "", item)
            return {}
        key = identifier(item)
        if key is None:
            self._note("missing_code", "", "id", item.get("id"))
            return {}
        row = {}
        for name, read in self._columns:
            value = item.get(name)
            try:
                row[name] = read(value)
            except _Unreadable as problem:
                self._note(problem.reason, key, name, value)
                row[name] = problem.value
        if not item.keys() <= self._known:
            for name in sorted(item.keys() - self._known, key=str):
                self._note("unknown_field", key, str(name)[:_SHOWN], item[name])
        return row

    def notes(self) -> dict[str, Any]:
        """What the source's page shows, as plain JSON."""
        rejected = ("not_an_object", "missing_code")
        return {
            "rejections": {name: count for name, count in self.findings.items() if name in rejected},
            "findings": {name: count for name, count in self.findings.items() if name not in rejected},
            "samples": [asdict(sample) for sample in self.samples],
        }

    def _note(self, reason: FindingReason, code: Any, column: str, value: Any = "") -> None:
        self.findings[reason] += 1
        if self.findings[reason] <= _SAMPLES:
            shown = str(value)[:_SHOWN].replace("\0", "\N{REPLACEMENT CHARACTER}").encode("utf-8", "replace").decode()
            self.samples.append(Finding(reason, str(code), column, shown))


def to_dataset(table: str, publisher: str, today: date) -> dict[str, Any]:
    """Makes the passport of a table's dataset, as ``package_create`` takes it; its name is the table's."""
    known = passports.TABLES[table]
    return {
        "name": dataset_name(table),
        "type": "dataset",
        "owner_org": publisher,
        "title_translated": {lang: f"{text} ({table})" for lang, text in known.title.items()},
        "notes_translated": dict(known.notes),
        "tags_translated": {lang: [*tags, table] for lang, tags in passports.TAGS.items()},
        "groups": [{"name": "land"}],
        "legal_basis_translated": dict(passports.LEGAL_BASIS),
        "frequency": "DAILY",
        "last_update": today.isoformat(),
        "language": ["kk", "ru"],
        "license_id": "kz-open",
        "source_system_translated": dict(passports.SOURCE_SYSTEM),
    }


def to_resource(table: str) -> dict[str, Any]:
    """Makes the resource that holds a table, named as the table; ``package_id`` is the caller's."""
    known = passports.TABLES[table]
    return {
        "name_translated": dict.fromkeys(("kk", "ru", "en"), table),
        "description_translated": dict(known.title),
        "format": "CSV",
    }


def dataset_name(table: str) -> str:
    """The dataset's name in the catalogue: the table's own."""
    return table


def dictionary(table: str) -> list[dict[str, Any]]:
    """Lists a table's columns as ``datastore_create`` takes them, labelled in three languages."""
    return [{"id": column.id, "type": column.type, "info": column.info()} for column in passports.columns(table)]
