"""The navigator: situations of `navigator.yaml`, each with the address it leads to."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml
from ckan.plugins import toolkit

from ckanext.opengov_kz.shared.languages import pick


@cache
def _areas() -> list[dict[str, Any]]:
    return yaml.safe_load((Path(__file__).parent / "navigator.yaml").read_text(encoding="utf-8"))


def areas(language: str) -> list[dict[str, Any]]:
    """Return the parts of life in the language given: `title` and `situations` (`title hint icon url home`)."""
    return [
        {
            "name": area["name"],
            "title": pick(area["title"], language).text,
            "situations": [_situation(situation, language) for situation in area["situations"]],
        }
        for area in _areas()
    ]


def _situation(situation: dict[str, Any], language: str) -> dict[str, Any]:
    if "category" in situation:
        where = {"groups": situation["category"]}
    elif "format" in situation:
        where = {"res_format": situation["format"]}
    else:
        where = {"q": pick(situation["query"], language).text}
    return {
        "name": situation["name"],
        "icon": situation["icon"],
        "title": pick(situation["title"], language).text,
        "hint": pick(situation["hint"], language).text,
        "home": situation.get("home", False),
        "url": toolkit.url_for("dataset.search", **where),
    }
