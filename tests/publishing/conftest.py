"""DataStore tables: bare ones, quick to make, and one that stands in a dataset as readers meet it."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa
from ckan.plugins import toolkit
from ckanext.datastore.backend import DatastoreBackend
from ckanext.datastore.backend.postgres import get_write_engine

from ckanext.opengov_kz.publishing.rows import merge_rows

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


#: The columns of the table that readers meet in these tests.
FIELDS = [
    {"id": "code", "type": "text", "info": {"label_kk": "Коды", "label_ru": "Код", "label_en": "Code"}},
    {"id": "name", "type": "text", "info": {"label_kk": "Атауы", "label_ru": "Название", "notes_ru": "Полное"}},
    {"id": "people", "type": "numeric", "info": {"label_ru": "Население", "unit": "адам"}},
    {"id": "year", "type": "int", "info": {"label_ru": "Год"}},
    {"id": "founded", "type": "date", "info": {"label_ru": "Основан"}},
    {"id": "checked", "type": "timestamp", "info": {}},
    {"id": "city", "type": "bool", "info": {}},
    {"id": "valid_to", "type": "date", "info": {}},
    {"id": "status", "type": "text", "info": {}},
    {"id": "o'brien <b>", "type": "text", "info": {}},
]
ODD = FIELDS[-1]["id"]


def _row(number: int) -> dict[str, Any]:
    return {
        "code": f"{number:04}",
        "name": f"Ауыл {number}",
        "people": f"{number * 1000}.50",
        "year": 1900 + number,
        "founded": f"19{number % 100:02}-03-01",
        "checked": "2026-01-31T10:20:30",
        "city": number % 2 == 0,
        "valid_to": "2025-12-31" if number == 7 else None,
        "status": "closed" if number == 7 else "active",
        ODD: None,
    }


ROWS = [
    *(_row(number) for number in range(1, 120)),
    _row(120) | {"name": '=HYPERLINK("http://evil.example")', ODD: "белгі <script>alert(1)</script>"},
    _row(121) | {"name": "Алматы қаласы", "people": "12345678901234567.89", ODD: "-1+2"},
    _row(122) | {"name": None, "people": None, "year": None, "founded": None, "checked": None, "city": None},
]


@pytest.fixture(scope="module")
def made() -> dict[str, Any]:
    """What the tests of one module share: a dataset takes seconds to make, and reading does not change it."""
    return {}


@pytest.fixture
def dataset(with_plugins: None, reset_db: Callable[[], None], made: dict[str, Any]) -> dict[str, Any]:
    """A public dataset of a publisher, whose one resource has a table with `FIELDS` and `ROWS`."""
    if not made:
        reset_db()
        made.update(make_dataset(private=False))
        fill(made["resources"][0]["id"])
    return made


@pytest.fixture
def table(dataset: dict[str, Any]) -> str:
    """The address of the page of that resource."""
    return f"/dataset/{dataset['name']}/resource/{dataset['resources'][0]['id']}"


def fill(resource_id: str) -> None:
    """Gives a resource its table."""
    create = toolkit.get_action("datastore_create")
    create(_trusted(), {"resource_id": resource_id, "fields": FIELDS, "primary_key": ["code"], "force": True})
    merge_rows(resource_id, ROWS, key=["code"], mode="snapshot", today=date(2026, 1, 31))


def make_dataset(**changes: Any) -> dict[str, Any]:
    """A dataset of a new publisher."""
    name = uuid.uuid4().hex[:10]
    organization = {"name": f"body-{name}", "kind": "central", "title_translated": _both("Бюро")}
    owner = toolkit.get_action("organization_create")(_trusted(), organization)["id"]
    return toolkit.get_action("package_create")(
        _trusted(),
        {
            "name": f"dataset-{name}",
            "owner_org": owner,
            "title_translated": {"kk": "Қазақстан ауылдары", "ru": "Сёла Казахстана"},
            "notes_translated": _both("Тізім"),
            "frequency": "YEARLY",
            "resources": [
                {"name_translated": {"kk": "Ауылдар", "ru": "Сёла"}, "url": "http://example.kz/", "format": "CSV"}
            ],
            **changes,
        },
    )


def _both(text: str) -> dict[str, str]:
    return {"kk": text, "ru": text}


def _trusted() -> Any:
    site_user = toolkit.get_action("get_site_user")({"ignore_auth": True}, {})["name"]
    return {"ignore_auth": True, "user": site_user}
