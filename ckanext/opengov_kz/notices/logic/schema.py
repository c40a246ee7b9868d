"""What may come into the actions of notices."""

from __future__ import annotations

from typing import Any

from ckan.logic.schema import validator_args
from ckan.types import Schema, Validator, ValidatorFactory

from ckanext.opengov_kz.notices import rules


@validator_args
def notice_list(default: ValidatorFactory, natural_number_validator: Validator) -> Schema:
    """The call of notices_notice_list."""
    schema: dict[str, Any] = {
        "limit": [default(20), natural_number_validator],
        "offset": [default(0), natural_number_validator],
    }
    return schema


@validator_args
def notice_read(ignore_empty: Validator, int_validator: Validator) -> Schema:
    """The call of notices_notice_read."""
    schema: dict[str, Any] = {"id": [ignore_empty, int_validator]}
    return schema


@validator_args
def switch_set(
    not_empty: Validator, unicode_safe: Validator, one_of: ValidatorFactory, notices_kind: Validator
) -> Schema:
    """The call of notices_switch_set."""
    schema: dict[str, Any] = {
        "kind": [not_empty, unicode_safe, notices_kind],
        "how": [not_empty, one_of(list(rules.HOW))],
    }
    return schema
