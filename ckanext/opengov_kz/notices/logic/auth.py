"""Everybody sees and switches their own notices: no action takes another person's name."""

from __future__ import annotations

from ckan.plugins import toolkit
from ckan.types import AuthResult, Context, DataDict


def _person(context: Context) -> AuthResult:
    if context.get("user"):
        return {"success": True}
    return {"success": False, "msg": toolkit._("Sign in to see your notices.")}


def notices_notice_list(context: Context, data_dict: DataDict) -> AuthResult:
    """Everybody with an account, their own."""
    return _person(context)


def notices_notice_read(context: Context, data_dict: DataDict) -> AuthResult:
    """Everybody with an account, their own."""
    return _person(context)


def notices_switch_list(context: Context, data_dict: DataDict) -> AuthResult:
    """Everybody with an account, their own."""
    return _person(context)


def notices_switch_set(context: Context, data_dict: DataDict) -> AuthResult:
    """Everybody with an account, their own."""
    return _person(context)


@toolkit.auth_allow_anonymous_access
def notices_switch_stop(context: Context, data_dict: DataDict) -> AuthResult:
    """Whoever has the address of a mail: it is signed, and nothing but that switch can be set by it."""
    return {"success": True}
