"""What the templates ask of the catalogue: plain values and dicts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from itertools import groupby
from typing import Any

from babel.dates import format_date
from ckan.plugins import toolkit

from ckanext.opengov_kz.catalogue import display, facets, publishers, reference, rules, territories
from ckanext.opengov_kz.publishing.words import publishing_today
from ckanext.opengov_kz.shared.languages import LANGUAGES, REQUIRED, Picked, pick

__all__ = [
    "catalogue_by_kind",
    "catalogue_categories",
    "catalogue_categories_by_kind",
    "catalogue_column_type",
    "catalogue_date",
    "catalogue_error_list",
    "catalogue_form_sections",
    "catalogue_form_text",
    "catalogue_holder_categories",
    "catalogue_keywords",
    "catalogue_kinds",
    "catalogue_language_tabs",
    "catalogue_languages",
    "catalogue_licence",
    "catalogue_missing",
    "catalogue_own_publishers",
    "catalogue_passport",
    "catalogue_publisher_above",
    "catalogue_publisher_children",
    "catalogue_publisher_choices",
    "catalogue_publisher_name",
    "catalogue_publisher_passport",
    "catalogue_publisher_tree",
    "catalogue_regions",
    "catalogue_review",
    "catalogue_territory",
    "catalogue_text",
    "catalogue_update_state",
]

_LANGUAGE_NAMES = {"kk": "Қазақша", "ru": "Русский", "en": "English"}
_KINDS = ("central", "local", "quasi_public", "other")
_STATE_TAGS = {
    "up_to_date": "og-tag-ok",
    "due_soon": "og-tag-gold",
    "overdue": "og-tag-danger",
    "as_needed": "og-tag-quiet",
}


def catalogue_text(value: Any, field: str = "") -> Picked:
    """Choose a text for the reader: of a dict of translations, or of an entity's field.

    :returns: ``text``, ``lang`` and ``is_fallback``: when True the page marks the text with its
        ``lang``.
    """
    if field and isinstance(value, Mapping):
        value = value.get(f"{field}_translated") or value.get(field)
    return pick(value if isinstance(value, (Mapping, str)) else None, display.reader_language())


def catalogue_languages() -> list[dict[str, Any]]:
    """List the languages of forms, each named in itself; ``required`` of people."""
    return [{"code": code, "name": _LANGUAGE_NAMES[code], "required": code in REQUIRED} for code in LANGUAGES]


def catalogue_holder_categories(field: Any = None) -> list[dict[str, Any]]:  # noqa: ARG001
    """List the kinds of information holders as choices: code and labels in three languages."""
    categories = reference.load("holder_categories")["categories"]
    return [{"value": c["code"], "label": c["label_translated"]} for c in categories]


def catalogue_review(dataset_id: str) -> dict[str, Any]:
    """Tell where a dataset stands in its review, to those who write for its publisher; see `catalogue_review_show`."""
    return toolkit.get_action("catalogue_review_show")({}, {"id": dataset_id})


def catalogue_kinds() -> dict[str, str]:
    """Name the kinds of things that the search knows, by dataset type."""
    return facets.kinds()


def catalogue_regions() -> list[dict[str, Any]]:
    """List the 20 regions as choices: KATO code and labels in three languages."""
    regions = reference.load("regions")
    return [{"value": r["kato"], "label": r["title_translated"]} for r in regions]


def catalogue_territory(code: str) -> Picked:
    """Name a territory by its KATO code: the region, or what the harvested classifier calls it."""
    for region in reference.load("regions"):
        if region["kato"] == code:
            return pick(region["title_translated"], display.reader_language())
    return pick(territories.names(code) or None, display.reader_language())


def catalogue_column_type(code: str) -> str:
    """Name a DataStore type in words."""
    names = {
        "text": toolkit._("text"),
        "int": toolkit._("whole number"),
        "int4": toolkit._("whole number"),
        "int8": toolkit._("whole number"),
        "numeric": toolkit._("number"),
        "float8": toolkit._("number"),
        "bool": toolkit._("yes or no"),
        "date": toolkit._("date"),
        "timestamp": toolkit._("date and time"),
    }
    return names.get(code, code)


def catalogue_date(value: str | None) -> str:
    """Write an ISO date in the reader's language; what isn't a date is left as it is."""
    try:
        day = date.fromisoformat(str(value)[:10])
    except ValueError:
        return value or ""
    return format_date(day, "long", locale=display.reader_language())


def catalogue_update_state(pkg: Mapping[str, Any]) -> dict[str, str] | None:
    """Say how fresh a dataset is: ``state``, ``label`` and the ``tag``'s class; None if unknown."""
    state = facets.update_state(pkg, publishing_today())
    return {"state": state, "label": facets.state_labels()[state], "tag": _STATE_TAGS[state]} if state else None


