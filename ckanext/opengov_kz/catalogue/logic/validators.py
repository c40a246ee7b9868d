"""Checks of the catalogue's fields, called by the names that schemas/*.yaml give.

- ``catalogue_prepare_*`` run before all others: they read the translated fields in every form in
  which they come and fill CKAN's own fields (title, notes, tags, name) and the computed ones.
- The others check one field each and keep to CKAN's convention: raise ``Invalid`` or, with four
  arguments, append to ``errors[key]``.

Kazakh and Russian are required of people. An import (``context["opengov_import"]``, which can't be
set through the API) is saved without one of them and carries ``translation_missing``; so is a later
update of it by a program that doesn't touch the text, or nobody could update an import's rows.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from typing import Any

from ckan import model
from ckan.lib.navl.dictization_functions import missing
from ckan.plugins import toolkit
from ckan.types import Context, FlattenDataDict, FlattenErrorDict, FlattenKey

from ckanext.opengov_kz.catalogue import display, rules, territories
from ckanext.opengov_kz.publishing.words import publishing_today
from ckanext.opengov_kz.shared.identifiers import bin_problem, kato_problem
from ckanext.opengov_kz.shared.languages import LANGUAGES, REQUIRED, pick, slug

Field = Mapping[str, Any]
Schema = Mapping[str, Any]
FieldValidator = Callable[[FlattenKey, FlattenDataDict, FlattenErrorDict, Context], None]

_CORE_FIELDS = {
    "title_translated": "title",
    "notes_translated": "notes",
    "description_translated": "description",
    "name_translated": "name",
}
_MAX_NAME = 100
_ICON = re.compile(r"[a-z0-9-]{1,40}")

__all__ = [
    "catalogue_bin",
    "catalogue_categories",
    "catalogue_date",
    "catalogue_icon",
    "catalogue_kato",
    "catalogue_licence",
    "catalogue_not_future",
    "catalogue_not_past_end",
    "catalogue_parent",
    "catalogue_parent_output",
    "catalogue_phone",
    "catalogue_prepare_dataset",
    "catalogue_prepare_group",
    "catalogue_reader_title",
    "catalogue_tags",
    "catalogue_touch",
    "catalogue_translations",
    "catalogue_translations_output",
]


def catalogue_prepare_dataset(field: None, schema: Schema) -> FieldValidator:  # noqa: ARG001
    """Make the step before all checks of a dataset of this schema and of its resources."""
    dataset_fields = [f for f in schema["dataset_fields"] if f.get("translated")]
    resource_fields = [f for f in schema["resource_fields"] if f.get("translated")]

    def prepare(
        key: FlattenKey,  # noqa: ARG001
        data: FlattenDataDict,
        errors: FlattenErrorDict,
        context: Context,
    ) -> None:
        package = context.get("package")
        _prepare_entity((), data, dataset_fields, context)
        _fill_tags(data)
        _fill_name(data, package, model.Package)
        for position in _resource_positions(data):
            _prepare_entity(("resources", position), data, resource_fields, context)
        _fill_missing(data, dataset_fields)
        _fill_next_update(data, errors, package)

    return prepare


def catalogue_prepare_group(field: None, schema: Schema) -> FieldValidator:  # noqa: ARG001
    """Make the step before all checks of a publisher or a category of this schema."""
    fields = [f for f in schema["fields"] if f.get("translated")]

    def prepare(
        key: FlattenKey,  # noqa: ARG001
        data: FlattenDataDict,
        errors: FlattenErrorDict,  # noqa: ARG001
        context: Context,
    ) -> None:
        # Scheming runs this step also when a group is read, when the fields are still extras.
        if "num_followers" in context.get("schema_keys", ()):
            return
        _prepare_entity((), data, fields, context)
        _fill_name(data, context.get("group"), model.Group)
        _fill_missing(data, fields)

    return prepare


def catalogue_translations(field: Field, schema: Schema) -> FieldValidator:  # noqa: ARG001
    """Check a translated text: languages, lengths, and that kk and ru are there when required.

    What is wrong is told under the field and, for the tab it is on, under ``<field>-<language>``,
    as ckanext-fluent does. The value is stored as JSON.
    """
    limit = field.get("max_length")

    def validate(key: FlattenKey, data: FlattenDataDict, errors: FlattenErrorDict, context: Context) -> None:
        value = data[key]
        if not isinstance(value, dict):
            value = _refuse_shape(value, field, key, errors)
        for lang, text in value.items():
            if limit and len(text) > limit:
                message = toolkit._("{field}: the text {language} is longer than {limit} characters")
                _add_error(key, lang, message, field, errors, limit=limit)
        if field.get("required") and not errors[key]:
            _require_languages(key, value, field, data, errors, context)
        data[key] = _dump(value) if value else None

    return validate


def catalogue_tags(field: Field, schema: Schema) -> FieldValidator:  # noqa: ARG001
    """Check keywords by language; each must be a word that CKAN keeps as a tag."""

    def validate(
        key: FlattenKey,
        data: FlattenDataDict,
        errors: FlattenErrorDict,
        context: Context,  # noqa: ARG001
    ) -> None:
        value = data[key]
        if not isinstance(value, dict):
            value = _refuse_shape(value, field, key, errors)
        for lang, words in value.items():
            for word in words:
                if not rules.is_tag(word):
                    message = toolkit._(
                        "{field}: “{word}” can't be a keyword; it needs 2 to 100 letters, digits, "
                        "spaces, hyphens, underscores or full stops"
                    )
                    _add_error(key, lang, message, field, errors, word=word)
        data[key] = _dump(value) if value else None

    return validate


def catalogue_translations_output(value: Any) -> Any:
    """Read the stored JSON; what can't be read is given as it is."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value


