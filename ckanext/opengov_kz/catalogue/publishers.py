"""Reads publishers and categories for lists: a fixed number of queries however many there are."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from ckan import model
from ckan.plugins import toolkit
from ckan.types import Context

from ckanext.opengov_kz.catalogue import rules
from ckanext.opengov_kz.shared.languages import pick


@dataclass
class Publisher:
    """A publisher in the tree; ``datasets`` counts its own public ones, ``total`` those below too."""

    id: str
    name: str
    text: str
    lang: str
    is_fallback: bool
    kind: str
    parent: str | None
    datasets: int
    total: int = 0
    children: list[Publisher] = field(default_factory=list)


def tree(lang: str, words: str = "") -> list[Publisher]:
    """Build the tree of publishers, each level in alphabetical order of the reader's language.

    :param words: keep only publishers whose name, in any language, has all these words, and the
        ones above them.
    """
    counts = dataset_counts("owner_org")
    found: dict[str, Publisher] = {}
    searched: dict[str, str] = {}
    for row in _rows(is_organization=True, fields=("title_translated", "kind", "parent")):
        picked = pick(row["title_translated"] or row["title"], lang)
        found[row["id"]] = Publisher(
            id=row["id"], name=row["name"], text=picked.text or row["name"], lang=picked.lang,
            is_fallback=picked.is_fallback, kind=row["kind"] or "other", parent=row["parent"],
            datasets=counts.get(row["id"], 0),
        )  # fmt: skip
        searched[row["id"]] = " ".join((row["title_translated"] or {}).values()).casefold()
    wanted = words.casefold().split()
    shown = {key for key in found if all(word in searched[key] for word in wanted)}
    for key in list(shown):
        shown.update(_ancestors(found, key))
    roots = []
    for key in sorted(shown, key=lambda key: rules.alphabet_key(found[key].text)):
        publisher = found[key]
        above = found.get(publisher.parent or "")
        (above.children if above and above is not publisher else roots).append(publisher)
    for root in roots:
        _sum_up(root)
    return roots


def children(publisher_id: str, lang: str) -> list[dict[str, Any]]:
    """List the publishers directly under one, in alphabetical order."""
    rows = _rows(is_organization=True, fields=("title_translated", "parent"), parent=publisher_id)
    return _sorted({**row, **_picked(row, lang)} for row in rows)


def categories(lang: str) -> list[dict[str, Any]]:
    """List themes and regions: ``name text lang is_fallback kind icon kato notes datasets``."""
    counts = dataset_counts("groups")
    rows = _rows(
        is_organization=False,
        fields=("title_translated", "description_translated", "kind", "icon", "kato"),
    )
    return _sorted(
        {
            **row,
            **_picked(row, lang),
            "notes": pick(row["description_translated"], lang),
            "datasets": counts.get(row["name"], 0),
        }
        for row in rows
    )


def dataset_counts(facet: str) -> dict[str, int]:
    """Count the public datasets by a field of the index."""
    answer = toolkit.get_action("package_search")(
        Context(user="", ignore_auth=False),
        {"rows": 0, "facet.field": [facet], "facet.limit": -1, "facet.mincount": 1},
    )
    return answer["facets"][facet]


def _rows(*, is_organization: bool, fields: tuple[str, ...], parent: str | None = None) -> list[dict[str, Any]]:
    table = model.group_table
    columns = [table.c.extras[name].astext.label(name) for name in fields]
    query = sa.select(table.c.id, table.c.name, table.c.title, *columns).where(
        table.c.state == model.State.ACTIVE, table.c.is_organization == is_organization
    )
    if parent is not None:
        query = query.where(table.c.extras["parent"].astext == parent)
    return [_loaded(dict(row)) for row in model.Session.execute(query).mappings()]


def _loaded(row: dict[str, Any]) -> dict[str, Any]:
    return {name: json.loads(value or "{}") if name.endswith("_translated") else value for name, value in row.items()}


def _picked(row: dict[str, Any], lang: str) -> dict[str, Any]:
    picked = pick(row["title_translated"] or row["title"], lang)
    return {
        "text": picked.text or row["name"],
        "lang": picked.lang,
        "is_fallback": picked.is_fallback,
    }


def _sorted(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(rows, key=lambda row: rules.alphabet_key(row["text"]))


def _ancestors(found: dict[str, Publisher], key: str) -> set[str]:
    above: set[str] = set()
    parent = found[key].parent
    while parent in found and parent not in above:
        above.add(parent)
        parent = found[parent].parent
    return above


def _sum_up(publisher: Publisher) -> int:
    publisher.total = publisher.datasets + sum(_sum_up(child) for child in publisher.children)
    return publisher.total
