"""Who may read what the frame shows (everyone, as it is public), and who may register (everyone, on the pages)."""

from __future__ import annotations

from typing import Any

from ckan.plugins import toolkit
from ckan.types import AuthResult, Context


@toolkit.auth_allow_anonymous_access
def site_home_show(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Allow everyone to read the figures of home."""
    return {"success": True}


@toolkit.auth_allow_anonymous_access
def site_group_list(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Allow everyone to read the names of publishers and categories."""
    return {"success": True}


def _on_pages(context: Context) -> AuthResult:
    # Pages count attempts and check forms; the API would offer a way around both.
    return {"success": "api_version" not in context, "msg": toolkit._("This is done on the pages of the portal.")}


@toolkit.auth_allow_anonymous_access
def site_account_register(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Allow everyone to register on the page, nobody through the API."""
    return _on_pages(context)


@toolkit.auth_allow_anonymous_access
def site_account_confirm(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Allow everyone who has the link and the password, on the page."""
    return _on_pages(context)


@toolkit.auth_allow_anonymous_access
def site_confirmation_show(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Allow everyone who has the link, on the page."""
    return _on_pages(context)


@toolkit.auth_allow_anonymous_access
def site_confirmation_send(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Allow everyone to have the mail sent again, on the page."""
    return _on_pages(context)
