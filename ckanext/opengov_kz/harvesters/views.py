"""Addresses of a harvest source's page: its state for htmx, and what changes something, by POST alone.

ckanext-harvest runs, clears, stops and deletes on a plain GET, which a link in any page could call. The same addresses
are registered here first: a GET asks for a confirmation, the POST carries the CSRF token.
"""

from __future__ import annotations

from collections.abc import Callable

from ckan.plugins import toolkit
from ckan.types import Response
from flask import Blueprint

harvesting = Blueprint("harvesting", __name__)


def status(name: str) -> str:
    """The part of a source's page that changes while it runs."""
    try:
        found = toolkit.get_action("harvesting_source_status_show")({}, {"id": name})
        source = toolkit.get_action("harvest_source_show")({}, {"id": name})
    except (toolkit.ObjectNotFound, toolkit.NotAuthorized):
        return toolkit.abort(404, toolkit._("Harvest source not found"))
    extra = {"status": found, "harvest_source": source}
    return toolkit.render("harvesting/snippets/status.html", extra_vars=extra)


def read(id: str, job: str = "") -> Response:  # noqa: A002, ARG001 - names in its addresses
    """ckanext-harvest's other pages of a source (about, dashboard, jobs): all of it stands on the one page."""
    return toolkit.redirect_to("harvest.read", id=id)


def refresh(id: str) -> str | Response:  # noqa: A002
    """Runs a harvest now."""
    return _confirmed(id, "run", _run)


def clear(id: str) -> str | Response:  # noqa: A002
    """Removes all datasets and the history of a source."""
    return _confirmed(id, "clear", _clear)


def delete(id: str) -> str | Response:  # noqa: A002
    """Removes a source; its datasets stay."""
    return _confirmed(id, "delete", _delete)


def abort_job(source: str, id: str) -> str | Response:  # noqa: A002, ARG001 - a source has one running job at most
    """Stops the harvest that is under way."""
    return _confirmed(source, "stop", _stop)


def _confirmed(name: str, deed: str, act: Callable[[str], str]) -> str | Response:
    try:
        source = toolkit.get_action("harvest_source_show")({}, {"id": name})
        toolkit.check_access("harvest_source_update", {}, {"id": source["id"]})
    except toolkit.ObjectNotFound:
        return toolkit.abort(404, toolkit._("Harvest source not found"))
    except toolkit.NotAuthorized:
        return toolkit.abort(403, toolkit._("You may not change this harvest source"))
    if toolkit.request.method != "POST":
        return toolkit.render("harvesting/confirm.html", extra_vars={"harvest_source": source, "deed": deed})
    try:
        toolkit.h.flash_success(act(source["id"]))
    except toolkit.ValidationError as error:
        toolkit.h.flash_error("; ".join(error.error_summary.values()))
    if deed == "delete":
        return toolkit.redirect_to("harvest.search")
    return toolkit.redirect_to("harvest.read", id=source["name"])


def _run(source_id: str) -> str:
    toolkit.get_action("harvesting_source_run")({}, {"id": source_id})
    return toolkit._("The harvest has been started")


def _stop(source_id: str) -> str:
    toolkit.get_action("harvesting_source_stop")({}, {"id": source_id})
    return toolkit._("The harvest has been stopped; what was stored stays")


def _clear(source_id: str) -> str:
    toolkit.get_action("harvest_source_clear")({}, {"id": source_id})
    return toolkit._("The datasets and the history of this source have been removed")


def _delete(source_id: str) -> str:
    toolkit.get_action("harvest_source_delete")({}, {"id": source_id})
    return toolkit._("The harvest source has been deleted; its datasets stay")


harvesting.add_url_rule("/harvest/<name>/status", view_func=status)
for _rule in (
    "/harvest/about/<id>",
    "/harvest/admin/<id>",
    "/harvest/<id>/job",
    "/harvest/<id>/job/last",
    "/harvest/<id>/job/<job>",
):
    harvesting.add_url_rule(_rule, view_func=read)
for _rule, _view in (
    ("/harvest/refresh/<id>", refresh),
    ("/harvest/clear/<id>", clear),
    ("/harvest/delete/<id>", delete),
    ("/harvest/<source>/job/<id>/abort", abort_job),
):
    harvesting.add_url_rule(_rule, view_func=_view, methods=["GET", "POST"])
