"""A million rows with 0.1 % bad: what it costs to reject these and to leave exactly the rest.

OPENGOV_BENCH_BAD_ROWS sets the number of rows. The baseline is the load of the good rows alone, and both tables have to
hold the same rows afterwards.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.result import Result
from benchmarks.rows_merge import address, content, merged, table, written

ROWS = int(os.environ.get("OPENGOV_BENCH_BAD_ROWS", "1000000"))
BAD_EVERY = 1_000
#: Each bad row has one of these cells.
_FAULTS = (("parent_id", "12а"), ("actual", "perhaps"), ("modified", "31.13.2026"), ("id", ""))


def run() -> list[Result]:
    """Loads the rows with the bad ones among them, and the good ones alone."""
    with table() as ours, table() as good, tempfile.TemporaryDirectory() as folder:
        mixed = written(Path(folder) / "mixed.csv", _rows(bad=True))
        alone = written(Path(folder) / "good.csv", _rows(bad=False))
        seconds = merged(ours, mixed, "snapshot", rejected=range(BAD_EVERY, ROWS + 1, BAD_EVERY))
        baseline = merged(good, alone, "snapshot")
        assert content(ours) == content(good), "the rows differ from the good ones"
    return [Result(f"{ROWS:,} rows with 0.1 % bad, to the good ones alone", seconds, baseline)]


def _rows(*, bad: bool) -> Iterator[dict[str, Any]]:
    """The rows of a file, the first one number 1; of every so many the last is bad, or left out."""
    for number in range(1, ROWS + 1):
        if number % BAD_EVERY:
            yield address(number)
        elif bad:
            column, cell = _FAULTS[number // BAD_EVERY % len(_FAULTS)]
            yield address(number) | {column: cell}
