"""How fast a table becomes files, and in how much memory: against psql's COPY TO of the same table.

The memory is that of processes of their own, which write all formats of a small and of a large table.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa
from ckan.plugins import toolkit
from ckanext.datastore.backend.postgres import get_write_engine

from benchmarks import rows_merge
from benchmarks.result import Result
from ckanext.opengov_kz.publishing.exports import FORMATS, export_table
from ckanext.opengov_kz.publishing.exports_arrow import ExportAbout
from ckanext.opengov_kz.publishing.exports_store import ExportStore

ROWS = 3_000_000
FEW_ROWS = 30_000
_ABOUT = ExportAbout({"kk": "Ғимараттар", "ru": "Здания"}, {}, "", "http://example.kz", "2026-01-31")
#: A process that writes the files of one table and tells its memory at its peak, in KB; then the seconds.
_MEASURED = """
import sys
from benchmarks import export
from ckan.cli import load_config
from ckan.config.middleware import make_app
make_app(load_config(sys.argv[1]))
export.measure(sys.argv[2])
"""


def run() -> list[Result]:
    """CSV of 3,000,000 rows against psql; memory and seconds of all formats, few rows against many."""
    with _filled(FEW_ROWS) as few, _filled(ROWS) as many, tempfile.TemporaryDirectory() as folder:
        baseline = min(_psql(many, Path(folder)) for _ in range(2))
        ours = min(_export(many, ["csv"], Path(folder)) for _ in range(2))
        small, large = _memory(few), _memory(many)
    print(f"all formats of {FEW_ROWS:,} rows: {small[1]} s, {small[0]:,} KB at the peak")
    print(f"all formats of {ROWS:,} rows: {large[1]} s, {large[0]:,} KB at the peak, {large[0] / small[0]:.2f} times")
    return [Result(f"export of {ROWS:,} rows to CSV, against psql's COPY TO", ours, baseline)]


def measure(table: str) -> None:
    """Writes all formats and prints the peak of memory in KB and the seconds."""
    with tempfile.TemporaryDirectory() as folder:
        seconds = _export(table, list(FORMATS), Path(folder))
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, round(seconds, 1))


def _export(table: str, formats: list[str], folder: Path) -> float:
    began = time.monotonic()
    export_table(table, lambda _taken: _ABOUT, formats, ExportStore(folder))
    return time.monotonic() - began


def _psql(table: str, folder: Path) -> float:
    columns = ", ".join(f'"{name}"' for name in rows_merge.FIELDS)
    began = time.monotonic()
    url = toolkit.config["ckan.datastore.write_url"]
    command = f'COPY (SELECT {columns} FROM "{table}") TO STDOUT WITH (FORMAT csv, HEADER)'  # noqa: S608 - own names
    with (folder / "psql.csv").open("wb") as file:
        subprocess.run(["psql", "--no-psqlrc", "--quiet", "--command", command, url], stdout=file, check=True)
    return time.monotonic() - began


def _memory(table: str) -> tuple[int, float]:
    command = [sys.executable, "-c", _MEASURED, os.environ["CKAN_INI"], table]
    told = subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True).stdout.split()
    return int(told[-2]), float(told[-1])


@contextmanager
def _filled(rows: int) -> Iterator[str]:
    """A table of believable buildings, as the corridor leaves it apart from the words of its full text."""
    with rows_merge.table() as name:
        street = "n / 60"
        russian = (
            f"'Акмолинская область, Аршалынский район, с. ' || n % 900 || ', улица ' || {street} || ', ' || n % 60"
        )
        kazakh = f"'Ақмола облысы, Аршалы ауданы, ' || n % 900 || ' кенті, ' || {street} || ' көшесі, ' || n % 60"
        values = f"n, {street}, n % 60, lpad(cast(n as text), 16, '0'), {russian}, {kazakh}, true, now()"
        fill = (
            f'INSERT INTO "{name}" ({", ".join(rows_merge.FIELDS)}) SELECT {values} FROM generate_series(1, {rows}) n'  # noqa: S608
        )
        with get_write_engine().begin() as connection:
            connection.execute(sa.text(f'ALTER TABLE "{name}" DISABLE TRIGGER zfulltext'))
            connection.execute(sa.text(fill))
        yield name
