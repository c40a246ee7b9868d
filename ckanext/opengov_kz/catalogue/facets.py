"""Filters of dataset lists: what they are called, which values a dataset has, how the values are named."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from ckan import model
from ckan.plugins import toolkit
from flask import has_request_context, request

from ckanext.opengov_kz.catalogue import display, reference, rules
from ckanext.opengov_kz.publishing.words import publishing_today
from ckanext.opengov_kz.shared.languages import LANGUAGES

#: The value of the territory filter for what covers all of Kazakhstan.
COUNTRY = "kazakhstan"
#: The schema's field whose choices name the codes of a facet.
_CHOICES = {"frequency": "frequency", "vocab_data_language": "language", "vocab_translation_missing": "language"}


def titles(skip: str = "") -> dict[str, str]:
    """List the filters of dataset lists; keywords are those of the reader's language."""
    facets = {
        "organization": toolkit._("Publishers"),
        "dataset_type": toolkit._("Kinds"),
        "groups": toolkit._("Categories"),
        "vocab_territory": toolkit._("Territory"),
        "vocab_update_state": toolkit._("State of update"),
        "frequency": toolkit._("Update frequency"),
        "res_format": toolkit._("Formats"),
        f"vocab_keywords_{display.reader_language()}": toolkit._("Keywords"),
        "vocab_translation_missing": toolkit._("Translation missing"),
    }
    facets.pop(skip, None)
    return facets


def of_document(document: Mapping[str, Any]) -> dict[str, Any]:
    """Give the Solr fields of a dataset's filters, and the names of its publisher, categories and territory as text."""
    source = json.loads(document["validated_data_dict"])
    publisher = (source.get("organization") or {}).get("name")
    groups = [group["name"] for group in source.get("groups", [])]
    territories = territory_values(source.get("territory"), groups)
    named = display.group_titles({name for name in (publisher, *groups, *territories) if name})
    texts = {
        f"text_{lang}": [
            *document.get(f"text_{lang}", []),
            *(names[lang] for names in named.values() if names.get(lang)),
        ]
        for lang in LANGUAGES
    }
    state = update_state(source, publishing_today())
    return texts | {"vocab_territory": territories, "vocab_update_state": [state] if state else []}


def territory_values(code: str | None, groups: list[str]) -> list[str]:
    """Give the values of the territory filter: the region of the KATO code, else those among the categories.

    Regions are named as their groups are (`region-abai`); what names none covers the country.
    """
    regions = {region["kato"]: region["name"] for region in reference.load("regions")}
    if code:
        own = regions.get(f"{code[:2]}0000000")
        return [own or COUNTRY]
    return [name for name in groups if name in regions.values()] or [COUNTRY]


def update_state(dataset: Mapping[str, Any], today: date) -> str | None:
    """Say how fresh a dataset is (`rules.update_state`); None where its passport does not say enough."""
    if dataset.get("frequency") not in rules.FREQUENCIES:
        return None
    try:
        last = date.fromisoformat(str(dataset["last_update"])[:10]) if dataset.get("last_update") else None
    except ValueError:
        return None
    return rules.update_state(last, dataset["frequency"], today)


def with_kinds(query: str) -> str:
    """Narrow a filter query of the common search page to the kinds that join it.

    CKAN puts no type into it (`ckan.search.show_all_types`), and harvest sources are datasets to it as well.
    """
    if not has_request_context() or request.endpoint != "dataset.search" or "dataset_type:" in query:
        return query
    return f"{query} +dataset_type:({' OR '.join(kinds())})"


def update_states() -> dict[str, list[str]]:
    """Say of all datasets, by id, how fresh they are today, as their documents in the index should have it."""
    today = publishing_today()
    rows = model.Session.query(model.Package.id, model.Package.extras)
    states = {id_: update_state(extras or {}, today) for id_, extras in rows}
    return {id_: [state] if state else [] for id_, state in states.items()}


def state_labels() -> dict[str, str]:
    """Name the states of update."""
    return {
        "up_to_date": toolkit._("Up to date"),
        "due_soon": toolkit._("Update due soon"),
        "overdue": toolkit._("Update overdue"),
        "as_needed": toolkit._("Updated as needed"),
    }


def put_labels(facets: Mapping[str, Any]) -> None:
    """Name the codes in facets in the reader's language: frequencies, languages, territories, states, kinds."""
    schema = toolkit.h.scheming_get_dataset_schema("dataset")
    for facet, field_name in _CHOICES.items():
        field = toolkit.h.scheming_field_by_name(schema["dataset_fields"], field_name)
        for item in _items(facets, facet):
            item["display_name"] = display.choice_label(field["choices"], item["name"])
    labels = _labels()
    for facet, names in labels.items():
        for item in _items(facets, facet):
            item["display_name"] = names.get(item["name"], item["name"])


def kinds() -> dict[str, str]:
    """Name the kinds of things: dataset types that declare `search_kind` in their schema, in the reader's language."""
    schemas = toolkit.h.scheming_dataset_schemas()
    return {name: display.label(schema["search_kind"]) for name, schema in schemas.items() if schema.get("search_kind")}


def _labels() -> dict[str, dict[str, str]]:
    regions = {region["name"]: display.label(region["title_translated"]) for region in reference.load("regions")}
    return {
        "dataset_type": kinds(),
        "vocab_territory": regions | {COUNTRY: toolkit._("All of Kazakhstan")},
        "vocab_update_state": state_labels(),
    }


def _items(facets: Mapping[str, Any], key: str) -> list[dict[str, Any]]:
    return facets.get(key, {}).get("items", [])
