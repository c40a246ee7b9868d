"""Who may read, write, move and give conclusions on draft acts. Whether a step is possible now is said by rules.py."""

from __future__ import annotations

from ckan import authz, model
from ckan.plugins import toolkit
from ckan.types import AuthFunction, AuthResult, Context, DataDict

from ckanext.opengov_kz.discussion import subjects
from ckanext.opengov_kz.npa import acts
from ckanext.opengov_kz.npa.model import Role

#: The small permissions are no authorization functions of CKAN's.
__all__ = [
    "npa_act_extend",
    "npa_act_list",
    "npa_act_move",
    "npa_act_publish",
    "npa_act_send",
    "npa_act_show",
    "npa_act_start",
    "npa_conclusion_create",
    "npa_conclusion_list",
    "npa_follow_list",
    "npa_follow_set",
    "npa_indicators",
    "npa_participation_list",
    "npa_preview_show",
    "npa_report_publish",
    "npa_report_show",
    "npa_report_update",
    "npa_role_delete",
    "npa_role_list",
    "npa_role_set",
    "npa_text_show",
    "npa_version_compare",
    "npa_version_delete",
    "npa_version_import",
    "npa_version_publish",
    "npa_version_update",
    "package_delete",
]


def _yes(allowed: object, message: str) -> AuthResult:
    return {"success": True} if allowed else {"success": False, "msg": message}


def _body(context: Context, data_dict: DataDict) -> AuthResult:
    """The people of the developer body, and no others."""
    owner = acts.package(data_dict["id"]).owner_org or ""
    return _yes(
        subjects.is_officer(context.get("user"), owner),
        toolkit._("Only people of the body that develops the act may do this."),
    )


def _reader(context: Context, data_dict: DataDict) -> AuthResult:
    """Whoever may see the passport."""
    return authz.is_authorized("package_show", context, {"id": acts.package(data_dict["id"]).id})


def _person(context: Context) -> AuthResult:
    return _yes(context.get("user"), toolkit._("Sign in first."))


@toolkit.chained_auth_function
def package_delete(next_auth: AuthFunction, context: Context, data_dict: DataDict | None) -> AuthResult:
    """As in CKAN; a published act is withdrawn with a reason: its body deletes no discussion."""
    package = model.Package.get((data_dict or {}).get("id"))
    act = acts.of(package) if package is not None and package.type == acts.TYPE else None
    if act is not None and act.stage != "draft":
        return _yes(None, toolkit._("A published draft is not deleted. Withdraw it with a reason."))
    return next_auth(context, data_dict or {})


def _nobody() -> AuthResult:
    return _yes(None, toolkit._("Only system administrators may do this."))


@toolkit.auth_allow_anonymous_access
def npa_act_show(context: Context, data_dict: DataDict) -> AuthResult:
    """Whoever may see the passport."""
    return _reader(context, data_dict)


@toolkit.auth_allow_anonymous_access
def npa_text_show(context: Context, data_dict: DataDict) -> AuthResult:
    """Whoever may see the passport."""
    return _reader(context, data_dict)


@toolkit.auth_allow_anonymous_access
def npa_version_compare(context: Context, data_dict: DataDict) -> AuthResult:
    """Whoever may see the passport."""
    return _reader(context, data_dict)


@toolkit.auth_allow_anonymous_access
def npa_conclusion_list(context: Context, data_dict: DataDict) -> AuthResult:
    """Whoever may see the passport."""
    return _reader(context, data_dict)


@toolkit.auth_allow_anonymous_access
def npa_report_show(context: Context, data_dict: DataDict) -> AuthResult:
    """A published report, whoever may see the passport; before that the people of the body."""
    report = acts.report(acts.get(data_dict["id"]))
    return _reader(context, data_dict) if report is not None and report.published else _body(context, data_dict)


