"""Who may see the quality of a dataset: everyone who may see the dataset."""

from __future__ import annotations

from ckan.plugins import toolkit
from ckan.types import AuthResult, Context, DataDict


@toolkit.auth_allow_anonymous_access
def harvesting_quality_show(context: Context, data_dict: DataDict) -> AuthResult:
    """Everyone who may read the dataset."""
    try:
        toolkit.check_access("package_show", context, {"id": data_dict["id"]})
    except toolkit.NotAuthorized as refusal:
        return {"success": False, "msg": str(refusal)}
    return {"success": True}
