"""Who may write, publish and read in the catalogue.

CKAN's three roles in a body are the portal's three: `member` is an officer, who writes drafts; `editor` is an editor,
who also publishes; `admin` is the administrator of the body, who also looks after its people. CKAN lets a member only
read, so the role is widened here, and the two functions below narrow it again to drafts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ckan import authz
from ckan.logic.auth import get_package_object
from ckan.plugins import toolkit

from ckanext.opengov_kz.catalogue import review

if TYPE_CHECKING:
    from ckan.types import AuthFunction, AuthResult, Context, DataDict

#: The permission functions below are no authorization functions of CKAN's.
__all__ = [
    "catalogue_address_show",
    "catalogue_dataset_publish",
    "catalogue_dataset_return",
    "catalogue_dataset_submit",
    "catalogue_dataset_withdraw",
    "catalogue_review_list",
    "catalogue_review_show",
    "package_create",
    "package_update",
]

PUBLISH = "publish_dataset"
_OFFICER = ("read", "manage_group", "create_dataset", "update_dataset")


def define_roles() -> None:
    """Gives CKAN's roles their meaning in this portal (see above); called once by the plugin."""
    authz.ROLE_PERMISSIONS["member"] = list(_OFFICER)
    if PUBLISH not in authz.ROLE_PERMISSIONS["editor"]:
        authz.ROLE_PERMISSIONS["editor"].append(PUBLISH)


def may_write(user: str | None, owner_org: str | None) -> bool:
    """Whether a person writes drafts for a body: its officers, editors and administrators."""
    return authz.has_user_permission_for_group_or_org(owner_org, user, "update_dataset")


def may_publish(user: str | None, owner_org: str | None) -> bool:
    """Whether a person publishes for a body: its editors and administrators."""
    return authz.has_user_permission_for_group_or_org(owner_org, user, PUBLISH)


def stage_of(package: Any) -> str:
    """The stage of a stored dataset; one from before the reviews stands where its visibility says."""
    stored = (package.extras or {}).get("review_state")
    return stored or (review.DRAFT if package.private else review.PUBLISHED)


def trusted(context: Context) -> bool:
    """Harvesters and the portal's own code (ignore_auth), and system administrators."""
    return bool(context.get("ignore_auth")) or authz.is_sysadmin(context.get("user"))


def _refuse(message: str) -> AuthResult:
    return {"success": False, "msg": message}


def _written_by_officers(dataset_type: str | None) -> bool:
    """Whether officers write drafts of a type: datasets, and types that say so in their schema."""
    if dataset_type in {None, "", "dataset"}:
        return True
    schema = toolkit.h.scheming_get_dataset_schema(dataset_type) or {}
    return bool(schema.get("written_by_officers"))


@toolkit.chained_auth_function
@toolkit.auth_allow_anonymous_access
def package_create(next_auth: AuthFunction, context: Context, data_dict: DataDict | None = None) -> AuthResult:
    """As in CKAN; an officer creates datasets and what else is theirs to write, no harvest sources."""
    wanted = data_dict or {}
    result = next_auth(context, wanted)
    if not result.get("success") or _written_by_officers(wanted.get("type")):
        return result
    user, body = context.get("user"), wanted.get("owner_org")
    allowed = may_publish(user, body) if body else authz.has_user_permission_for_some_org(user, PUBLISH)
    return result if allowed else _refuse(toolkit._("An officer may only write datasets."))


@toolkit.chained_auth_function
@toolkit.auth_allow_anonymous_access
def package_update(next_auth: AuthFunction, context: Context, data_dict: DataDict | None) -> AuthResult:
    """As in CKAN; an officer edits a dataset only while it is a draft."""
    wanted = data_dict or {}
    result = next_auth(context, wanted)
    package = get_package_object(context, wanted)
    if not result.get("success") or not package.owner_org or may_publish(context.get("user"), package.owner_org):
        return result
    match stage_of(package) if _written_by_officers(package.type) else None:
        case review.DRAFT:
            return result
        case review.REVIEW:
            return _refuse(toolkit._("The dataset is being reviewed. Take it back from review to edit it."))
        case review.PUBLISHED:
            return _refuse(toolkit._("This is published. An editor of the body can edit it."))
    return _refuse(toolkit._("An officer may only write datasets."))


def _writer(context: Context, data_dict: DataDict) -> AuthResult:
    package = get_package_object(context, data_dict)
    if may_write(context.get("user"), package.owner_org):
        return {"success": True}
    return _refuse(toolkit._("Only people of the publisher may do this."))


def _publisher(context: Context, data_dict: DataDict) -> AuthResult:
    package = get_package_object(context, data_dict)
    if may_publish(context.get("user"), package.owner_org):
        return {"success": True}
    return _refuse(toolkit._("Only an editor or an administrator of the publisher may do this."))


def catalogue_dataset_submit(context: Context, data_dict: DataDict) -> AuthResult:
    """Those who write for the body."""
    return _writer(context, data_dict)


def catalogue_dataset_publish(context: Context, data_dict: DataDict) -> AuthResult:
    """Editors and administrators of the body."""
    return _publisher(context, data_dict)


def catalogue_dataset_return(context: Context, data_dict: DataDict) -> AuthResult:
    """Editors and administrators of the body."""
    return _publisher(context, data_dict)


def catalogue_dataset_withdraw(context: Context, data_dict: DataDict) -> AuthResult:
    """From review, those who write for the body; from publication, its editors and administrators."""
    if stage_of(get_package_object(context, data_dict)) == review.PUBLISHED:
        return _publisher(context, data_dict)
    return _writer(context, data_dict)


def catalogue_review_show(context: Context, data_dict: DataDict) -> AuthResult:
    """Those who write for the body: remarks of a review are no public matter."""
    return _writer(context, data_dict)


def catalogue_review_list(context: Context, data_dict: DataDict) -> AuthResult:
    """Everyone with an account sees their own, possibly empty, list."""
    return {"success": True}


@toolkit.auth_allow_anonymous_access
def catalogue_address_show(context: Context, data_dict: DataDict) -> AuthResult:
    """Everyone; the action tells only of what the person may see."""
    return {"success": True}
