"""Datasets, publishers and categories as a program with all rights makes them."""

from __future__ import annotations

import uuid
from typing import Any

from ckan.plugins import toolkit

TITLE = {"kk": "Қазақстан қалалары", "ru": "Города Казахстана"}
NOTES = {"kk": "Қалалардың тізімі.", "ru": "Список городов."}
RESOURCE = {"name_translated": {"kk": "Кесте", "ru": "Таблица"}, "url": "https://example.kz/a.csv", "format": "CSV"}


def act(action: str, *, imported: Any = False, **data: Any) -> Any:
    """Calls an action as the portal itself; `imported` as a harvester does."""
    user = toolkit.get_action("get_site_user")({"ignore_auth": True}, {})["name"]
    context: Any = {"user": user, "ignore_auth": True}
    if imported:
        context["opengov_import"] = True
    return toolkit.get_action(action)(context, data)


def unique(stem: str = "t") -> str:
    return f"{stem}-{uuid.uuid4().hex[:12]}"


def publisher(**changes: Any) -> dict[str, Any]:
    texts = {"kk": "Білім басқармасы", "ru": "Управление образования"}
    return act("organization_create", **({"title_translated": texts, "name": unique("body")} | changes))


def _some_publisher() -> str:
    """One publisher for all tests that don't care which; made anew after a test that emptied the database."""
    try:
        return act("organization_show", id="any-publisher")["id"]
    except toolkit.ObjectNotFound:
        return publisher(name="any-publisher")["id"]


def category(**changes: Any) -> dict[str, Any]:
    texts = {"kk": "Денсаулық сақтау", "ru": "Здравоохранение"}
    return act("group_create", **({"title_translated": texts, "name": unique("theme")} | changes))


def dataset(*, imported: bool = False, **changes: Any) -> dict[str, Any]:
    given = {"title_translated": TITLE, "notes_translated": NOTES, "name": unique("dataset")} | changes
    if "owner_org" not in given:
        given["owner_org"] = _some_publisher()
    return act("package_create", imported=imported, **given)


def refusal(error: Any) -> dict[str, Any]:
    """The errors by field of what `pytest.raises(toolkit.ValidationError)` caught."""
    return error.value.error_dict
