"""ENSI's contract, read over real HTTP from the simulator and from agencies that break it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from ckanext.opengov_kz.harvesters.ensi.client import Classifier, ContractError, EnsiClient
from ckanext.opengov_kz.harvesters.ensi.mapping import RowMapper
from ckanext.opengov_kz.harvesters.ensi.simulator import EnsiSimulator
from ckanext.opengov_kz.harvesters.ensi.simulator_data import (
    SimulatedClassifier,
    generate,
    item,
    read_kato,
)
from ckanext.opengov_kz.harvesters.ensi.simulator_faults import Fault
from ckanext.opengov_kz.shared.http import GuardedClient, RequestFailed, UrlRefused

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.fast


@pytest.fixture
def agency() -> Iterator[EnsiSimulator]:
    with EnsiSimulator([generate("KATO", 250), generate("OKED", 30)], offers_changes=True) as started:
        yield started


def client_of(agency: EnsiSimulator, page_size: int = 100, **options: Any) -> EnsiClient:
    http = GuardedClient([agency.host_port], sleep=lambda _seconds: None, **options)
    return EnsiClient(f"{agency.url}/", http, page_size)


def codes(client: EnsiClient, **options: Any) -> list[str]:
    return [entry["code"] for page in client.pages("KATO", **options) for entry in page.items]


def test_list_of_classifiers_arrives_whole_over_several_pages(agency: EnsiSimulator) -> None:
    assert client_of(agency, page_size=1).classifiers() == [
        Classifier(
            "KATO",
            "Әкімшілік-аумақтық объектілер жіктеуіші",
            "Классификатор административно-территориальных объектов",
            "1",
            "2020-01-01",
            250,
            changes=True,
        ),
        Classifier(
            "OKED",
            "Экономикалық қызмет түрлерінің жалпы жіктеуіші",
            "Общий классификатор видов экономической деятельности",
            "1",
            "2020-01-01",
            30,
            changes=True,
        ),
    ]


@pytest.mark.parametrize("code", ["../../etc", "a/b", "", "a b", ".hidden", "x" * 65])
def test_entry_with_a_dangerous_code_is_left_out_and_told_while_others_are_read(code: str) -> None:
    with EnsiSimulator([generate("KATO", 1), SimulatedClassifier(code, "1", [])]) as agency:
        client = client_of(agency)
        assert [entry.code for entry in client.classifiers()] == ["KATO"]
        assert len(client.rejected_classifiers) == 1
        assert client.rejected_classifiers[0].code in {"bad_code", "wrong_type"}
        with pytest.raises(ContractError):
            list(client.pages(code))


def test_every_item_arrives_exactly_once(agency: EnsiSimulator) -> None:
    pages = list(client_of(agency).pages("KATO"))
    assert [(page.number, page.pages, page.total, len(page.items)) for page in pages] == [
        (1, 3, 250, 100),
        (2, 3, 250, 100),
        (3, 3, 250, 50),
    ]
    received = [entry for page in pages for entry in page.items]
    assert received == agency.items("KATO")


def test_empty_classifier_is_one_empty_page() -> None:
    with EnsiSimulator([generate("KATO", 0)]) as agency:
        assert [page.items for page in client_of(agency).pages("KATO")] == [()]


def test_pages_are_fetched_one_at_a_time(agency: EnsiSimulator) -> None:
    pages = client_of(agency).pages("KATO")
    next(pages)
    assert len(agency.requests) == 1


def test_reading_goes_on_from_the_page_where_it_stopped(agency: EnsiSimulator) -> None:
    client = client_of(agency)
    first = next(client.pages("KATO"))
    rest = codes(client, start_page=2, version=first.version, received=len(first.items))
    assert [entry["code"] for entry in first.items] + rest == [entry["code"] for entry in agency.items("KATO")]


def test_going_on_with_a_wrong_count_is_noticed(agency: EnsiSimulator) -> None:
    with pytest.raises(ContractError) as broken:
        codes(client_of(agency), start_page=2, version="1", received=99)
    assert broken.value.code == "total_mismatch"
    assert broken.value.details == {"classifier": "KATO", "expected": 250, "got": 249}


def test_version_published_in_the_middle_does_not_mix_with_the_one_being_read(agency: EnsiSimulator) -> None:
    before = agency.items("KATO")
    pages = client_of(agency).pages("KATO")
    received = list(next(pages).items)
    agency.change("KATO", renamed=20, closed=10, added=15)
    received += [entry for page in pages for entry in page.items]
    assert received == before


def test_version_that_is_no_longer_served_is_told(agency: EnsiSimulator) -> None:
    pages = client_of(agency).pages("KATO")
    next(pages)
    for _ in range(5):
        agency.change("KATO", renamed=1)
    with pytest.raises(ContractError) as broken:
        list(pages)
    assert broken.value.code == "version_gone"
    assert broken.value.details["page"] == 2


def test_server_errors_are_survived_within_the_retries(agency: EnsiSimulator) -> None:
    agency.fail(2, status=500, times=3)
    assert len(codes(client_of(agency))) == 250


def test_server_that_stays_down_is_a_failure_after_the_good_pages(agency: EnsiSimulator) -> None:
    agency.fail(2, status=500, times=-1)
    pages = client_of(agency).pages("KATO")
    assert next(pages).number == 1
    with pytest.raises(RequestFailed) as failed:
        next(pages)
    assert failed.value.status == 500


def test_answer_cut_in_the_middle_is_asked_for_again(agency: EnsiSimulator) -> None:
    agency.add_fault(Fault(2, "cut_body"))
    assert len(codes(client_of(agency))) == 250


def test_slow_answer_is_asked_for_again(agency: EnsiSimulator) -> None:
    agency.add_fault(Fault(2, "slow", seconds=0.6))
    assert len(codes(client_of(agency, timeout=(1, 0.2)))) == 250


def test_redirect_to_a_private_address_is_refused(agency: EnsiSimulator) -> None:
    agency.add_fault(Fault(2, "redirect", location="http://169.254.169.254/latest/"))
    with pytest.raises(UrlRefused):
        codes(client_of(agency))


@pytest.mark.parametrize(
    ("kind", "code"),
    [("broken_json", "broken_json"), ("other_version", "version_changed"), ("other_total", "total_changed")],
)
def test_page_that_breaks_the_contract_is_named(agency: EnsiSimulator, kind: Any, code: str) -> None:
    agency.add_fault(Fault(2, kind))
    with pytest.raises(ContractError) as broken:
        codes(client_of(agency))
    assert broken.value.code == code
    assert broken.value.details["page"] == 2
    assert broken.value.details["classifier"] == "KATO"


def test_item_without_its_key_does_not_stop_the_others(agency: EnsiSimulator) -> None:
    agency.add_fault(Fault(2, "item_without_key"))
    mapper = RowMapper("KATO")
    rows = [row for page in client_of(agency).pages("KATO") for row in mapper.rows(page.items)]
    assert len(rows) == 249
    assert mapper.rejections == {"missing_code": 1}
    assert mapper.rejected_samples[0].item["name_kaz"] == agency.items("KATO")[100]["name_kaz"]


# The whole of a classifier in one page, to be spoiled in one place at a time.
GOOD = {"classifier": "KATO", "version": "1", "page": 1, "pages": 1, "total": 1, "items": [item("1", "а", "а")]}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"items": None}, "wrong_type"),
        ({"items": {}}, "wrong_type"),
        ({"total": "1"}, "wrong_type"),
        ({"total": True}, "wrong_type"),
        ({"total": -1}, "wrong_type"),
        ({"version": ""}, "wrong_type"),
        ({"version": None}, "wrong_type"),
        ({"classifier": "OKED"}, "wrong_classifier"),
        ({"page": 2}, "wrong_page"),
        ({"total": 2}, "total_mismatch"),
        ({"total": 0}, "total_mismatch"),
        ({"items": []}, "empty_page"),
        ({"pages": 10**9, "items": []}, "empty_page"),
    ],
)
def test_bad_value_at_page_level_is_named(agency: EnsiSimulator, change: dict[str, Any], code: str) -> None:
    agency.add_fault(Fault(1, "body", body=json.dumps(GOOD | change).encode()))
    with pytest.raises(ContractError) as broken:
        codes(client_of(agency))
    assert broken.value.code == code


@pytest.mark.parametrize("key", ["classifier", "version", "page", "pages", "total", "items"])
def test_missing_key_at_page_level_is_named(agency: EnsiSimulator, key: str) -> None:
    answer = {name: value for name, value in GOOD.items() if name != key}
    agency.add_fault(Fault(1, "body", body=json.dumps(answer).encode()))
    with pytest.raises(ContractError) as broken:
        codes(client_of(agency))
    assert broken.value.code == "missing_key"
    assert broken.value.details["key"] == key


@pytest.mark.parametrize("answer", [[], None, "text", 5])
def test_answer_that_is_no_object_is_named(agency: EnsiSimulator, answer: Any) -> None:
    agency.add_fault(Fault("/api/classifiers", "body", body=json.dumps(answer).encode()))
    with pytest.raises(ContractError) as broken:
        client_of(agency).classifiers()
    assert broken.value.code == "not_an_object"


@pytest.mark.parametrize(
    ("entry", "code"),
    [
        (None, "not_an_object"),
        ({"name_kaz": "а", "version": "1"}, "missing_key"),
        ({"code": 5, "version": "1"}, "wrong_type"),
        ({"code": "GO"}, "missing_key"),
        ({"code": "GO", "version": " "}, "wrong_type"),
    ],
)
def test_unusable_entry_of_the_list_is_told_and_forgotten_at_the_next_reading(
    agency: EnsiSimulator, entry: Any, code: str
) -> None:
    good = {"code": "MKEIS", "version": "2", "name_kaz": " Өлшем  бірліктері ", "size": True, "valid_from": 5}
    answer = {"page": 1, "pages": 1, "total": 2, "items": [entry, good]}
    agency.add_fault(Fault("/api/classifiers", "body", body=json.dumps(answer).encode()))
    client = client_of(agency)
    assert client.classifiers() == [Classifier("MKEIS", "Өлшем бірліктері", "", "2")]
    assert [error.code for error in client.rejected_classifiers] == [code]
    client.classifiers()
    assert client.rejected_classifiers == []


def test_changes_are_the_items_in_their_new_state(agency: EnsiSimulator) -> None:
    client = client_of(agency, page_size=4)
    before = {entry["code"]: entry for entry in agency.items("KATO")}
    agency.change("KATO", renamed=5)
    agency.change("KATO", closed=2, added=3)
    received = [entry for page in client.changes("KATO", "1") for entry in page.items]
    expected = [entry for entry in agency.items("KATO") if before.get(entry["code"]) != entry]
    assert received == expected
    assert 8 <= len(received) <= 10


def test_changes_since_a_forgotten_version_ask_for_the_whole(agency: EnsiSimulator) -> None:
    with pytest.raises(ContractError) as broken:
        list(client_of(agency).changes("KATO", "unknown"))
    assert broken.value.code == "version_gone"


def test_all_15594_items_of_the_real_kato_arrive_once_and_become_rows(shared_data: Path) -> None:
    with EnsiSimulator([read_kato(shared_data / "kato_nk_rk_11-2025.csv")]) as agency:
        client = client_of(agency, page_size=1000)
        (classifier,) = client.classifiers()
        mapper = RowMapper("KATO")
        rows = [row for page in client.pages("KATO") for row in mapper.rows(page.items)]
    assert (classifier.version, classifier.size) == ("NK RK 11-2025", 15594)
    assert len(agency.requests) == 1 + 16
    by_code = {row["code"]: row for row in rows}
    assert len(rows) == len(by_code) == 15594
    assert not mapper.rejections
    assert [sum(row["level"] == level for row in rows) for level in (1, 2, 3, 4)] == [20, 209, 2379, 12986]
    assert all(row["parent_code"] in by_code for row in rows if row["level"] != 1)
    assert all(row["name_kk"] and row["name_ru"] for row in rows)
    # The file's own dirt: letters of other alphabets in twelve names, such as Ќабырғатал for Қабырғатал.
    assert mapper.findings == {"foreign_letter": 12}
    assert by_code["103665151"]["name_kk"] == "Ќабырғатал а."
    assert by_code["711110000"]["parent_code"] == "710000000"
