"""Pages of what was loaded into a table: the history, one load, the rows that it rejected, what changed between two."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NoReturn

from ckan.common import _, request
from ckan.plugins import toolkit
from feedgen.feed import FeedGenerator
from flask import Blueprint, Response, stream_with_context
from werkzeug.wrappers import Response as WerkzeugResponse

from . import downloads
from .words import publishing_change_kind, publishing_dictionary, publishing_text, run_in_words

#: The dataset and the resource stand in every address.
runs = Blueprint("opengov_publishing_runs", __name__, url_prefix="/dataset/<id>/resource/<resource_id>")
PAGE = 20
_SHOWN_REJECTS = 50
_FILE_PAGE = 5_000
_CHANGES = 50
_FEED = 50
_EPOCH = "1970-01-01T00:00:00+00:00"


@runs.route("/loads")
def index(id: str, resource_id: str) -> str:  # noqa: A002 - CKAN's name of the parameter
    """The loads into a table, the latest first."""
    dataset, resource = found(id, resource_id)
    page = max(1, request.args.get("page", 1, type=int))
    answer = _call("publishing_run_list", resource_id=resource_id, limit=PAGE, offset=(page - 1) * PAGE)
    last = max(1, -(-answer["count"] // PAGE))
    facts = {"pkg_dict": dataset, "package": dataset, "resource": resource, "page": page, "last": last, **answer}
    return toolkit.render("publishing/runs/index.html", facts)


@runs.route("/loads/<run_id>")
def read(id: str, resource_id: str, run_id: str) -> str:  # noqa: A002
    """One load: what came, what became of it, and for the people of the body which rows did not fit."""
    dataset, resource = found(id, resource_id)
    run = _call("publishing_run_show", resource_id=resource_id, run_id=run_id)
    rejects = None
    if toolkit.h.check_access("publishing_reject_list", {"resource_id": resource_id}):
        rejects = _call("publishing_reject_list", resource_id=resource_id, run_id=run_id, limit=_SHOWN_REJECTS)
    facts = {"pkg_dict": dataset, "package": dataset, "resource": resource, "run": run, "rejects": rejects}
    return toolkit.render("publishing/runs/read.html", facts)


@runs.route("/loads/<run_id>/rejected.csv")
def rejected(id: str, resource_id: str, run_id: str) -> Response:  # noqa: A002
    """The rejected rows as a file, for the people of the body; 404 for everybody else."""
    found(id, resource_id)
    first = _rejected_page(resource_id, run_id, 0)
    heading = [_("Row"), _("Column"), _("Value"), _("Reason")]
    lines = _rejected_lines(resource_id, run_id, first)
    response = Response(
        stream_with_context(downloads.plain_table(heading, lines, toolkit.h.lang())),
        content_type="text/csv; charset=utf-8",
    )
    response.headers["Content-Disposition"] = f'attachment; filename="rejected-{run_id[:8]}.csv"'
    request.environ["__no_cache__"] = True  # CKAN then says that shared caches must not keep the answer
    return response


@runs.route("/changes")
def changes(id: str, resource_id: str) -> str:  # noqa: A002
    """What was added, changed and closed between two days, or by one load (`run`)."""
    dataset, resource = found(id, resource_id)
    page = max(1, request.args.get("page", 1, type=int))
    asked = _asked()
    problem = ""
    try:
        answer = _change_list(resource_id, asked, _CHANGES, (page - 1) * _CHANGES)
    except toolkit.ValidationError as error:
        problem = "; ".join(map(str, error.error_summary.values()))
        answer = {"counts": {}, "changes": [], "runs": [], "missing": []}
    last = max(1, -(-sum(answer["counts"].values()) // _CHANGES))
    info = toolkit.get_action("publishing_table_show")({}, {"resource_id": resource_id})
    labels = {field["id"]: field for field in publishing_dictionary(info["fields"])}
    facts = {"pkg_dict": dataset, "package": dataset, "resource": resource, "asked": asked, "problem": problem}
    facts |= {"labels": labels, "page": page, "last": last, **answer}
    return toolkit.render("publishing/runs/changes.html", facts)


@runs.route("/changes/forget", methods=["POST"])
def forget_changes(id: str, resource_id: str) -> WerkzeugResponse:  # noqa: A002
    """Deletes the list of changes, for the people of the body who may change the resource."""
    dataset, _resource = found(id, resource_id)
    try:
        toolkit.get_action("publishing_changes_forget")({}, {"resource_id": resource_id})
    except toolkit.NotAuthorized:
        missing()
    toolkit.h.flash_success(_("The list of changes is deleted."))
    return toolkit.redirect_to("opengov_publishing_runs.changes", id=dataset["name"], resource_id=resource_id)


@runs.route("/changes.csv")
def changes_file(id: str, resource_id: str) -> Response:  # noqa: A002
    """The same as a file: one line for each value that changed."""
    found(id, resource_id)
    asked = _asked()
    try:
        first = _change_list(resource_id, asked, _FILE_PAGE, 0)
    except toolkit.ValidationError as error:
        toolkit.abort(400, "; ".join(map(str, error.error_summary.values())))
    heading = [_("What happened"), _("Row"), _("Column"), _("Before"), _("After")]
    lines = _change_lines(resource_id, asked, first["changes"])
    response = Response(
        stream_with_context(downloads.plain_table(heading, lines, toolkit.h.lang())),
        content_type="text/csv; charset=utf-8",
    )
    response.headers["Content-Disposition"] = 'attachment; filename="changes.csv"'
    return response


@runs.route("/changes.atom")
def changes_feed(id: str, resource_id: str) -> Response:  # noqa: A002
    """The loads that changed rows as a feed: an entry for each, with its numbers and the address of its list."""
    dataset, resource = found(id, resource_id)
    answer = _call("publishing_run_list", resource_id=resource_id, limit=_FEED)
    names = (publishing_text(dataset, "title").text, publishing_text(resource, "name").text)
    place = {"id": dataset["name"], "resource_id": resource_id, "qualified": True}
    feed = FeedGenerator()
    feed.id(toolkit.url_for("opengov_publishing_runs.changes", **place))
    feed.title(": ".join(dict.fromkeys(filter(None, names))))
    feed.link(href=toolkit.url_for("opengov_publishing_runs.changes_feed", **place), rel="self")
    feed.link(href=toolkit.url_for("opengov_publishing_runs.index", **place), rel="alternate")
    feed.author(name=publishing_text(dataset.get("organization") or {}, "title").text or _("Open Government"))
    feed.updated(answer["runs"][0]["began"] if answer["runs"] else _EPOCH)
    for run in answer["runs"]:
        if run["state"] != "done" or not run["inserted"] + run["updated"] + run["closed"]:
            continue
        entry = feed.add_entry(order="append")
        entry.id(f"urn:uuid:{run['id']}")
        entry.title(run_in_words(run))
        entry.updated(run["ended"])
        entry.link(href=toolkit.url_for("opengov_publishing_runs.changes", run=run["id"], **place))
        entry.summary(run_in_words(run))
    return Response(feed.atom_str(pretty=True), content_type="application/atom+xml; charset=utf-8")


def _asked() -> dict[str, str]:
    """What the address asks for: a load, or two times."""
    names = {"run": "run_id", "since": "since", "until": "until"}
    return {to: request.args[name] for name, to in names.items() if request.args.get(name)}


def _change_list(resource_id: str, asked: dict[str, str], limit: int, offset: int) -> dict[str, Any]:
    call = {"resource_id": resource_id, "limit": limit, "offset": offset, **asked}
    try:
        return toolkit.get_action("publishing_change_list")({}, call)
    except (toolkit.ObjectNotFound, toolkit.NotAuthorized):
        missing()


def _change_lines(resource_id: str, asked: dict[str, str], page: list[dict[str, Any]]) -> Iterator[list[Any]]:
    offset = 0
    while page:
        for change in page:
            before, after = change["before"] or {}, change["after"] or {}
            key = ", ".join(str(value) for value in change["key"].values())
            kind = publishing_change_kind(change["kind"])
            yield from ([kind, key, name, before.get(name), after.get(name)] for name in change["columns"])
        offset += len(page)
        page = _change_list(resource_id, asked, _FILE_PAGE, offset)["changes"] if len(page) == _FILE_PAGE else []


def _rejected_lines(resource_id: str, run_id: str, page: list[dict[str, Any]]) -> Iterator[list[Any]]:
    offset = 0
    while page:
        yield from ([row["number"], row["column"], row["value"], row["message"]] for row in page)
        offset += len(page)
        page = _rejected_page(resource_id, run_id, offset) if len(page) == _FILE_PAGE else []


def _rejected_page(resource_id: str, run_id: str, offset: int) -> list[dict[str, Any]]:
    call = {"resource_id": resource_id, "run_id": run_id, "limit": _FILE_PAGE, "offset": offset}
    return _call("publishing_reject_list", **call)["rows"]


def _call(action: str, **data: Any) -> dict[str, Any]:
    try:
        return toolkit.get_action(action)({}, data)
    except (toolkit.ObjectNotFound, toolkit.NotAuthorized):
        missing()
    except toolkit.ValidationError as error:
        return toolkit.abort(400, "; ".join(map(str, error.error_summary.values())))


def found(dataset_id: str, resource_id: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """The dataset and the resource of an address; 404 where the reader may not see them or they are not there."""
    try:
        dataset = toolkit.get_action("package_show")({}, {"id": dataset_id})
    except (toolkit.ObjectNotFound, toolkit.NotAuthorized):
        missing()
    resource = next((each for each in dataset["resources"] if each["id"] == resource_id), None)
    if resource is None:
        missing()
    return dataset, resource


def missing() -> NoReturn:
    """404, the same to who may not see it: whoever may not, does not learn that it exists."""
    toolkit.abort(404, _("There is no such page."))
    raise AssertionError  # abort has raised
