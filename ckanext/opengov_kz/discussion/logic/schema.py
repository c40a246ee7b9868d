"""What may come into the actions of the discussion."""

from __future__ import annotations

from typing import Any

from ckan.logic.schema import validator_args
from ckan.types import Schema, Validator, ValidatorFactory

from ckanext.opengov_kz.discussion import replies, rules, votes

_MOST = 100


@validator_args
def subject(not_empty: Validator, unicode_safe: Validator) -> Schema:
    """A subject, named."""
    schema: dict[str, Any] = {
        "subject_type": [not_empty, unicode_safe],
        "subject_id": [not_empty, unicode_safe],
    }
    return schema


@validator_args
def comment(not_empty: Validator, unicode_safe: Validator) -> Schema:
    """A comment, named."""
    schema: dict[str, Any] = {"id": [not_empty, unicode_safe]}
    return schema


@validator_args
def _page(
    default: ValidatorFactory,
    discussion_number: Validator,
    limit_to_configured_maximum: ValidatorFactory,
) -> Schema:
    schema: dict[str, Any] = {
        "limit": [
            default(20),
            discussion_number,
            limit_to_configured_maximum("opengov.discussion.page_max", _MOST),
        ],
        "offset": [default(0), discussion_number],
    }
    return schema


@validator_args
def thread_show(
    ignore_missing: Validator, unicode_safe: Validator, default: ValidatorFactory, one_of: ValidatorFactory
) -> Schema:
    """The call of discussion_thread_show."""
    schema: dict[str, Any] = {
        **subject(),
        **_page(),
        "part_id": [ignore_missing, unicode_safe],
        "kind": [ignore_missing, one_of(["", *rules.KINDS])],
        "sort": [default("new"), one_of(list(rules.SORTS))],
    }
    return schema


def thread_latest() -> Schema:
    """The call of discussion_thread_latest."""
    return {**subject(), "limit": _page()["limit"]}


def comment_show() -> Schema:
    """The call of discussion_comment_show."""
    return {**comment(), **_page()}


@validator_args
def _words(
    not_empty: Validator,
    ignore_missing: Validator,
    unicode_safe: Validator,
    discussion_text: Validator,
    discussion_wording: Validator,
) -> Schema:
    schema: dict[str, Any] = {
        "text": [not_empty, unicode_safe, discussion_text],
        "wording": [ignore_missing, unicode_safe, discussion_wording],
    }
    return schema


@validator_args
def comment_create(
    ignore_empty: Validator,
    unicode_safe: Validator,
    default: ValidatorFactory,
    one_of: ValidatorFactory,
    ignore_missing: Validator,
    discussion_name: Validator,
    discussion_language: Validator,
) -> Schema:
    """The call of discussion_comment_create."""
    schema: dict[str, Any] = {
        **subject(),
        **_words(),
        "kind": [default("opinion"), one_of(list(rules.KINDS))],
        "part_id": [ignore_empty, unicode_safe],
        "parent_id": [ignore_empty, unicode_safe],
        "author_name": [ignore_empty, unicode_safe, discussion_name],
        "language": [discussion_language],
        "upload": [ignore_missing],
    }
    return schema


def comment_update() -> Schema:
    """The call of discussion_comment_update."""
    return {**comment(), **_words()}


@validator_args
def vote_set(
    not_missing: Validator,
    unicode_safe: Validator,
    not_empty: Validator,
    int_validator: Validator,
    one_of: ValidatorFactory,
) -> Schema:
    """The call of discussion_vote_set."""
    schema: dict[str, Any] = {
        "target": [not_empty, one_of([votes.COMMENT, votes.SUBJECT])],
        "id": [not_empty, unicode_safe],
        "value": [not_missing, int_validator, one_of([-1, 0, 1])],
    }
    return schema


@validator_args
def draft_save(
    ignore_missing: Validator, ignore_empty: Validator, unicode_safe: Validator, one_of: ValidatorFactory
) -> Schema:
    """The call of discussion_draft_save."""
    schema: dict[str, Any] = {
        **subject(),
        "part_id": [ignore_empty, unicode_safe],
        "parent_id": [ignore_empty, unicode_safe],
        "kind": [ignore_empty, one_of(list(rules.KINDS))],
        "text": [ignore_missing, unicode_safe],
        "wording": [ignore_missing, unicode_safe],
    }
    return schema


