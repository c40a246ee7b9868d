"""Whole harvests of the Address Register: from the agency over HTTP through the queues into the DataStore.

After each fault the stored rows are compared with the agency's, one by one.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from ckan import model
from ckan.tests import helpers
from ckanext.harvest.model import HarvestObject

from ckanext.opengov_kz.harvesters.address_register.client import TABLES
from ckanext.opengov_kz.harvesters.address_register.simulator import AddressRegisterSimulator
from ckanext.opengov_kz.harvesters.simulating import ALWAYS, Fault
from tests.harvesters.address_register.conftest import configure, expected, stored, told, values
from tests.harvesters.conftest import call

Harvest = Callable[[str], dict[str, Any]]

pytestmark = [
    pytest.mark.usefixtures("clean_db", "clean_index", "with_plugins", "with_request_context"),
    pytest.mark.ckan_config("opengov.http.allowed_private_hosts", ["127.0.0.1"]),
    pytest.mark.ckan_config("opengov.harvesting.request_attempts", 2),
]


def is_the_agencys(agency: AddressRegisterSimulator, *tables: str) -> bool:
    """Whether the stored rows are exactly the agency's."""
    for table in tables or TABLES:
        assert values(stored(table)) == expected(agency, table), table
    return True


def kinds(status: dict[str, Any]) -> dict[str, str]:
    """Table → how it was loaded."""
    job = status["jobs"][0]["id"]
    objects = model.Session.query(HarvestObject).filter_by(harvest_job_id=job)
    found = (json.loads(str(entry.content)) for entry in objects)
    return {entry["code"]: entry["about"]["kind"] for entry in found}


def asked(agency: AddressRegisterSimulator, table: str) -> list[dict[str, Any]]:
    """The bodies of the requests for pages of a table."""
    sources = [json.loads(one.query["source"]) for one in agency.requests if one.path == f"/api/v4/{table}/data"]
    return [source for source in sources if "sort" in source and "id" in source["sort"][0]]


def test_nine_tables_arrive_whole_each_named_as_its_table(
    agency: AddressRegisterSimulator, source: dict[str, Any], harvest: Harvest
) -> None:
    status = harvest(source["id"])

    assert status["state"] == "finished", status["jobs"][0]["problems"]
    assert is_the_agencys(agency)
    assert status["jobs"][0]["counts"]["inserted"] == agency.register.total()
    for table in TABLES:
        package = call("package_show", id=table)
        assert package["resources"][0]["name_translated"]["kk"] == table
        assert package["title_translated"]["kk"].startswith("Мекенжай тіркелімі")
        total = helpers.call_action("datastore_search", resource_id=package["resources"][0]["id"], limit=0)["total"]
        assert total == agency.register.tables[table].total
    assert [hit["name"] for hit in helpers.call_action("package_search", q="s_buildings")["results"]] == ["s_buildings"]


def test_a_second_harvest_asks_for_what_was_modified_and_writes_nothing(
    agency: AddressRegisterSimulator, source: dict[str, Any], harvest: Harvest
) -> None:
    harvest(source["id"])
    before = {table: stored(table) for table in TABLES}

    status = harvest(source["id"])

    assert status["state"] == "finished"
    found = kinds(status)
    assert {found[table] for table in ("s_ats", "s_geonims", "s_grounds_new", "s_buildings", "s_pb")} == {"increment"}
    assert found["d_rooms_types"] == "full", "a list without dates"
    counts = status["jobs"][0]["counts"]
    assert (counts["inserted"], counts["updated"], counts["closed"], counts["rejected"]) == (0, 0, 0, 0)
    assert {table: stored(table) for table in TABLES} == before, "even the positions and search words are the same"


def test_an_increment_brings_what_changed_and_a_whole_load_what_was_removed(
    agency: AddressRegisterSimulator, source: dict[str, Any], harvest: Harvest
) -> None:
    harvest(source["id"])
    before = stored("s_buildings")
    agency.change(0.05, removed=2, added=3)

    counts = harvest(source["id"])["jobs"][0]["counts"]

    assert counts["inserted"] == 6, "buildings and premises"
    assert counts["closed"] == 0
    after, right = values(stored("s_buildings")), expected(agency, "s_buildings")
    assert {key: row for key, row in after.items() if key in right} == right
    assert len(after) == len(right) + 2, "two removed ones are not known yet"
    assert {key: row["_id"] for key, row in stored("s_buildings").items() if key in before} == {
        key: row["_id"] for key, row in before.items()
    }

    configure(source, {"full_every_days": 0})
    status = harvest(source["id"])

    assert set(kinds(status).values()) == {"full"}
    assert status["jobs"][0]["counts"]["closed"] == 4
    assert is_the_agencys(agency)


def test_paging_by_from_brings_the_same(
    agency: AddressRegisterSimulator, source: dict[str, Any], harvest: Harvest
) -> None:
    agency.without_range = True
    configure(source, {"paging": "offset"})
    assert harvest(source["id"])["state"] == "finished"
    assert is_the_agencys(agency)


PASSING = [
    Fault("/api/v4/s_buildings", status=403),
    Fault("/api/v4/s_buildings", status=429, retry_after=0),
    Fault("/api/v4/s_buildings", status=502),
    Fault("/api/v4/s_buildings", "cut_body"),
    Fault("/api/v4/s_buildings", "cut_json"),
    Fault("/api/v4/s_buildings", "empty"),
    Fault("/api/v4/s_buildings", "slow", seconds=2),
]


