"""Who may read a classifier's history: whoever may see its dataset."""

from __future__ import annotations

from ckan.plugins import toolkit
from ckan.types import AuthResult, Context, DataDict


@toolkit.auth_allow_anonymous_access
def harvesting_classifier_show(context: Context, data_dict: DataDict) -> AuthResult:
    """Everyone who may see the dataset."""
    return _as_for_the_dataset(context, data_dict)


@toolkit.auth_allow_anonymous_access
def harvesting_classifier_item_show(context: Context, data_dict: DataDict) -> AuthResult:
    """Everyone who may see the dataset."""
    return _as_for_the_dataset(context, data_dict)


@toolkit.auth_allow_anonymous_access
def harvesting_classifier_version_list(context: Context, data_dict: DataDict) -> AuthResult:
    """Everyone who may see the dataset."""
    return _as_for_the_dataset(context, data_dict)


@toolkit.auth_allow_anonymous_access
def harvesting_classifier_change_list(context: Context, data_dict: DataDict) -> AuthResult:
    """Everyone who may see the dataset."""
    return _as_for_the_dataset(context, data_dict)


def _as_for_the_dataset(context: Context, data_dict: DataDict) -> AuthResult:
    try:
        toolkit.check_access("package_show", context, {"id": data_dict["id"]})
    except toolkit.NotAuthorized as refusal:
        return {"success": False, "msg": str(refusal)}
    return {"success": True}
