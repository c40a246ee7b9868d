"""A million rows with 0.1 % bad: what it costs to reject these and to leave exactly the rest.

OPENGOV_BENCH_BAD_ROWS sets the number of rows. The baseline is the load of the good rows alone, and both tables have to
hold the same rows afterwards.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from ckanext.datastore.backend.postgres import get_write_engine

from benchmarks.result import Result
from benchmarks.rows_merge import FIELDS, TODAY, address, merged, table, written
from ckanext.opengov_kz.publishing.rows import merge_rows

ROWS = int(os.environ.get("OPENGOV_BENCH_BAD_ROWS", "1000000"))
BAD_EVERY = 1_000
#: Each bad row has one of these cells.
_FAULTS = (("parent_id", "12а"), ("actual", "perhaps"), ("modified", "31.13.2026"), ("id", ""))


def run() -> list[Result]:
    """Loads the rows with the bad ones among them, and the good ones alone."""
    with table() as ours, table() as good, tempfile.TemporaryDirectory() as folder:
        mixed = written(Path(folder) / "mixed.csv", _rows(bad=True))
        alone = written(Path(folder) / "good.csv", _rows(bad=False))
        rejected: list[Any] = []
        began = time.monotonic()
        report = merge_rows(ours, mixed, key=["id"], mode="snapshot", today=TODAY, on_reject=rejected.append)
        seconds = time.monotonic() - began
        print(report.counts(), report.seconds)
        baseline = merged(good, alone, "snapshot")
        assert report.rejected == ROWS // BAD_EVERY
        assert [row.number for row in rejected] == list(range(BAD_EVERY, ROWS + 1, BAD_EVERY))
        assert _content(ours) == _content(good), "the rows differ from the good ones"
    return [Result(f"{ROWS:,} rows with 0.1 % bad, to the good ones alone", seconds, baseline)]


def _rows(*, bad: bool) -> Iterator[dict[str, Any]]:
    """The rows of a file, the first one number 1; of every so many the last is bad, or left out."""
    for number in range(1, ROWS + 1):
        if number % BAD_EVERY:
            yield address(number)
        elif bad:
            column, cell = _FAULTS[number // BAD_EVERY % len(_FAULTS)]
            yield address(number) | {column: cell}


def _content(name: str) -> Any:
    columns = ", ".join(f't."{column}"' for column in FIELDS)
    query = f'SELECT count(*), sum(hashtextextended(ROW({columns})::text, 0)) FROM "{name}" t'  # noqa: S608
    with get_write_engine().begin() as connection:
        return connection.execute(sa.text(query)).one()
