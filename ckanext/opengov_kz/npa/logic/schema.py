"""What may come into the actions of draft acts."""

from __future__ import annotations

from typing import Any

from ckan.logic.schema import validator_args
from ckan.types import Schema, Validator, ValidatorFactory

from ckanext.opengov_kz.npa import rules

_MOST = 100
ORDERS = ("closing", "newest", "viewed")


@validator_args
def act(not_empty: Validator, unicode_safe: Validator) -> Schema:
    """An act, named by the name or id of its package."""
    schema: dict[str, Any] = {"id": [not_empty, unicode_safe]}
    return schema


@validator_args
def start(not_empty: Validator, unicode_safe: Validator, ignore_missing: Validator, one_of: ValidatorFactory) -> Schema:
    """The call of npa_act_start: the least that a draft needs."""
    schema: dict[str, Any] = {
        "owner_org": [not_empty, unicode_safe],
        "kind": [not_empty, one_of(list(rules.KINDS))],
        "kk": [ignore_missing],
        "ru": [ignore_missing],
        "title_translated": [ignore_missing],
        "notes_translated": [ignore_missing],
        "contact_email": [ignore_missing, unicode_safe],
    }
    return schema


@validator_args
def text_show(ignore_missing: Validator, discussion_number: Validator, boolean_validator: Validator) -> Schema:
    """The call of npa_text_show."""
    schema: dict[str, Any] = {
        **act(),
        "version": [ignore_missing, discussion_number],
        "preview": [ignore_missing, boolean_validator],
    }
    return schema


@validator_args
def version_import(ignore_missing: Validator) -> Schema:
    """The call of npa_version_import; files come as they are."""
    schema: dict[str, Any] = {
        **act(),
        "kk": [ignore_missing],
        "ru": [ignore_missing],
        "kk_parts": [ignore_missing],
        "ru_parts": [ignore_missing],
    }
    return schema


@validator_args
def version_update(
    not_missing: Validator, npa_corrections: Validator, ignore_missing: Validator, unicode_safe: Validator
) -> Schema:
    """The call of npa_version_update."""
    schema: dict[str, Any] = {
        **act(),
        "corrections": [not_missing, npa_corrections],
        "seen": [ignore_missing, unicode_safe],
    }
    return schema


@validator_args
def version_publish(ignore_missing: Validator, npa_two_languages: Validator) -> Schema:
    """The call of npa_version_publish."""
    schema: dict[str, Any] = {**act(), "note": [ignore_missing, npa_two_languages]}
    return schema


@validator_args
def version_compare(
    not_missing: Validator, discussion_number: Validator, one_of: ValidatorFactory, default: ValidatorFactory
) -> Schema:
    """The call of npa_version_compare."""
    schema: dict[str, Any] = {
        **act(),
        "old": [not_missing, discussion_number],
        "new": [not_missing, discussion_number],
        "language": [default("kk"), one_of(["kk", "ru"])],
    }
    return schema


@validator_args
def move(not_empty: Validator, one_of: ValidatorFactory, default: ValidatorFactory, unicode_safe: Validator) -> Schema:
    """The call of npa_act_move."""
    stages = [stage for stage in rules.STAGES if stage not in {"draft", "discussion", "report"}]
    schema: dict[str, Any] = {
        **act(),
        "stage": [not_empty, one_of(stages)],
        "reason": [default(""), unicode_safe],
    }
    return schema


@validator_args
def extend(not_empty: Validator, npa_day: Validator, default: ValidatorFactory, unicode_safe: Validator) -> Schema:
    """The call of npa_act_extend."""
    schema: dict[str, Any] = {**act(), "closes": [not_empty, npa_day], "reason": [default(""), unicode_safe]}
    return schema


@validator_args
def send(not_empty: Validator, npa_day: Validator) -> Schema:
    """The call of npa_act_send."""
    schema: dict[str, Any] = {**act(), "day": [not_empty, npa_day]}
    return schema


@validator_args
def report_update(ignore_missing: Validator, npa_two_languages: Validator) -> Schema:
    """The call of npa_report_update."""
    text = [ignore_missing, npa_two_languages]
    schema: dict[str, Any] = {**act(), "introduction": text, "conclusion": text, "unanswered_reason": text}
    return schema


@validator_args
def conclusion_create(
    not_empty: Validator, one_of: ValidatorFactory, npa_conclusion_text: Validator, default: ValidatorFactory
) -> Schema:
    """The call of npa_conclusion_create."""
    schema: dict[str, Any] = {
        **act(),
        "kind": [not_empty, one_of(list(rules.CONCLUSION_KINDS))],
        "outcome": [not_empty, one_of(list(rules.CONCLUSION_OUTCOMES))],
        "text": [not_empty, npa_conclusion_text],
        "language": [default("kk"), one_of(["kk", "ru", "en"])],
    }
    return schema


@validator_args
def role(
    not_empty: Validator, one_of: ValidatorFactory, unicode_safe: Validator, npa_two_languages: Validator
) -> Schema:
    """The call of npa_role_set."""
    schema: dict[str, Any] = {
        "user": [not_empty, unicode_safe],
        "kind": [not_empty, one_of(list(rules.CONCLUSION_KINDS))],
        "organisation": [not_empty, npa_two_languages],
    }
    return schema


@validator_args
def role_named(not_empty: Validator, one_of: ValidatorFactory, unicode_safe: Validator) -> Schema:
    """The call of npa_role_delete."""
    schema: dict[str, Any] = {
        "user": [not_empty, unicode_safe],
        "kind": [not_empty, one_of(list(rules.CONCLUSION_KINDS))],
    }
    return schema


@validator_args
def follow(
    not_empty: Validator,
    one_of: ValidatorFactory,
    unicode_safe: Validator,
    default: ValidatorFactory,
    boolean_validator: Validator,
) -> Schema:
    """The call of npa_follow_set."""
    schema: dict[str, Any] = {
        "what": [not_empty, one_of(["body", "sphere", "act"])],
        "value": [not_empty, unicode_safe],
        "on": [default(True), boolean_validator],
    }
    return schema


@validator_args
def act_list(
    ignore_missing: Validator,
    ignore_empty: Validator,
    unicode_safe: Validator,
    one_of: ValidatorFactory,
    default: ValidatorFactory,
    discussion_number: Validator,
    limit_to_configured_maximum: ValidatorFactory,
) -> Schema:
    """The call of npa_act_list."""
    schema: dict[str, Any] = {
        "stage": [ignore_missing, ignore_empty, one_of(list(rules.STAGES))],
        "kind": [ignore_missing, ignore_empty, one_of(list(rules.KINDS))],
        "body": [ignore_missing, ignore_empty, unicode_safe],
        "sphere": [ignore_missing, ignore_empty, unicode_safe],
        "call": [ignore_missing, ignore_empty, unicode_safe],
        "q": [ignore_missing, ignore_empty, unicode_safe],
        "order": [default("newest"), one_of(list(ORDERS))],
        "limit": [default(20), discussion_number, limit_to_configured_maximum("opengov.npa.list_max", _MOST)],
        "offset": [default(0), discussion_number],
    }
    return schema


@validator_args
def indicators(ignore_missing: Validator, ignore_empty: Validator, unicode_safe: Validator) -> Schema:
    """The call of npa_indicators."""
    schema: dict[str, Any] = {
        "id": [ignore_missing, ignore_empty, unicode_safe],
        "body": [ignore_missing, ignore_empty, unicode_safe],
    }
    return schema
