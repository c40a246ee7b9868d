"""The calendar for everybody, and the page where an administrator changes it."""

from __future__ import annotations

from typing import Any

from ckan.common import _, request
from ckan.plugins import toolkit
from flask import Blueprint
from werkzeug.wrappers import Response

from . import days

blueprint = Blueprint("opengov_worktime", __name__)


@blueprint.route("/calendar")
def show() -> str:
    """A year, and how a term is counted: `received` and `days`."""
    asked = {name: request.args.get(name, "") for name in ("received", "days")}
    facts: dict[str, Any] = {"asked": asked, "term": None, "errors": {}, "calendar": _year()}
    if any(asked.values()):
        try:
            facts["term"] = toolkit.get_action("worktime_term_show")({}, asked)
        except toolkit.ValidationError as error:
            facts["errors"] = error.error_dict
    return toolkit.render("worktime/show.html", facts)


def _year() -> dict[str, Any]:
    today = days.today().year
    try:
        return toolkit.get_action("worktime_calendar_show")({}, {"year": request.args.get("year") or today})
    except toolkit.ValidationError:
        return toolkit.get_action("worktime_calendar_show")({}, {"year": today})


@blueprint.route("/ckan-admin/calendar", methods=["GET", "POST"])
def edit() -> str | Response | tuple[str, int]:
    """Moves days, and says who moved which."""
    try:
        history = toolkit.get_action("worktime_change_list")({}, {})
    except toolkit.NotAuthorized as error:
        return toolkit.abort(403, str(error.message or ""))
    data = {name: request.form.get(name, "") for name in ("day", "works", "reason_kk", "reason_ru")}
    errors: dict[str, Any] = {}
    if request.method == "POST":
        action = "worktime_override_remove" if "remove" in request.form else "worktime_override_set"
        try:
            toolkit.get_action(action)({}, data)
        except toolkit.ValidationError as error:
            errors = error.error_dict
        else:
            toolkit.h.flash_success(_("The calendar is changed. Open terms follow it."))
            return toolkit.redirect_to("opengov_worktime.edit", year=data["day"][:4])
    page = toolkit.render(
        "worktime/edit.html", {"calendar": _year(), "history": history, "data": data, "errors": errors}
    )
    return (page, 400) if errors else page