@toolkit.auth_allow_anonymous_access
def npa_act_list(context: Context, data_dict: DataDict) -> AuthResult:
    """Everyone; the action lists drafts that are not public only to the people of their body."""
    return {"success": True}


@toolkit.auth_allow_anonymous_access
def npa_indicators(context: Context, data_dict: DataDict) -> AuthResult:
    """Everyone; only public acts are counted."""
    return {"success": True}


def npa_act_start(context: Context, data_dict: DataDict) -> AuthResult:
    """People who write for the body that is named, or for any where none is."""
    user, wanted = context.get("user"), (data_dict or {}).get("owner_org")
    if not wanted:
        return _yes(authz.has_user_permission_for_some_org(user, "update_dataset"), toolkit._("Sign in first."))
    body = model.Group.get(wanted)
    allowed = body is not None and subjects.is_officer(user, body.id)
    return _yes(allowed, toolkit._("Only people of the body that develops the act may do this."))


def npa_preview_show(context: Context, data_dict: DataDict) -> AuthResult:
    """People of the body."""
    return _body(context, data_dict)


def npa_version_import(context: Context, data_dict: DataDict) -> AuthResult:
    """People of the body."""
    return _body(context, data_dict)


def npa_version_update(context: Context, data_dict: DataDict) -> AuthResult:
    """People of the body."""
    return _body(context, data_dict)


def npa_version_delete(context: Context, data_dict: DataDict) -> AuthResult:
    """People of the body."""
    return _body(context, data_dict)


def npa_version_publish(context: Context, data_dict: DataDict) -> AuthResult:
    """People of the body."""
    return _body(context, data_dict)


def npa_act_publish(context: Context, data_dict: DataDict) -> AuthResult:
    """People of the body."""
    return _body(context, data_dict)


def npa_act_extend(context: Context, data_dict: DataDict) -> AuthResult:
    """People of the body."""
    return _body(context, data_dict)


def npa_act_move(context: Context, data_dict: DataDict) -> AuthResult:
    """People of the body."""
    return _body(context, data_dict)


def npa_act_send(context: Context, data_dict: DataDict) -> AuthResult:
    """People of the body."""
    return _body(context, data_dict)


def npa_report_update(context: Context, data_dict: DataDict) -> AuthResult:
    """People of the body."""
    return _body(context, data_dict)


def npa_report_publish(context: Context, data_dict: DataDict) -> AuthResult:
    """People of the body."""
    return _body(context, data_dict)


def npa_conclusion_create(context: Context, data_dict: DataDict) -> AuthResult:
    """People whose role for this kind of conclusion was verified; never those of the developer body."""
    user = model.User.get(context.get("user"))
    package = acts.package(data_dict["id"])
    if user is None or package.private:
        return _person(context) if user is None else _yes(None, toolkit._("The draft is not published yet."))
    if authz.has_user_permission_for_group_or_org(package.owner_org, user.name, "read") and not user.sysadmin:
        return _yes(None, toolkit._("Nobody gives a conclusion on an act of their own body."))
    role = model.Session.get(Role, (user.id, data_dict.get("kind", "")))
    return _yes(role, toolkit._("Your role for this kind of conclusion is not verified."))


def npa_role_set(context: Context, data_dict: DataDict) -> AuthResult:
    """System administrators."""
    return _nobody()


def npa_role_delete(context: Context, data_dict: DataDict) -> AuthResult:
    """System administrators."""
    return _nobody()


def npa_role_list(context: Context, data_dict: DataDict) -> AuthResult:
    """System administrators."""
    return _nobody()


def npa_follow_set(context: Context, data_dict: DataDict) -> AuthResult:
    """Everyone with an account."""
    return _person(context)


def npa_follow_list(context: Context, data_dict: DataDict) -> AuthResult:
    """Everyone with an account, their own."""
    return _person(context)


def npa_participation_list(context: Context, data_dict: DataDict) -> AuthResult:
    """Everyone with an account, their own."""
    return _person(context)