def catalogue_licence(licence_id: str, title: str | None = None) -> str:
    """Name a licence in the reader's language; one that isn't the portal's own keeps its title."""
    own = {"kz-open": toolkit._("Free re-use without charge")}
    return own.get(licence_id) or title or licence_id


def catalogue_keywords(pkg: Mapping[str, Any]) -> list[Picked]:
    """List the keywords in the reader's language, or in the next one that has some."""
    tags = pkg.get("tags_translated") or {}
    reader = display.reader_language()
    for lang in dict.fromkeys((reader, *LANGUAGES)):
        if tags.get(lang):
            return [Picked(word, lang, is_fallback=lang != reader) for word in tags[lang]]
    return []


def catalogue_missing(entity: Mapping[str, Any]) -> list[str]:
    """Say which required languages a record lacks, one phrase for each."""
    phrases = {
        "kk": toolkit._("Kazakh translation missing"),
        "ru": toolkit._("Russian translation missing"),
    }
    return [phrases[lang] for lang in entity.get("translation_missing") or [] if lang in phrases]


def catalogue_passport(pkg: Mapping[str, Any]) -> list[dict[str, Any]]:
    """List the lines of a dataset's passport that have a value.

    Each has ``label``, ``section`` and one of ``text`` (a Picked), ``date``, ``email``, ``phone``.
    """
    return _lines("dataset", pkg, skip={"title_translated", "name", "notes_translated",
                                        "tags_translated", "owner_org", "categories"})  # fmt: skip


def catalogue_publisher_passport(organization: Mapping[str, Any]) -> list[dict[str, Any]]:
    """List what is known of a publisher, as in ``catalogue_passport``."""
    skip = {"title_translated", "name", "description_translated", "parent"}
    return _lines("organization", organization, skip=skip)


def catalogue_publisher_tree(words: str = "") -> list[publishers.Publisher]:
    """Build the tree of publishers for the reader, or of those whose names have the words."""
    return publishers.tree(display.reader_language(), words)


def catalogue_by_kind(
    tree: Iterable[publishers.Publisher],
) -> list[tuple[str, list[publishers.Publisher]]]:
    """Part the roots of a tree by kind, each with its heading: central bodies stand first."""
    by_kind: dict[str, list[publishers.Publisher]] = {kind: [] for kind in _KINDS}
    for publisher in tree:
        by_kind.setdefault(publisher.kind, []).append(publisher)
    headings = {
        "central": toolkit._("Central state bodies"),
        "local": toolkit._("Local executive bodies"),
        "quasi_public": toolkit._("Quasi-public organisations"),
        "other": toolkit._("Other organisations"),
    }
    return [(headings.get(kind, kind), members) for kind, members in by_kind.items() if members]


def catalogue_publisher_above(organization: Mapping[str, Any]) -> dict[str, str] | None:
    """Name the publisher above one: ``name`` and ``text``; None where there is none."""
    name = organization.get("parent")
    if not name:
        return None
    title = display.group_titles([name]).get(name)
    return {"name": name, "text": catalogue_text(title).text or name}


def catalogue_publisher_name(organization: Mapping[str, Any] | None) -> Picked | None:
    """Name the publisher of a dataset; None for a dataset without one."""
    if not organization:
        return None
    name = organization["name"]
    translations = display.group_titles([name]).get(name) or organization.get("title") or name
    return catalogue_text(translations)


def catalogue_publisher_children(publisher_id: str) -> list[dict[str, Any]]:
    """List the publishers directly under one."""
    return publishers.children(publisher_id, display.reader_language())


def catalogue_publisher_choices() -> list[dict[str, Any]]:
    """List all publishers for a select: ``name``, ``text`` and ``level`` in the tree, from 0."""
    choices: list[dict[str, Any]] = []

    def add(branch: Iterable[publishers.Publisher], level: int) -> None:
        for publisher in branch:
            choices.append({"id": publisher.id, "name": publisher.name, "text": publisher.text, "level": level})
            add(publisher.children, level + 1)

    add(catalogue_publisher_tree(), 0)
    return choices


def catalogue_own_publishers() -> list[dict[str, Any]]:
    """List the publishers in whose name this person may publish: ``id``, ``name``, ``text``."""
    own = toolkit.h.organizations_available("create_dataset")
    titles = display.group_titles({organization["name"] for organization in own})
    lang = display.reader_language()
    choices = [
        {
            "id": organization["id"],
            "name": organization["name"],
            "text": pick(titles.get(organization["name"]), lang).text or organization["display_name"],
        }
        for organization in own
    ]
    return sorted(choices, key=lambda choice: rules.alphabet_key(choice["text"]))


def catalogue_categories() -> list[dict[str, Any]]:
    """List themes and regions with their icons and numbers of datasets."""
    return publishers.categories(display.reader_language())


