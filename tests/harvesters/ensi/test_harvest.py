"""Whole harvests of ENSI: from the agency over HTTP through the queues into the DataStore, with the agency's faults.

After each fault the stored rows are compared with what they were, one by one.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from ckan import model
from ckan.plugins import toolkit
from ckan.tests import helpers
from ckanext.datastore.backend.postgres import get_read_engine
from ckanext.harvest import queue
from ckanext.harvest.model import HarvestObject
from sqlalchemy import text

from ckanext.opengov_kz.harvesters.ensi.mapping import Rejected, to_row
from ckanext.opengov_kz.harvesters.ensi.simulator import EnsiSimulator
from ckanext.opengov_kz.harvesters.ensi.simulator_data import generate, read_kato
from ckanext.opengov_kz.harvesters.ensi.simulator_faults import Fault
from tests.harvesters.conftest import call, drain

Harvest = Callable[[str], dict[str, Any]]
MakeSource = Callable[..., dict[str, Any]]

pytestmark = [
    pytest.mark.usefixtures("clean_db", "clean_index", "with_plugins", "with_request_context"),
    pytest.mark.ckan_config("opengov.http.allowed_private_hosts", ["127.0.0.1"]),
    pytest.mark.ckan_config("opengov.harvesting.page_size", 100),
    pytest.mark.ckan_config("opengov.harvesting.request_attempts", 2),
]


@pytest.fixture
def agency() -> Iterator[EnsiSimulator]:
    with EnsiSimulator([generate("KATO", 350)]) as simulator:
        yield simulator


@pytest.fixture
def source(make_source: MakeSource, agency: EnsiSimulator) -> dict[str, Any]:
    return make_source(agency.url)


def resource() -> dict[str, Any]:
    return call("package_show", id="ensi-kato")["resources"][0]


def stored() -> dict[str, dict[str, Any]]:
    """All rows of the table by code, with everything that is in them."""
    query = text(f'SELECT * FROM "{resource()["id"]}"')
    with get_read_engine().connect() as connection:
        return {row["code"]: dict(row) for row in connection.execute(query).mappings()}


def values(rows: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """The rows without the DataStore's own columns, dates as texts."""
    return {
        code: {name: str(value) if value is not None else None for name, value in row.items() if name[0] != "_"}
        for code, row in rows.items()
    }


def expected(agency: EnsiSimulator) -> dict[str, dict[str, Any]]:
    """The agency's own items, as rows."""
    rows = [to_row(item, "KATO") for item in agency.items("KATO")]
    return {
        row["code"]: {name: str(value) if value is not None else None for name, value in row.items()}
        for row in rows
        if not isinstance(row, Rejected)
    }


def codes(status: dict[str, Any]) -> list[str]:
    return [problem["code"] for problem in status["jobs"][0]["problems"]]


def test_first_harvest_brings_every_item_once_and_publishes_it_in_both_languages(
    agency: EnsiSimulator, source: dict[str, Any], harvest: Harvest
) -> None:
    status = harvest(source["id"])

    assert status["state"] == "finished"
    assert status["jobs"][0]["counts"] == {
        "read": 350, "inserted": 350, "updated": 0, "unchanged": 0, "closed": 0, "rejected": 0,
    }  # fmt: skip
    assert values(stored()) == expected(agency)
    package = call("package_show", id="ensi-kato")
    assert package["title_translated"]["kk"].startswith("Әкімшілік-аумақтық")
    assert package["private"] is False
    for words in ("әкімшілік-аумақтық объектілер", "административно-территориальных объектов"):
        found = helpers.call_action("package_search", q=words)
        assert [hit["name"] for hit in found["results"]] == ["ensi-kato"]
    total = helpers.call_action("datastore_search", resource_id=resource()["id"], limit=1)["total"]
    assert total == 350
    info = {field["id"]: field["info"] for field in call("datastore_info", id=resource()["id"])["fields"]}
    assert info["name_kk"]["label_kk"]


def test_second_harvest_writes_nothing_when_nothing_changed(source: dict[str, Any], harvest: Harvest) -> None:
    harvest(source["id"])
    before, package = stored(), call("package_show", id="ensi-kato")

    status = harvest(source["id"])

    assert status["jobs"][0]["counts"]["unchanged"] == 350
    assert status["jobs"][0]["state"] == "finished"
    assert stored() == before, "even the positions and the search words of the rows are the same"
    assert call("package_show", id="ensi-kato")["metadata_modified"] == package["metadata_modified"]
    assert model.Session.query(HarvestObject).filter_by(current=True).count() == 1


