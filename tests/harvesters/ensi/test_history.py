"""A classifier as of any day, its versions and its changes: harvested from the simulator, asked through the actions."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from ckan import model
from ckan.plugins import toolkit
from sqlalchemy import event, text

from ckanext.opengov_kz.harvesters.ensi.mapping import day as read_day
from ckanext.opengov_kz.harvesters.ensi.simulator import EnsiSimulator
from ckanext.opengov_kz.harvesters.ensi.simulator_data import generate, with_defects
from ckanext.opengov_kz.harvesters.ensi.simulator_faults import Fault
from ckanext.opengov_kz.publishing.words import publishing_today
from tests.harvesters.conftest import call
from tests.harvesters.ensi.test_harvest import expected, stored, values

Harvest = Callable[[str], dict[str, Any]]
MakeSource = Callable[..., dict[str, Any]]

pytestmark = [
    pytest.mark.usefixtures("clean_db", "clean_index", "with_plugins", "with_request_context"),
    pytest.mark.ckan_config("opengov.http.allowed_private_hosts", ["127.0.0.1"]),
    pytest.mark.ckan_config("opengov.harvesting.page_size", 100),
    pytest.mark.ckan_config("opengov.harvesting.request_attempts", 1),
]
MARCH, APRIL, MAY = date(2026, 3, 1), date(2026, 4, 1), date(2026, 5, 1)


@pytest.fixture
def agency() -> Iterator[EnsiSimulator]:
    with EnsiSimulator([generate("KATO", 350)], offers_changes=True) as simulator:
        yield simulator


@pytest.fixture
def source(make_source: MakeSource, agency: EnsiSimulator) -> dict[str, Any]:
    return make_source(agency.url)


def as_of(day: date, **more: Any) -> dict[str, dict[str, Any]]:
    found = call("harvesting_classifier_show", id="ensi-kato", date=day.isoformat(), limit=1000, **more)
    assert found["total"] == len(found["items"])
    return {item["code"]: item for item in found["items"]}


def truth(agency: EnsiSimulator, day: date) -> set[tuple[str, str]]:
    """What the agency's own items say was in force: (code, Kazakh name)."""
    items = agency.items("KATO")
    return {
        (item["code"], item["name_kaz"])
        for item in items
        if (read_day(item["valid_from"]) or day) <= day and (read_day(item["valid_to"]) or date.max) > day
    }


def names(items: dict[str, dict[str, Any]]) -> set[tuple[str, str]]:
    return {(code, item["name_kk"]) for code, item in items.items()}


def test_the_classifier_can_be_asked_as_of_any_day(
    agency: EnsiSimulator, source: dict[str, Any], harvest: Harvest
) -> None:
    harvest(source["id"])
    before = truth(agency, MARCH)
    agency.change("KATO", closed=4, added=3, replaced=5, on=APRIL)
    status = harvest(source["id"])
    assert status["state"] == "finished"

    for day in (MARCH, APRIL - timedelta(days=1), APRIL, MAY):
        assert names(as_of(day)) == truth(agency, day), day
    assert names(as_of(MARCH)) == before
    assert len(as_of(date(2019, 12, 31))) == 0, "nothing was in force before"
    assert values(stored()).keys() == expected(agency).keys()


def test_a_name_that_changed_without_a_date_counts_from_the_versions_date_in_force(
    agency: EnsiSimulator, source: dict[str, Any], harvest: Harvest
) -> None:
    harvest(source["id"])
    before = names(as_of(MARCH))
    agency.change("KATO", renamed=6, on=APRIL)
    harvest(source["id"])
    assert names(as_of(APRIL - timedelta(days=1))) == before
    assert names(as_of(APRIL)) == truth(agency, APRIL)
    assert len(names(as_of(APRIL)) - before) == 6


