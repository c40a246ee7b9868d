"""Who may read what the frame shows: everyone, as it holds nothing but what is public."""

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
