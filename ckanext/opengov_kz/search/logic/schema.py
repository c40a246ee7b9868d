"""What may come into the actions of the search."""

from __future__ import annotations

from ckan.logic.schema import validator_args
from ckan.types import Schema, Validator, ValidatorFactory


@validator_args
def search_suggest(
    default: ValidatorFactory, unicode_safe: Validator, natural_number_validator: Validator, ignore: Validator
) -> Schema:
    """The beginning of a query, and how many suggestions are wanted."""
    return {
        "q": [default(""), unicode_safe],
        "limit": [default(8), natural_number_validator],
        "__extras": [ignore],
    }


@validator_args
def search_index_compare(default: ValidatorFactory, boolean_validator: Validator, ignore: Validator) -> Schema:
    """Whether to mend, and whether to wait for it."""
    return {
        "dry_run": [default(False), boolean_validator],
        "background": [default(False), boolean_validator],
        "__extras": [ignore],
    }


@validator_args
def search_index_rebuild(default: ValidatorFactory, boolean_validator: Validator, ignore: Validator) -> Schema:
    """Whether to begin anew."""
    return {"fresh": [default(False), boolean_validator], "__extras": [ignore]}
