"""What fits into a column: every kind of value, at its edges."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

import pytest

from ckanext.opengov_kz.publishing.rules import Column, RowReader, Unfit, cast_for, rejected_row

pytestmark = pytest.mark.fast


@pytest.mark.parametrize(
    ("column_type", "value", "text"),
    [
        ("text", "ә\tғ\nқ\\ң\r", "ә\\tғ\\nқ\\\\ң\\r"),
        ("text", 1.5, "1.5"),
        ("text", True, "true"),
        ("text", date(2026, 1, 31), "2026-01-31"),
        ("character varying(3)", "қаз", "қаз"),
        ("integer", " 0042 ", "42"),
        ("integer", 7.0, "7"),
        ("bigint", 2**63 - 1, "9223372036854775807"),
        ("numeric", "0.10", "0.10"),
        ("numeric", Decimal("12345678901234567.89"), "12345678901234567.89"),
        ("numeric", 1e-7, "1e-07"),
        ("double precision", "-.5", "-.5"),
        ("boolean", "TRUE", "t"),
        ("boolean", 0, "f"),
        ("date", datetime(2026, 1, 31, tzinfo=UTC), "2026-01-31"),
        ("date", "2026-01-31T00:00:00", "2026-01-31"),
        ("timestamp without time zone", "2026-01-31 10:20:30+05:00", "2026-01-31T10:20:30"),
        ("timestamp with time zone", "2026-01-31T10:20:30Z", "2026-01-31T10:20:30+00:00"),
        ("time without time zone", time(10, 20), "10:20:00"),
        ("uuid", "12345678123456781234567812345678", "12345678-1234-5678-1234-567812345678"),
        ("jsonb", {"аты": [1, None]}, '{"аты": [1, null]}'),
        ("nested", {"a": 'q"'}, '("{""a"": ""q\\\\\\\\""""}","")'),
    ],
)
def test_value_that_fits_is_written_as_postgresql_reads_it(column_type: str, value: Any, text: str) -> None:
    assert cast_for(column_type)(value) == text


@pytest.mark.parametrize(
    ("column_type", "value", "reason"),
    [
        ("text", "a\0b", "character"),
        ("text", {"a": 1}, "type"),
        ("character varying(3)", "қаза", "too_long"),
        ("integer", "1.0", "type"),
        ("integer", "١٢", "type"),
        ("integer", True, "type"),
        ("integer", 1.5, "type"),
        ("smallint", 32768, "range"),
        ("bigint", -(2**63) - 1, "range"),
        ("integer", float("inf"), "type"),
        ("numeric", "NaN", "type"),
        ("numeric", float("nan"), "type"),
        ("numeric", "1e999", "type"),
        ("numeric", "1,5", "type"),
        ("numeric", False, "type"),
        ("double precision", "1" * 400, "range"),
        ("double precision", "0." + "0" * 400 + "1", "range"),
        ("real", 1e39, "range"),
        ("boolean", "maybe", "type"),
        ("boolean", 2, "type"),
        ("date", "31.01.2026", "type"),
        ("date", "2026-02-30", "type"),
        ("date", "2026-01-31T10:00:00", "type"),
        ("date", 20260131, "type"),
        ("timestamp without time zone", "now", "type"),
        ("time without time zone", "25:00", "type"),
        ("uuid", "x", "type"),
        ("json", "{", "type"),
        ("json", float("nan"), "type"),
        ("jsonb", "[" * 100_000, "type"),
        ("jsonb", {"a": "\0"}, "character"),
        ("nested", {1, 2}, "type"),
    ],
)
def test_value_that_does_not_fit_is_refused_with_its_reason(column_type: str, value: Any, reason: str) -> None:
    with pytest.raises(Unfit) as caught:
        cast_for(column_type)(value)
    assert caught.value.reason == reason


def test_type_without_a_cast_is_named_as_such() -> None:
    with pytest.raises(LookupError):
        cast_for("tsvector")


def test_empty_text_is_a_value_but_no_number_and_no_key() -> None:
    reader = RowReader([Column("k", "text"), Column("t", "text"), Column("n", "integer")], ["k"])
    assert reader.line(1, {"k": "a", "t": "", "n": ""}, marks=False) == b"1\tf\tf\ta\t\t\\N\n"
    with pytest.raises(Unfit, match="required"):
        reader.line(1, {"k": "", "t": "x"}, marks=False)


def test_deletion_needs_its_key_alone_and_only_where_deletions_are_marked() -> None:
    reader = RowReader([Column("k", "integer"), Column("n", "integer")], ["k"])
    assert reader.line(3, {"k": 1, "n": "bad", "_deleted": 1}, marks=True) == b"3\tt\tf\t1\t\\N\n"
    with pytest.raises(Unfit, match="unknown_column"):
        reader.line(3, {"k": 1, "_deleted": 1}, marks=False)


@pytest.mark.parametrize("row", [None, [], "text", 5])
def test_row_that_is_no_object_is_refused(row: Any) -> None:
    reader = RowReader([Column("k", "text")], ["k"])
    with pytest.raises(Unfit, match="not_an_object"):
        reader.line(1, row, marks=True)
    with pytest.raises(Unfit, match="not_an_object"):
        reader.key_line(1, row)


def test_half_a_character_is_refused_and_can_be_reported() -> None:
    reader = RowReader([Column("k", "text")], ["k"])
    with pytest.raises(Unfit) as caught:
        reader.line(1, {"k": "a\ud800b"}, marks=False)
    assert caught.value.reason == "character"
    assert (rejected_row(1, caught.value).value or "").encode()
