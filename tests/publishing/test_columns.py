"""Columns that come, grow, are renamed and go: by the data's need, or by a person's word after a question."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from ckan.plugins import toolkit
from ckan.tests import factories
from ckan.tests.helpers import CKANTestApp

from ckanext.opengov_kz.publishing.columns import Change, bring_columns, change_columns, consequences
from ckanext.opengov_kz.publishing.rows import merge_rows
from tests.publishing.conftest import make_dataset
from tests.visitor import Visitor

PASSWORD = "a-long-enough-password"
TODAY = date(2026, 1, 31)
SMALL = [
    {"id": "code", "type": "text", "info": {"label_ru": "Код", "label_kk": "Коды"}},
    {"id": "n", "type": "int", "info": {"label_ru": "Число"}},
    {"id": "name", "type": "text", "info": {}},
]


def _trusted() -> Any:
    return {"ignore_auth": True, "user": toolkit.get_action("get_site_user")({"ignore_auth": True}, {})["name"]}


@pytest.fixture
def small(with_plugins: None, clean_db: None) -> Iterator[str]:
    """A resource of a public dataset with three rows; what was merged is in the list of changes."""
    made = make_dataset(private=False)
    resource_id = made["resources"][0]["id"]
    create = {"resource_id": resource_id, "fields": SMALL, "primary_key": ["code"], "force": True}
    toolkit.get_action("datastore_create")(_trusted(), create)
    merge(resource_id, [("01", 1, "Ақтау"), ("02", 2, "Алматы"), ("03", None, "Арал")])
    yield resource_id
    toolkit.get_action("datastore_delete")(_trusted(), {"resource_id": resource_id, "force": True})


def merge(resource_id: str, rows: list[tuple[Any, ...]], names: tuple[str, ...] = ("code", "n", "name")) -> None:
    given = [dict(zip(names, row, strict=True)) for row in rows]
    merge_rows(resource_id, given, key=["code"], mode="snapshot", today=TODAY)


def stored(resource_id: str, q: str = "") -> list[dict[str, Any]]:
    found = toolkit.get_action("datastore_search")(_trusted(), {"resource_id": resource_id, "q": q, "sort": "_id"})
    return [{name: value for name, value in row.items() if name != "rank"} for row in found["records"]]


def dictionary(resource_id: str) -> dict[str, dict[str, Any]]:
    fields = toolkit.get_action("datastore_info")(_trusted(), {"id": resource_id})["fields"]
    return {field["id"]: field for field in fields}


def last_run(resource_id: str) -> dict[str, Any]:
    return toolkit.get_action("publishing_run_list")(_trusted(), {"resource_id": resource_id})["runs"][0]


def change(resource_id: str, **asked: Any) -> dict[str, Any]:
    return toolkit.get_action("publishing_columns_change")(_trusted(), {"resource_id": resource_id, **asked})


def test_a_new_column_comes_with_its_dictionary_and_a_type_grows_without_a_row_changing(small: str) -> None:
    before = stored(small)
    wanted = [
        SMALL[0],
        SMALL[1] | {"type": "numeric"},
        SMALL[2],
        {"id": "area", "type": "numeric", "info": {"unit": "км²"}},
    ]
    bring_columns(small, wanted)
    assert stored(small) == [row | {"area": None} for row in before]
    assert dictionary(small)["area"]["info"] == {"unit": "км²"}
    assert (dictionary(small)["n"]["type"], dictionary(small)["n"]["info"]["label_ru"]) == ("numeric", "Число")
    merge(small, [("01", "1.5", "Ақтау", 7)], ("code", "n", "name", "area"))
    assert [(row["_id"], float(row["n"]), float(row["area"])) for row in stored(small, "Ақтау")] == [(1, 1.5, 7.0)]


def test_a_dictionary_that_agrees_changes_nothing(small: str) -> None:
    show, runs = toolkit.get_action("publishing_table_show"), toolkit.get_action("publishing_run_list")
    before = (show(_trusted(), {"resource_id": small}), runs(_trusted(), {"resource_id": small})["count"])
    assert bring_columns(small, SMALL).add == []
    assert (show(_trusted(), {"resource_id": small}), runs(_trusted(), {"resource_id": small})["count"]) == before


def test_what_the_dictionary_leaves_out_or_narrows_stays(small: str) -> None:
    plan = bring_columns(small, [SMALL[0], SMALL[1] | {"type": "date"}])
    assert (plan.missing, plan.unlike) == (["name"], {"n": "date"})
    assert list(dictionary(small)) == ["code", "n", "name"]


def test_a_day_that_becomes_a_moment_is_found_by_its_new_words(small: str) -> None:
    bring_columns(small, [*SMALL, {"id": "on", "type": "date"}])
    merge(small, [("01", 1, "Ақтау", "2025-12-16")], ("code", "n", "name", "on"))
    bring_columns(small, [*SMALL, {"id": "on", "type": "timestamp"}])
    assert [row["on"][:19] for row in stored(small, "Ақтау")] == ["2025-12-16T00:00:00"]


def test_without_the_word_nothing_is_removed_and_the_loss_is_told(small: str) -> None:
    before = stored(small)
    assert change(small, remove=["n", "name"]) == {"done": False, "lost": {"n": 2, "name": 3}}
    assert stored(small) == before


def test_a_removed_column_is_gone_from_rows_search_and_the_list_of_changes(small: str) -> None:
    merge(small, [("01", 1, "Құпия"), ("02", 2, "Алматы"), ("03", None, "Арал")])
    listed = {"resource_id": small}
    assert "Құпия" in str(toolkit.get_action("publishing_change_list")(_trusted(), listed)["changes"])
    answer = change(small, remove=["name"], confirm=True)
    assert answer == {"done": True, "lost": {"name": 3}}
    assert stored(small) == [
        {"_id": 1, "code": "01", "n": 1},
        {"_id": 2, "code": "02", "n": 2},
        {"_id": 3, "code": "03", "n": None},
    ]
    assert stored(small, "Құпия") == []
    assert "Құпия" not in str(toolkit.get_action("publishing_change_list")(_trusted(), listed)["changes"])
    run = last_run(small)
    assert (run["mode"], run["state"], run["inserted"]) == ("columns", "done", 0)
    assert toolkit.h.publishing_columns_note(run["detail"]) == ["Column removed: name"]


def test_a_renamed_column_keeps_values_dictionary_and_history(small: str) -> None:
    merge(small, [("01", 5, "Ақтау"), ("02", 2, "Алматы"), ("03", None, "Арал")])
    change(small, rename={"n": "саны"}, confirm=True)
    assert [row["саны"] for row in stored(small)] == [5, 2, None]
    assert dictionary(small)["саны"]["info"]["label_ru"] == "Число"
    changes = toolkit.get_action("publishing_change_list")(_trusted(), {"resource_id": small})["changes"]
    assert [(one["columns"], one["before"]["саны"], one["after"]["саны"]) for one in changes] == [(["саны"], 1, 5)]
    merge(small, [("01", 6, "Ақтау")], ("code", "саны", "name"))
    assert stored(small, "Ақтау")[0]["саны"] == 6


@pytest.mark.parametrize(
    ("values", "kind", "unfit"),
    [
        (["1", "2", None], "integer", []),
        (["1", "x", None], "integer", ["x"]),
        (["007", "8", "9"], "integer", ["007"]),
        (["1.5", "2", "3"], "integer", ["1.5"]),
        (["2026-01-31", "", None], "date", []),
        (["31.01.2026", "2026-02-30", "2026-01-31"], "date", ["31.01.2026", "2026-02-30"]),
    ],
)
def test_a_narrower_type_is_given_only_where_every_value_stays_as_it_is(
    small: str, values: list[str | None], kind: str, unfit: list[str]
) -> None:
    merge(small, [(f"0{place + 1}", None, value) for place, value in enumerate(values)])
    before = stored(small)
    found = consequences(small, Change(types={"name": kind}))
    assert [value for _column, _row, value in found.unfit] == unfit
    if unfit:
        with pytest.raises(toolkit.ValidationError) as refused:
            change(small, types={"name": kind}, confirm=True)
        told: Any = refused.value.error_dict["unfit"]
        assert [one["value"] for one in told] == unfit
        assert stored(small) == before
    else:
        change_columns(small, Change(types={"name": kind}))
        assert [str(row["name"]) if row["name"] is not None else None for row in stored(small)] == [
            value or None for value in values
        ]


def test_a_numeric_value_is_not_rounded(small: str) -> None:
    bring_columns(small, [SMALL[0], SMALL[1] | {"type": "numeric"}, SMALL[2]])
    merge(small, [("01", "1.5", "Ақтау"), ("02", 2, "Алматы")])
    found = consequences(small, Change(types={"n": "integer"}))
    assert found.unfit == [("n", 1, "1.5")]


def test_all_or_nothing(small: str) -> None:
    before = stored(small)
    with pytest.raises(toolkit.ValidationError):
        change(small, remove=["n"], types={"name": "integer"}, confirm=True)
    assert stored(small) == before


def test_a_key_and_a_column_that_is_not_there_are_named(small: str) -> None:
    with pytest.raises(toolkit.ValidationError) as refused:
        change(small, remove=["code", "nope"], confirm=True)
    told = refused.value.error_dict["columns"]
    assert told == ["The table has no column nope.", "The column code tells rows apart and cannot be removed."]


def test_prepared_files_are_asked_for_again(small: str) -> None:
    state = toolkit.get_action("publishing_table_show")(_trusted(), {"resource_id": small})["merged"]
    change(small, rename={"name": "atauy"}, confirm=True)
    assert toolkit.get_action("publishing_table_show")(_trusted(), {"resource_id": small})["merged"] > state
    assert toolkit.get_action("publishing_export_show")(_trusted(), {"resource_id": small})["waiting"]


def test_an_editor_sees_the_question_before_a_column_goes_and_a_reader_does_not_find_the_page(
    app: CKANTestApp, small: str
) -> None:
    resource = toolkit.get_action("resource_show")(_trusted(), {"id": small})
    dataset = toolkit.get_action("package_show")(_trusted(), {"id": resource["package_id"]})
    address = f"/ru/dataset/{dataset['name']}/resource/{small}/columns"
    assert app.get(address, status=404)
    user = factories.User(password=PASSWORD)
    member = {"id": dataset["owner_org"], "username": user["name"], "role": "editor"}
    toolkit.get_action("organization_member_create")(_trusted(), member)
    editor = Visitor(app)
    editor.sign_in(user["name"], PASSWORD)
    assert "code" in editor.get(address).get_data(as_text=True)
    question = editor.send(address, remove="name").get_data(as_text=True)
    assert "Столбец name удаляется: 3 значения" in question
    assert "name" in dictionary(small)
    assert editor.send(address, remove="name", confirm="1").status_code == 302
    assert list(dictionary(small)) == ["code", "n"]
    history = app.get(f"/ru/dataset/{dataset['name']}/resource/{small}/loads")
    assert "столбцы изменены" in history.text
