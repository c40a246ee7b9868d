"""The contract of statistical databases, against the simulator."""

from __future__ import annotations

import pytest

from ckanext.opengov_kz.harvesters.statistics.client import ContractError, StatisticsClient
from ckanext.opengov_kz.harvesters.statistics.simulator import StatisticsSimulator, generate
from ckanext.opengov_kz.shared.http import GuardedClient, RequestFailed

pytestmark = pytest.mark.fast


def client(database: StatisticsSimulator, page_size: int = 100) -> StatisticsClient:
    return StatisticsClient(database.url, GuardedClient(["127.0.0.1"], retries=0), page_size=page_size)


def test_all_values_arrive_once_from_whichever_page_on() -> None:
    with StatisticsSimulator(generate(2)) as database:
        reader = client(database)
        first, _second = reader.indicators()
        pages = list(reader.values(first.code, first.version))
        again = list(reader.values(first.code, first.version, 2, received=100))
    assert [item for page in pages for item in page.items] == database.indicators[first.code].values
    assert again == pages[1:]


def test_an_entry_without_a_usable_code_is_named_and_the_others_are_read() -> None:
    made = generate(3)
    made[0].about["code"] = "../secret"
    with StatisticsSimulator(made) as database:
        reader = client(database)
        assert [indicator.code for indicator in reader.indicators()] == ["unemployment", "wages"]
    assert reader.unusable == ["../secret"]


def test_another_version_in_the_middle_is_refused() -> None:
    with StatisticsSimulator(generate(1)) as database:
        reader = client(database)
        (indicator,) = reader.indicators()
        pages = reader.values(indicator.code, indicator.version)
        next(pages)
        database.revise(indicator.code, 1)
        with pytest.raises(ContractError) as refusal:
            next(pages)
    assert refusal.value.code == "version_gone"


def test_a_page_too_many_and_an_unknown_indicator_are_errors() -> None:
    with StatisticsSimulator(generate(1)) as database, pytest.raises(RequestFailed):
        list(client(database).values("nothing", "1"))


def test_a_wrong_number_of_values_is_noticed() -> None:
    with StatisticsSimulator(generate(1)) as database:
        reader = client(database)
        (indicator,) = reader.indicators()
        with pytest.raises(ContractError) as refusal:
            list(reader.values(indicator.code, indicator.version, 2, received=99))
    assert refusal.value.code == "total_mismatch"
