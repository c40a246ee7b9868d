"""Field checks of accounts."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Any

from ckan.plugins import toolkit

if TYPE_CHECKING:
    from ckan.types import Context

_SHORTEST_PASSWORD = 10
_LONGEST_PASSWORD = 1000
_LONGEST_NAME = 100


def user_password_validator(key: Any, data: dict[Any, Any], errors: dict[Any, Any], context: Context) -> None:  # noqa: ARG001
    """Ask for a password of 10 to 1000 characters; replaces CKAN's check, which asks for 8, on every form.

    Length is what counts; rules about kinds of characters make people write passwords down (NIST SP 800-63B).
    """
    value = data[key]
    if value is toolkit.missing or value == "":
        return
    if not isinstance(value, str):
        errors[key].append(toolkit._("Passwords must be strings"))
    elif len(value) < _SHORTEST_PASSWORD:
        message = toolkit._("The password must have at least %(count)s characters.")
        errors[key].append(message % {"count": _SHORTEST_PASSWORD})
    elif len(value) > _LONGEST_PASSWORD:
        message = toolkit._("The password may have no more than %(count)s characters.")
        errors[key].append(message % {"count": _LONGEST_PASSWORD})


def site_person_name(value: str) -> str:
    """Check a person's name: at most 100 characters, one line, nothing that could pass for an address in a mail."""
    if len(value) > _LONGEST_NAME:
        raise toolkit.Invalid(
            toolkit._("The name may have no more than %(count)s characters.") % {"count": _LONGEST_NAME}
        )
    # Mails greet people by name: a link there would be spam sent in the portal's name.
    if any(unicodedata.category(sign).startswith("C") for sign in value) or "://" in value or "www." in value.lower():
        raise toolkit.Invalid(toolkit._("Write the name of a person, without addresses of sites."))
    return value