def test_versions_are_kept_with_their_dates_and_counts(
    agency: EnsiSimulator, source: dict[str, Any], harvest: Harvest
) -> None:
    harvest(source["id"])
    agency.change("KATO", renamed=6, closed=2, added=3, on=APRIL)
    harvest(source["id"])
    harvest(source["id"])
    second, first = call("harvesting_classifier_version_list", id="ensi-kato")
    assert (first["version"], first["in_force"], first["first"]) == ("1", "2020-01-01", True)
    assert (first["added"], first["changed"], first["closed"]) == (350, 0, 0)
    assert (second["version"], second["in_force"]) == ("1 / 1", "2026-04-01")
    assert (second["added"], second["changed"], second["closed"]) == (3, 6, 2)


@pytest.mark.parametrize("form", ["json", "xml"])
def test_only_the_changes_are_fetched_where_the_agency_offers_them(
    agency: EnsiSimulator, make_source: MakeSource, harvest: Harvest, form: str
) -> None:
    source = make_source(agency.url, config=json.dumps({"format": form}))
    harvest(source["id"])
    agency.change("KATO", renamed=6, closed=2, added=3, replaced=2, on=APRIL)
    asked = len(agency.requests)

    counts = harvest(source["id"])["jobs"][0]["counts"]

    paths = [request.path for request in agency.requests[asked:]]
    assert not [path for path in paths if path.endswith("/items")]
    assert {request.query.get("format", "json") for request in agency.requests[asked:]} == {form}
    assert (counts["inserted"], counts["updated"], counts["closed"], counts["rejected"]) == (3, 10, 0, 0)
    assert names(as_of(APRIL)) == truth(agency, APRIL)
    assert set(values(stored())) == {item["code"] for item in agency.items("KATO")}


def test_a_version_that_the_agency_has_forgotten_is_loaded_whole(
    agency: EnsiSimulator, source: dict[str, Any], harvest: Harvest
) -> None:
    harvest(source["id"])
    for number in range(5):
        agency.change("KATO", renamed=2, closed=1, added=1, on=APRIL + timedelta(days=number))
    asked = len(agency.requests)
    assert harvest(source["id"])["state"] == "finished"
    assert [request for request in agency.requests[asked:] if request.path.endswith("/items")]
    assert names(as_of(MAY)) == truth(agency, MAY)


def test_rows_lost_from_the_table_come_back_with_a_whole_load(
    agency: EnsiSimulator, source: dict[str, Any], harvest: Harvest
) -> None:
    harvest(source["id"])
    resource = call("package_show", id="ensi-kato")["resources"][0]["id"]
    lost = next(iter(stored()))
    call("datastore_delete", resource_id=resource, filters={"code": lost}, force=True)
    harvest(source["id"])
    assert lost in stored()


def test_increments_can_be_switched_off(agency: EnsiSimulator, make_source: MakeSource, harvest: Harvest) -> None:
    source = make_source(agency.url, config=json.dumps({"increments": False}))
    harvest(source["id"])
    assert harvest(source["id"])["jobs"][0]["counts"]["unchanged"] == 350
    assert not [request for request in agency.requests if request.path.endswith("/changes")]


@pytest.mark.parametrize("config", ['{"format": "csv"}', '{"increments": "no"}', '{"format": ["xml"]}'])
def test_a_wrong_configuration_is_refused(make_source: MakeSource, config: str) -> None:
    with pytest.raises(toolkit.ValidationError) as refused:
        make_source("http://127.0.0.1:9", config=config)
    assert "config" in refused.value.error_dict


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        ("broken_json", "broken_xml"),
        ("wrong_encoding", "not_utf8"),
        ("entity_bomb", "unsafe_xml"),
        ("other_version", "version_changed"),
        ("cut_body", "request_failed"),
    ],
)
def test_a_fault_in_xml_is_told_in_words_and_changes_nothing(
    agency: EnsiSimulator, make_source: MakeSource, harvest: Harvest, kind: Any, code: str
) -> None:
    source = make_source(agency.url, config=json.dumps({"format": "xml", "increments": False}))
    harvest(source["id"])
    before, known = stored(), as_of(MAY)
    agency.change("KATO", renamed=5, on=APRIL)
    agency.add_fault(Fault(3, kind, times=-1))

    status = harvest(source["id"])

    assert [problem["code"] for problem in status["jobs"][0]["problems"]] == [code]
    told = toolkit.h.harvesting_problem_text(status["jobs"][0]["problems"][0])
    assert code not in told
    assert "%(" not in told
    assert (stored(), as_of(MAY)) == (before, known)
    agency.clear_faults()
    assert harvest(source["id"])["jobs"][0]["counts"]["updated"] == 5


