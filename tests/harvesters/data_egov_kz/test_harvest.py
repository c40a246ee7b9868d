"""A portal moved over: from the simulator over HTTP through the queues into the catalogue and the DataStore."""

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

from ckanext.opengov_kz.harvesters.data_egov_kz import mapping
from ckanext.opengov_kz.harvesters.data_egov_kz.simulator import DataEgovKzSimulator
from ckanext.opengov_kz.harvesters.data_egov_kz.simulator_data import FIELDS, generate, read_portal, rows
from ckanext.opengov_kz.harvesters.simulating import ALWAYS, Fault
from tests.harvesters.conftest import call, drain

Harvest = Callable[[str], dict[str, Any]]
MakeSource = Callable[..., dict[str, Any]]

pytestmark = [
    pytest.mark.usefixtures("clean_db", "clean_index", "with_plugins", "with_request_context"),
    pytest.mark.ckan_config("opengov.http.allowed_private_hosts", ["127.0.0.1"]),
    pytest.mark.ckan_config("opengov.harvesting.page_size", 25),
    pytest.mark.ckan_config("opengov.harvesting.request_attempts", 2),
    pytest.mark.ckan_config("opengov.data_egov_kz.requests_per_second", 1000),
]


@pytest.fixture
def portal() -> Iterator[DataEgovKzSimulator]:
    with DataEgovKzSimulator(generate(4)) as simulator:
        yield simulator


@pytest.fixture
def whole_portal() -> Iterator[DataEgovKzSimulator]:
    """With datasets of all publishers, a file, and one without data."""
    with DataEgovKzSimulator(generate(12)) as simulator:
        yield simulator


@pytest.fixture
def make_portal(make_source: MakeSource) -> MakeSource:
    def make(url: str, **config: Any) -> dict[str, Any]:
        return make_source(
            url, name="old", title="Старый портал", source_type="data_egov_kz", config=json.dumps(config)
        )

    return make


@pytest.fixture
def source(make_portal: MakeSource, portal: DataEgovKzSimulator) -> dict[str, Any]:
    return make_portal(portal.url)


def stored(resource_id: str) -> list[dict[str, Any]]:
    query = text(f'SELECT * FROM "{resource_id}" ORDER BY id')
    with get_read_engine().connect() as connection:
        return [dict(row) for row in connection.execute(query).mappings()]


def expected(portal: DataEgovKzSimulator, uri: str, version: str) -> list[list[str]]:
    entry = portal.entry(uri)
    assert entry is not None
    return [[str(row[name]) for name in FIELDS] + [row["_id"]] for row in rows(uri, version, entry.sizes[version])]


def as_sent(found: list[dict[str, Any]]) -> list[list[str]]:
    return [[str(row[name]) for name in FIELDS] + [row["row_id"]] for row in found]


def assert_moved_whole(portal: DataEgovKzSimulator, source_id: str) -> None:
    """Every dataset of the portal is here with every version, and every row of it once."""
    for entry in portal.entries:
        package = call("package_show", id=mapping.dataset_id(source_id, entry.api_uri))
        ids = [mapping.resource_id(source_id, entry.api_uri, version) for version in entry.versions]
        if not entry.is_file:
            assert [resource["id"] for resource in package["resources"]] == ids
        for version, resource_id in zip(entry.versions, ids, strict=True):
            assert as_sent(stored(resource_id)) == expected(portal, entry.api_uri, version)


def codes(status: dict[str, Any]) -> list[str]:
    """What went wrong, line by line; for a dataset that could not be moved the reason."""
    return [problem["details"].get("because", problem["code"]) for problem in status["jobs"][0]["problems"]]


