"""Pages of draft acts for everybody. All of them work without script; the page of an act is CKAN's own address."""

from __future__ import annotations

from typing import Any

from ckan.common import _, request
from ckan.plugins import toolkit
from flask import Blueprint
from werkzeug.wrappers import Response

from . import acts
from .calling import call, number, version_asked

# Registered with the blueprint below: the blanket takes every blueprint that it finds here.
from .machine_views import machine  # noqa: F401
from .office_views import office  # noqa: F401
from .preview_views import preview  # noqa: F401

blueprint = Blueprint("opengov_npa", __name__, url_prefix="/npa")
calls = Blueprint("opengov_npa_calls", __name__, url_prefix="/npa_call")
_PAGE = 20
_FILTERS = ("stage", "kind", "body", "sphere", "q", "order")


@blueprint.route("/", strict_slashes=False)
def index() -> str:
    """Acts: those that are open now, the least days left first, unless something else is asked for."""
    asked = {name: request.args[name] for name in _FILTERS if request.args.get(name)}
    if not asked:
        asked = {"stage": "discussion", "order": "closing"}
    at = number("page", 1)
    try:
        found = call("npa_act_list", **asked, limit=_PAGE, offset=(at - 1) * _PAGE)
    except toolkit.ValidationError:
        # A filter that does not exist finds nothing; it is no fault of the page.
        found = {"count": 0, "acts": []}
    facts = {"asked": asked, "found": found, "page": at, "last": max(1, -(-found["count"] // _PAGE))}
    return toolkit.render("npa/index.html", facts)


@calls.route("/", strict_slashes=False)
def all_calls() -> str:
    """Calls for ideas, the newest first."""
    at = number("page", 1)
    asked = {"fq": f"dataset_type:{acts.CALL}", "sort": "metadata_created desc", "rows": _PAGE}
    found = call("package_search", **asked, start=(at - 1) * _PAGE)
    facts = {"calls": found["results"], "page": at, "last": max(1, -(-found["count"] // _PAGE))}
    return toolkit.render("npa/calls.html", facts)


@blueprint.route("/mine")
def mine() -> str:
    """Acts that I discussed, with what became of my comments, and what I follow."""
    facts = {"acts": call("npa_participation_list"), "follows": call("npa_follow_list")}
    return toolkit.render("npa/mine.html", facts)


@blueprint.route("/indicators")
def figures() -> str:
    """What became of discussions, by body."""
    return toolkit.render("npa/indicators.html", {"bodies": call("npa_indicators")["bodies"]})


@blueprint.route("/follow", methods=["POST"])
def follow() -> Response:
    """Follows a body, a sphere or an act, or no longer."""
    given = {name: request.form.get(name, "") for name in ("what", "value")}
    try:
        call("npa_follow_set", **given, on=request.form.get("on") == "1")
    except toolkit.ValidationError:
        toolkit.abort(400, _("There is nothing of this name to follow."))
    if request.form.get("on") == "1":
        toolkit.h.flash_success(_("You will be told by mail and in the portal."))
    else:
        toolkit.h.flash_success(_("You will not be told of it any longer."))
    act = request.form.get("act")
    return toolkit.redirect_to("npa.read", id=act) if act else toolkit.redirect_to("opengov_npa.mine")


def _package(id: str) -> dict[str, Any]:  # noqa: A002 - CKAN's word for it in every address
    found = call("package_show", id=id)
    if found["type"] != "npa":
        toolkit.abort(404, _("There is no such draft act."))
    return found


@blueprint.route("/<id>/print")
def printed(id: str) -> str:  # noqa: A002
    """The whole text on one page, for printing."""
    asked = request.args.get("text")
    package = _package(id)
    text = call("npa_text_show", id=id, **version_asked())
    languages = toolkit.h.npa_languages(asked)
    facts = {"package": package, "shown": text, "languages": languages, "act": call("npa_act_show", id=id)}
    return toolkit.render("npa/print.html", facts)


@blueprint.route("/<id>/versions")
def versions(id: str) -> str:  # noqa: A002
    """The versions of an act, and what changed between two of them, part by part."""
    package, act = _package(id), call("npa_act_show", id=id)
    newest = act["version"]
    new = min(number("new", newest), newest)
    old = min(number("old", new - 1), new)
    language = request.args.get("text")
    language = language if language in {"kk", "ru"} else toolkit.h.npa_languages(None)[0]
    compared = None
    if 0 < old < new:
        compared = call("npa_version_compare", id=id, old=old, new=new, language=language)
    facts = {"package": package, "act": act, "old": old, "new": new, "language": language, "compared": compared}
    return toolkit.render("npa/versions.html", facts)


@blueprint.route("/<id>/report")
def report(id: str) -> str:  # noqa: A002
    """The report on the discussion."""
    facts = {"package": _package(id), "act": call("npa_act_show", id=id), "report": call("npa_report_show", id=id)}
    return toolkit.render("npa/report.html", facts)


@blueprint.route("/<id>/conclusion", methods=["GET", "POST"])
def conclusion(id: str) -> str | Response | tuple[str, int]:  # noqa: A002
    """An expert gives a conclusion."""
    package = _package(id)
    facts: dict[str, Any] = {"package": package, "data": {}, "errors": {}}
    if request.method == "GET":
        return toolkit.render("npa/conclusion.html", facts)
    data = {name: request.form.get(name, "") for name in ("kind", "outcome", "text")}
    try:
        call("npa_conclusion_create", id=id, language=toolkit.h.lang(), **data)
    except toolkit.ValidationError as error:
        return toolkit.render("npa/conclusion.html", facts | {"data": data, "errors": error.error_dict}), 400
    return toolkit.redirect_to("npa.read", id=package["name"], _anchor="conclusions")
