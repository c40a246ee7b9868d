"""A publisher, a category and a dataset, complete enough to stand on pages in three languages."""

from __future__ import annotations

import uuid
from typing import Any

from ckan.tests import factories


def _name(kind: str) -> str:
    return f"{kind}-{uuid.uuid4().hex[:10]}"


def publisher(title: str = "Управление образования") -> dict[str, Any]:
    """A publisher; `title` is its Russian name."""
    names = {"kk": "Білім басқармасы", "ru": title, "en": "Department of Education"}
    return factories.Organization(name=_name("publisher"), title_translated=names, image_url="")


def category() -> dict[str, Any]:
    """A theme with a picture."""
    names = {"kk": "Білім беру", "ru": "Образование", "en": "Education"}
    return factories.Group(name=_name("category"), title_translated=names, kind="theme", icon="education", image_url="")


def dataset(owner: dict[str, Any], *groups: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """A public dataset of `owner` in the categories given."""
    values = {
        "name": _name("dataset"),
        "owner_org": owner["id"],
        "groups": [{"name": group["name"]} for group in groups],
        "title_translated": {"kk": "Астана мектептері", "ru": "Школы Астаны", "en": "Schools of Astana"},
        "notes_translated": {"kk": "Мекенжайлар мен телефондар.", "ru": "Адреса и телефоны."},
        "frequency": "YEARLY",
    }
    return factories.Dataset(**values | changes)