def test_a_portal_is_moved_with_passports_publishers_rows_files_and_versions(
    whole_portal: DataEgovKzSimulator, make_portal: MakeSource, harvest: Harvest
) -> None:
    portal, source = whole_portal, make_portal(whole_portal.url)
    call(
        "group_create",
        name="health",
        title_translated={"kk": "Денсаулық сақтау", "ru": "Здравоохранение"},
        kind="theme",
    )
    finance = call(
        "organization_create",
        name="ministry-of-finance",
        kind="central",
        title_translated={
            "kk": "Қазақстан Республикасының Қаржы министрлігі",
            "ru": "Министерство финансов Республики Казахстан",
        },
    )
    portal.entries[0].item["categories"] = [{"id": "1", "nameRu": "Здравоохранение", "nameKk": "", "nameEn": ""}]

    status = harvest(source["id"])

    assert codes(status) == []
    assert status["state"] == "finished"
    assert_moved_whole(portal, source["id"])
    item = portal.entries[0].item
    package = call("package_show", id="dataset_1")
    assert package["title_translated"] == {"kk": item["nameKk"], "ru": item["nameRu"], "en": item["nameEn"]}
    assert package["frequency"] == item["actualizeType"]
    assert package["last_update"] == item["modifiedDate"][:10]
    assert package["responsible_email"] == item["responsible"]["email"]
    assert [group["name"] for group in package["groups"]] == ["health"]
    assert package["owner_org"] == finance["id"]
    assert package["private"] is False
    assert [hit["name"] for hit in helpers.call_action("package_search", q=f"«{item['nameKk']}»")["results"]][:1] == [
        "dataset_1"
    ]
    committee = call("organization_show", id=call("package_show", id="dataset_3")["owner_org"])
    assert (committee["title_translated"]["ru"][:8], committee["parent"]) == ("Комитет ", "ministry-of-finance")
    # The type that the old portal promised holds for the quantity, and not for numbers with zeros before them.
    fields = {field["id"]: field for field in call("datastore_info", id=package["resources"][0]["id"])["fields"]}
    assert (fields["amount"]["type"], fields["bin"]["type"]) == ("int8", "text")
    assert fields["name_kk"]["info"]["label_kk"] == "Атауы (қаз.)"
    file = call("package_show", id="dataset_10")["resources"][0]
    assert (file["format"], file["url_type"]) == ("CSV", "upload")
    assert call("package_show", id="dataset_11")["resources"] == []


def test_a_second_run_asks_for_the_catalogue_alone_and_changes_nothing(
    portal: DataEgovKzSimulator, source: dict[str, Any], harvest: Harvest
) -> None:
    harvest(source["id"])
    before = call("package_show", id="dataset_2")
    asked = len(portal.requests)

    status = harvest(source["id"])

    assert status["state"] == "finished"
    assert {request.path for request in portal.requests[asked:]} == {
        "/datasets/getdatasetsrecount",
        "/datasets/getdatasetsre",
    }
    assert call("package_show", id="dataset_2") == before


def test_everything_moved_again_leaves_the_same_rows_and_what_people_wrote(
    portal: DataEgovKzSimulator, make_portal: MakeSource, harvest: Harvest
) -> None:
    source = make_portal(portal.url, again=True)
    harvest(source["id"])
    call("package_patch", id="dataset_2", title_translated={"kk": "Өз атауы", "ru": "Своё название"})
    resource_id = call("package_show", id="dataset_2")["resources"][0]["id"]
    before = stored(resource_id)

    counts = harvest(source["id"])["jobs"][0]["counts"]

    assert (counts["inserted"], counts["updated"], counts["closed"]) == (0, 0, 0)
    assert counts["unchanged"] == sum(size for entry in portal.entries for size in entry.sizes.values())
    assert stored(resource_id) == before
    assert call("package_show", id="dataset_2")["title"] == "Өз атауы"


def test_a_new_version_becomes_the_first_table_and_the_older_ones_stay(
    portal: DataEgovKzSimulator, source: dict[str, Any], harvest: Harvest
) -> None:
    harvest(source["id"])
    entry = portal.entries[0]
    entry.versions, entry.sizes["v2"] = ("v2", *entry.versions), 40
    entry.item["modifiedDate"] = "2026-01-15 10:00:00"

    harvest(source["id"])

    package = call("package_show", id="dataset_1")
    assert [resource["name_translated"]["ru"] for resource in package["resources"]] == [
        "Данные, версия v2",
        "Данные, версия v1",
    ]
    assert package["last_update"] == "2026-01-15"
    assert_moved_whole(portal, source["id"])


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


def test_rows_of_a_version_that_has_no_identifiers_arrive_by_their_places(
    portal: DataEgovKzSimulator, source: dict[str, Any], harvest: Harvest
) -> None:
    portal.entries[0].sizes["v1"] = 230
    portal.without_detailed.add("dataset_1")

    harvest(source["id"])

    found = stored(call("package_show", id="dataset_1")["resources"][0]["id"])
    assert [row["row_id"] for row in found] == [f"{place:010}" for place in range(1, 231)]
    assert [row[:-1] for row in as_sent(found)] == [row[:-1] for row in expected(portal, "dataset_1", "v1")]


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


