"""How fast rows get in: the corridor against CKAN's own `datastore_upsert` and against SQL written by hand.

All take the same address-like rows. `datastore_upsert` is measured on a sample in batches of 5,000 and extended to all
rows: its time per row is constant. The SQL (rows_first_load.sql) has to leave what the corridor leaves.
"""

from __future__ import annotations

import csv
import statistics
import tempfile
import time
import uuid
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from ckanext.datastore.backend import DatastoreBackend
from ckanext.datastore.backend.postgres import get_write_engine
from psycopg2.sql import SQL, Composable, Identifier, Literal

from benchmarks.result import Result
from ckanext.opengov_kz.publishing.rows import merge_rows
from ckanext.opengov_kz.publishing.sources import CsvFile

ROWS = 300_000
SAMPLE = 20_000
BATCH = 5_000
#: How often a snapshot is merged from a file, from an iterator and by CKAN's own way; the medians count.
ROUNDS = 3
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


def addresses(count: int, every: int = 0) -> Iterator[dict[str, Any]]:
    """So many of them, one in `every` changed."""
    return (address(number, changed=bool(every) and number % every == 0) for number in range(count))


def written(path: Path, rows: Iterable[dict[str, Any]]) -> CsvFile:
    """The rows as a file."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(FIELDS)
        writer.writerows(row.values() for row in rows)
    return CsvFile(path)


def run() -> list[Result]:
    """First loads, the same snapshot again with 1 % changed, and a delta of 1,000 rows."""
    results = []
    with table() as ours, table() as theirs, tempfile.TemporaryDirectory() as folder:
        sample = [address(number) for number in range(SAMPLE)]
        first = _upsert(theirs, sample) * ROWS / SAMPLE
        small = _upsert(theirs, [address(number, changed=True) for number in range(1_000)])
        file = written(Path(folder) / "first.csv", addresses(ROWS))
        next_file = written(Path(folder) / "next.csv", addresses(ROWS, every=100))
        with table() as hand:
            by_hand = _by_hand(hand, file.path)
            from_file = merged(ours, file, "snapshot")
            assert content(ours) == content(hand), "the SQL by hand leaves another state"
        results.append(Result(f"first load of {ROWS:,} rows from CSV, to upsert", from_file, first))
        results.append(Result("the same, to SQL by hand", from_file, by_hand))
        # In turns, each changing 1 % back: the first to read a table after its first load also pays for PostgreSQL's
        # own tidying of it, and whatever else the machine does meets all three.
        rounds = [
            (
                merged(ours, next_file, "snapshot"),
                merged(ours, addresses(ROWS), "snapshot"),
                _upsert(theirs, sample) * ROWS / SAMPLE,
            )
            for _ in range(ROUNDS)
        ]
        by_file, by_iterator, again = (statistics.median(seconds) for seconds in zip(*rounds, strict=True))
        results.append(Result("snapshot with 1 % changed from CSV", by_file, again))
        results.append(Result("snapshot with 1 % changed from an iterator", by_iterator, again))
        delta = [address(number, changed=True) for number in range(1, ROWS, ROWS // 1_000)]
        results.append(Result("delta of 1,000 rows", merged(ours, iter(delta), "delta"), small))
    return results


def merged(name: str, rows: Any, mode: Any, rejected: Sequence[int] = ()) -> float:
    """Merges the rows, of which those with the numbers `rejected` and no others are bad; the seconds that it took."""
    bad: list[int] = []
    began = time.monotonic()
    report = merge_rows(name, rows, key=["id"], mode=mode, today=TODAY, on_reject=lambda row: bad.append(row.number))
    seconds = time.monotonic() - began
    assert report.rejected == len(rejected)
    assert bad == list(rejected)
    print(report.counts(), report.seconds)
    return seconds


def _upsert(name: str, rows: list[dict[str, Any]]) -> float:
    began = time.monotonic()
    for start in range(0, len(rows), BATCH):
        batch = [dict(row) for row in rows[start : start + BATCH]]
        call = {"resource_id": name, "records": batch, "method": "upsert", "include_records": False}
        DatastoreBackend.get_active_backend().upsert({}, call)
    return time.monotonic() - began


def _by_hand(name: str, file: Path) -> float:
    statements = (Path(__file__).parent / "rows_first_load.sql").read_text(encoding="utf-8")
    connection: Any = get_write_engine().raw_connection()
    with connection.cursor() as cursor, file.open("rb") as rows:
        cursor.execute(
            "SELECT indexrelid::regclass::text FROM pg_index i JOIN pg_class c ON c.oid = indexrelid"
            " WHERE indrelid = %s::regclass AND NOT indisprimary ORDER BY indisunique DESC",
            [f'"{name}"'],
        )
        indexes = [SQL(index) for (index,) in cursor.fetchall()]
        names: dict[str, Composable] = {"table": Identifier(name), "name": Literal(name)}
        names |= {"unique": indexes[0], "words": indexes[1]}
        began = time.monotonic()
        for statement in filter(str.strip, statements.split(";\n")):
            query = SQL(statement).format(**names)
            if "FROM STDIN" in statement:
                cursor.copy_expert(query, rows, size=1 << 20)
            else:
                cursor.execute(query)
        connection.commit()
        seconds = time.monotonic() - began
    connection.close()
    return seconds


def content(name: str) -> Any:
    """How many rows the table has, and one number for all that stands in them: `_id` and words too."""
    query = f'SELECT count(*), sum(hashtextextended(t::text, 0)) FROM "{name}" t'  # noqa: S608 - our own name
    with get_write_engine().begin() as connection:
        return connection.execute(sa.text(query)).one()


@contextmanager
def table() -> Iterator[str]:
    """An empty table as datastore_create makes it, for a while."""
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
