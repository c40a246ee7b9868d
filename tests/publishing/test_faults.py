"""What a merge survives. After each fault the stored rows are compared with what they must be, by content."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from ckanext.datastore.backend.postgres import get_write_engine

from ckanext.opengov_kz.publishing import runs
from ckanext.opengov_kz.publishing.rows import Limits, MergeError, merge_rows
from ckanext.opengov_kz.publishing.sources import CsvFile

MakeTable = Callable[..., str]
ROOT = Path(__file__).resolve().parents[2]
TODAY = date(2026, 1, 31)
FIELDS = {"code": "int", "name": "text"}
OLD = [{"code": n, "name": f"ескі {n}"} for n in range(500)]
NEW = [{"code": n, "name": f"жаңа {n}"} for n in range(20, 600)]

#: A process that merges rows without end, once it has said that it begins.
_WRITER = """
import os, sys
from datetime import date
from itertools import count
from ckan.cli import load_config
from ckan.config.middleware import make_app
app = make_app(load_config(os.environ["CKAN_INI"]))
from ckanext.opengov_kz.publishing.rows import merge_rows
def rows():
    for n in count():
        if n == {at}:
            print("begun", flush=True)
        yield {{"code": n, "name": "written by who dies"}}
with app._wsgi_app.app_context():
    merge_rows("{table}", rows(), key=["code"], mode="snapshot", today=date(2026, 1, 31))
"""


def merge(table: str, rows: Any, **options: Any) -> Any:
    given = {"key": ["code"], "mode": "snapshot", "today": TODAY, "limits": Limits(closed_share=1)} | options
    return merge_rows(table, rows, **given)


def content(table: str) -> list[tuple[Any, ...]]:
    with get_write_engine().begin() as connection:
        rows = connection.execute(sa.text(f'SELECT code, name FROM "{table}" ORDER BY code')).all()
        stats = sa.text("SELECT (stats->>'rows')::int FROM _table_stats WHERE resource_id = :table")
        assert connection.execute(stats, {"table": table}).scalar_one() == len(rows)
    return [tuple(row) for row in rows]


def expected(rows: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    return [(row["code"], row["name"]) for row in rows]


def left_over() -> list[str]:
    """Staging tables that stand anywhere."""
    with get_write_engine().begin() as connection:
        names = connection.execute(sa.text("SELECT relname FROM pg_class WHERE relname LIKE '\\_merge\\_%'"))
        return list(names.scalars())


@pytest.fixture
def table(make_table: MakeTable) -> str:
    name = make_table(FIELDS, key=["code"])
    merge(name, OLD)
    return name


def end_backends(table: str) -> None:
    """Ends the connection that merges into the table."""
    # The corridor's lock of one table: its 64 bits stand in two columns.
    lock = "hashtextextended('opengov_publishing ' || :table, 0)"
    query = f"""
        SELECT pg_terminate_backend(pid) FROM pg_locks
        WHERE locktype = 'advisory' AND pid <> pg_backend_pid()
          AND ((classid::bigint << 32) | objid::bigint) = {lock}
    """
    with get_write_engine().begin() as connection:
        assert len(connection.execute(sa.text(query), {"table": table}).all()) == 1


@pytest.mark.parametrize("at", [0, 250, len(NEW) - 1])
def test_postgresql_goes_away_during_a_merge(table: str, at: int) -> None:
    def rows() -> Iterator[dict[str, Any]]:
        for place, row in enumerate(NEW):
            if place == at:
                end_backends(table)
            yield row

    with pytest.raises(MergeError) as caught:
        merge(table, rows())
    assert caught.value.code == "database"
    assert content(table) == expected(OLD)
    assert left_over() == []
    assert merge(table, NEW).changed == 600
    assert content(table) == expected(NEW)


@pytest.mark.parametrize("at", [1, 200_000])
def test_the_writing_process_is_killed(table: str, at: int) -> None:
    writer = subprocess.Popen(
        [sys.executable, "-c", _WRITER.format(table=table, at=at)],
        cwd=ROOT, env=dict(os.environ), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    assert writer.stdout
    assert any("begun" in line for line in writer.stdout)
    writer.send_signal(signal.SIGKILL)
    writer.wait()
    assert content(table) == expected(OLD)
    merge(table, NEW, wait_seconds=30)
    assert content(table) == expected(NEW)
    _eventually(lambda: left_over() == [])
    found = [(run["state"], run["code"]) for run in runs.listed(table, 10, 0)[1]]
    assert found == [("done", ""), ("failed", "interrupted"), ("done", "")]


def test_two_merges_at_once_come_one_after_the_other(table: str) -> None:
    other = [{"code": n, "name": "басқа"} for n in range(400)]
    threads = [threading.Thread(target=merge, args=(table, rows)) for rows in (NEW, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert content(table) in (expected(NEW), expected(other))


def test_readers_never_see_a_mixture(table: str) -> None:
    seen: set[tuple[str, ...]] = set()
    stop = threading.Event()

    def read() -> None:
        while not stop.is_set():
            with get_write_engine().begin() as connection:
                words = connection.execute(sa.text(f"SELECT DISTINCT split_part(name, ' ', 1) FROM \"{table}\""))
                seen.add(tuple(sorted(words.scalars())))

    reader = threading.Thread(target=read)
    reader.start()
    for _ in range(3):
        merge(table, NEW)
        merge(table, OLD)
    stop.set()
    reader.join()
    assert seen <= {("ескі",), ("жаңа",)}


def test_the_same_file_twice_changes_nothing(table: str, tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_text("code,name\n" + "".join(f"{row['code']},{row['name']}\n" for row in NEW), encoding="utf-8")
    merge(table, CsvFile(path))
    assert content(table) == expected(NEW)
    report = merge(table, CsvFile(path))
    assert (report.changed, report.unchanged) == (0, len(NEW))


def test_one_bad_row_in_a_thousand_is_found_and_the_others_are_stored(make_table: MakeTable, tmp_path: Path) -> None:
    table = make_table(FIELDS, key=["code"])
    path, count = tmp_path / "rows.csv", 50_000
    with path.open("w", encoding="utf-8") as file:
        file.write("code,name\n")
        file.writelines(f"{'?' if n % 1000 == 7 else n},ауыл {n}\n" for n in range(count))
    report = merge(table, CsvFile(path))
    assert (report.inserted, report.rejected) == (count - 50, 50)
    found = [(error.number, error.column, error.value, error.reason) for error in report.errors]
    assert found == [(n + 1, "code", "?", "type") for n in range(count) if n % 1000 == 7]
    assert content(table) == [(n, f"ауыл {n}") for n in range(count) if n % 1000 != 7]


def _eventually(holds: Callable[[], bool]) -> None:
    """PostgreSQL notices within seconds that the other end of a connection is gone."""
    end = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.2)
