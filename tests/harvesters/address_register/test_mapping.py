"""From items to rows, with plain values."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from ckanext.opengov_kz.harvesters.address_register import mapping, passports
from ckanext.opengov_kz.harvesters.address_register.client import TABLES
from ckanext.opengov_kz.harvesters.address_register.mapping import RowMapper
from ckanext.opengov_kz.harvesters.address_register.simulator_data import Register

pytestmark = pytest.mark.fast

ITEM = {"id": 7, "s_building_id": 3, "d_room_type_id": 1, "number": "12", "rca": "3000000000000007",
        "full_path_rus": "село Кокколь, 3, 12", "full_path_kaz": "Көккөл ауылы, 3, 12", "actual": True,
        "modified": "2026-01-31 10:20:30"}  # fmt: skip


def mapped(**changes: Any) -> tuple[dict[str, Any], dict[str, int]]:
    mapper = RowMapper("s_pb")
    return mapper.row(ITEM | changes), dict(mapper.findings)


def test_a_good_item_becomes_a_row_without_findings() -> None:
    row, findings = mapped()
    assert row == ITEM | {"modified": "2026-01-31T10:20:30"}
    assert findings == {}


@pytest.mark.parametrize("table", TABLES)
def test_every_row_of_the_register_maps_without_findings(table: str) -> None:
    mapper = RowMapper(table)
    rows = list(mapper.rows(Register(60).tables[table].rows()))
    assert rows
    assert not mapper.findings
    assert all(list(row) == [column.id for column in passports.columns(table)] for row in rows)


@pytest.mark.parametrize(
    ("value", "read"), [(True, True), (1, True), ("true", True), ("0", False), ("", None), (None, None)]
)
def test_actual_comes_in_several_forms(value: Any, read: bool | None) -> None:
    row, findings = mapped(actual=value)
    assert (row["actual"], findings) == (read, {})


@pytest.mark.parametrize(
    ("column", "value", "stored", "reason"),
    [
        ("actual", "иә", None, "unreadable_truth"),
        ("modified", "кеше", None, "unreadable_moment"),
        ("modified", 5, None, "unreadable_moment"),
        ("s_building_id", "үш", None, "unreadable_number"),
        ("s_building_id", 1 << 70, None, "unreadable_number"),
        ("rca", 3000000000000007, "3000000000000007", "text_was_a_number"),
        ("number", 12.0, "12", "text_was_a_number"),
        ("number", "1\0", "1\N{REPLACEMENT CHARACTER}", "bad_character"),
        ("number", "1\ud800", "1?", "bad_character"),
    ],
)
def test_a_value_that_does_not_fit_is_told_and_the_row_stays(column: str, value: Any, stored: Any, reason: str) -> None:
    row, findings = mapped(**{column: value})
    assert row["id"] == 7
    assert row[column] == stored
    assert findings == {reason: 1}


def test_an_item_without_identifier_is_an_empty_row_and_counted() -> None:
    mapper = RowMapper("s_pb")
    assert list(mapper.rows([ITEM | {"id": None}, "nothing", ITEM])) == [{}, {}, mapper.row(ITEM)]
    assert mapper.notes()["rejections"] == {"missing_code": 1, "not_an_object": 1}


def test_of_rows_that_come_twice_the_newest_counts_and_both_are_told() -> None:
    mapper = RowMapper("s_pb")
    older = ITEM | {"number": "11", "modified": "2025-01-01 00:00:00"}
    rows = list(mapper.rows([ITEM, ITEM, older, ITEM | {"id": 8}]))
    assert [(row["id"], row["number"]) for row in rows] == [(7, "12"), (8, "12")]
    assert mapper.notes()["findings"] == {"repeated_row": 1, "repeated_with_differences": 1}


def test_a_field_that_the_dictionary_lacks_is_told() -> None:
    assert mapped(colour="red")[1] == {"unknown_field": 1}


@pytest.mark.parametrize("table", TABLES)
def test_the_passport_and_the_dictionary_speak_kazakh_and_russian(table: str) -> None:
    dataset = mapping.to_dataset(table, "body", date(2026, 1, 31))
    assert dataset["name"] == table
    assert mapping.to_resource(table)["name_translated"]["kk"] == table
    for lang in ("kk", "ru", "en"):
        assert table in dataset["title_translated"][lang]
        assert dataset["notes_translated"][lang]
        assert all(column["info"][f"label_{lang}"] for column in mapping.dictionary(table))
    assert mapping.dictionary(table)[0] == {
        "id": "id",
        "type": "bigint",
        "info": {"label_kk": "Сәйкестендіргіш", "label_ru": "Идентификатор", "label_en": "Identifier"},
    }
