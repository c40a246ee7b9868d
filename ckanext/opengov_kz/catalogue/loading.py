"""Puts the hand-written reference data and the demonstration datasets into the portal.

Both are idempotent: reference data are brought to what the files say, datasets that are already
there are left as people have changed them.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from importlib.resources import files
from io import StringIO
from typing import Any

import yaml
from ckan.lib.search import commit
from ckan.plugins import toolkit
from ckan.types import Context

from ckanext.opengov_kz.catalogue import reference
from ckanext.opengov_kz.publishing.rows import merge_rows
from ckanext.opengov_kz.publishing.words import publishing_today

Progress = Callable[[str], None]

_FOLDER = files("ckanext.opengov_kz.catalogue")
_INFO = ("label_kk", "label_ru", "label_en", "notes_kk", "notes_ru", "notes_en", "unit")


def load_reference(progress: Progress) -> None:
    """Create or update the categories, the regions and the publishers of reference/*.yaml."""
    for item in (*reference.load("categories"), *reference.load("regions")):
        _upsert("group", item)
        progress(f"category {item['name']}")
    for item in _parents_first(reference.load("publishers")):
        _upsert("organization", item)
        progress(f"publisher {item['name']}")


def load_demo(progress: Progress) -> None:
    """Create the datasets of demo/datasets.yaml that are not there yet, with their rows."""
    text = (_FOLDER / "demo/datasets.yaml").read_text(encoding="utf-8")
    with _one_commit():
        for dataset in yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # noqa: S506
            progress(f"dataset {dataset['name']}: {_create_dataset(dataset)}")


def _create_dataset(dataset: Mapping[str, Any]) -> str:
    try:
        toolkit.get_action("package_show")(_context(), {"id": dataset["name"]})
    except toolkit.ObjectNotFound:
        pass
    else:
        return "already there"
    passport = {key: value for key, value in dataset.items() if key not in {"imported", "resources"}}
    passport["groups"] = [{"name": name} for name in dataset["groups"]]
    passport["resources"] = [
        {key: value for key, value in resource.items() if key not in {"rows", "key", "fields"}}
        for resource in dataset["resources"]
    ]
    context = _context(imported=bool(dataset.get("imported")))
    created = toolkit.get_action("package_create")(context, passport)
    rows = 0
    for given, stored in zip(dataset["resources"], created["resources"], strict=True):
        if "rows" in given:
            rows += _load_rows(stored["id"], given)
    return f"{rows} rows"


def _load_rows(resource_id: str, resource: Mapping[str, Any]) -> int:
    fields = [
        {
            "id": field["id"],
            "type": field["type"],
            "info": {key: field[key] for key in _INFO if key in field},
        }
        for field in resource["fields"]
    ]
    toolkit.get_action("datastore_create")(
        _context(),
        {
            "resource_id": resource_id,
            "force": True,
            "fields": fields,
            "primary_key": resource["key"],
        },
    )
    report = merge_rows(
        resource_id,
        _read(resource["rows"]),
        key=resource["key"],
        mode="snapshot",
        today=publishing_today(),
    )
    return report.inserted


def _read(path: str) -> Iterator[dict[str, str | None]]:
    text = (_FOLDER / path).read_text(encoding="utf-8")
    for row in csv.DictReader(StringIO(text, newline="")):
        yield {column: value or None for column, value in row.items()}


def _upsert(kind: str, item: Mapping[str, Any]) -> None:
    try:
        toolkit.get_action(f"{kind}_patch")(_context(), {"id": item["name"], **item})
    except toolkit.ObjectNotFound:
        # `kind` of a category is a field of ours, `type` is CKAN's.
        toolkit.get_action(f"{kind}_create")(_context(), dict(item))


def _parents_first(publishers: list[dict[str, Any]]) -> list[dict[str, Any]]:
    by_name = {publisher["name"]: publisher for publisher in publishers}
    ordered: dict[str, dict[str, Any]] = {}

    def add(name: str) -> None:
        publisher = by_name[name]
        parent = publisher.get("parent")
        if parent and parent in by_name and parent not in ordered:
            add(parent)
        ordered[name] = publisher

    for name in by_name:
        add(name)
    return list(ordered.values())


def _context(*, imported: bool = False) -> Context:
    user = toolkit.get_action("get_site_user")(Context(ignore_auth=True), {})
    context = Context(user=user["name"], ignore_auth=True)
    if imported:
        context["opengov_import"] = True  # type: ignore[typeddict-unknown-key]
    return context


@contextmanager
def _one_commit() -> Iterator[None]:
    """Let Solr commit once at the end: a commit after each change is most of the time."""
    before = toolkit.config["ckan.search.solr_commit"]
    toolkit.config["ckan.search.solr_commit"] = False
    try:
        yield
    finally:
        toolkit.config["ckan.search.solr_commit"] = before
        commit()