@validator_args
def reply_draft(
    ignore_missing: Validator, ignore_empty: Validator, unicode_safe: Validator, one_of: ValidatorFactory
) -> Schema:
    """The call of discussion_reply_draft."""
    schema: dict[str, Any] = {
        **comment(),
        "outcome": [ignore_empty, one_of(list(rules.OUTCOMES))],
        "text": [ignore_missing, unicode_safe],
        "reason": [ignore_missing, unicode_safe],
        "private_note": [ignore_missing, unicode_safe],
        "seen": [ignore_missing, unicode_safe],
    }
    return schema


@validator_args
def reply_correct(
    not_empty: Validator, ignore_missing: Validator, unicode_safe: Validator, one_of: ValidatorFactory
) -> Schema:
    """The call of discussion_reply_correct."""
    schema: dict[str, Any] = {
        **comment(),
        "outcome": [not_empty, one_of(list(rules.OUTCOMES))],
        "text": [not_empty, unicode_safe],
        "reason": [ignore_missing, unicode_safe],
        "why": [not_empty, unicode_safe],
    }
    return schema


@validator_args
def reply_assign(ignore_missing: Validator, unicode_safe: Validator) -> Schema:
    """The call of discussion_reply_assign."""
    schema: dict[str, Any] = {**comment(), "expert": [ignore_missing, unicode_safe]}
    return schema


@validator_args
def reply_queue(
    ignore_empty: Validator, unicode_safe: Validator, one_of: ValidatorFactory, boolean_validator: Validator
) -> Schema:
    """The call of discussion_reply_queue."""
    schema: dict[str, Any] = {
        **_page(),
        "state": [ignore_empty, one_of(list(replies.STATES))],
        "due": [ignore_empty, one_of(["today", "overdue"])],
        "subject_id": [ignore_empty, unicode_safe],
        "mine": [ignore_empty, boolean_validator],
    }
    return schema


@validator_args
def comments(not_empty: Validator, discussion_ids: Validator) -> Schema:
    """Several comments, named."""
    schema: dict[str, Any] = {"ids": [not_empty, discussion_ids]}
    return schema


@validator_args
def template_create(not_empty: Validator, unicode_safe: Validator, discussion_language: Validator) -> Schema:
    """The call of discussion_template_create."""
    schema: dict[str, Any] = {
        "owner_id": [not_empty, unicode_safe],
        "title": [not_empty, unicode_safe],
        "text": [not_empty, unicode_safe],
        "language": [discussion_language],
    }
    return schema


@validator_args
def ruled(not_empty: Validator, ignore_missing: Validator, unicode_safe: Validator, one_of: ValidatorFactory) -> Schema:
    """A comment, the rule that it breaks, and a note."""
    schema: dict[str, Any] = {
        **comment(),
        "rule": [not_empty, one_of(list(rules.HIDING_RULES))],
        "note": [ignore_missing, unicode_safe],
    }
    return schema


def page() -> Schema:
    """A page of a list."""
    return _page()


@validator_args
def bar_set(
    not_empty: Validator,
    unicode_safe: Validator,
    one_of: ValidatorFactory,
    int_validator: Validator,
    discussion_days: Validator,
) -> Schema:
    """The call of discussion_bar_set."""
    schema: dict[str, Any] = {
        **comment(),
        "days": [not_empty, int_validator, discussion_days],
        "rule": [not_empty, one_of(list(rules.HIDING_RULES))],
        "note": [not_empty, unicode_safe],
    }
    return schema


@validator_args
def appeal(not_empty: Validator, unicode_safe: Validator) -> Schema:
    """The call of discussion_bar_appeal."""
    schema: dict[str, Any] = {"text": [not_empty, unicode_safe]}
    return schema


@validator_args
def decision(not_empty: Validator, unicode_safe: Validator, boolean_validator: Validator) -> Schema:
    """The call of discussion_bar_decide."""
    schema: dict[str, Any] = {**comment(), "lift": [boolean_validator], "note": [not_empty, unicode_safe]}
    return schema
