"""What is odd in the register: nothing of it stops a harvest or loses a row, and the quality tab tells it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from ckan.tests.helpers import CKANTestApp

from ckanext.opengov_kz.harvesters.address_register import checks
from ckanext.opengov_kz.harvesters.address_register.client import TABLES
from ckanext.opengov_kz.harvesters.address_register.simulator import AddressRegisterSimulator
from ckanext.opengov_kz.harvesters.address_register.simulator_data import spoil
from tests.harvesters.address_register.conftest import expected, stored, values
from tests.harvesters.conftest import call
from tests.visitor import Visitor

pytestmark = [
    pytest.mark.usefixtures("clean_db", "clean_index", "with_plugins"),
    pytest.mark.ckan_config("opengov.http.allowed_private_hosts", ["127.0.0.1"]),
]


def counts(table: str) -> dict[str, int]:
    return {check["code"]: check["count"] for check in call("harvesting_quality_show", id=table)["checks"]}


def examples(table: str, code: str) -> dict[int, tuple[str, str | None]]:
    found = next(check for check in call("harvesting_quality_show", id=table)["checks"] if check["code"] == code)
    return {example["id"]: (example["value"], example["expected"]) for example in found["examples"]}


def test_a_sound_register_has_nothing_to_tell(
    agency: AddressRegisterSimulator, source: dict[str, Any], harvest: Callable[[str], Any]
) -> None:
    harvest(source["id"])
    for table in TABLES:
        assert not any(counts(table).values()), table
    assert set().union(*(counts(table) for table in TABLES)) == set(checks.CODES)


def test_every_defect_is_stored_counted_and_shown(
    app: CKANTestApp, agency: AddressRegisterSimulator, source: dict[str, Any], harvest: Callable[[str], Any]
) -> None:
    spoil(agency.register)
    last = agency.register.tables["s_ats"].original

    status = harvest(source["id"])

    assert status["state"] == "finished"
    for table in TABLES:
        assert values(stored(table)) == expected(agency, table), table
    assert counts("s_ats")["cycle"] > 1
    assert last in examples("s_ats", "cycle")
    streets = counts("s_geonims")
    assert (streets["orphan"], streets["lookalike_letters"], streets["missing_modified"]) == (1, 1, 1)
    assert examples("s_geonims", "lookalike_letters") == {4: ("Абай КӨШЕCI", "Абай КӨШЕСІ")}
    assert streets["repeated_sibling"] == 1
    buildings = counts("s_buildings")
    assert examples("s_buildings", "orphan") == {3: ("s_geonim_id = 888888888", None)}
    assert examples("s_buildings", "wrong_rca") == {2: ("123", None)}
    assert set(examples("s_buildings", "repeated_rca")) == {8, 9}
    assert buildings["missing_modified"] == 2
    assert set(examples("s_buildings", "missing_modified")) == {4, 7}
    arrival = call("harvesting_quality_show", id="s_buildings")["arrival"]
    assert arrival["findings"] == {
        "repeated_row": 1, "repeated_with_differences": 1, "unreadable_truth": 1, "unreadable_moment": 1,
    }  # fmt: skip
    page = Visitor(app).get("/ru/dataset/s_buildings/quality").get_data(as_text=True)
    assert "Регистрационные коды адреса (РКА) не из 16 цифр" in page
    assert "888888888" in page
    assert "строки, пришедшие дважды" in page
    assert "Құрылымға сәйкес келмейтін" in Visitor(app).get("/kk/dataset/s_buildings/quality").get_data(as_text=True)
    assert "/dataset/s_buildings/quality" in Visitor(app).get("/dataset/s_buildings").get_data(as_text=True)


def test_stale_addresses_are_recomputed_from_the_tree(
    agency: AddressRegisterSimulator, source: dict[str, Any], harvest: Callable[[str], Any]
) -> None:
    harvest(source["id"])
    street = agency.register.tables["s_geonims"].get(3) or {}
    name = "улица Нового Имени"
    agency.register.tables["s_geonims"].put(3, name_rus=name, modified="2026-01-01 00:00:00")
    agency.register.tables["s_pb"].put(1, full_path_rus="Казахстан, старый адрес")

    harvest(source["id"])

    above = street["full_path_rus"].rpartition(", ")[0]
    assert examples("s_geonims", "stale_path") == {3: (street["full_path_rus"], f"{above}, {name}")}
    in_street = [item for item in agency.items("s_buildings") if item["s_geonim_id"] == 3]
    assert counts("s_buildings")["stale_path"] == len(in_street) > 0, "though no building changed"
    assert counts("s_pb")["stale_path"] == 3 * len(in_street)
    assert examples("s_buildings", "stale_path")[in_street[0]["id"]][1] == f"{above}, {name}, {in_street[0]['number']}"


def test_a_dataset_that_was_not_looked_at_has_no_tab(app: CKANTestApp, publisher: dict[str, Any]) -> None:
    assert Visitor(app).get("/dataset/no-such/quality").status_code == 404
    call(
        "package_create",
        name="plain",
        owner_org=publisher["id"],
        title_translated={"kk": "Деректер", "ru": "Данные"},
        notes_translated={"kk": "Сипаттама", "ru": "Описание"},
    )
    assert Visitor(app).get("/dataset/plain/quality").status_code == 404
    assert "/dataset/plain/quality" not in Visitor(app).get("/dataset/plain").get_data(as_text=True)
