"""Moving a portal that fails here and there: each error on its line, and the next run brings what lacked."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from ckan import model
from ckan.plugins import toolkit
from ckanext.harvest import queue
from ckanext.harvest.model import HarvestObject

from ckanext.opengov_kz.harvesters.data_egov_kz import mapping
from ckanext.opengov_kz.harvesters.data_egov_kz.simulator import DataEgovKzSimulator
from ckanext.opengov_kz.harvesters.data_egov_kz.simulator_data import generate
from ckanext.opengov_kz.harvesters.simulating import ALWAYS, Fault
from tests.harvesters.conftest import call, drain
from tests.harvesters.data_egov_kz.moved import as_sent, assert_moved_whole, codes, expected, stored

Harvest = Callable[[str], dict[str, Any]]
MakeSource = Callable[..., dict[str, Any]]

pytestmark = [
    pytest.mark.usefixtures("clean_db", "clean_index", "with_plugins", "with_request_context"),
    pytest.mark.ckan_config("opengov.http.allowed_private_hosts", ["127.0.0.1"]),
    pytest.mark.ckan_config("opengov.harvesting.page_size", 25),
    pytest.mark.ckan_config("opengov.harvesting.request_attempts", 2),
    pytest.mark.ckan_config("opengov.data_egov_kz.requests_per_second", 1000),
]


FAULTS = [
    (Fault("/api/detailed/dataset_1/", status=503, times=ALWAYS), "request_failed"),
    (Fault("/api/detailed/dataset_1/", status=403, times=ALWAYS), "request_failed"),
    (Fault("/api/detailed/dataset_1/", status=429, retry_after=0, times=ALWAYS), "request_failed"),
    (Fault("/api/detailed/dataset_1/", "cut_json", times=ALWAYS), "broken_json"),
    (Fault("/api/detailed/dataset_1/", "cut_body", times=ALWAYS), "request_failed"),
    (Fault("/api/detailed/dataset_1/", "empty", times=ALWAYS), "broken_json"),
    (Fault("/datasets/view", status=500, times=2), "request_failed"),
]


@pytest.mark.parametrize(
    ("fault", "code"), FAULTS, ids=[f"{fault.kind}-{fault.status}-{code}" for fault, code in FAULTS]
)
def test_one_failing_dataset_is_told_and_the_others_are_moved_and_the_next_run_brings_it(
    portal: DataEgovKzSimulator, source: dict[str, Any], harvest: Harvest, fault: Fault, code: str
) -> None:
    portal.entries[0].sizes["v1"] = 60
    portal.add_fault(fault)

    status = harvest(source["id"])

    assert status["state"] == "finished_with_errors"
    assert codes(status) == [code]
    failed = [table for table in status["tables"] if table["problems"]]
    assert [table["title"] for table in failed] == ["dataset_1"]
    assert "dataset_1" in toolkit.h.harvesting_problem_text(status["jobs"][0]["problems"][0])
    assert model.Package.get("dataset_1") is None
    assert model.Package.get("dataset_2") is not None

    portal.clear_faults()
    assert harvest(source["id"])["state"] == "finished"
    assert_moved_whole(portal, source["id"])


@pytest.mark.parametrize("kind", ["status", "cut_json", "cut_body", "empty"])
def test_a_fault_that_passes_is_not_noticed(
    portal: DataEgovKzSimulator, source: dict[str, Any], harvest: Harvest, kind: Any
) -> None:
    for path in ("/datasets/getdatasetsre", "/meta/", "/api/detailed/", "/datasets/exportjson"):
        portal.add_fault(Fault(path, kind, status=403))

    assert harvest(source["id"])["state"] == "finished"
    assert_moved_whole(portal, source["id"])


def test_no_content_means_no_rows(portal: DataEgovKzSimulator, source: dict[str, Any], harvest: Harvest) -> None:
    portal.add_fault(Fault("/api/detailed/dataset_1/", "no_content", times=ALWAYS))

    assert harvest(source["id"])["state"] == "finished"
    assert stored(call("package_show", id="dataset_1")["resources"][0]["id"]) == []


def test_a_failing_older_version_is_named_and_the_others_are_there(
    portal: DataEgovKzSimulator, source: dict[str, Any], harvest: Harvest
) -> None:
    portal.entries[1].sizes.update({"v1": 30, "v2": 30})
    portal.add_fault(Fault("/api/detailed/dataset_2/v1", status=500, times=ALWAYS))

    status = harvest(source["id"])

    assert codes(status) == ["request_failed"]
    told = toolkit.h.harvesting_problem_text(status["jobs"][0]["problems"][0])
    assert "dataset_2" in told
    assert "v1" in told
    assert "HTTP 500" in told
    newest = mapping.resource_id(source["id"], "dataset_2", "v2")
    assert as_sent(stored(newest)) == expected(portal, "dataset_2", "v2")

    portal.clear_faults()
    assert harvest(source["id"])["state"] == "finished"
    assert_moved_whole(portal, source["id"])


def test_after_a_failure_only_the_missing_pages_are_asked_for(
    portal: DataEgovKzSimulator, source: dict[str, Any], harvest: Harvest
) -> None:
    portal.entries[0].sizes["v1"] = 80
    portal.add_fault(Fault("/api/detailed/dataset_1/", status=500, times=2, after=2))
    harvest(source["id"])
    asked = len(portal.requests)

    assert harvest(source["id"])["state"] == "finished"

    again = [request for request in portal.requests[asked:] if "dataset_1/" in request.path]
    assert [json.loads(request.query["source"])["from"] for request in again] == [50, 75]
    assert_moved_whole(portal, source["id"])


def test_items_that_cannot_be_used_are_told_on_a_line_each(
    portal: DataEgovKzSimulator, source: dict[str, Any], harvest: Harvest
) -> None:
    portal.spoil(3, "no_api_uri")
    portal.spoil(0, "same_api_uri")
    title = portal.entries[4].item["nameRu"]

    status = harvest(source["id"])

    assert sorted(codes(status)) == ["address_twice", "item_without_address"]
    told = [toolkit.h.harvesting_problem_text(problem) for problem in status["jobs"][0]["problems"]]
    assert any(title in text for text in told)
    assert any("dataset_1" in text for text in told)
    assert len(status["tables"]) == 3


def test_a_catalogue_page_that_cannot_be_had_is_told_and_the_others_are_moved(
    make_portal: MakeSource, harvest: Harvest
) -> None:
    with DataEgovKzSimulator(generate(105, versions=1)) as portal:
        for entry in portal.entries:
            entry.sizes = dict.fromkeys(entry.versions, 1)
        source = make_portal(portal.url, tables=["dataset_1", "dataset_104"])
        portal.fail("/datasets/getdatasetsre", status=500, times=2, after=1)

        status = harvest(source["id"])

        # The first request asks for the number of datasets.
        assert "catalogue_page" in codes(status)
        assert model.Package.get("dataset_104") is not None
        assert model.Package.get("dataset_1") is None
        harvest(source["id"])
        assert model.Package.get("dataset_1") is not None


def test_a_gather_that_begins_again_makes_no_object_twice(
    portal: DataEgovKzSimulator, source: dict[str, Any], empty_queues: None
) -> None:
    job = call("harvesting_source_run", id=source["id"])
    drain(queue.get_gather_consumer(), queue.gather_callback)
    publisher = queue.get_gather_publisher()
    assert publisher is not None
    publisher.send({"harvest_job_id": job["id"]})

    drain(queue.get_gather_consumer(), queue.gather_callback)

    assert model.Session.query(HarvestObject).count() == len(portal.entries)
