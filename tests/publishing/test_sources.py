"""Files through the corridor: a CSV file that PostgreSQL reads gives what its rows give one by one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from ckan.plugins import toolkit
from ckanext.datastore.backend.postgres import get_write_engine

from ckanext.opengov_kz.publishing.rows import Limits, MergeError, MergeReport, merge_rows
from ckanext.opengov_kz.publishing.sources import CsvFile, JsonLinesFile

MakeTable = Callable[..., str]
FIELDS = {
    "code": "text", "name": "text", "whole": "int", "share": "numeric", "day": "date", "moment": "timestamp",
    "yes": "bool", "ratio": "float", "clock": "time",
}  # fmt: skip
HEADING = ",".join(FIELDS)
ANY = Limits(rejected_share=1, closed_share=1)

#: What a cell may hold → lines of a file, each with a cell that is read in another way than it looks.
LINES = {
    "plain": "01,Абай,12,1.50,2024-05-31,2024-05-01T10:20:30,true,0.5,10:20:00",
    "quoted": '02,"Ә, ""ғ""\nқ\\t\\N",+7,.5,2024-02-29,2024-05-01,FALSE,1e3,10:20',
    "empty": '03,,,,,,,,""',
    "padded": "04,  x , 12 , 1.5 , 2024-05-01 ,2024-05-01 10:20:30.5,yes,12,10:20:30.123456",
    "zone": "05,x,-1,007,2024-12-31,2024-05-01T10:20:30+05:00,0,-0.0,00:00",
    "words of PostgreSQL": "06,x,1,1,today,2024-05-01,true,1,10:20",
    "infinity": "07,x,1,1,2024-05-01,infinity,true,1,10:20",
    "nan": "08,x,1,NaN,2024-05-01,2024-05-01,true,1,10:20",
    "no such day": "09,x,1,1,2023-02-29,2024-05-01,true,1,10:20",
    "midnight of the next day": "10,x,1,1,2024-05-01,2024-05-01T24:00:00,true,1,10:20",
    "on": "11,x,1,1,2024-05-01,2024-05-01,on,1,10:20",
    "too large": "12,x,2147483648,1,2024-05-01,2024-05-01,true,1,10:20",
    "no number": "13,x,twelve,1,2024-05-01,2024-05-01,true,1,10:20",
    "no key": ",x,1,1,2024-05-01,2024-05-01,true,1,10:20",
    "key again": "01,other,1,1,2024-05-01,2024-05-01,true,1,10:20",
    "too long": f"14,{'ә' * 200_001},1,1,2024-05-01,2024-05-01,true,1,10:20",
    "cells missing": "15,x,1",
    "cells too many": "16,x,1,1,2024-05-01,2024-05-01,true,1,10:20,17",
    "end of data": '17,"x\n\\.\ny",1,1,2024-05-01,2024-05-01,true,1,10:20',
}


def merge(table: str, rows: Any, **options: Any) -> MergeReport:
    given = {"key": ["code"], "mode": "snapshot", "today": date(2026, 1, 31), "limits": ANY} | options
    return merge_rows(table, rows, **given)


def content(table: str) -> list[Any]:
    with get_write_engine().begin() as connection:
        return [tuple(row) for row in connection.execute(sa.text(f'SELECT * FROM "{table}" ORDER BY _id'))]


def written(folder: Path, *lines: str, heading: str = HEADING, mark: bytes = b"") -> CsvFile:
    path = folder / "rows.csv"
    path.write_bytes(mark + "\r\n".join([heading, *lines, ""]).encode())
    return CsvFile(path)


@pytest.mark.parametrize("chosen", [*([name] for name in LINES), list(LINES), [n for n in LINES if "cells" not in n]])
def test_a_file_gives_what_its_rows_give_one_by_one(make_table: MakeTable, tmp_path: Path, chosen: list[str]) -> None:
    file = written(tmp_path, *(LINES[name] for name in ["plain", *chosen]))
    at_once, one_by_one = make_table(FIELDS, key=["code"]), make_table(FIELDS, key=["code"])
    for _ in range(2):
        ours, theirs = merge(at_once, file), merge(one_by_one, iter(file))
        found = [
            (r.read, r.inserted, r.updated, r.unchanged, r.rejected, sorted(r.errors, key=lambda e: e.number))
            for r in (ours, theirs)
        ]
        assert found[0] == found[1]
        assert content(at_once) == content(one_by_one)
    assert ours.inserted == 0


def test_a_file_is_compared_with_what_is_stored(make_table: MakeTable, tmp_path: Path) -> None:
    table = make_table(FIELDS, key=["code"])
    merge(table, written(tmp_path, LINES["plain"], LINES["quoted"], LINES["empty"]))
    report = merge(table, written(tmp_path, LINES["plain"].replace("Абай", "Жаңа"), LINES["quoted"], LINES["padded"]))
    assert (report.inserted, report.updated, report.unchanged, report.closed) == (1, 1, 1, 1)
    assert [row[2] for row in content(table)] == ["01", "02", "04"]


def test_columns_may_stand_in_any_order_and_be_left_out(make_table: MakeTable, tmp_path: Path) -> None:
    table = make_table(FIELDS, key=["code"])
    file = written(tmp_path, "5,01", heading="whole,code", mark=b"\xef\xbb\xbf")
    assert merge(table, file).inserted == 1
    assert content(table)[0][2:5] == ("01", None, 5)


def test_deletions_in_a_file_of_changes(make_table: MakeTable, tmp_path: Path) -> None:
    table = make_table(FIELDS, key=["code"])
    merge(table, [{"code": "01"}, {"code": "02"}])
    file = written(tmp_path, "01,true", "02,false", "03,", heading="code,_deleted")
    report = merge(table, file, mode="delta")
    assert (report.closed, report.unchanged, report.inserted) == (1, 1, 1)
    assert [row[2] for row in content(table)] == ["02", "03"]


@pytest.mark.parametrize(
    ("heading", "code"),
    [("code,colour", "unknown_column"), ("name", "missing_column"), ("code,code", "heading"), ("", "heading")],
)
def test_wrong_heading_is_refused_by_name(make_table: MakeTable, tmp_path: Path, heading: str, code: str) -> None:
    table = make_table(FIELDS, key=["code"])
    with pytest.raises(MergeError) as caught:
        merge(table, written(tmp_path, "1,2", heading=heading))
    assert caught.value.code == code
    assert toolkit.h.publishing_merge_error(code, "x") != code


def test_bytes_that_are_no_text_reject_their_row_alone(make_table: MakeTable, tmp_path: Path) -> None:
    table = make_table(FIELDS, key=["code"])
    file = written(tmp_path, "01,\u2642", "02,x", heading="code,name")
    file.path.write_bytes(file.path.read_bytes().replace("\u2642".encode(), b"\xff\x00"))
    report = merge(table, file)
    assert (report.inserted, [(e.number, e.reason) for e in report.errors]) == (1, [(1, "character")])


def test_json_lines_are_read_and_broken_ones_rejected(make_table: MakeTable, tmp_path: Path) -> None:
    table = make_table(FIELDS, key=["code"])
    path = tmp_path / "rows.jsonl"
    path.write_text('{"code": "01", "whole": 1}\n\n{"code": \n[1]\n{"code": "02"}\n', encoding="utf-8")
    report = merge(table, JsonLinesFile(path))
    assert (report.read, report.inserted) == (4, 2)
    assert [(e.number, e.reason) for e in report.errors] == [(2, "json"), (3, "not_an_object")]