@pytest.mark.parametrize("fault", PASSING, ids=[f"{fault.kind}-{fault.status}" for fault in PASSING])
@pytest.mark.ckan_config("opengov.harvesting.request_timeout_seconds", 1)
def test_a_fault_that_passes_is_not_noticed(
    agency: AddressRegisterSimulator, source: dict[str, Any], harvest: Harvest, fault: Fault
) -> None:
    configure(source, {"tables": ["s_buildings"]})
    agency.add_fault(Fault(**{**fault.__dict__, "after": 3}))
    status = harvest(source["id"])
    assert status["state"] == "finished", status["jobs"][0]["problems"]
    assert is_the_agencys(agency, "s_buildings")


LASTING = [
    (Fault("/api/v4/s_buildings", status=403, times=ALWAYS, after=4), "request_failed"),
    (Fault("/api/v4/s_buildings", status=429, retry_after=0, times=ALWAYS, after=4), "request_failed"),
    (Fault("/api/v4/s_buildings", status=500, times=ALWAYS, after=4), "request_failed"),
    (Fault("/api/v4/s_buildings", "cut_body", times=ALWAYS, after=4), "request_failed"),
    (Fault("/api/v4/s_buildings", "cut_json", times=ALWAYS, after=4), "broken_json"),
    (Fault("/api/v4/s_buildings", "empty", times=ALWAYS, after=4), "broken_json"),
    (Fault("/api/v4/s_buildings", "no_content", times=ALWAYS, after=4), "total_mismatch"),
]


@pytest.mark.parametrize(("fault", "code"), LASTING, ids=[f"{fault.kind}-{fault.status}" for fault, _ in LASTING])
def test_a_fault_that_lasts_is_told_and_the_next_run_makes_it_good(
    agency: AddressRegisterSimulator, source: dict[str, Any], harvest: Harvest, fault: Fault, code: str
) -> None:
    config = {"tables": ["s_buildings"], "full_every_days": 0}
    configure(source, config)
    harvest(source["id"])
    before = stored("s_buildings")
    agency.change(0.05)
    agency.add_fault(Fault(**fault.__dict__))

    status = harvest(source["id"])

    problems = status["jobs"][0]["problems"]
    assert [problem["code"] for problem in problems] == [code]
    assert code not in told(problems[0])
    assert "%(" not in told(problems[0])
    assert stored("s_buildings") == before
    agency.clear_faults()
    assert harvest(source["id"])["state"] == "finished"
    assert is_the_agencys(agency, "s_buildings")


def test_an_answer_that_is_an_error_is_told(
    agency: AddressRegisterSimulator, source: dict[str, Any], harvest: Harvest
) -> None:
    agency.error_text = "Индекс недоступен"
    status = harvest(source["id"])
    assert status["state"] == "failed"
    assert "Индекс недоступен" in told(status["jobs"][0]["problems"][0])


def test_rows_that_the_agency_leaves_out_are_noticed(
    agency: AddressRegisterSimulator, source: dict[str, Any], harvest: Harvest
) -> None:
    harvest(source["id"])
    before = stored("s_buildings")
    agency.losing.add("s_buildings")
    configure(source, {"tables": ["s_buildings"], "full_every_days": 0})
    status = harvest(source["id"])
    assert [problem["code"] for problem in status["jobs"][0]["problems"]] == ["total_mismatch"]
    assert stored("s_buildings") == before


@pytest.mark.parametrize("paging", ["cursor", "offset"])
def test_a_register_that_changes_while_it_is_paged_is_whole_after_the_next_run(
    agency: AddressRegisterSimulator, source: dict[str, Any], harvest: Harvest, paging: str
) -> None:
    configure(source, {"tables": ["s_buildings"], "paging": paging})
    pages = iter(range(100))

    def change(path: str) -> None:
        if path == "/api/v4/s_buildings/data" and next(pages, 0) in {4, 5}:
            agency.register.change(0.05, removed=0, added=2)

    agency.before = change
    assert harvest(source["id"])["state"] == "finished"
    agency.before = None
    rows = stored("s_buildings")
    assert set(rows) >= {item["id"] for item in agency.items("s_buildings") if item["id"] <= 240}

    assert harvest(source["id"])["state"] == "finished"

    assert is_the_agencys(agency, "s_buildings")


def test_after_a_failure_only_the_missing_pages_are_asked_for(
    agency: AddressRegisterSimulator, source: dict[str, Any], harvest: Harvest
) -> None:
    configure(source, {"tables": ["s_pb"]})
    agency.add_fault(Fault("/api/v4/s_pb", status=503, times=ALWAYS, after=5))
    assert harvest(source["id"])["state"] == "failed"
    agency.clear_faults()
    agency.requests.clear()

    assert harvest(source["id"])["state"] == "finished"

    first = asked(agency, "s_pb")[0]
    assert first["query"] == {"range": {"id": {"gte": 298}}}, "three pages are on disk"
    assert is_the_agencys(agency, "s_pb")


def test_a_table_that_is_not_there_is_named(
    agency: AddressRegisterSimulator, source: dict[str, Any], harvest: Harvest
) -> None:
    del agency.register.tables["s_pb"]
    status = harvest(source["id"])
    assert status["state"] == "finished_with_errors"
    assert status["jobs"][0]["problems"] == [{"code": "no_such_table", "details": {"table": "s_pb"}}]
