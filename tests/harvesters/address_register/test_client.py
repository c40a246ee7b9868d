"""The contract, against the simulator over HTTP: paging that loses and repeats nothing, retries, rate, errors."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest

from ckanext.opengov_kz.harvesters.address_register.client import (
    PAGINGS,
    RETRY_STATUSES,
    TABLES,
    UNDATED,
    AddressRegisterClient,
    Begun,
    ContractError,
    Paging,
    identifier,
)
from ckanext.opengov_kz.harvesters.address_register.simulator import AddressRegisterSimulator
from ckanext.opengov_kz.harvesters.address_register.simulator_data import Register, spoil
from ckanext.opengov_kz.harvesters.simulating import ALWAYS, Fault
from ckanext.opengov_kz.shared.http import GuardedClient, RequestFailed

pytestmark = pytest.mark.fast

NOW = datetime(2026, 1, 31)  # noqa: DTZ001 - the agency's clock


@pytest.fixture
def agency() -> Iterator[AddressRegisterSimulator]:
    register = Register(200)
    spoil(register)
    with AddressRegisterSimulator(register) as simulator:
        yield simulator


def client(agency: AddressRegisterSimulator, waits: list[float] | None = None, **options: Any) -> AddressRegisterClient:
    slept = [] if waits is None else waits
    key = options.pop("key", "")
    http = GuardedClient(
        allowed_private=["127.0.0.1"],
        retries=2,
        retry_statuses=RETRY_STATUSES,
        headers={"X-API-KEY": key} if key else {},
        sleep=slept.append,
    )
    return AddressRegisterClient(agency.url, http, **{"page_size": 40, "attempts": 3, "sleep": slept.append} | options)


def items(pages: Any) -> list[Any]:
    return [item for page in pages for item in page.items]


@pytest.mark.parametrize("paging", PAGINGS)
@pytest.mark.parametrize("size", [7, 40, 5000])
def test_every_row_comes_as_often_as_the_agency_has_it(
    agency: AddressRegisterSimulator, paging: Paging, size: int
) -> None:
    for table in TABLES:
        found = items(client(agency, page_size=size).pages(table, paging=paging))
        assert found == agency.items(table), table


@pytest.mark.parametrize("paging", PAGINGS)
def test_a_load_goes_on_where_it_stopped(agency: AddressRegisterSimulator, paging: Paging) -> None:
    walk = client(agency).pages("s_buildings", paging=paging)
    kept = [next(walk), next(walk)]
    begun = Begun(2, sum(len(page.items) for page in kept), tuple(kept[-1].items))
    rest = client(agency).pages("s_buildings", begun=begun, paging=paging)
    assert items([*kept, *rest]) == agency.items("s_buildings")


@pytest.mark.parametrize("paging", PAGINGS)
def test_rows_removed_and_added_while_paging_move_no_other_row(
    agency: AddressRegisterSimulator, paging: Paging
) -> None:
    table = agency.register.tables["s_buildings"]
    walk = client(agency).pages("s_buildings", paging=paging)
    found = items([next(walk), next(walk)])
    for number in (10, 20, 30):
        table.remove(number)
    table.put(201, **{**table.make(200), "id": 201})
    found += items(walk)
    assert [item["id"] for item in found if item["id"] not in {5, 6}] == [
        number for number in range(1, 202) if number not in {5, 6}
    ]


def test_an_increment_brings_what_was_modified_since(agency: AddressRegisterSimulator) -> None:
    agency.change(0.05, at=NOW, added=2)
    found = items(client(agency).pages("s_buildings", since="2026-01-01 00:00:00"))
    assert len(found) == 13
    # The one whose date cannot be read comes every time, as the agency compares texts.
    assert {item["modified"] for item in found} == {"2026-01-31 00:00:00", "кеше"}
    assert client(agency).newest("s_buildings", NOW) == "2026-01-31 00:00:00"


def test_a_date_of_the_future_is_not_taken_for_the_newest(agency: AddressRegisterSimulator) -> None:
    agency.register.tables["s_buildings"].put(11, modified="2099-01-01 00:00:00")
    assert (client(agency).newest("s_buildings", NOW) or "") < "2026"


def test_dictionaries_have_no_dates(agency: AddressRegisterSimulator) -> None:
    for table in UNDATED:
        assert client(agency).newest(table, NOW) is None


@pytest.mark.parametrize("kind", ["cut_json", "empty", "cut_body", "status"])
def test_a_page_is_asked_for_again_with_growing_pauses(agency: AddressRegisterSimulator, kind: Any) -> None:
    waits: list[float] = []
    agency.add_fault(Fault("/api/v4/s_buildings", kind, times=2, after=1))
    assert items(client(agency, waits).pages("s_buildings")) == agency.items("s_buildings")
    assert waits == [0.5, 1.0]


def test_the_agencys_retry_after_is_kept(agency: AddressRegisterSimulator) -> None:
    waits: list[float] = []
    agency.fail("/api/v4/s_buildings", status=429, retry_after=17)
    items(client(agency, waits).pages("s_buildings"))
    assert waits == [17.0]


def test_retries_have_an_end(agency: AddressRegisterSimulator) -> None:
    agency.add_fault(Fault("/api/v4/s_buildings", "empty", times=ALWAYS))
    with pytest.raises(ContractError) as error:
        items(client(agency).pages("s_buildings"))
    assert error.value.code == "broken_json"
    assert sum(request.path.startswith("/api/v4") for request in agency.requests) == 3


def test_no_content_means_no_rows(agency: AddressRegisterSimulator) -> None:
    agency.add_fault(Fault("/api/v4/s_buildings", "no_content", times=ALWAYS))
    agency.add_fault(Fault("/api/detailed/s_buildings", "no_content", times=ALWAYS))
    assert items(client(agency).pages("s_buildings")) == []


def test_fewer_rows_than_the_agency_counts_is_an_error(agency: AddressRegisterSimulator) -> None:
    agency.losing.add("s_buildings")
    with pytest.raises(ContractError) as error:
        items(client(agency).pages("s_buildings"))
    assert error.value.code == "total_mismatch"


def test_the_rate_is_kept(agency: AddressRegisterSimulator) -> None:
    waits: list[float] = []
    items(client(agency, waits, rate=2).pages("d_rooms_types"))
    assert all(0 <= wait <= 0.5 for wait in waits)
    assert sum(wait > 0.3 for wait in waits) >= 3


def test_the_key_travels_in_a_header_and_in_no_text(agency: AddressRegisterSimulator) -> None:
    agency.api_key = "open-sesame"
    assert items(client(agency, key="open-sesame").pages("d_rooms_types"))
    with pytest.raises(RequestFailed) as error:
        items(client(agency, key="wrong").pages("d_rooms_types"))
    assert error.value.status == 403
    opened = client(agency, key="open-sesame")
    assert "open-sesame" not in f"{opened!r} {opened.http!r} {error.value} {error.value.url}"


@pytest.mark.parametrize(
    ("value", "number"),
    [(5, 5), ("5", 5), (" 5 ", 5), (5.0, 5), (5.5, None), ("5a", None), (True, None), (None, None), ("", None)],
)
def test_identifiers_come_in_several_forms(value: Any, number: int | None) -> None:
    assert identifier({"id": value}) == number


def test_an_error_in_a_good_answer_is_an_error(agency: AddressRegisterSimulator) -> None:
    agency.error_text = "Индекс недоступен"
    with pytest.raises(ContractError) as error:
        client(agency).exists("s_ats")
    assert error.value.details["text"] == "Индекс недоступен"
