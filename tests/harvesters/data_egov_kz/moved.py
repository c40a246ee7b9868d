"""What was moved, and what the simulated portal has."""

from __future__ import annotations

from typing import Any

from ckanext.datastore.backend.postgres import get_read_engine
from sqlalchemy import text

from ckanext.opengov_kz.harvesters.data_egov_kz import mapping
from ckanext.opengov_kz.harvesters.data_egov_kz.simulator import DataEgovKzSimulator
from ckanext.opengov_kz.harvesters.data_egov_kz.simulator_data import FIELDS, rows
from tests.harvesters.conftest import call


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
