"""One person of each kind, and a dataset for them to work on."""

from __future__ import annotations

import uuid
from typing import Any

from ckan.plugins import toolkit
from ckan.tests import factories

#: Kind of person → their role in CKAN, in the body or in another one.
ROLES = {"officer": "member", "editor": "editor", "administrator": "admin"}
TEXTS: dict[str, Any] = {
    "title_translated": {"kk": "Астана мектептері", "ru": "Школы Астаны"},
    "notes_translated": {"kk": "Мекенжайлары мен телефондары.", "ru": "Адреса и телефоны."},
    "frequency": "YEARLY",
}


def body(**roles: str) -> dict[str, Any]:
    """A publisher with people: role in CKAN → name of the user."""
    users = [{"name": name, "capacity": role} for role, name in roles.items()]
    return factories.Organization(
        users=users, title_translated={"kk": "Білім басқармасы", "ru": "Управление образования"}
    )


def passport(owner_org: str, **changes: Any) -> dict[str, Any]:
    """What an officer fills in, complete enough to be published."""
    return TEXTS | {"name": f"dataset-{uuid.uuid4().hex[:10]}", "owner_org": owner_org, "type": "dataset"} | changes


def call(action: str, user: str | None, **data: Any) -> Any:
    """Calls an action as the API does: with the person's permissions."""
    return toolkit.get_action(action)({"user": user or "", "ignore_auth": False}, data)
