"""How fast rows get in: the corridor against CKAN's own `datastore_upsert`, on the same address-like rows.

`datastore_upsert` is measured on a sample in batches of 5,000 and extended to all rows: its time per row is constant.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import sqlalchemy as sa
from ckanext.datastore.backend import DatastoreBackend
from ckanext.datastore.backend.postgres import get_write_engine

from benchmarks.result import Result
from ckanext.opengov_kz.publishing.rows import merge_rows

ROWS = 300_000
SAMPLE = 20_000
BATCH = 5_000
TODAY = date(2026, 1, 31)
FIELDS = {
    "id": "int",
    "parent_id": "int",
    "number": "text",
    "rca": "text",
    "full_path_rus": "text",
    "full_path_kaz": "text",
    "actual": "bool",
    "modified": "timestamp",
}


def address(number: int, changed: bool = False) -> dict[str, Any]:
    """One building of a believable register."""
    street, house = divmod(number, 60)
    letter = "А" if changed else ""
    return {
        "id": number,
        "parent_id": street,
        "number": f"{house}{letter}",
        "rca": f"{number:016}",
        "full_path_rus": f"Акмолинская область, Аршалынский район, с. {street % 900}, улица {street}, {house}{letter}",
        "full_path_kaz": f"Ақмола облысы, Аршалы ауданы, {street % 900} кенті, {street} көшесі, {house}{letter}",
        "actual": True,
        "modified": "2026-01-31T10:20:30",
    }


def run() -> list[Result]:
    """First load, the same snapshot again with 1 % changed, and a delta of 1,000 rows."""
    results = []
    with _table() as ours, _table() as theirs:
        sample = [address(number) for number in range(SAMPLE)]
        first = _upsert(theirs, sample) * ROWS / SAMPLE
        again = _upsert(theirs, sample) * ROWS / SAMPLE
        small = _upsert(theirs, [address(number, changed=True) for number in range(1_000)])
        results.append(Result(f"first load of {ROWS:,} rows", _merge(ours, _snapshot(), "snapshot"), first))
        changed = _merge(ours, _snapshot(every=100), "snapshot")
        results.append(Result("the same snapshot with 1 % changed", changed, again))
        delta = [address(number, changed=True) for number in range(1, 300_000, 300)]
        results.append(Result("delta of 1,000 rows", _merge(ours, iter(delta), "delta"), small))
    return results


def _snapshot(every: int = 0) -> Iterator[dict[str, Any]]:
    return (address(number, changed=bool(every) and number % every == 0) for number in range(ROWS))


def _merge(table: str, rows: Iterator[dict[str, Any]], mode: Any) -> float:
    began = time.monotonic()
    report = merge_rows(table, rows, key=["id"], mode=mode, today=TODAY)
    seconds = time.monotonic() - began
    assert report.rejected == 0
    print({name: value for name, value in report.as_dict().items() if name != "errors"})
    return seconds


def _upsert(table: str, rows: list[dict[str, Any]]) -> float:
    began = time.monotonic()
    for start in range(0, len(rows), BATCH):
        batch = [dict(row) for row in rows[start : start + BATCH]]
        call = {"resource_id": table, "records": batch, "method": "upsert", "include_records": False}
        DatastoreBackend.get_active_backend().upsert({}, call)
    return time.monotonic() - began


@contextmanager
def _table() -> Iterator[str]:
    name = str(uuid.uuid4())
    fields = [{"id": column, "type": kind} for column, kind in FIELDS.items()]
    create = {"resource_id": name, "fields": fields, "primary_key": ["id"], "include_records": False}
    DatastoreBackend.get_active_backend().create({}, create | {"connection_url": ""}, {})
    try:
        yield name
    finally:
        with get_write_engine().begin() as connection:
            connection.execute(sa.text(f'DROP TABLE "{name}"'))
            connection.execute(sa.text("DELETE FROM _table_stats WHERE resource_id = :name"), {"name": name})
