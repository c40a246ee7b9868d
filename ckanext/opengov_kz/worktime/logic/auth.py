"""Who may see the calendar (everybody) and change it (system administrators)."""

from __future__ import annotations

from ckan.plugins import toolkit
from ckan.types import AuthResult, Context, DataDict


@toolkit.auth_allow_anonymous_access
def worktime_calendar_show(context: Context, data_dict: DataDict) -> AuthResult:
    """Everybody."""
    return {"success": True}


@toolkit.auth_allow_anonymous_access
def worktime_term_show(context: Context, data_dict: DataDict) -> AuthResult:
    """Everybody."""
    return {"success": True}


def worktime_change_list(context: Context, data_dict: DataDict) -> AuthResult:
    """System administrators, whom CKAN does not ask."""
    return {"success": False, "msg": toolkit._("Only administrators of the portal may change the calendar.")}


def worktime_override_set(context: Context, data_dict: DataDict) -> AuthResult:
    """System administrators, whom CKAN does not ask."""
    return {"success": False, "msg": toolkit._("Only administrators of the portal may change the calendar.")}


def worktime_override_remove(context: Context, data_dict: DataDict) -> AuthResult:
    """System administrators, whom CKAN does not ask."""
    return {"success": False, "msg": toolkit._("Only administrators of the portal may change the calendar.")}
