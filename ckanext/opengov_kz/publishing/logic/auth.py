"""Who may bring rows and who may read them: those who may change, or see, the resource."""

from __future__ import annotations

from ckan import authz, model
from ckan.plugins import toolkit
from ckan.types import AuthResult, Context, DataDict


def publishing_rows_merge(context: Context, data_dict: DataDict) -> AuthResult:
    """Whoever may change the resource."""
    return _as("resource_update", context, data_dict)


def publishing_columns_change(context: Context, data_dict: DataDict) -> AuthResult:
    """Whoever may change the resource."""
    return _as("resource_update", context, data_dict)


def publishing_changes_forget(context: Context, data_dict: DataDict) -> AuthResult:
    """Whoever may change the resource."""
    return _as("resource_update", context, data_dict)


@toolkit.auth_allow_anonymous_access
def publishing_table_show(context: Context, data_dict: DataDict) -> AuthResult:
    """Whoever may see the resource: the table of a private dataset is for its publisher."""
    return _as("resource_show", context, data_dict)


@toolkit.auth_allow_anonymous_access
def publishing_export_show(context: Context, data_dict: DataDict) -> AuthResult:
    """Whoever may see the resource: its files are as public as its table."""
    return _as("resource_show", context, data_dict)


def publishing_export_start(context: Context, data_dict: DataDict) -> AuthResult:
    """Whoever may change the resource."""
    return _as("resource_update", context, data_dict)


@toolkit.auth_allow_anonymous_access
def publishing_run_list(context: Context, data_dict: DataDict) -> AuthResult:
    """Whoever may see the resource."""
    return _as("resource_show", context, data_dict)


@toolkit.auth_allow_anonymous_access
def publishing_run_show(context: Context, data_dict: DataDict) -> AuthResult:
    """Whoever may see the resource."""
    return _as("resource_show", context, data_dict)


@toolkit.auth_allow_anonymous_access
def publishing_change_list(context: Context, data_dict: DataDict) -> AuthResult:
    """Whoever may see the resource."""
    return _as("resource_show", context, data_dict)


def publishing_reject_list(context: Context, data_dict: DataDict) -> AuthResult:
    """The people of the body that owns the resource: a rejected row may hold what is not for everyone."""
    resource = model.Resource.get(data_dict.get("resource_id") or "")
    owner = resource.package.owner_org if resource else None
    return {"success": authz.has_user_permission_for_group_or_org(owner, context.get("user"), "read")}


def _as(privilege: str, context: Context, data_dict: DataDict) -> AuthResult:
    toolkit.check_access(privilege, context, {"id": data_dict.get("resource_id")})
    return {"success": True}
