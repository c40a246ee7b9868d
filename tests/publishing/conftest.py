"""DataStore tables without a dataset around them: quick to make, gone after the test."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from ckanext.datastore.backend import DatastoreBackend
from ckanext.datastore.backend.postgres import get_write_engine

MakeTable = Callable[..., str]


@pytest.fixture
def make_table(with_plugins: None) -> Iterator[MakeTable]:
    """`make_table({"code": "text", …}, key=["code"])` makes an empty table as datastore_create does; its name."""
    made: list[str] = []

    def make(fields: dict[str, str], key: list[str] | None = None, info: dict[str, Any] | None = None) -> str:
        name = str(uuid.uuid4())
        described = [{"id": n, "type": t, "info": (info or {}).get(n, {})} for n, t in fields.items()]
        data = {"resource_id": name, "fields": described, "primary_key": key or [], "include_records": False}
        DatastoreBackend.get_active_backend().create({}, data | {"connection_url": ""}, {})
        made.append(name)
        return name

    yield make
    with get_write_engine().begin() as connection:
        for name in made:
            connection.execute(sa.text(f'DROP TABLE IF EXISTS "{name}"'))
            connection.execute(sa.text("DELETE FROM _table_stats WHERE resource_id = :name"), {"name": name})
