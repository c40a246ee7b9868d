"""What may come into the actions of classifiers."""

from __future__ import annotations

from typing import Any

from ckan.logic.schema import validator_args
from ckan.types import Schema, Validator, ValidatorFactory

_ON_A_PAGE = 100


@validator_args
def classifier(not_empty: Validator, unicode_safe: Validator) -> Schema:
    """A classifier, by the id or the name of its dataset."""
    return {"id": [not_empty, unicode_safe]}


@validator_args
def items(
    not_empty: Validator,
    unicode_safe: Validator,
    ignore_missing: Validator,
    ignore_empty: Validator,
    default: ValidatorFactory,
    harvesting_day: Validator,
    harvesting_text: Validator,
    harvesting_limit: Validator,
    harvesting_offset: Validator,
) -> Schema:
    """Items of a classifier as of a day, page by page."""
    schema: dict[str, Any] = {
        "id": [not_empty, unicode_safe],
        "date": [ignore_empty, harvesting_day],
        "parent": [ignore_missing, harvesting_text],
        "q": [ignore_empty, harvesting_text],
        "limit": [default(_ON_A_PAGE), harvesting_limit],
        "offset": [default(0), harvesting_offset],
    }
    return schema


@validator_args
def item(
    not_empty: Validator,
    unicode_safe: Validator,
    ignore_empty: Validator,
    harvesting_day: Validator,
    harvesting_text: Validator,
) -> Schema:
    """One item of a classifier as of a day."""
    schema: dict[str, Any] = {
        "id": [not_empty, unicode_safe],
        "code": [not_empty, harvesting_text],
        "date": [ignore_empty, harvesting_day],
    }
    return schema


@validator_args
def changes(
    not_empty: Validator,
    unicode_safe: Validator,
    ignore_empty: Validator,
    default: ValidatorFactory,
    boolean_validator: Validator,
    harvesting_day: Validator,
    harvesting_text: Validator,
    harvesting_limit: Validator,
    harvesting_offset: Validator,
) -> Schema:
    """Changes of a classifier since a version, a day or another change, page by page."""
    schema: dict[str, Any] = {
        "id": [not_empty, unicode_safe],
        "since": [ignore_empty, harvesting_text],
        "since_date": [ignore_empty, harvesting_day],
        "after": [default(0), harvesting_offset],
        "newest_first": [default(False), boolean_validator],
        "limit": [default(_ON_A_PAGE), harvesting_limit],
        "offset": [default(0), harvesting_offset],
    }
    return schema