def catalogue_reader_title(
    key: FlattenKey,
    data: FlattenDataDict,
    errors: FlattenErrorDict,  # noqa: ARG001
    context: Context,
) -> None:
    """Give a publisher's or category's title in the reader's language, where a page asks for it."""
    if context.get("for_view") and isinstance(data[key], dict):
        text = pick(data[key], display.reader_language()).text
        data[("title",)] = data[("display_name",)] = text


def catalogue_categories(key: FlattenKey, data: FlattenDataDict, errors: FlattenErrorDict, context: Context) -> None:
    """Accept the names of categories, and leave them to the plugin, which files the dataset.

    CKAN's own ``groups`` asks for membership of each group; this field is for editors, who are
    members of their publisher only. A dataset without changes elsewhere is marked as changed.
    """
    value = data.get(key)
    if value is missing or value is None:
        data.pop(key, None)
        raise toolkit.StopOnError
    names = [value] if isinstance(value, str) else value
    if not isinstance(names, list):
        raise toolkit.Invalid(toolkit._("Give the categories as a list of their names"))
    names = [name for name in dict.fromkeys(names) if name]
    for name in names:
        group = model.Group.get(name) if isinstance(name, str) else None
        if group is None or group.is_organization or group.state != model.State.ACTIVE:
            errors[key].append(toolkit._("There is no category “{name}”").format(name=name))
    if errors[key]:
        raise toolkit.StopOnError
    package = context.get("package")
    current = {group.name for group in package.get_groups("group")} if package else set()
    if package and current != set(names):
        context["opengov_touch"] = True  # type: ignore[typeddict-unknown-key]
    data[key] = names
    # Not an extra of the dataset: CKAN's groups hold it.
    raise toolkit.StopOnError


def catalogue_touch(
    key: FlattenKey,  # noqa: ARG001
    data: FlattenDataDict,
    errors: FlattenErrorDict,  # noqa: ARG001
    context: Context,
) -> None:
    """Date the change when only categories changed, or CKAN would see nothing to save."""
    if context.get("opengov_touch"):
        data[("metadata_modified",)] = datetime.utcnow()  # noqa: DTZ003 CKAN keeps naive UTC


def catalogue_date(value: Any) -> str | None:
    """Accept a date as YYYY-MM-DD, or a date and time, whose day is taken; gives ISO."""
    if value is missing or value is None or value == "":
        return None
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    try:
        return datetime.fromisoformat(str(value).strip()).date().isoformat()
    except ValueError:
        raise toolkit.Invalid(
            toolkit._("“{value}” is not a date; write it as 2025-12-31").format(value=value)
        ) from None


def catalogue_not_future(value: Any) -> Any:
    """Refuse a day later than today where the portal stands."""
    if value and value > publishing_today().isoformat():
        raise toolkit.Invalid(toolkit._("The date {date} is in the future").format(date=value))
    return value


def catalogue_not_past_end(
    key: FlattenKey,
    data: FlattenDataDict,
    errors: FlattenErrorDict,
    context: Context,  # noqa: ARG001
) -> None:
    """Refuse a period that ends before it starts (stands at its start, checked after its end)."""
    start, end = data.get(key), data.get(("temporal_end",))
    if isinstance(start, str) and isinstance(end, str) and start and end and end < start:
        errors[key].append(toolkit._("The period ends before it starts"))


def catalogue_icon(value: Any) -> str:
    """Accept the name of an icon: it becomes part of an address in the page."""
    if not isinstance(value, str) or not _ICON.fullmatch(value):
        raise toolkit.Invalid(toolkit._("An icon's name has small Latin letters, digits and hyphens"))
    return value