def test_what_is_odd_is_told_and_nothing_is_lost(make_source: MakeSource, harvest: Harvest) -> None:
    with EnsiSimulator([with_defects(generate("KATO", 20))]) as agency:
        source = make_source(agency.url)
        status = harvest(source["id"])
        items = agency.items("KATO")

    assert status["state"] == "finished"
    found = status["tables"][0]["report"]["notes"]["findings"]
    assert {code: found.get(code) for code in ("cycle", "orphan", "duplicate_code", "overlapping_validity")} == {
        "cycle": 1, "orphan": 1, "duplicate_code": 1, "overlapping_validity": 1,
    }  # fmt: skip
    version = call("harvesting_classifier_version_list", id="ensi-kato")[0]
    assert ["cycle", "X1"] in version["findings"]["samples"]
    kept = {
        (state["code"], state["name_kk"])
        for code in {item["code"] for item in items}
        for state in call("harvesting_classifier_item_show", id="ensi-kato", code=code)["states"]
    }
    assert kept == {(item["code"], item["name_kaz"]) for item in items}
    top = as_of(MAY, parent="")
    assert {"X1", "X3", "X4", "X5"} <= set(top), "the ring and the orphan are within reach"
    assert "X2" in as_of(MAY, parent="X1")
    in_2023 = call("harvesting_classifier_show", id="ensi-kato", date="2023-06-01", q="X5")
    assert {item["name_kk"] for item in in_2023["items"]} == {"Ескі атау", "Жаңа атау"}, "both that overlap"


def test_every_item_is_reached_from_the_top_once(
    source: dict[str, Any], harvest: Harvest, agency: EnsiSimulator
) -> None:
    harvest(source["id"])
    reached: list[str] = []
    waiting = [""]
    while waiting:
        for code, item in as_of(MAY, parent=waiting.pop()).items():
            reached.append(code)
            if item["children"]:
                waiting.append(code)
    assert sorted(reached) == [item["code"] for item in agency.items("KATO")]


def test_a_search_finds_codes_and_names_without_kazakh_letters_and_shows_the_way(
    source: dict[str, Any], harvest: Harvest, agency: EnsiSimulator
) -> None:
    harvest(source["id"])
    item = next(entry for entry in agency.items("KATO") if "Қара" in entry["name_kaz"] and entry["parent_code"])
    for words in (item["code"], item["name_kaz"].lower(), item["name_kaz"].replace("Қ", "К"), item["name_rus"]):
        found = call("harvesting_classifier_show", id="ensi-kato", q=words, limit=1000)["items"]
        by_code = {entry["code"]: entry for entry in found}
        assert item["code"] in by_code, words
        path = by_code[item["code"]]["path"]
        assert path[-1]["code"] == item["code"]
        assert path[-2]["code"] == item["parent_code"]
        assert path[0]["parent_code"] is None
    assert call("harvesting_classifier_show", id="ensi-kato", q="100%_")["total"] == 0


