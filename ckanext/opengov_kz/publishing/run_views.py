"""Pages of what was loaded into a table: the history of loads, one load, the rows that it rejected."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NoReturn

from ckan.common import _, request
from ckan.plugins import toolkit
from flask import Blueprint, Response, stream_with_context

from . import downloads

#: The dataset and the resource stand in every address.
runs = Blueprint("opengov_publishing_runs", __name__, url_prefix="/dataset/<id>/resource/<resource_id>")
PAGE = 20
_SHOWN_REJECTS = 50
_FILE_PAGE = 5_000


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
