"""Whole harvests of a statistical database: revised values stay readable, faults leave everything as it was."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from ckan.plugins import toolkit
from ckan.tests import helpers
from ckanext.datastore.backend.postgres import get_read_engine
from sqlalchemy import text

from ckanext.opengov_kz.harvesters.simulating import ALWAYS, Fault
from ckanext.opengov_kz.harvesters.statistics.mapping import COUNTRY
from ckanext.opengov_kz.harvesters.statistics.simulator import StatisticsSimulator, generate
from ckanext.opengov_kz.publishing.words import publishing_today
from tests.harvesters.conftest import call

Harvest = Callable[[str], dict[str, Any]]
MakeSource = Callable[..., dict[str, Any]]

pytestmark = [
    pytest.mark.usefixtures("clean_db", "clean_index", "with_plugins", "with_request_context"),
    pytest.mark.ckan_config("opengov.http.allowed_private_hosts", ["127.0.0.1"]),
    pytest.mark.ckan_config("opengov.harvesting.page_size", 100),
    pytest.mark.ckan_config("opengov.harvesting.request_attempts", 2),
]
CODE = "population"
#: The country and 20 regions in 12 quarters.
VALUES = 21 * 12


@pytest.fixture
def database() -> Iterator[StatisticsSimulator]:
    with StatisticsSimulator(generate(1)) as simulator:
        yield simulator


@pytest.fixture
def source(make_source: MakeSource, database: StatisticsSimulator) -> dict[str, Any]:
    return make_source(database.url, name="stat", title="Статистика", source_type="statistics")


def stored() -> list[dict[str, Any]]:
    resource_id = call("package_show", id=f"statistics-{CODE}")["resources"][0]["id"]
    query = text(f'SELECT * FROM "{resource_id}" ORDER BY _id')
    with get_read_engine().connect() as connection:
        return [dict(row) for row in connection.execute(query).mappings()]


def in_force(rows: list[dict[str, Any]]) -> dict[tuple[str, str], str]:
    return {(row["period"], row["kato"]): f"{row['value']:.1f}" for row in rows if row["status"] == "active"}


def published(database: StatisticsSimulator) -> dict[tuple[str, str], str]:
    return {(item["period"], item["kato"] or COUNTRY): item["value"] for item in database.indicators[CODE].values}


def codes(status: dict[str, Any]) -> list[str]:
    return [problem["code"] for problem in status["jobs"][0]["problems"]]


def test_the_first_harvest_brings_every_value_with_its_unit_and_territory(
    database: StatisticsSimulator, source: dict[str, Any], harvest: Harvest
) -> None:
    status = harvest(source["id"])

    assert status["state"] == "finished"
    assert status["jobs"][0]["counts"]["inserted"] == VALUES
    rows = stored()
    assert in_force(rows) == published(database)
    assert {(row["unit_kk"], row["unit_ru"]) for row in rows} == {("адам", "человек")}
    assert next(row for row in rows if row["kato"] == "710000000")["territory_kk"] == "Астана қаласы"
    package = call("package_show", id=f"statistics-{CODE}")
    assert package["title_translated"] == {"kk": "Халық саны", "ru": "Численность населения", "en": "Population"}
    assert package["frequency"] == "QUARTERLY"
    info = {field["id"]: field["info"] for field in call("datastore_info", id=package["resources"][0]["id"])["fields"]}
    assert info["kato"]["label_kk"]


def test_a_second_harvest_of_the_same_changes_nothing(source: dict[str, Any], harvest: Harvest) -> None:
    harvest(source["id"])
    before = stored()

    assert harvest(source["id"])["jobs"][0]["counts"]["unchanged"] == VALUES
    assert stored() == before


def test_a_revised_value_stays_readable_with_the_day_of_its_end(
    database: StatisticsSimulator, source: dict[str, Any], harvest: Harvest
) -> None:
    harvest(source["id"])
    former = database.revise(CODE, 3)

    counts = harvest(source["id"])["jobs"][0]["counts"]

    assert (counts["inserted"], counts["closed"], counts["unchanged"]) == (3, 3, VALUES - 3)
    rows = stored()
    assert in_force(rows) == published(database)
    place = {"period": former[1]["period"], "kato": former[1]["kato"]}
    resource_id = call("package_show", id=f"statistics-{CODE}")["resources"][0]["id"]
    found = helpers.call_action("datastore_search", resource_id=resource_id, filters=place, sort="valid_from")[
        "records"
    ]
    old, new = found
    assert (f"{old['value']:.1f}", old["status"]) == (former[1]["value"], "closed")
    assert old["valid_to"][:10] == publishing_today().isoformat()
    assert (new["status"], new["valid_to"]) == ("active", None)
    assert new["valid_from"][:10] == database.indicators[CODE].version


def test_everything_may_be_revised_at_once_and_a_quarter_added(
    database: StatisticsSimulator, source: dict[str, Any], harvest: Harvest
) -> None:
    harvest(source["id"])
    database.revise(CODE, VALUES)
    database.publish(CODE)

    status = harvest(source["id"])

    assert status["state"] == "finished"
    rows = stored()
    assert len(rows) == 2 * VALUES + 21
    assert in_force(rows) == published(database)


@pytest.mark.parametrize("left", [0, 100])
def test_a_publication_that_lost_most_values_is_held_back(
    database: StatisticsSimulator, source: dict[str, Any], harvest: Harvest, left: int
) -> None:
    harvest(source["id"])
    before = stored()
    database.revise(CODE, 1)
    del database.indicators[CODE].values[left:]

    status = harvest(source["id"])

    assert codes(status) == ["merge_refused"]
    assert stored() == before


FAULTS = [
    (Fault(f"/api/indicators/{CODE}", status=503, times=ALWAYS), "request_failed"),
    (Fault(f"/api/indicators/{CODE}", status=410, times=ALWAYS), "version_gone"),
    (Fault(f"/api/indicators/{CODE}", "cut_json", times=ALWAYS), "broken_json"),
    (Fault(f"/api/indicators/{CODE}", "cut_body", times=ALWAYS), "request_failed"),
    (Fault(f"/api/indicators/{CODE}", "empty", times=ALWAYS), "broken_json"),
]


@pytest.mark.parametrize(("fault", "code"), FAULTS, ids=[f"{fault.kind}-{code}" for fault, code in FAULTS])
def test_a_failing_database_is_told_in_words_and_the_next_run_goes_on(
    database: StatisticsSimulator, source: dict[str, Any], harvest: Harvest, fault: Fault, code: str
) -> None:
    harvest(source["id"])
    before = stored()
    database.revise(CODE, 2)
    fault.after = 1
    database.add_fault(fault)

    status = harvest(source["id"])

    assert codes(status) == [code]
    assert stored() == before
    assert "%(" not in toolkit.h.harvesting_problem_text(status["jobs"][0]["problems"][0])
    database.clear_faults()
    assert harvest(source["id"])["jobs"][0]["counts"]["inserted"] == 2
    assert in_force(stored()) == published(database)


def test_an_indicator_that_is_not_there_is_named(
    make_source: MakeSource, database: StatisticsSimulator, harvest: Harvest
) -> None:
    config = '{"tables": ["population", "wages"]}'
    source = make_source(database.url, name="stat", source_type="statistics", config=config)

    status = harvest(source["id"])

    assert status["jobs"][0]["problems"] == [{"code": "no_such_table", "details": {"table": "wages"}}]