def test_changes_are_listed_since_a_version_a_day_or_another_change(
    agency: EnsiSimulator, source: dict[str, Any], harvest: Harvest
) -> None:
    harvest(source["id"])
    agency.change("KATO", renamed=6, closed=2, added=3, on=APRIL)
    harvest(source["id"])

    def changes(**more: Any) -> list[dict[str, Any]]:
        return call("harvesting_classifier_change_list", id="ensi-kato", limit=1000, **more)["changes"]

    since = changes(since="1")
    assert sorted(change["kind"] for change in since) == ["added"] * 3 + ["changed"] * 6 + ["closed"] * 2
    assert {change["version"] for change in since} == {"1 / 1"}
    renamed = next(change for change in since if change["kind"] == "changed")
    assert renamed["previous"]["name_kk"] != renamed["item"]["name_kk"]
    assert changes(since="1 / 1") == []
    assert len(changes()) == 361
    assert changes(after=since[4]["id"]) == since[5:]
    assert [change["id"] for change in changes(since="1", newest_first=True)] == [c["id"] for c in reversed(since)]
    assert len(changes(since_date=(publishing_today() - timedelta(days=2)).isoformat())) == 361
    assert changes(since_date="2100-01-01") == []
    with pytest.raises(toolkit.ValidationError):
        changes(since="never heard of")


@pytest.mark.parametrize(
    "wrong",
    [
        {"date": "31.12.2025"},
        {"date": "0000-00-00"},
        {"limit": 1001},
        {"limit": "x"},
        {"offset": -1},
        {"offset": 10**30},
    ],
)
def test_wrong_questions_are_refused_in_words(source: dict[str, Any], harvest: Harvest, wrong: dict[str, Any]) -> None:
    harvest(source["id"])
    with pytest.raises(toolkit.ValidationError):
        call("harvesting_classifier_show", id="ensi-kato", **wrong)


def test_odd_texts_find_nothing_and_break_nothing(source: dict[str, Any], harvest: Harvest) -> None:
    harvest(source["id"])
    for odd in ("\0", "'; DROP TABLE package; --", "%", "\\", "x" * 5000, ":day"):
        call("harvesting_classifier_show", id="ensi-kato", q=odd, parent=odd)


def test_a_dataset_that_is_no_classifier_is_told(publisher: dict[str, Any]) -> None:
    for action in ("harvesting_classifier_show", "harvesting_classifier_version_list"):
        with pytest.raises(toolkit.ObjectNotFound):
            call(action, id="no-such-dataset")


def test_a_history_that_was_lost_on_the_way_is_made_up_by_the_next_run(
    agency: EnsiSimulator, source: dict[str, Any], harvest: Harvest
) -> None:
    harvest(source["id"])
    known = as_of(MAY)
    for table in ("state", "version"):
        model.Session.execute(text(f"DELETE FROM opengov_ensi_harvester_{table}"))
    model.Session.commit()
    assert harvest(source["id"])["jobs"][0]["counts"]["unchanged"] == 350
    assert names(as_of(MAY)) == names(known)


def test_the_number_of_queries_does_not_grow_with_the_items(
    source: dict[str, Any], harvest: Harvest, agency: EnsiSimulator
) -> None:
    harvest(source["id"])
    counted: list[str] = []

    def count(*arguments: Any) -> None:
        counted.append(arguments[2])

    event.listen(model.Session.get_bind(), "before_cursor_execute", count)
    try:
        numbers = []
        for limit in (1, 300):
            counted.clear()
            call("harvesting_classifier_show", id="ensi-kato", limit=limit, q="а")
            numbers.append(len(counted))
    finally:
        event.remove(model.Session.get_bind(), "before_cursor_execute", count)
    assert numbers[0] == numbers[1]


def test_a_large_classifier_is_asked_quickly_at_once_after_its_first_load(
    make_source: MakeSource, harvest: Harvest, ckan_config: dict[str, Any]
) -> None:
    ckan_config["opengov.harvesting.page_size"] = 1000
    with EnsiSimulator([generate("KATO", 8000)]) as agency:
        harvest(make_source(agency.url)["id"])
    began = time.monotonic()
    assert len(call("harvesting_classifier_show", id="ensi-kato", limit=1000)["items"]) == 1000
    # A tenth of a second; without statistics of the new rows it was half a minute.
    assert time.monotonic() - began < 5
