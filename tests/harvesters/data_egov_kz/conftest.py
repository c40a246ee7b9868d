"""A simulated portal, and a source of it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from ckanext.opengov_kz.harvesters.data_egov_kz.simulator import DataEgovKzSimulator
from ckanext.opengov_kz.harvesters.data_egov_kz.simulator_data import generate

Harvest = Callable[[str], dict[str, Any]]
MakeSource = Callable[..., dict[str, Any]]


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
