"""Pages of those who develop an act: beginning, moving on, the report; and of administrators: verified roles."""

from __future__ import annotations

from typing import Any

from ckan.common import _, request
from ckan.plugins import toolkit
from flask import Blueprint
from werkzeug.wrappers import Response

from . import acts
from .calling import call

office = Blueprint("opengov_npa_office", __name__)
_REPORT = ("introduction", "conclusion", "unanswered_reason")


@office.route("/npa/new", methods=["GET", "POST"])
def start() -> str | Response | tuple[str, int]:
    """A new draft out of two Word documents."""
    try:
        toolkit.check_access("npa_act_start", {"user": toolkit.g.user}, {})
    except toolkit.NotAuthorized:
        toolkit.abort(403, _("Only people of the body that develops the act may do this."))
    facts: dict[str, Any] = {"data": {}, "errors": {}}
    if request.method == "GET":
        return toolkit.render("npa/start.html", facts)
    data = {name: request.form.get(name, "") for name in ("owner_org", "kind", "contact_email")}
    try:
        made = call("npa_act_start", **data, **_translated("title", "notes"), **_files())
    except toolkit.ValidationError as error:
        return toolkit.render("npa/start.html", facts | {"data": _typed(data), "errors": error.error_dict}), 400
    return toolkit.redirect_to("opengov_npa_preview.show", id=made["name"])


def _translated(*names: str) -> dict[str, dict[str, str]]:
    """Texts of the form by language: `title-kk` and `title-ru` become `title_translated`."""
    found = {}
    for name in names:
        words = {language: request.form.get(f"{name}-{language}", "") for language in ("kk", "ru")}
        found[f"{name}_translated"] = {language: text for language, text in words.items() if text.strip()}
    return found


def _typed(data: dict[str, Any]) -> dict[str, Any]:
    return data | _translated("title", "notes")


@office.route("/npa_call/new", methods=["GET", "POST"])
def new_call() -> str | Response | tuple[str, int]:
    """A call for ideas, public at once."""
    try:
        toolkit.check_access("package_create", {"user": toolkit.g.user}, {"type": acts.CALL})
    except toolkit.NotAuthorized:
        toolkit.abort(403, _("Only people of a body may open a call for ideas."))
    if request.method == "GET":
        return toolkit.render("npa/new_call.html", {"data": {}, "errors": {}})
    data = {name: request.form.get(name, "") for name in ("owner_org", "closes")}
    try:
        made = call("package_create", type=acts.CALL, phase="collect", **data, **_translated("title", "notes"))
    except toolkit.ValidationError as error:
        return toolkit.render("npa/new_call.html", {"data": _typed(data), "errors": error.error_dict}), 400
    toolkit.h.flash_success(_("The call is open. Citizens can write their ideas."))
    return toolkit.redirect_to("npa_call.read", id=made["name"])


def _files() -> dict[str, Any]:
    return {language: request.files[language] for language in ("kk", "ru") if language in request.files}


@office.route("/npa/<id>/manage", methods=["GET"])
def manage(id: str) -> str:  # noqa: A002 - CKAN's word for it in every address
    """All that the body may do to its act now."""
    return _manage(id, {})


def _manage(id: str, errors: dict[str, Any]) -> str:  # noqa: A002
    package, act = call("package_show", id=id), call("npa_act_show", id=id)
    try:
        toolkit.check_access("npa_version_import", {"user": toolkit.g.user}, {"id": id})
    except toolkit.NotAuthorized as error:
        toolkit.abort(403, str(error.message or ""))
    facts = {"package": package, "act": act, "counts": _counts(package["id"]), "errors": errors, "data": request.form}
    return toolkit.render("npa/manage.html", facts)


def _counts(package_id: str) -> dict[str, Any]:
    return call("discussion_counts", subject_type="npa", subject_id=package_id)


@office.route("/npa/<id>/manage", methods=["POST"])
def step(id: str) -> str | Response | tuple[str, int]:  # noqa: A002
    """One step of an act: the button that was pressed says which."""
    wanted = request.form.get("step", "")
    reason = request.form.get("reason", "")
    try:
        if wanted == "extend":
            call("npa_act_extend", id=id, closes=request.form.get("closes", ""), reason=reason)
        elif wanted == "send":
            call("npa_act_send", id=id, day=request.form.get("day", ""))
        elif wanted == "text":
            call("npa_version_import", id=id, **_files())
            return toolkit.redirect_to("opengov_npa_preview.show", id=id)
        else:
            call("npa_act_move", id=id, stage=wanted, reason=reason)
    except toolkit.ValidationError as error:
        return _manage(id, error.error_dict), 400
    toolkit.h.flash_success(_("Done."))
    return toolkit.redirect_to("opengov_npa_office.manage", id=id)


@office.route("/npa/<id>/report/edit", methods=["GET", "POST"])
def report(id: str) -> str | Response | tuple[str, int]:  # noqa: A002
    """Writes the report on the discussion, and publishes it."""
    package = call("package_show", id=id)
    try:
        toolkit.check_access("npa_report_update", {"user": toolkit.g.user}, {"id": id})
    except toolkit.NotAuthorized as error:
        toolkit.abort(403, str(error.message or ""))
    errors: dict[str, Any] = {}
    if request.method == "POST":
        try:
            call("npa_report_update", id=id, **_report_words())
            if "publish" in request.form:
                call("npa_report_publish", id=id)
                return toolkit.redirect_to("opengov_npa.report", id=package["name"])
            toolkit.h.flash_success(_("Kept."))
            return toolkit.redirect_to("opengov_npa_office.report", id=package["name"])
        except toolkit.ValidationError as error:
            errors = error.error_dict
    facts = {"package": package, "report": call("npa_report_show", id=id), "errors": errors}
    page = toolkit.render("npa/report_edit.html", facts | {"act": call("npa_act_show", id=id)})
    return (page, 400) if errors else page


def _report_words() -> dict[str, dict[str, str]]:
    return {
        name: {language: request.form.get(f"{name}-{language}", "") for language in ("kk", "ru")} for name in _REPORT
    }


@office.route("/ckan-admin/npa-roles", methods=["GET", "POST"])
def roles() -> str | Response | tuple[str, int]:
    """Who may give conclusions for which organisation."""
    errors: dict[str, Any] = {}
    if request.method == "POST":
        named = {name: request.form.get(name, "") for name in ("user", "kind")}
        try:
            if "remove" in request.form:
                call("npa_role_delete", **named)
            else:
                words = {language: request.form.get(f"organisation-{language}", "") for language in ("kk", "ru")}
                call("npa_role_set", **named, organisation=words)
            return toolkit.redirect_to("opengov_npa_office.roles")
        except toolkit.ValidationError as error:
            errors = error.error_dict
    page = toolkit.render("npa/roles.html", {"roles": call("npa_role_list"), "errors": errors, "data": request.form})
    return (page, 400) if errors else page
