"""The one place where CKAN's own titles are turned into the reader's language.

CKAN's templates, breadcrumbs, lists and facets show ``title``, ``notes`` and ``display_name``, which
hold the text of the default language. For pages they are exchanged here; the API, whose addresses
have no language, keeps what is stored.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from typing import Any

import sqlalchemy as sa
from ckan import model
from ckan.plugins import toolkit
from flask import has_request_context

from ckanext.opengov_kz.shared.languages import LANGUAGES, pick


def reader_language() -> str:
    """Name the language of the page that is being made; the default one outside of a request."""
    return str((toolkit.h.lang() if has_request_context() else None) or LANGUAGES[0])


def label(texts: Mapping[str, str] | str) -> str:
    """Choose a schema's label for the reader; outside of a request too, unlike scheming's helper."""
    return pick(texts, reader_language()).text


def choice_label(choices: Iterable[Mapping[str, Any]], value: str) -> str:
    """Name a choice of a schema's field; a value that is no longer among them stays as it is."""
    found = (label(choice["label"]) for choice in choices if choice["value"] == value)
    return next(found, value)


def stored_text(package: model.Package | model.Group, name: str = "title_translated") -> dict[str, str]:
    """A translated field of a stored package or group by language, empty where it has none."""
    stored = (package.extras or {}).get(name)  # type: ignore[attr-defined]
    texts = json.loads(stored) if isinstance(stored, str) and stored.startswith("{") else stored
    return texts if isinstance(texts, dict) else {}


def dataset(pkg: dict[str, Any]) -> None:
    """Put the reader's language into a dataset's own texts, where its translations are read."""
    lang = reader_language()
    for entity, core in ((pkg, ("title", "notes")), *_resources(pkg)):
        for field in core:
            translations = entity.get(f"{field}_translated")
            if isinstance(translations, Mapping):
                entity[field] = pick(translations, lang).text


def dataset_owners(datasets: list[dict[str, Any]], facets: Mapping[str, Any]) -> None:
    """Put the reader's language into the publishers and categories of datasets and of facets.

    One query for all of them, and none for the default language, in which CKAN has them.
    """
    lang = reader_language()
    if lang == LANGUAGES[0]:
        return
    groups = [g for pkg in datasets for g in (pkg.get("organization"), *pkg.get("groups", [])) if g]
    items = [item for key in ("organization", "groups") for item in _items(facets, key)]
    titles = group_titles({g["name"] for g in (*groups, *items)})
    for entity in (*groups, *items):
        text = pick(titles.get(entity["name"]), lang).text
        if text:
            entity["display_name"] = text
            if "title" in entity:
                entity["title"] = text


def group_titles(names: Collection[str]) -> dict[str, dict[str, str]]:
    """Read the translated titles of publishers and categories by their names, in one query."""
    if not names:
        return {}
    table = model.group_table
    query = sa.select(table.c.name, table.c.extras["title_translated"].astext).where(table.c.name.in_(names))
    rows = model.Session.execute(query)
    return {name: json.loads(translations) for name, translations in rows if translations}


def _resources(pkg: dict[str, Any]) -> list[tuple[dict[str, Any], tuple[str, str]]]:
    return [(resource, ("name", "description")) for resource in pkg.get("resources", [])]


def _items(facets: Mapping[str, Any], key: str) -> list[dict[str, Any]]:
    return facets.get(key, {}).get("items", [])