def test_second_harvest_writes_only_what_changed(
    agency: EnsiSimulator, source: dict[str, Any], harvest: Harvest
) -> None:
    harvest(source["id"])
    before = stored()
    agency.change("KATO", renamed=5, closed=2, added=3)

    counts = harvest(source["id"])["jobs"][0]["counts"]

    after = stored()
    assert values(after) == expected(agency)
    # An item that the agency itself closed arrives as a change of its row, whose place it keeps.
    assert (counts["inserted"], counts["updated"], counts["unchanged"]) == (3, 7, 343)
    assert {code: row["_id"] for code, row in after.items() if code in before} == {
        code: row["_id"] for code, row in before.items()
    }


FAULTS = [
    (Fault(3, "status", status=500, times=-1), "request_failed"),
    (Fault(3, "body", body=b'{"items": [', times=-1), "broken_json"),
    (Fault(3, "cut_body", times=-1), "request_failed"),
    (Fault(3, "other_total", times=-1), "total_changed"),
    (Fault(3, "other_version", times=-1), "version_changed"),
    (Fault(3, "body", body=b"[]", times=-1), "not_an_object"),
    (Fault(3, "body", body=b"{}", times=-1), "missing_key"),
]


@pytest.mark.parametrize(("fault", "code"), FAULTS, ids=[f"{fault.kind}-{code}" for fault, code in FAULTS])
def test_a_failing_agency_is_told_in_words_and_the_next_run_goes_on(
    agency: EnsiSimulator, source: dict[str, Any], harvest: Harvest, fault: Fault, code: str
) -> None:
    harvest(source["id"])
    before = stored()
    agency.change("KATO", renamed=5)
    agency.add_fault(fault)

    status = harvest(source["id"])

    assert status["jobs"][0]["state"] == "failed"
    assert codes(status) == [code]
    assert stored() == before
    told = toolkit.h.harvesting_problem_text(status["jobs"][0]["problems"][0])
    assert told != code
    assert "%(" not in told
    assert "127.0.0.1" not in told

    agency.clear_faults()
    assert harvest(source["id"])["jobs"][0]["counts"]["updated"] == 5
    assert values(stored()) == expected(agency)


def test_after_a_failure_only_the_missing_pages_are_asked_for(
    agency: EnsiSimulator, source: dict[str, Any], harvest: Harvest
) -> None:
    agency.fail(3, status=503, times=-1)
    assert harvest(source["id"])["state"] == "failed"
    agency.clear_faults()
    asked_before = len(agency.requests)

    assert harvest(source["id"])["state"] == "finished"

    pages = [request.query["page"] for request in agency.requests[asked_before:] if "/items" in request.path]
    assert pages == ["3", "4"]
    assert values(stored()) == expected(agency)


def test_an_item_without_its_key_is_counted_and_the_others_are_stored(
    agency: EnsiSimulator, source: dict[str, Any], harvest: Harvest
) -> None:
    agency.add_fault(Fault(2, "item_without_key"))

    status = harvest(source["id"])

    assert status["jobs"][0]["counts"]["read"] == 350
    assert status["jobs"][0]["counts"]["rejected"] == 1
    assert status["tables"][0]["report"]["notes"]["rejections"] == {"missing_code": 1}
    assert len(stored()) == 349


def test_an_item_that_comes_without_its_key_is_not_closed(
    agency: EnsiSimulator, source: dict[str, Any], harvest: Harvest
) -> None:
    harvest(source["id"])
    before = stored()
    agency.add_fault(Fault(2, "item_without_key"))

    counts = harvest(source["id"])["jobs"][0]["counts"]

    assert (counts["closed"], counts["rejected"]) == (0, 1)
    assert stored() == before


def test_an_unreachable_agency_fails_the_job_and_not_the_consumer(make_source: MakeSource, harvest: Harvest) -> None:
    with EnsiSimulator([generate("KATO", 10)]) as agency:
        source = make_source(agency.url)

    status = harvest(source["id"])

    assert status["state"] == "failed"
    assert codes(status) == ["request_failed"]