def catalogue_categories_by_kind() -> dict[str, list[dict[str, Any]]]:
    """List the categories apart: ``theme`` and ``region``."""
    by_kind: dict[str, list[dict[str, Any]]] = {"theme": [], "region": []}
    for category in catalogue_categories():
        by_kind["region" if category["kind"] == "region" else "theme"].append(category)
    return by_kind


def catalogue_form_sections(fields: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Group a schema's fields for a form.

    :returns: sections with ``title`` and ``groups``; a group is a run of ``fields`` that are all
        ``translated``, and then share one strip of language tabs, or all not.
    """
    shown = [field for field in fields if field.get("form_snippet") is not None]
    sections = []
    for name, members in groupby(shown, key=lambda field: field.get("section", "")):
        groups = [
            {"translated": translated, "fields": list(group), "id": f"{name or 'form'}-{number}"}
            for number, (translated, group) in enumerate(
                groupby(members, key=lambda field: bool(field.get("translated")))
            )
        ]
        sections.append({"name": name, "title": _section_title(name), "groups": groups})
    return sections


def catalogue_language_tabs(fields: Iterable[Mapping[str, Any]], errors: Mapping[str, Any]) -> list[dict[str, Any]]:
    """List the languages of a group of fields; ``error`` where one has something to correct."""
    given = list(fields)
    needed = any(field.get("required") for field in given)
    return [
        {
            **language,
            "required": needed and language["required"],
            "error": any(errors.get(f"{field['field_name']}-{language['code']}") for field in given),
        }
        for language in catalogue_languages()
    ]


def catalogue_form_text(data: Mapping[str, Any], field_name: str, lang: str) -> str:
    """Find what stands in a form's input: what was typed, or what is stored."""
    typed = data.get(f"{field_name}-{lang}")
    if typed is not None:
        return typed
    stored = data.get(field_name)
    text = stored.get(lang) if isinstance(stored, Mapping) else None
    return ", ".join(text) if isinstance(text, list) else text or ""


def catalogue_error_list(errors: Mapping[str, Any], fields: Iterable[Mapping[str, Any]]) -> list[dict[str, str]]:
    """List a form's errors in the order of its fields: ``text`` and ``target``, the input's id."""
    left = dict(errors)
    found: list[dict[str, str]] = []
    for field in fields:
        name = field["field_name"]
        label = display.label(field["label"])
        own = left.pop(name, None)
        if field.get("translated"):
            by_language = {lang: left.pop(f"{name}-{lang}", None) for lang in LANGUAGES}
            told = [(lang, text) for lang, texts in by_language.items() for text in texts or []]
            found.extend({"text": text, "target": f"field-{name}-{lang}"} for lang, text in told)
            if told:
                continue
        found.extend({"text": f"{label}: {text}", "target": f"field-{name}"} for text in own or [])
    for name, texts in left.items():
        found.extend({"text": f"{name}: {text}", "target": ""} for text in texts if text)
    return found


def _lines(entity_type: str, entity: Mapping[str, Any], skip: set[str]) -> list[dict[str, Any]]:
    schema = toolkit.h.scheming_get_schema(entity_type, entity.get("type") or entity_type)
    fields = schema.get("fields") or schema["dataset_fields"]
    lines = []
    for field in fields:
        name = field["field_name"]
        value = entity.get(name)
        if name in skip or not value or ("display_snippet" in field and not field["display_snippet"]):
            continue
        label = display.label(field["label"])
        lines.append({"name": name, "label": label, **_line_value(field, value, entity)})
    return lines


def _line_value(field: Mapping[str, Any], value: Any, entity: Mapping[str, Any]) -> dict[str, Any]:
    name = field["field_name"]
    if field.get("translated"):
        return {"text": catalogue_text(value)}
    if name in {"territory", "region"}:
        return {"text": catalogue_territory(value), "code": value}
    if field.get("input_type") == "email":
        return {"email": value}
    if field.get("input_type") == "tel":
        return {"phone": value}
    if field.get("input_type") == "url":
        return {"url": value}
    if name.startswith("temporal_") or name in {"last_update", "next_update"}:
        return {"date": value}
    if name == "license_id":
        link = toolkit.url_for("catalogue_machine.licence", id=value)
        return {"text": pick(catalogue_licence(value, entity.get("license_title")), ""), "licence": link}
    choices = toolkit.h.scheming_field_choices(field)
    if choices:
        chosen = value if isinstance(value, list) else [value]
        labels = [display.choice_label(choices, one) for one in chosen]
        return {"text": pick(", ".join(labels), "")}
    return {"text": pick(str(value), "")}


def _section_title(name: str) -> str:
    titles = {
        "what": toolkit._("What"),
        "who": toolkit._("Who is responsible"),
        "when": toolkit._("When"),
        "where": toolkit._("Where"),
        "licence": toolkit._("Licence"),
        "contacts": toolkit._("Contacts"),
        "related": toolkit._("Related"),
    }
    return titles.get(name, "")
