"""What may come into the actions of the calendar."""

from __future__ import annotations

from typing import Any

from ckan.logic.schema import validator_args
from ckan.types import Schema, Validator


@validator_args
def calendar_show(not_empty: Validator, worktime_year: Validator) -> Schema:
    """The call of worktime_calendar_show."""
    schema: dict[str, Any] = {"year": [not_empty, worktime_year]}
    return schema


@validator_args
def term_show(not_empty: Validator, worktime_day: Validator, worktime_days: Validator) -> Schema:
    """The call of worktime_term_show."""
    schema: dict[str, Any] = {"received": [not_empty, worktime_day], "days": [not_empty, worktime_days]}
    return schema


@validator_args
def day(not_empty: Validator, worktime_day: Validator) -> Schema:
    """A day."""
    schema: dict[str, Any] = {"day": [not_empty, worktime_day]}
    return schema


@validator_args
def override_set(
    not_empty: Validator, not_missing: Validator, boolean_validator: Validator, unicode_safe: Validator
) -> Schema:
    """The call of worktime_override_set."""
    schema: dict[str, Any] = {
        **day(),
        "works": [not_missing, boolean_validator],
        "reason_kk": [not_empty, unicode_safe],
        "reason_ru": [not_empty, unicode_safe],
    }
    return schema
