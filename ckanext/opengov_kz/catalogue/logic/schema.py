"""What may come in: steps of a review and old addresses."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from ckan.logic.schema import validator_args
from ckan.plugins import toolkit

if TYPE_CHECKING:
    from ckan.types import Schema, Validator, ValidatorFactory

_LONGEST_REASON = 4000
_LONGEST_NAME = 200


@validator_args
def review_step(not_empty: Validator, unicode_safe: Validator) -> Schema:
    """A step that needs no words."""
    return {"id": [not_empty, unicode_safe]}


@validator_args
def review_return(not_empty: Validator, unicode_safe: Validator) -> Schema:
    """A step back, with the reason that the author will read."""
    return {"id": [not_empty, unicode_safe], "reason": [unicode_safe, _strip, not_empty, _at_most(_LONGEST_REASON)]}


@validator_args
def address(not_empty: Validator, unicode_safe: Validator, one_of: ValidatorFactory) -> Schema:
    """An old name, and what it named."""
    return {
        "subject_type": [not_empty, one_of(["dataset", "group"])],
        "name": [not_empty, unicode_safe, _at_most(_LONGEST_NAME)],
    }


def _strip(value: str) -> str:
    return value.strip()


def _at_most(limit: int) -> Callable[[str], str]:
    def validate(value: str) -> str:
        if len(value) > limit:
            raise toolkit.Invalid(toolkit._("No more than %(limit)s characters, please.") % {"limit": limit})
        return value

    return validate
