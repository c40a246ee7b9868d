"""Addresses of a harvest source's page: its state for htmx, and what changes something, by POST alone.

ckanext-harvest runs, clears, stops and deletes on a plain GET, which a link in any page could call. The same addresses
are registered here first: a GET asks for a confirmation, the POST carries the CSRF token.
"""

from __future__ import annotations

from typing import Any

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


def health() -> str:
    """How all sources are doing; for administrators of the portal also those that wait for their approval."""
    found = toolkit.get_action("harvesting_source_health_list")({}, {})
    return toolkit.render("harvesting/health.html", extra_vars={"sources": found})


def refresh(id: str) -> str | Response:  # noqa: A002
    """Runs a harvest now."""
    return _confirmed(id, "run", toolkit._("The harvest has been started"))


def clear(id: str) -> str | Response:  # noqa: A002
    """Removes all datasets and the history of a source."""
    done = toolkit._("The datasets and the history of this source are being removed; this may take some minutes")
    return _confirmed(id, "clear", done)


def delete(id: str) -> str | Response:  # noqa: A002
    """Removes a source, and its datasets where the form says so."""
    if toolkit.request.form.get("with_datasets") == "true":
        done = toolkit._("The harvest source has been deleted; its datasets are being removed")
        return _confirmed(id, "delete", done, with_datasets=True)
    return _confirmed(id, "delete", toolkit._("The harvest source has been deleted; its datasets stay"))


def abort_job(source: str, id: str) -> str | Response:  # noqa: A002, ARG001 - a source has one running job at most
    """Stops the harvest that is under way."""
    return _confirmed(source, "stop", toolkit._("The harvest has been stopped; what was stored stays"))


def approve(id: str) -> str | Response:  # noqa: A002
    """Approves a source."""
    return _confirmed(id, "approve", toolkit._("The source is approved; who asked for it is told"))


def refuse(id: str) -> str | Response:  # noqa: A002
    """Refuses a source, with a reason."""
    done = toolkit._("The source is refused; who asked for it is told why")
    return _confirmed(id, "refuse", done, reason=toolkit.request.form.get("reason", ""))


def _confirmed(name: str, deed: str, done: str, **more: Any) -> str | Response:
    """Asks before a deed, and does it when the question was answered."""
    try:
        source = toolkit.get_action("harvest_source_show")({}, {"id": name})
        toolkit.check_access(f"harvesting_source_{deed}", {}, {"id": source["id"]})
    except toolkit.ObjectNotFound:
        return toolkit.abort(404, toolkit._("Harvest source not found"))
    except toolkit.NotAuthorized:
        return toolkit.abort(403, toolkit._("You may not change this harvest source"))
    if toolkit.request.method != "POST":
        return _question(source, deed)
    try:
        toolkit.get_action(f"harvesting_source_{deed}")({}, {"id": source["id"], **more})
    except toolkit.ValidationError as error:
        if deed == "refuse" and "reason" in error.error_dict:
            return _question(source, deed, error.error_dict, more)
        toolkit.h.flash_error("; ".join(error.error_summary.values()))
    else:
        toolkit.h.flash_success(done)
        if deed == "delete":
            return toolkit.redirect_to("harvesting.health")
    return toolkit.redirect_to("harvest.read", id=source["name"])


def _question(
    source: dict[str, Any], deed: str, errors: dict[str, Any] | None = None, data: dict[str, Any] | None = None
) -> str:
    status = toolkit.get_action("harvesting_source_status_show")({}, {"id": source["id"]})
    extra = {"harvest_source": source, "deed": deed, "status": status, "errors": errors or {}, "data": data or {}}
    return toolkit.render("harvesting/confirm.html", extra_vars=extra)


harvesting.add_url_rule("/harvest-health", view_func=health)
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
    ("/harvest/approve/<id>", approve),
    ("/harvest/refuse/<id>", refuse),
):
    harvesting.add_url_rule(_rule, view_func=_view, methods=["GET", "POST"])
