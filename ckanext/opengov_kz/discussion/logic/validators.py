"""Checks of what people write."""

from __future__ import annotations

from typing import Any

from ckan.plugins import toolkit
from ckan.types import Context, FlattenDataDict, FlattenErrorDict, FlattenKey
from flask import has_request_context

from ckanext.opengov_kz.discussion import rules
from ckanext.opengov_kz.discussion.words import discussion_refusal
from ckanext.opengov_kz.shared.languages import LANGUAGES

_SHORTEST_NAME, _LONGEST_NAME = 2, 80
_MOST_AT_ONCE = 200
_MOST_COUNTED = 100_000_000
_LONGEST_BAR = 365


def discussion_number(key: FlattenKey, data: FlattenDataDict, errors: FlattenErrorDict, context: Context) -> None:  # noqa: ARG001
    """A whole number that a database can count with. What is none stops the checks: those behind want to reckon."""
    try:
        number = int(str(data[key]))
    except ValueError:
        number = -1
    if not 0 <= number <= _MOST_COUNTED:
        errors[key].append(toolkit._("A whole number from 0 to {most} is wanted.").format(most=_MOST_COUNTED))
        raise toolkit.StopOnError
    data[key] = number


def discussion_text(value: str) -> str:
    """The words of a comment, cleaned. Raises Invalid, saying what is wrong."""
    text = rules.cleaned(value)
    problem = rules.text_problem(
        text, toolkit.config["opengov.discussion.text_max"], toolkit.config["opengov.discussion.links_max"]
    )
    if problem:
        raise toolkit.Invalid(discussion_refusal(problem))
    return text


def discussion_wording(value: str) -> str:
    """The words that a proposal would put in the place of a part's. Raises Invalid."""
    text = rules.cleaned(value)
    if len(text) > toolkit.config["opengov.discussion.text_max"]:
        raise toolkit.Invalid(discussion_refusal("long"))
    return text


def discussion_name(value: str) -> str:
    """A public name: one line of letters. Raises Invalid."""
    name = " ".join(rules.cleaned(value).split())
    if not _SHORTEST_NAME <= len(name) <= _LONGEST_NAME or not any(letter.isalpha() for letter in name) or "@" in name:
        raise toolkit.Invalid(toolkit._("Choose a name of 2 to 80 characters, without an e-mail address."))
    return name


def discussion_language(value: Any) -> str:
    """The language that a person writes in; that of the page where none is said, and outside of pages the first one."""
    if value in LANGUAGES:
        return str(value)
    page = toolkit.h.lang() if has_request_context() else ""
    return page if page in LANGUAGES else LANGUAGES[0]


def discussion_ids(value: Any) -> list[str]:
    """Ids as a list, or in one string with commas. Raises Invalid."""
    ids = [each.strip() for each in value.split(",")] if isinstance(value, str) else value
    if not isinstance(ids, list) or not all(isinstance(each, str) and each for each in ids):
        raise toolkit.Invalid(toolkit._("Choose at least one comment."))
    if len(ids) > _MOST_AT_ONCE:
        raise toolkit.Invalid(toolkit._("At most 200 comments can be worked on at once."))
    return list(dict.fromkeys(ids))


def discussion_days(value: int) -> int:
    """For how many days a person is barred. Raises Invalid."""
    if not 1 <= value <= _LONGEST_BAR:
        raise toolkit.Invalid(toolkit._("Give a number of days from 1 to 365."))
    return value
