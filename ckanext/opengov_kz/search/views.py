"""Suggestions for the box, as JSON; the page itself is CKAN's."""

from __future__ import annotations

from ckan.plugins import toolkit
from flask import Blueprint, Response, jsonify, request

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
