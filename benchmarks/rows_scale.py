"""What does not grow with the table: the time of a delta of 1,000 rows, and the memory of a load.

OPENGOV_BENCH_ROWS sets the size of the large table (3,000,000); the small one has a hundredth of it. Of the line about
memory, the columns are bytes and not seconds.
"""

from __future__ import annotations

import multiprocessing
import os
import resource
import statistics
from typing import Any

from ckanext.datastore.backend.postgres import get_write_engine

from benchmarks.result import Result
from benchmarks.rows_merge import address, addresses, merged, table

LARGE = int(os.environ.get("OPENGOV_BENCH_ROWS", "3000000"))
SMALL = LARGE // 100
DELTA = 1_000
_TIMES = 5


def run() -> list[Result]:
    """A delta into the large and into the small table; the peak memory of loading each, in a process of its own."""
    with table() as large, table() as small:
        memory = [_peak(name, rows) for name, rows in ((large, LARGE), (small, SMALL))]
        seconds = [_delta(name, rows) for name, rows in ((large, LARGE), (small, SMALL))]
    return [
        Result(f"delta of {DELTA:,} rows into {LARGE:,}, to the same into {SMALL:,}", seconds[0], seconds[1]),
        Result(f"peak memory, MB, of loading {LARGE:,} rows, to {SMALL:,}", memory[0], memory[1]),
    ]


def _delta(name: str, rows: int) -> float:
    """The median of several: the first one meets a cold cache, and one of them empties the index's pending list."""
    numbers = range(0, rows, max(1, rows // DELTA))
    changes = [[address(n, changed=bool(turn % 2)) for n in numbers] for turn in range(1, _TIMES + 1)]
    return statistics.median(merged(name, iter(each), "delta") for each in changes)


def _peak(name: str, rows: int) -> float:
    # A child of its own, begun anew for each: the peak of a process never goes down.
    context = multiprocessing.get_context("fork")
    answers: Any = context.Queue()
    get_write_engine().dispose()
    child = context.Process(target=_load, args=(name, rows, answers))
    child.start()
    peak = answers.get()
    child.join()
    return peak


def _load(name: str, rows: int, answers: Any) -> None:
    from ckan import model  # noqa: PLC0415 - the child makes connections of its own

    get_write_engine().dispose(close=False)
    model.meta.engine.dispose(close=False)  # type: ignore[union-attr]
    merged(name, addresses(rows), "snapshot")
    answers.put(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
