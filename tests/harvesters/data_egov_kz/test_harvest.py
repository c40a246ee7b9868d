"""Moving a portal: from its answers to datasets, publishers, rows, files and versions here."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ckan.plugins import toolkit
from ckan.tests import helpers

from ckanext.opengov_kz.harvesters.data_egov_kz.simulator import DataEgovKzSimulator
from ckanext.opengov_kz.harvesters.data_egov_kz.simulator_data import read_portal
from tests.harvesters.conftest import call
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


def test_rows_of_a_version_that_has_no_identifiers_arrive_by_their_places(
    portal: DataEgovKzSimulator, source: dict[str, Any], harvest: Harvest
) -> None:
    portal.entries[0].sizes["v1"] = 230
    portal.without_detailed.add("dataset_1")

    harvest(source["id"])

    found = stored(call("package_show", id="dataset_1")["resources"][0]["id"])
    assert [row["row_id"] for row in found] == [f"{place:010}" for place in range(1, 231)]
    assert [row[:-1] for row in as_sent(found)] == [row[:-1] for row in expected(portal, "dataset_1", "v1")]


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
