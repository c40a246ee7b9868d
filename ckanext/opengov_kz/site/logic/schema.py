"""What may come in: accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ckan.logic.schema import validator_args

from ckanext.opengov_kz.shared.languages import LANGUAGES

if TYPE_CHECKING:
    from ckan.types import Schema, Validator, ValidatorFactory


@validator_args
def registration(
    not_empty: Validator,
    unicode_safe: Validator,
    strip_value: Validator,
    email_validator: Validator,
    user_password_validator: Validator,
    user_passwords_match: Validator,
    site_person_name: Validator,
    one_of: ValidatorFactory,
    default: ValidatorFactory,
) -> Schema:
    """A person who wants an account."""
    return {
        "fullname": [not_empty, unicode_safe, strip_value, site_person_name],
        "email": [not_empty, unicode_safe, strip_value, email_validator],
        "password1": [not_empty, user_password_validator, user_passwords_match],
        "password2": [not_empty, unicode_safe],
        "language": [default(LANGUAGES[0]), one_of(list(LANGUAGES))],
    }


@validator_args
def mailbox(
    not_empty: Validator, unicode_safe: Validator, strip_value: Validator, email_validator: Validator
) -> Schema:
    """A mailbox to send a link to."""
    return {"email": [not_empty, unicode_safe, strip_value, email_validator]}


@validator_args
def token(not_empty: Validator, unicode_safe: Validator) -> Schema:
    """The text of a link that confirms an account."""
    return {"token": [not_empty, unicode_safe]}


@validator_args
def confirmation(not_empty: Validator, unicode_safe: Validator) -> Schema:
    """A link together with the password chosen at registration."""
    return {"token": [not_empty, unicode_safe], "password": [not_empty, unicode_safe]}
