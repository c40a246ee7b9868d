"""Rows are found by any form of their words, in Kazakh and in Russian, however these are typed."""

from __future__ import annotations

from typing import Any

import pytest
from ckan.plugins import toolkit
from ckanext.datastore.backend.postgres import get_read_engine
from sqlalchemy import event

from ckanext.opengov_kz.publishing.fulltext import alternatives, full_text_query
from tests.publishing.test_rows import MakeTable, merge

ROWS = {
    "1": "Алматы қаласының мектебі",
    "2": "қаламгер",
    "3": "көлік жолы",
    "4": "Школа имени Абая",
    "5": "суық бұлақ",
    "6": "кітапхана",
    "7": "жолдас",
    "8": "Больничный городок",
    "9": "АБ-101",
}


@pytest.fixture
def table(make_table: MakeTable) -> str:
    made = make_table({"code": "text", "name": "text"}, key=["code"])
    merge(made, [{"code": code, "name": name} for code, name in ROWS.items()])
    return made


def codes(table: str, q: str) -> set[str]:
    found = toolkit.get_action("datastore_search")({"ignore_auth": True}, {"resource_id": table, "q": q})
    return {record["code"] for record in found["records"]}


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ("алматының", "1"),
        ("алматыда", "1"),
        ("Almaty", "1"),
        ("қала", "1"),
        ("қаладан", "1"),
        ("калалар", "1"),
        ("мектептер", "1"),
        ("мектеп", "1"),
        ("мектептің алматы", "1"),
        ("көлік", "3"),
        ("колик", "3"),
        ("көліктер", "3"),
        ("kólik", "3"),
        ("жолдар", "3"),
        ("школы", "4"),
        ("школами", "4"),
        ("shkola", "4"),
        ("абай", "4"),
        ("кітапханадан", "6"),
        ("китапхана", "6"),
        ("больничного городка", "8"),
        ("аб-101", "9"),
    ],
)
def test_a_row_is_found_by_any_form_of_its_words(table: str, typed: str, wanted: str) -> None:
    assert wanted in codes(table, typed)


@pytest.mark.parametrize(("typed", "stranger"), [("қала", "2"), ("кала", "2"), ("су", "5"), ("жол", "7"), ("аб", "4")])
def test_a_short_word_does_not_find_the_longer_stranger(table: str, typed: str, stranger: str) -> None:
    assert stranger not in codes(table, typed)


@pytest.mark.parametrize(
    "text",
    ["!&|:*()", "'", "''", "қала'", "a:*", "\\", "қала & !", "<->", "ы" * 10_000, "қала " * 2000, "'a':A", "日本"],
)
def test_anything_typed_is_answered(table: str, text: str) -> None:
    assert isinstance(codes(table, text), set)


def test_own_queries_and_languages_go_to_the_datastore_unchanged(table: str) -> None:
    search = toolkit.get_action("datastore_search")
    own = {"resource_id": table, "q": "'қаламг':*", "plain": False}
    assert [row["code"] for row in search({"ignore_auth": True}, own)["records"]] == ["2"]
    one = {"resource_id": table, "q": {"name": "қаламгер"}}
    assert [row["code"] for row in search({"ignore_auth": True}, one)["records"]] == ["2"]


@pytest.mark.fast
def test_numbers_and_codes_have_no_other_forms() -> None:
    assert alternatives("101") == alternatives("АБ-101") == alternatives("71,5") == []
    assert full_text_query("101 !") == "'101':*"
    assert full_text_query("101", beginnings=False) == "'101'"


@pytest.mark.fast
def test_a_short_stem_never_goes_on_by_itself() -> None:
    assert not [lexeme for lexeme in alternatives("қала") if lexeme.endswith(":*")]
    assert "'мектеп':*" in alternatives("мектептердің")
    assert "'мектеб':*" in alternatives("мектептердің")


def test_a_search_in_one_column_goes_through_the_index_and_reads_no_whole_table(make_table: MakeTable) -> None:
    table = make_table({"code": "text", "name": "text", "street": "text"}, ["code"])
    names = ("Ақтау", "Арал", "Балқаш", "Семей")
    rows = [{"code": str(n), "name": f"{names[n % 4]} {n}", "street": f"Абай {n % 90}"} for n in range(20_000)]
    merge(table, rows)
    statements: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        statements.append((statement, parameters))

    event.listen(get_read_engine(), "before_cursor_execute", note)
    try:
        asked = {"resource_id": table, "q": {"name": "'Балқаш':* & '4242':*"}, "plain": False, "sort": "_id"}
        found = toolkit.get_action("datastore_search")({"ignore_auth": True}, asked)
    finally:
        event.remove(get_read_engine(), "before_cursor_execute", note)
    assert [row["code"] for row in found["records"]] == ["4242"]
    statement, parameters = next(each for each in statements if "to_tsquery" in each[0])
    with get_read_engine().connect() as connection:
        plan = "\n".join(connection.exec_driver_sql(f"EXPLAIN {statement}", parameters).scalars())
    assert "Bitmap Index Scan" in plan, plan
    assert "Seq Scan" not in plan, plan
