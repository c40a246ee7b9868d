"""How fast a harvest is end to end: from the agency's system over HTTP, through pages on disk, into the DataStore.

The baseline is the corridor alone, which reads the very same rows from a file. The simulator, a process of its own,
serves pages that it has prepared, so that its own work is not measured. Bar: at least 60 % of the corridor's rate.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from ckanext.datastore.backend import DatastoreBackend
from ckanext.datastore.backend.postgres import get_write_engine

from benchmarks.result import Result
from ckanext.opengov_kz.harvesters.address_register.client import RETRY_STATUSES, AddressRegisterClient
from ckanext.opengov_kz.harvesters.address_register.mapping import KEY, RowMapper, dictionary
from ckanext.opengov_kz.harvesters.address_register.simulator_data import Register
from ckanext.opengov_kz.harvesters.spool import Spool
from ckanext.opengov_kz.publishing.rows import merge_rows
from ckanext.opengov_kz.shared.http import GuardedClient

ROWS = 100_000
TABLE = "s_buildings"
PAGE = 5_000
TODAY = date(2026, 1, 31)


def run() -> list[Result]:
    """The first load of so many buildings."""
    folder = Path(tempfile.mkdtemp())
    try:
        rows = folder / "rows.jsonl"
        with rows.open("w", encoding="utf-8") as file:
            for row in RowMapper(TABLE).rows(Register(ROWS).tables[TABLE].rows()):
                file.write(json.dumps(row, ensure_ascii=False) + "\n")
        baseline = timed("corridor from a file", from_file(rows), dictionary(TABLE), KEY)
        with agency("address_register", "--buildings", str(ROWS), "--prepare", f"{TABLE}={PAGE}") as url:
            began = time.monotonic()
            spool = _fetched(url, folder)
            print(f"fetching: {time.monotonic() - began:.1f} s")
            items = RowMapper(TABLE).rows(spool.items())
            ours = time.monotonic() - began + timed("import", items, dictionary(TABLE), KEY)
    finally:
        shutil.rmtree(folder)
    print(f"end to end: {ROWS / ours:,.0f} rows/s, the corridor alone: {ROWS / baseline:,.0f} rows/s")
    return [Result(f"harvest of {ROWS:,} rows over HTTP (bar: 0.60)", ours, baseline)]


def from_file(path: Path) -> Iterator[dict[str, Any]]:
    """The rows of a file of JSON Lines."""
    with path.open(encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)


def _fetched(url: str, folder: Path) -> Spool:
    """The pages on disk, as the fetch stage brings them."""
    client = AddressRegisterClient(
        url, GuardedClient(allowed_private=["127.0.0.1"], retry_statuses=RETRY_STATUSES), page_size=PAGE
    )
    spool = Spool(folder, "source", TABLE, "data/1")
    for page in client.pages(TABLE):
        spool.write(page.number, page.items)
    spool.finish()
    return spool


def timed(name: str, rows: Iterator[Any], fields: Sequence[dict[str, Any]], key: Sequence[str]) -> float:
    """Seconds in which so many rows come into an empty table with these columns."""
    with _table(fields, key) as table:
        began = time.monotonic()
        report = merge_rows(table, rows, key=key, mode="snapshot", today=TODAY)
        seconds = time.monotonic() - began
    assert (report.inserted, report.rejected) == (ROWS, 0)
    print(f"{name}: {report.seconds}")
    return seconds


@contextmanager
def agency(simulator: str, *options: str) -> Iterator[str]:
    """A simulated agency as a process of its own; its address."""
    command = [sys.executable, "-m", f"ckanext.opengov_kz.harvesters.{simulator}.simulator", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        try:
            yield process.stdout.readline().split()[0]
        finally:
            process.terminate()


@contextmanager
def _table(fields: Sequence[dict[str, Any]], key: Sequence[str]) -> Iterator[str]:
    name = str(uuid.uuid4())
    create = {"resource_id": name, "fields": list(fields), "primary_key": list(key), "include_records": False}
    DatastoreBackend.get_active_backend().create({}, create | {"connection_url": ""}, {})
    try:
        yield name
    finally:
        with get_write_engine().begin() as connection:
            connection.execute(sa.text(f'DROP TABLE "{name}"'))
            connection.execute(sa.text("DELETE FROM _table_stats WHERE resource_id = :name"), {"name": name})
