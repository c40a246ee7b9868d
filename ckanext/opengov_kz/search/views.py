"""Suggestions for the box, as JSON, and the administrators' page of the index; the search page itself is CKAN's."""

from __future__ import annotations

from http import HTTPStatus

from ckan.lib.search.common import SearchError
from ckan.plugins import toolkit
from flask import Blueprint, Response, g, jsonify, request
from werkzeug.wrappers import Response as BaseResponse

from ckanext.opengov_kz.search import popularity

blueprint = Blueprint("opengov_search", __name__)


@blueprint.after_app_request
def count_read(answer: Response) -> Response:
    """Count that the page of a thing was read by a person."""
    shown = g.get("pkg_dict")
    # With ckanext-dcat the page has another endpoint, which also gives RDF.
    is_page = shown and request.endpoint in {f"{shown['type']}.read", "dcat.read_dataset"}
    is_read = is_page and request.method == "GET" and answer.status_code == HTTPStatus.OK
    if is_read and answer.mimetype == "text/html" and popularity.is_person(str(request.user_agent)):
        popularity.count(shown["id"], popularity.today())
    return answer


@blueprint.route("/search/suggest")
def suggest() -> Response:
    """Give what the box offers while a person types: title, lang and address of each."""
    try:
        found = toolkit.get_action("search_suggest")({}, {"q": request.args.get("q", "")})
    except SearchError:
        # The box works on without suggestions.
        return _json([], HTTPStatus.SERVICE_UNAVAILABLE)
    items = [
        {
            "title": item["title"],
            "lang": item["lang"],
            "url": toolkit.h.url_for(f"{item['type']}.read", id=item["name"]),
        }
        for item in found
    ]
    answer = _json(items)
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


def _json(items: list[dict[str, str]], status: int = HTTPStatus.OK) -> Response:
    answer = jsonify(items)
    answer.status_code = status
    return answer
