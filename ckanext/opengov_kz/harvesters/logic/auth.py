"""Who may see and do what with a harvest source: mostly what ckanext-harvest says of the source itself."""

from __future__ import annotations

from ckan.plugins import toolkit
from ckan.types import AuthResult, Context, DataDict


@toolkit.auth_allow_anonymous_access
def harvesting_source_status_show(context: Context, data_dict: DataDict) -> AuthResult:
    """Everyone who may read the source."""
    return _as_for("harvest_source_show", context, data_dict)


@toolkit.auth_allow_anonymous_access
def harvesting_source_health_list(context: Context, data_dict: DataDict) -> AuthResult:
    """Everyone: whether data arrive is a public matter, as the sources themselves are."""
    return {"success": True}


@toolkit.auth_allow_anonymous_access
def harvesting_dataset_origin_show(context: Context, data_dict: DataDict) -> AuthResult:
    """Everyone who may read the dataset."""
    return _as_for("package_show", context, data_dict)


def harvesting_source_pending_list(context: Context, data_dict: DataDict) -> AuthResult:
    """Administrators of the portal alone, who need no permission."""
    return {"success": False}


def harvesting_source_approve(context: Context, data_dict: DataDict) -> AuthResult:
    """Administrators of the portal alone, who need no permission."""
    return {"success": False}


def harvesting_source_refuse(context: Context, data_dict: DataDict) -> AuthResult:
    """Administrators of the portal alone, who need no permission."""
    return {"success": False}


def harvesting_source_run(context: Context, data_dict: DataDict) -> AuthResult:
    """Those who may change the source."""
    return _as_for("harvest_source_update", context, data_dict)


def harvesting_source_stop(context: Context, data_dict: DataDict) -> AuthResult:
    """Those who may change the source."""
    return _as_for("harvest_source_update", context, data_dict)


def harvesting_source_clear(context: Context, data_dict: DataDict) -> AuthResult:
    """Those who may change the source."""
    return _as_for("harvest_source_update", context, data_dict)


def harvesting_source_delete(context: Context, data_dict: DataDict) -> AuthResult:
    """Those who may change the source."""
    return _as_for("harvest_source_update", context, data_dict)


def _as_for(name: str, context: Context, data_dict: DataDict) -> AuthResult:
    try:
        toolkit.check_access(name, context, {"id": data_dict["id"]})
    except toolkit.NotAuthorized as refusal:
        return {"success": False, "msg": str(refusal)}
    return {"success": True}