def test_a_classifier_that_the_agency_does_not_have_is_named(
    make_source: MakeSource, agency: EnsiSimulator, harvest: Harvest
) -> None:
    source = make_source(agency.url, config=json.dumps({"tables": ["KATO", "OKED"]}))

    status = harvest(source["id"])

    assert status["state"] == "finished_with_errors"
    assert status["jobs"][0]["problems"] == [{"code": "no_such_table", "details": {"table": "OKED"}}]
    assert len(stored()) == 350


def test_an_answer_that_redirects_into_a_private_network_is_refused(
    agency: EnsiSimulator, source: dict[str, Any], harvest: Harvest
) -> None:
    agency.add_fault(Fault("/api/classifiers", "redirect", location="http://10.0.0.1/secret", times=-1))

    status = harvest(source["id"])

    assert codes(status) == ["address_refused"]
    assert "10.0.0.1" not in json.dumps(status)


REFUSED_ADDRESSES = [
    "not an address",
    "ftp://example.org/",
    "file:///etc/passwd",
    "http://10.0.0.7/api",
    "http://169.254.169.254/latest/meta-data",
    "http://[::1]:8500/",
    "http://user:secret@example.org/",
    "http://no-such-host.invalid/",
    "",
]


def test_a_source_with_an_address_that_must_not_be_asked_is_not_saved(make_source: MakeSource) -> None:
    for url in REFUSED_ADDRESSES:
        with pytest.raises(toolkit.ValidationError) as refusal:
            make_source(url)
        assert "url" in refusal.value.error_dict, url
        assert model.Package.get("ensi") is None, url


def test_a_private_address_needs_the_configuration(
    make_source: MakeSource, agency: EnsiSimulator, ckan_config: dict[str, Any]
) -> None:
    ckan_config["opengov.http.allowed_private_hosts"] = []
    with pytest.raises(toolkit.ValidationError):
        make_source(agency.url)


def test_a_source_can_be_moved_later_but_not_to_a_private_address(source: dict[str, Any]) -> None:
    stored = call("harvest_source_show", id=source["id"])
    with pytest.raises(toolkit.ValidationError) as refusal:
        call("harvest_source_update", **stored | {"url": "http://10.0.0.7/"})
    assert list(refusal.value.error_dict) == ["url"]
    assert call("harvest_source_show", id=source["id"])["url"] == source["url"]
    call("harvest_source_update", **stored | {"url": "https://8.8.8.8/api"})
    assert call("harvest_source_show", id=source["id"])["url"] == "https://8.8.8.8/api"


def test_two_runs_at_once_are_refused(source: dict[str, Any], empty_queues: None) -> None:
    call("harvesting_source_run", id=source["id"])
    with pytest.raises(toolkit.ValidationError):
        call("harvesting_source_run", id=source["id"])


def test_a_message_that_comes_twice_loads_once_and_keeps_the_first_report(
    source: dict[str, Any], empty_queues: None
) -> None:
    call("harvesting_source_run", id=source["id"])
    drain(queue.get_gather_consumer(), queue.gather_callback)
    entry = model.Session.query(HarvestObject).one()
    publisher = queue.get_fetch_publisher()
    assert publisher is not None
    # The periodic round of ckanext-harvest does this with an object that a consumer has just taken.
    publisher.send({"harvest_object_id": entry.id})
    drain(queue.get_fetch_consumer(), queue.fetch_callback)
    assert call("harvest_object_show", id=entry.id)["report_status"] == "added"
    call("harvest_jobs_run", source_id=source["id"])
    # And one that comes after the end of the job.
    publisher.send({"harvest_object_id": entry.id})
    drain(queue.get_fetch_consumer(), queue.fetch_callback)

    job = call("harvesting_source_status_show", id=source["id"])["jobs"][0]

    assert (job["state"], job["counts"]["inserted"], job["counts"]["unchanged"]) == ("finished", 350, 0)


def test_the_real_kato_arrives_whole_and_a_second_run_changes_nothing(
    shared_data: Path, make_source: MakeSource, harvest: Harvest, ckan_config: dict[str, Any]
) -> None:
    ckan_config["opengov.harvesting.page_size"] = 1000
    with EnsiSimulator([read_kato(shared_data / "kato_nk_rk_11-2025.csv")]) as agency:
        source = make_source(agency.url)

        first = harvest(source["id"])["jobs"][0]
        rows = stored()
        second = harvest(source["id"])["jobs"][0]

        assert (first["counts"]["read"], first["counts"]["inserted"]) == (15594, 15594)
        assert values(rows) == expected(agency)
        assert second["counts"]["unchanged"] == 15594
        assert stored() == rows
