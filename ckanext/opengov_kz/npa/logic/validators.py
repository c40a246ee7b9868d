"""Checks of draft acts: fields of the passport, and what officers and experts write."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any
from urllib.parse import urlsplit

from ckan import model
from ckan.lib.navl.dictization_functions import missing
from ckan.plugins import toolkit
from ckan.types import Context, FlattenDataDict, FlattenErrorDict, FlattenKey

from ckanext.opengov_kz.npa import acts, importing
from ckanext.opengov_kz.npa.model import Act
from ckanext.opengov_kz.npa.parts import KINDS
from ckanext.opengov_kz.npa.texts import LANGUAGES

_LONGEST_NOTE = 20_000
_LONGEST_TERM = 250
_DEEPEST = 12
_LONGEST_PART = 200_000

__all__ = [
    "npa_call_exists",
    "npa_conclusion_text",
    "npa_corrections",
    "npa_day",
    "npa_discussion_days",
    "npa_keep_visibility",
    "npa_kind_settled",
    "npa_links",
    "npa_two_languages",
]


def npa_keep_visibility(
    key: FlattenKey,  # noqa: ARG001
    data: FlattenDataDict,
    errors: FlattenErrorDict,  # noqa: ARG001
    context: Context,
) -> None:
    """Whether everybody sees an act follows from its stage alone, whatever way its passport is saved."""
    package = context.get("package")
    act = model.Session.get(Act, package.id) if package is not None else None
    data[("private",)] = act is None or act.stage == "draft"


def npa_kind_settled(key: FlattenKey, data: FlattenDataDict, errors: FlattenErrorDict, context: Context) -> None:
    """The kind decides the term of the discussion, so it stays once that has begun."""
    package = context.get("package")
    act = model.Session.get(Act, package.id) if package is not None else None
    if act is not None and act.stage != "draft" and data.get(key) != act.kind:
        errors[key].append(toolkit._("The kind of an act stays once its discussion has begun."))


def npa_discussion_days(value: Any) -> int | None:
    """A wished term in working days. Raises Invalid."""
    if value is None or value == "" or value is missing:
        return None
    text = str(value).strip()
    if not text.isdecimal() or not 0 < int(text) <= _LONGEST_TERM:
        raise toolkit.Invalid(
            toolkit._("A whole number of working days from 1 to {most} is wanted.").format(most=_LONGEST_TERM)
        )
    return int(text)


def npa_links(value: Any) -> str | None:
    """Lines of a title and a link each. Raises Invalid, naming the line."""
    if value is None or value is missing or value == "":
        return None
    if not isinstance(value, str):
        raise toolkit.Invalid(toolkit._("A text is wanted."))
    lines = [" ".join(line.split()) for line in value.splitlines() if line.strip()]
    for number, line in enumerate(lines, start=1):
        if not _is_address(line.rsplit(" ", 1)[-1]):
            raise toolkit.Invalid(
                toolkit._("Line {number}: the link at its end is missing or is none.").format(number=number)
            )
    return "\n".join(lines)


def _is_address(text: str) -> bool:
    try:
        address = urlsplit(text)
    except ValueError:
        return False
    return address.scheme in {"http", "https"} and bool(address.hostname)


def npa_call_exists(value: Any) -> str | None:
    """The call for ideas that an act came of, by its name. Raises Invalid."""
    if not value or value is missing:
        return None
    try:
        return acts.package(str(value), acts.CALL).name
    except toolkit.ObjectNotFound:
        raise toolkit.Invalid(toolkit._("There is no such call for ideas.")) from None


def npa_day(value: Any) -> dt.date:
    """A day. Raises Invalid."""
    if isinstance(value, dt.date):
        return value
    try:
        return dt.date.fromisoformat(str(value).strip())
    except ValueError:
        raise toolkit.Invalid(toolkit._("Write the day as 2026-11-27.")) from None


def npa_two_languages(value: Any) -> dict[str, str]:
    """A text by language, as a dict or JSON. Raises Invalid."""
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError:
            value = None
    if not isinstance(value, dict) or not all(isinstance(text, str) for text in value.values()):
        raise toolkit.Invalid(toolkit._("A text by language is wanted: {example}").format(example='{"kk": "…"}'))
    if unknown := sorted(set(value) - {*LANGUAGES, "en"}):
        raise toolkit.Invalid(toolkit._("Unknown language: {language}").format(language=unknown[0]))
    if any(len(text) > _LONGEST_NOTE for text in value.values()):
        raise toolkit.Invalid(toolkit._("The text is longer than {most} characters.").format(most=_LONGEST_NOTE))
    return {language: text.strip() for language, text in value.items() if text.strip()}


def npa_conclusion_text(value: Any) -> str:
    """The words of a conclusion. Raises Invalid."""
    text = str(value).strip()
    if len(text) > _LONGEST_NOTE:
        raise toolkit.Invalid(toolkit._("The text is longer than {most} characters.").format(most=_LONGEST_NOTE))
    return text


def npa_corrections(value: Any) -> dict[str, dict[int, dict[str, Any]]]:
    """Corrections of a preview: language → place among its parts, from 0 → what to change. Raises Invalid."""
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError:
            value = None
    if not isinstance(value, dict) or not set(value) <= set(LANGUAGES):
        raise toolkit.Invalid(toolkit._("Corrections by language (kk, ru) are wanted."))
    return {language: _of_language(places) for language, places in value.items()}


def _of_language(places: Any) -> dict[int, dict[str, Any]]:
    if not isinstance(places, dict):
        raise toolkit.Invalid(toolkit._("Corrections by the place of the part, from 0, are wanted."))
    found = {}
    for place, wished in places.items():
        if not str(place).isdecimal() or not isinstance(wished, dict) or not set(wished) <= set(importing.CHANGES):
            raise toolkit.Invalid(toolkit._("Part {place}: no such correction.").format(place=place))
        found[int(place)] = _of_part(str(place), wished)
    return found


def _of_part(place: str, wished: dict[str, Any]) -> dict[str, Any]:
    checked = dict(wished)
    if "kind" in wished and wished["kind"] not in KINDS:
        raise toolkit.Invalid(toolkit._("Part {place}: unknown kind.").format(place=place))
    if "depth" in wished:
        if not str(wished["depth"]).isdecimal() or int(wished["depth"]) > _DEEPEST:
            raise toolkit.Invalid(
                toolkit._("Part {place}: the depth is to be a small whole number.").format(place=place)
            )
        checked["depth"] = int(wished["depth"])
    for name in ("number", "title", "text"):
        if name in wished and (not isinstance(wished[name], str) or len(wished[name]) > _LONGEST_PART):
            raise toolkit.Invalid(toolkit._("Part {place}: the text is too long, or is none.").format(place=place))
    return checked
