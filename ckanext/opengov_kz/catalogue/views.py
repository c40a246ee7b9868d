"""Pages of the review of datasets, and redirects from addresses that were renamed."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from ckan.plugins import toolkit
from flask import Blueprint, Response, redirect
from werkzeug.wrappers import Response as AnyResponse

# Registered with the blueprint below: the blanket takes every blueprint that it finds here.
from ckanext.opengov_kz.catalogue.machine_views import machine  # noqa: F401

blueprint = Blueprint("catalogue_review", __name__)

#: First part of an address → what the next one names.
_RENAMED = {"dataset": "dataset", "organization": "group", "group": "group"}
#: What CKAN and its extensions call that part in their rules.
_NAMES = ("id", "_id", "package_id")
_MOVED = 301
_NOT_FOUND = 404


@blueprint.route("/catalogue/review")
def index() -> str:
    """What waits for the person: datasets to review, and drafts of their bodies."""
    if toolkit.current_user.is_anonymous:
        return toolkit.abort(403, toolkit._("Log in to see what waits for you."))
    waiting = toolkit.get_action("catalogue_review_list")({}, {})
    return toolkit.render("catalogue/review/index.html", waiting)


@blueprint.route("/catalogue/review/<id>")
def read(id: str) -> str:  # noqa: A002 — CKAN's word for it in every address
    """One dataset's way through the review, and the next steps."""
    return _page(id)


@blueprint.route("/catalogue/review/<id>/<any(submit, publish, return, withdraw):step>", methods=["POST"])
def take(id: str, step: str) -> Response | str | tuple[str, int]:  # noqa: A002
    """Takes a step and shows the dataset again."""
    data = {"id": id, "reason": toolkit.request.form.get("reason", "")}
    try:
        dataset = toolkit.get_action(f"catalogue_dataset_{step}")({}, data)
    except toolkit.NotAuthorized as error:
        return toolkit.abort(403, str(error.message or ""))
    except toolkit.ObjectNotFound:
        return toolkit.abort(404, toolkit._("Dataset not found"))
    except toolkit.ValidationError as error:
        return _page(id, errors=error.error_dict, data=data), 409
    toolkit.h.flash_success(_done(step))
    return toolkit.redirect_to("dataset.read", id=dataset["name"])


@blueprint.after_app_request
def follow_renaming(response: Response) -> AnyResponse:
    """Leads from the old address of a dataset, a publisher or a category to the new one, where nothing is found."""
    request = toolkit.request
    if response.status_code != _NOT_FOUND or request.method not in {"GET", "HEAD"} or not request.endpoint:
        return response
    values: dict[str, Any] = dict(request.view_args or {})
    kind = _RENAMED.get(request.path.split("/")[1])
    part = next((name for name in _NAMES if name in values), None)
    if kind is None or part is None:
        return response
    try:
        found = toolkit.get_action("catalogue_address_show")({}, {"subject_type": kind, "name": values[part]})
    except (toolkit.ObjectNotFound, toolkit.ValidationError):
        return response
    address = toolkit.url_for(request.endpoint, **values | {part: found["name"]})
    query = request.query_string.decode("ascii", "replace")
    return redirect(urlsplit(address)._replace(query=query).geturl(), _MOVED)


def _page(dataset_id: str, *, errors: dict[str, Any] | None = None, data: dict[str, Any] | None = None) -> str:
    try:
        review = toolkit.get_action("catalogue_review_show")({}, {"id": dataset_id})
        dataset = toolkit.get_action("package_show")({}, {"id": dataset_id})
    except (toolkit.ObjectNotFound, toolkit.NotAuthorized):
        return toolkit.abort(404, toolkit._("Dataset not found"))
    extra = {"review": review, "pkg_dict": dataset, "errors": errors or {}, "data": data or {}}
    return toolkit.render("catalogue/review/read.html", extra)


def _done(step: str) -> str:
    return {
        "submit": toolkit._("The dataset was submitted for review; the editors of the publisher were told by mail."),
        "publish": toolkit._("The dataset is published."),
        "return": toolkit._("The dataset was returned; its author was told the reason by mail."),
        "withdraw": toolkit._("The dataset is a draft again; readers no longer see it."),
    }[step]
