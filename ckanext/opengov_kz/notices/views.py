"""One's notices, one's switches, and the page that ends mails."""

from __future__ import annotations

from typing import Any

from ckan.common import _, request
from ckan.plugins import toolkit
from flask import Blueprint
from werkzeug.wrappers import Response

from . import unsubscribing

blueprint = Blueprint("opengov_notices", __name__, url_prefix="/notices")
_PAGE = 20


def _call(action: str, **data: Any) -> Any:
    try:
        return toolkit.get_action(action)({}, data)
    except toolkit.NotAuthorized as error:
        toolkit.abort(403, str(error.message or ""))
    except toolkit.ObjectNotFound as error:
        toolkit.abort(404, str(error.message or ""))


@blueprint.route("", methods=["GET", "POST"])
def index() -> str | Response:
    """What one was told; a POST marks one, or all, as read."""
    if request.method == "POST":
        _call("notices_notice_read", id=request.form.get("id", ""))
        return toolkit.redirect_to("opengov_notices.index")
    page = max(1, request.args.get("page", 1, type=int))
    found = _call("notices_notice_list", limit=_PAGE, offset=(page - 1) * _PAGE)
    facts = {"page": page, "last": max(1, -(-found["count"] // _PAGE)), **found}
    return toolkit.render("notices/index.html", facts)


@blueprint.route("/settings", methods=["GET", "POST"])
def settings() -> str | Response:
    """How one wants to be told of what."""
    switches = _call("notices_switch_list")
    if request.method == "POST":
        try:
            for switch in switches:
                _call("notices_switch_set", kind=switch["kind"], how=request.form.get(switch["kind"], switch["how"]))
            toolkit.h.flash_success(_("Saved."))
        except toolkit.ValidationError as error:
            toolkit.h.flash_error(" ".join(map(str, error.error_summary.values())))
        return toolkit.redirect_to("opengov_notices.settings")
    return toolkit.render("notices/settings.html", {"switches": switches})


@blueprint.route("/stop/<token>", methods=["GET", "POST"])
def stop(token: str) -> str:
    """Ends the mails of a kind, after a question; mail programs that follow every link end nothing."""
    if unsubscribing.read(token) is None:
        toolkit.abort(404, _("This address is not of a mail of ours."))
    done = request.method == "POST"
    if done:
        _call("notices_switch_stop", token=token)
    return toolkit.render("notices/stop.html", {"done": done, "token": token})