def catalogue_kato(value: Any) -> str | None:
    """Accept a KATO code of a territory that exists.

    The region must be one of the 20; where the classifier has been harvested, the code must stand
    in it.
    """
    if value is missing or value is None or value == "":
        return None
    code = str(value).strip()
    if kato_problem(code) == "kato_not_9_digits":
        raise toolkit.Invalid(toolkit._("A KATO code has nine digits, such as 711000000"))
    if not rules.kato_in_known_oblast(code) or territories.is_known(code) is False:
        raise toolkit.Invalid(toolkit._("Unknown KATO code: {code}").format(code=code))
    return code


def catalogue_bin(value: Any) -> str | None:
    """Accept a business identification number whose control digit is right."""
    if value is missing or value is None or value == "":
        return None
    number = "".join(str(value).split())
    problem = bin_problem(number)
    if problem == "bin_not_12_digits":
        raise toolkit.Invalid(toolkit._("A BIN has twelve digits"))
    if problem == "bin_kind":
        raise toolkit.Invalid(toolkit._("{bin} is not a BIN: its fifth digit must be 4, 5 or 6").format(bin=number))
    if problem:
        raise toolkit.Invalid(toolkit._("{bin} is not a BIN: its control digit doesn't match").format(bin=number))
    return number


def catalogue_phone(value: Any) -> str | None:
    """Accept a phone number as people write it."""
    if value is missing or value is None or not str(value).strip():
        return None
    number = " ".join(str(value).split())
    if not rules.is_phone(number):
        raise toolkit.Invalid(
            toolkit._("“{value}” is not a phone number, such as +7 7172 12 34 56").format(value=number)
        )
    return number


def catalogue_licence(value: Any) -> str:
    """Accept a licence of the portal's register."""
    register = model.Package.get_license_register()
    if value not in register.keys():  # noqa: SIM118 no mapping
        raise toolkit.Invalid(toolkit._("There is no licence “{value}”").format(value=value))
    return value


def catalogue_parent(key: FlattenKey, data: FlattenDataDict, errors: FlattenErrorDict, context: Context) -> None:
    """Accept the name or id of the publisher above, and store its id, which survives a renaming.

    The chain upwards must end: a publisher may not stand above itself.
    """
    value = data.get(key)
    if value is missing or not value:
        data[key] = None
        return
    parent = model.Group.get(str(value))
    if parent is None or not parent.is_organization or parent.state != model.State.ACTIVE:
        errors[key].append(toolkit._("There is no publisher “{name}”").format(name=value))
        return
    group = context.get("group")
    seen = {group.id} if group else set()
    # CKAN declares no type for the extras of a group.
    above: Any = parent
    while above is not None:
        if above.id in seen:
            errors[key].append(toolkit._("“{name}” is already under this publisher").format(name=value))
            return
        seen.add(above.id)
        next_id = (above.extras or {}).get("parent")
        above = model.Group.get(next_id) if next_id else None
    data[key] = parent.id


def catalogue_parent_output(value: Any) -> str | None:
    """Give the name of the publisher above; None when it has been deleted."""
    parent = model.Group.get(value) if isinstance(value, str) and value else None
    return parent.name if parent and parent.state == model.State.ACTIVE else None


# scheming calls these with the field and the schema to make the validator.
for _factory in (
    catalogue_prepare_dataset, catalogue_prepare_group, catalogue_translations, catalogue_tags,
):  # fmt: skip
    _factory.is_a_scheming_validator = True  # type: ignore[attr-defined]


def _prepare_entity(prefix: FlattenKey, data: FlattenDataDict, fields: list[Field], context: Context) -> None:
    """Read the translated fields of a dataset, resource or group, and fill CKAN's own from them."""
    extras = data.get((*prefix, "__extras"))
    for field in fields:
        name = field["field_name"]
        key = (*prefix, name)
        form = {}
        if isinstance(extras, dict):
            form = {lang: extras.pop(f"{name}-{lang}") for lang in LANGUAGES if f"{name}-{lang}" in extras}
        if form:
            context["opengov_form"] = True  # type: ignore[typeddict-unknown-key]
        value = None if data.get(key) is missing else data.get(key)
        read = rules.read_translated_tags if name == "tags_translated" else rules.read_translations
        try:
            data[key] = read(value, form)
        except ValueError:
            # A text instead of the dict: the field's own validator says what is wrong.
            data[key] = str(value)
            continue
        if name in _CORE_FIELDS:
            data[(*prefix, _CORE_FIELDS[name])] = rules.core_text(data[key])
    if isinstance(extras, dict) and not extras:
        data.pop((*prefix, "__extras"))


