"""An agency with a register, its source in the portal, and the stored rows to be compared with the agency's."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from ckan.plugins import toolkit
from ckanext.datastore.backend.postgres import get_read_engine
from sqlalchemy import text

from ckanext.opengov_kz.harvesters.address_register import quality
from ckanext.opengov_kz.harvesters.address_register.mapping import RowMapper
from ckanext.opengov_kz.harvesters.address_register.simulator import AddressRegisterSimulator
from ckanext.opengov_kz.harvesters.address_register.simulator_data import Register
from tests.harvesters.conftest import call


@pytest.fixture
def agency() -> Iterator[AddressRegisterSimulator]:
    with AddressRegisterSimulator(Register(240)) as simulator:
        yield simulator


@pytest.fixture
def source(
    make_source: Callable[..., dict[str, Any]], agency: AddressRegisterSimulator, ckan_config: dict[str, Any]
) -> dict[str, Any]:
    ckan_config["opengov.harvesting.address_register.page_size"] = 100
    return make_source(agency.url, name="ar", title="АР", source_type="address_register")


def configure(source: dict[str, Any], config: dict[str, Any]) -> dict[str, Any]:
    """Saves the source with another configuration, as its form does."""
    names = ("id", "name", "title", "url", "source_type", "owner_org", "frequency")
    return call("harvest_source_update", **{name: source[name] for name in names}, config=json.dumps(config))


def stored(table: str) -> dict[int, dict[str, Any]]:
    """All rows of a table by id, with everything that is in them."""
    query = text(f'SELECT * FROM "{quality.resource_of(table)}"')
    with get_read_engine().connect() as connection:
        return {row["id"]: dict(row) for row in connection.execute(query).mappings()}


def values(rows: dict[int, dict[str, Any]]) -> dict[int, dict[str, Any]]:
    """The rows without the DataStore's own columns, as texts."""
    return {key: _texts({name: value for name, value in row.items() if name[0] != "_"}) for key, row in rows.items()}


def expected(agency: AddressRegisterSimulator, table: str) -> dict[int, dict[str, Any]]:
    """The agency's own rows."""
    return {row["id"]: _texts(row) for row in RowMapper(table).rows(agency.items(table)) if row}


def _texts(row: dict[str, Any]) -> dict[str, str | None]:
    return {name: None if value is None else str(value).replace("T", " ") for name, value in row.items()}


def told(problem: dict[str, Any]) -> str:
    """A problem in words."""
    return toolkit.h.harvesting_problem_text(problem)
