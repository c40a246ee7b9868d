"""What may come into the actions of publishing."""

from __future__ import annotations

from typing import Any

from ckan.logic.schema import validator_args
from ckan.types import Schema, Validator, ValidatorFactory

from ckanext.opengov_kz.publishing.rows import MODES


@validator_args
def rows_merge_schema(
    not_empty: Validator,
    unicode_safe: Validator,
    not_missing: Validator,
    ignore_missing: Validator,
    default: ValidatorFactory,
    one_of: ValidatorFactory,
    boolean_validator: Validator,
    publishing_names: Validator,
    publishing_rows: Validator,
) -> Schema:
    """The call of publishing_rows_merge."""
    schema: dict[str, Any] = {
        "resource_id": [not_empty, unicode_safe],
        "rows": [not_missing, publishing_rows],
        "key": [ignore_missing, publishing_names],
        "mode": [default("snapshot"), one_of(list(MODES))],
        "force": [default(False), boolean_validator],
    }
    return schema


@validator_args
def columns_change_schema(
    not_empty: Validator,
    unicode_safe: Validator,
    default: ValidatorFactory,
    boolean_validator: Validator,
    publishing_names: Validator,
    publishing_pairs: Validator,
) -> Schema:
    """The call of publishing_columns_change."""
    schema: dict[str, Any] = {
        "resource_id": [not_empty, unicode_safe],
        "rename": [default({}), publishing_pairs],
        "remove": [default([]), publishing_names],
        "types": [default({}), publishing_pairs],
        "confirm": [default(False), boolean_validator],
    }
    return schema


@validator_args
def run_list_schema(
    not_empty: Validator,
    unicode_safe: Validator,
    default: ValidatorFactory,
    natural_number_validator: Validator,
    limit_to_configured_maximum: ValidatorFactory,
) -> Schema:
    """The calls of publishing_run_list and publishing_reject_list, apart from the run of the latter."""
    schema: dict[str, Any] = {
        "resource_id": [not_empty, unicode_safe],
        "limit": [
            default(20),
            natural_number_validator,
            limit_to_configured_maximum("opengov.publishing.merge_rows_max", 32000),
        ],
        "offset": [default(0), natural_number_validator],
    }
    return schema


@validator_args
def reject_list_schema(not_empty: Validator, unicode_safe: Validator) -> Schema:
    """The call of publishing_reject_list."""
    schema: dict[str, Any] = {**run_list_schema(), "run_id": [not_empty, unicode_safe]}
    return schema


@validator_args
def run_show_schema(not_empty: Validator, unicode_safe: Validator) -> Schema:
    """The call of publishing_run_show."""
    schema: dict[str, Any] = {"resource_id": [not_empty, unicode_safe], "run_id": [not_empty, unicode_safe]}
    return schema


@validator_args
def change_list_schema(ignore_empty: Validator, unicode_safe: Validator, publishing_moment: Validator) -> Schema:
    """The call of publishing_change_list."""
    schema: dict[str, Any] = {
        **run_list_schema(),
        "run_id": [ignore_empty, unicode_safe],
        "since": [ignore_empty, publishing_moment],
        "until": [ignore_empty, publishing_moment],
    }
    return schema
