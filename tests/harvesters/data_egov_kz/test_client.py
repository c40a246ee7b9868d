"""The contract of the old portal, against the simulator."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ckanext.opengov_kz.harvesters.data_egov_kz.client import ContractError, PortalClient
from ckanext.opengov_kz.harvesters.data_egov_kz.simulator import DataEgovKzSimulator
from ckanext.opengov_kz.harvesters.data_egov_kz.simulator_data import generate, rows
from ckanext.opengov_kz.harvesters.simulating import ALWAYS, Fault
from ckanext.opengov_kz.shared.http import GuardedClient, RequestFailed

pytestmark = pytest.mark.fast


@pytest.fixture
def portal() -> Iterator[DataEgovKzSimulator]:
    entries = generate(12, versions=3)
    entries[1].sizes = {"v2": 0, "v1": 130}
    with DataEgovKzSimulator(entries) as simulator:
        yield simulator


def client(portal: DataEgovKzSimulator, retries: int = 1, **more: object) -> PortalClient:
    http = GuardedClient(["127.0.0.1"], retries=retries, backoff=0.01)
    return PortalClient(portal.url, http, page_size=50, **more)  # type: ignore[arg-type]


def test_the_catalogue_its_versions_and_fields(portal: DataEgovKzSimulator) -> None:
    reader = client(portal)
    assert reader.total() == len(reader.catalogue_page(1)) == 12
    assert reader.catalogue_page(2) == ()
    assert reader.versions("dataset_2").names == ("v2", "v1")
    assert reader.versions("dataset_10").names == ()
    meta = reader.meta("dataset_2", "v2")
    assert meta is not None
    assert meta["fields"]["bin"]["labelKk"] == "БСН"
    assert reader.meta("dataset_2", "v9") is None


def test_every_row_comes_once_from_wherever_it_is_begun(portal: DataEgovKzSimulator) -> None:
    reader = client(portal)
    pages = list(reader.rows("dataset_2", "v1"))
    assert [len(page.rows) for page in pages] == [50, 50, 30]
    assert [row for page in pages for row in page.rows] == list(rows("dataset_2", "v1", 130))
    assert list(reader.rows("dataset_2", "v1", 100, 130)) == pages[2:]
    assert [page.rows for page in reader.rows("dataset_2", "v2")] == [()]


def test_rows_without_identifiers_come_by_the_other_way(portal: DataEgovKzSimulator) -> None:
    portal.without_detailed.add("dataset_2")
    pages = list(client(portal).rows("dataset_2", "v1"))
    assert [len(page.rows) for page in pages] == [100, 30]
    with pytest.raises(ContractError) as refusal:
        list(client(portal).rows("dataset_2", "v9"))
    assert refusal.value.code == "no_such_rows"


def test_a_table_that_changes_while_it_is_paged_is_noticed(portal: DataEgovKzSimulator) -> None:
    pages = client(portal).rows("dataset_2", "v1")
    next(pages)
    portal.entries[1].sizes["v1"] = 131
    with pytest.raises(ContractError) as refusal:
        next(pages)
    assert refusal.value.code == "total_changed"


@pytest.mark.parametrize("status", [403, 429, 500, 502, 503])
def test_a_busy_portal_is_asked_again(portal: DataEgovKzSimulator, status: int) -> None:
    portal.fail("/datasets/getdatasetsrecount", status=status)
    assert client(portal).total() == 12
    portal.fail("/datasets/getdatasetsrecount", status=status, times=2)
    with pytest.raises(RequestFailed):
        client(portal).total()


@pytest.mark.parametrize("kind", ["cut_json", "empty"])
def test_an_answer_that_breaks_off_or_is_empty_is_asked_for_again(portal: DataEgovKzSimulator, kind: str) -> None:
    portal.add_fault(Fault("/datasets/getdatasetsre", kind))  # type: ignore[arg-type]
    assert len(client(portal).catalogue_page(1)) == 12
    portal.add_fault(Fault("/datasets/getdatasetsre", kind, times=ALWAYS))  # type: ignore[arg-type]
    with pytest.raises(ContractError) as refusal:
        client(portal).catalogue_page(1)
    assert refusal.value.code == "broken_json"


def test_no_content_is_no_rows(portal: DataEgovKzSimulator) -> None:
    portal.add_fault(Fault("/api/detailed", "no_content"))
    assert [page.total for page in client(portal).rows("dataset_2", "v1")] == [0]


def test_a_file_comes_with_its_name(portal: DataEgovKzSimulator) -> None:
    found = client(portal).file("dataset_10")
    assert found is not None
    assert found[0] == "dataset_10.csv"
    assert found[1].startswith(b"id,name_ru")
    assert client(portal).file("dataset_1") is None


def test_each_request_waits_for_its_turn(portal: DataEgovKzSimulator) -> None:
    turns: list[int] = []
    reader = client(portal, before_request=lambda: turns.append(len(portal.requests)))
    list(reader.rows("dataset_2", "v1"))
    assert turns == [0, 1, 2]