def _fill_tags(data: FlattenDataDict) -> None:
    """Make CKAN's tags of the keywords in the default language, or in the next that has some."""
    tags = data.get(("tags_translated",))
    if not isinstance(tags, dict):
        return
    for key in [key for key in data if key[0] == "tags" and len(key) > 1]:
        del data[key]
    words = next((tags[lang] for lang in LANGUAGES if tags.get(lang)), [])
    for position, word in enumerate(word for word in words if rules.is_tag(word)):
        data[("tags", position, "name")] = word


def _fill_name(data: FlattenDataDict, stored: model.Package | model.Group | None, kind: Any) -> None:
    """Make the name of the page's address from the title when none is given."""
    given = data.get(("name",))
    if given is not missing and given:
        return
    if stored is not None:
        data[("name",)] = stored.name
        return
    title = data.get(("title",))
    if isinstance(title, str) and title:
        data[("name",)] = _free_name(slug(title), kind)


def _free_name(name: str, kind: Any) -> str:
    candidate, number = name, 1
    while kind.get(candidate) is not None:
        number += 1
        ending = f"-{number}"
        candidate = name[: _MAX_NAME - len(ending)] + ending
    return candidate


def _fill_missing(data: FlattenDataDict, fields: list[Field]) -> None:
    """Mark the languages that a required text lacks."""
    required = [data.get((f["field_name"],)) for f in fields if f.get("required")]
    if all(isinstance(value, dict) for value in required):
        data[("translation_missing",)] = _dump(rules.translations_missing(required))


def _fill_next_update(data: FlattenDataDict, errors: FlattenErrorDict, package: model.Package | None) -> None:
    """Compute the next due date; a given one is only checked, and the stored one is not."""
    key = ("next_update",)
    try:
        last = catalogue_date(data.get(("last_update",)))
        given = catalogue_date(data.get(key))
    except toolkit.Invalid:
        # The field's own validator says so.
        return
    stored = (package.extras.get("next_update") if package else None) or None
    if given and last and given < last and given != stored:
        errors[key].append(
            toolkit._("The due date {due} is before the last update {last}").format(due=given, last=last)
        )
    frequency = data.get(("frequency",))
    due = None
    if last and frequency in rules.FREQUENCIES:
        due = rules.next_update(date.fromisoformat(last), str(frequency))
    data[key] = due.isoformat() if due else None


def _require_languages(
    key: FlattenKey,
    value: Mapping[str, str],
    field: Field,
    data: FlattenDataDict,
    errors: FlattenErrorDict,
    context: Context,
) -> None:
    if not value:
        # Nothing at all is not an import that lacks a language.
        lacking: list[str] = list(REQUIRED)
    elif context.get("opengov_import"):
        return
    else:
        stored = _stored_translations(key, data, context)
        lacking = [lang for lang in REQUIRED if not value.get(lang) and not (stored and not stored.get(lang))]
    for lang in lacking:
        _add_error(key, lang, toolkit._("{field}: the text {language} is missing"), field, errors)


def _stored_translations(key: FlattenKey, data: FlattenDataDict, context: Context) -> dict[str, str]:
    """Read what is stored of the field: an update by a program may keep its gaps.

    A form edits all languages at once, so it must fill them.
    """
    entity: Any = context.get("package") or context.get("group")
    if entity is None or context.get("opengov_form"):
        return {}
    if len(key) > 1:
        resource_id = data.get((*key[:-1], "id"))
        entity = next((r for r in entity.resources if r.id == resource_id), None)
    stored = catalogue_translations_output((entity.extras or {}).get(key[len(key) - 1]) if entity else None)
    return stored if isinstance(stored, dict) else {}


def _refuse_shape(value: Any, field: Field, key: FlattenKey, errors: FlattenErrorDict) -> dict[str, Any]:
    if value is not missing and value is not None:
        message = toolkit._("{field}: give an object with a text for each language: kk, ru, en")
        errors[key].append(message.format(field=_label(field)))
    return {}


def _add_error(
    key: FlattenKey,
    lang: str,
    message: str,
    field: Field,
    errors: FlattenErrorDict,
    **values: Any,
) -> None:
    text = message.format(field=_label(field), language=_in_language(lang), **values)
    errors[key].append(text)
    errors.setdefault((*key[:-1], f"{key[-1]}-{lang}"), []).append(text)


def _label(field: Field) -> str:
    return display.label(field["label"])


def _in_language(lang: str) -> str:
    names = {
        "kk": toolkit._("in Kazakh"),
        "ru": toolkit._("in Russian"),
        "en": toolkit._("in English"),
    }
    return names[lang]


def _resource_positions(data: FlattenDataDict) -> Iterator[int]:
    yield from sorted({key[1] for key in data if key[0] == "resources" and len(key) > 2})  # noqa: PLR2004


def _dump(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