DEFECTS = [
    ("unknown_category", "unknown_category"),
    ("no_agency", "unknown_publisher"),
    ("unknown_agency", "publisher_created"),
    ("bad_dates", "bad_date"),
    ("huge_description", "description_shortened"),
    ("html_description", "html_made_plain"),
    ("no_description", "no_description"),
    ("swapped_languages", "languages_swapped"),
    ("bad_contacts", "bad_phone"),
    ("unknown_frequency", "unknown_frequency"),
]


def test_defects_of_passports_are_findings_and_stop_nothing(
    whole_portal: DataEgovKzSimulator, make_portal: MakeSource, harvest: Harvest
) -> None:
    portal, source = whole_portal, make_portal(whole_portal.url)
    for place, (defect, _finding) in enumerate(DEFECTS):
        portal.spoil(place, defect)  # type: ignore[arg-type]
    portal.spoil(11, "same_title")

    status = harvest(source["id"])

    assert status["state"] == "finished"
    assert_moved_whole(portal, source["id"])
    notes = {table["title"]: table["report"]["notes"]["findings"] for table in status["tables"]}
    for place, (_defect, finding) in enumerate(DEFECTS):
        assert finding in notes[f"dataset_{place + 1}"]
        assert toolkit.h.harvesting_finding_text(finding) != finding
    html = call("package_show", id="dataset_6")["notes_translated"]["ru"]
    assert html == "Первый абзац\n\n- раз\n- два"
    assert call("package_show", id="dataset_8")["title_translated"]["kk"] == "Ауыстырылған атау"
    assert call("package_show", id="dataset_2")["owner_org"] == call("organization_show", id="statistics")["id"]


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


def test_a_dataset_deleted_here_is_not_moved_again(
    portal: DataEgovKzSimulator, source: dict[str, Any], harvest: Harvest
) -> None:
    harvest(source["id"])
    call("package_delete", id="dataset_1")
    portal.entries[0].item["modifiedDate"] = "2026-01-15 10:00:00"

    status = harvest(source["id"])

    assert codes(status) == ["deleted_here"]
    assert call("package_show", id="dataset_1")["state"] == "deleted"


def test_a_name_that_another_dataset_has_is_left_to_it(
    portal: DataEgovKzSimulator, source: dict[str, Any], publisher: dict[str, Any], harvest: Harvest
) -> None:
    titles = {"kk": "Бұрынғы", "ru": "Прежний"}
    call(
        "package_create", name="dataset_1", title_translated=titles, notes_translated=titles, owner_org=publisher["id"]
    )

    harvest(source["id"])

    assert call("package_show", id="dataset_1")["title"] == "Бұрынғы"
    assert_moved_whole(portal, source["id"])


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


def test_configurations_that_make_no_sense_are_refused(portal: DataEgovKzSimulator, make_portal: MakeSource) -> None:
    for config in ({"versions": 0}, {"versions": "all"}, {"requests_per_second": 0}, {"again": "yes"}, {"tables": "x"}):
        with pytest.raises(toolkit.ValidationError):
            make_portal(portal.url, **config)


def test_only_the_newest_versions_are_moved_when_so_configured(
    portal: DataEgovKzSimulator, make_portal: MakeSource, harvest: Harvest
) -> None:
    source = make_portal(portal.url, versions=1, tables=["dataset_2"])

    harvest(source["id"])

    names = [resource["name_translated"]["en"] for resource in call("package_show", id="dataset_2")["resources"]]
    assert names == ["Data, version v2"]


@pytest.mark.ckan_config("opengov.harvesting.page_size", 1000)
def test_real_entries_are_moved_without_an_error(shared_data: Path, make_portal: MakeSource, harvest: Harvest) -> None:
    entries = read_portal(shared_data, versions=1)
    assert len(entries) == 906
    chosen = [entry for entry in entries if len(entry.item["nameRu"]) > 300] + entries[:: 906 // 30]
    wanted = list(dict.fromkeys(entry.api_uri for entry in chosen))
    with DataEgovKzSimulator(entries) as portal:
        source = make_portal(portal.url, tables=wanted)

        status = harvest(source["id"])

        assert status["state"] == "finished"
        portal.entries = [entry for entry in entries if entry.api_uri in wanted]
        assert_moved_whole(portal, source["id"])
