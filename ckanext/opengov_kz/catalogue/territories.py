"""What the catalogue knows of territories from the KATO classifier that ENSI publishes in it."""

from __future__ import annotations

from typing import Any

from ckan.plugins import toolkit
from ckan.types import Context


def is_known(code: str) -> bool | None:
    """Say whether the harvested classifier has the code; None where it has not been harvested."""
    rows = _rows(code)
    return None if rows is None else bool(rows)


def names(code: str) -> dict[str, str]:
    """Give the territory's names by language from the classifier; empty where it has none."""
    for row in _rows(code) or []:
        found = {"kk": row.get("name_kk"), "ru": row.get("name_ru")}
        return {lang: name for lang, name in found.items() if name}
    return {}


def _rows(code: str) -> list[dict[str, Any]] | None:
    """Find the classifier's rows of a code; None while it has no table or an empty one."""
    resource_id = _table()
    if resource_id is None:
        return None
    found = _search(resource_id, {"filters": {"code": code}})
    if found or _search(resource_id, {}):
        return found
    return None


def _table() -> str | None:
    name = toolkit.config["opengov.catalogue.kato_dataset"]
    try:
        dataset = toolkit.get_action("package_show")(Context(ignore_auth=True), {"id": name})
    except toolkit.ObjectNotFound:
        return None
    active = (r["id"] for r in dataset["resources"] if r.get("datastore_active"))
    return next(active, None)


def _search(resource_id: str, query: dict[str, Any]) -> list[dict[str, Any]]:
    try:
        answer = toolkit.get_action("datastore_search")(
            Context(ignore_auth=True),
            {"resource_id": resource_id, "limit": 1, "include_total": False, **query},
        )
    except (toolkit.ObjectNotFound, toolkit.ValidationError):
        # The table was dropped or has other columns: nothing can be said about the code.
        return []
    return answer["records"]
