"""Suggestions for the box, as JSON, and the administrators' page of the index; the search page itself is CKAN's."""

from __future__ import annotations

from ckan.plugins import toolkit
from flask import Blueprint, Response, jsonify, request
from werkzeug.wrappers import Response as BaseResponse

blueprint = Blueprint("opengov_search", __name__)


@blueprint.route("/search/suggest")
def suggest() -> Response:
    """Give what the box offers while a person types: title, lang and address of each."""
    found = toolkit.get_action("search_suggest")({}, {"q": request.args.get("q", "")})
    items = [
        {
            "title": item["title"],
            "lang": item["lang"],
            "url": toolkit.h.url_for(f"{item['type']}.read", id=item["name"]),
        }
        for item in found
    ]
    answer = jsonify(items)
    # The same for everybody: what is suggested is public.
    answer.headers["Cache-Control"] = "public, max-age=60"
    return answer


@blueprint.route("/ckan-admin/search-index", methods=["GET", "POST"])
def index() -> str | BaseResponse:
    """Show how the index is looked after; a POST queues a comparison or a rebuild."""
    try:
        if request.method == "POST":
            _begin(request.form.get("do", ""))
            return toolkit.redirect_to("opengov_search.index")
        found = toolkit.get_action("search_index_report_show")({}, {})
    except toolkit.NotAuthorized:
        return toolkit.abort(403, toolkit._("Need to be system administrator to administer"))
    return toolkit.render("search/index.html", found)


def _begin(what: str) -> None:
    if what == "rebuild":
        toolkit.get_action("search_index_rebuild")({}, {})
        toolkit.h.flash_success(toolkit._("The rebuild of the index is in the queue."))
    elif what == "compare":
        toolkit.get_action("search_index_compare")({}, {"background": True})
        toolkit.h.flash_success(toolkit._("The comparison is in the queue."))
    else:
        toolkit.abort(400)
