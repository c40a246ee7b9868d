"""Downloads of a resource's table: the whole of it, or the rows that a reader filtered."""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from itertools import chain
from typing import Any, NoReturn
from urllib.parse import quote

from ckan.common import _, request
from ckan.plugins import toolkit
from flask import Blueprint, Response, send_file, stream_with_context
from simplejson import RawJSON
from werkzeug.http import http_date
from werkzeug.wrappers import Response as WerkzeugResponse

from ckanext.opengov_kz.shared.languages import file_name

from . import downloads, exports

# Registered with the blueprint below: the blanket takes every blueprint that it finds here.
from .column_views import columns  # noqa: F401
from .exports_store import MANIFEST
from .reading import TableQuery, parse
from .run_views import runs  # noqa: F401
from .tables import EXTENSIONS, all_rows
from .words import licence_in_words, problem_in_words, publishing_dictionary, publishing_text

blueprint = Blueprint("opengov_publishing", __name__)

#: How often a prepared file is looked for while new ones take its place.
_ATTEMPTS = 3
_MIME = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@blueprint.route("/dataset/<id>/resource/<resource_id>/download-table.<extension>")
def download_table(id: str, resource_id: str, extension: str) -> Response:  # noqa: A002 - CKAN's name of the parameter
    """The table as a file; the query is that of the table's page, `for=spreadsheet` makes CSV for a double click.

    404 for what is not there or not for this reader, 400 with the reason for a query that does not fit the table.
    """
    if extension not in EXTENSIONS:
        toolkit.abort(
            404, _("There is no such format. Choose one of: {formats}.").format(formats=", ".join(EXTENSIONS))
        )
    dataset, resource, info = _found(id, resource_id)
    query = parse(request.args.items(multi=True), info["fields"])
    if query.problems:
        toolkit.abort(400, " ".join(problem_in_words(problem) for problem in query.problems))
    response = _conditional(info)
    if response is None:
        response = _file(dataset, resource, info, query, extension)
    _describe(response, dataset, info)
    return response


@blueprint.route("/dataset/<id>/resource/<resource_id>/export/<name>")
def export_file(id: str, resource_id: str, name: str) -> Response:  # noqa: A002 - CKAN's name of the parameter
    """A prepared file of the whole table, or `manifest.json`: whole, in ranges, or "not modified".

    404 for what is not there, not ready yet or not for this reader.
    """
    dataset, resource, _info = _found(id, resource_id)
    manifest = toolkit.get_action("publishing_export_show")({}, {"resource_id": resource["id"]})["manifest"]
    if name == MANIFEST and manifest is not None:
        response = Response(json.dumps(manifest, ensure_ascii=False, indent=2), mimetype="application/json")
        response.set_etag(manifest["version"])
        response.make_conditional(request.environ)
    else:
        response = _prepared(dataset, resource, name)
    _describe_origin(response, dataset)
    return response


def _prepared(dataset: Mapping[str, Any], resource: Mapping[str, Any], name: str) -> Response:
    for _attempt in range(_ATTEMPTS):
        try:
            path, entry = exports.store().find(resource["id"], name)
            return send_file(
                path,
                mimetype=entry["media_type"],
                as_attachment=True,
                download_name=_file_name(dataset, resource, path.suffix),
                conditional=True,
                etag=entry["sha256"],
            )
        except KeyError:
            break
        except FileNotFoundError:
            continue  # a new set came between the look at the manifest and the opening
    toolkit.abort(404, _("This file is not ready."))
    raise AssertionError  # abort has raised


@blueprint.route("/dataset/<id>/resource/<resource_id>/export", methods=["POST"])
def start_export(id: str, resource_id: str) -> WerkzeugResponse:  # noqa: A002 - CKAN's name of the parameter
    """Has the files prepared anew; then the page of the resource."""
    try:
        toolkit.get_action("publishing_export_start")({}, {"resource_id": resource_id})
    except (toolkit.ObjectNotFound, toolkit.NotAuthorized):
        _missing()
    except toolkit.ValidationError as error:
        toolkit.h.flash_error(" ".join(error.error_summary.values()))
    else:
        toolkit.h.flash_success(_("The files will be prepared in a few minutes."))
    return toolkit.redirect_to("dataset_resource.read", id=id, resource_id=resource_id)


def _found(dataset_id: str, resource_id: str) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    try:
        dataset = toolkit.get_action("package_show")({}, {"id": dataset_id})
        resource = next((found for found in dataset["resources"] if found["id"] == resource_id), None)
        if resource is None:
            _missing()
        info = toolkit.get_action("publishing_table_show")({}, {"resource_id": resource_id})
    except (toolkit.ObjectNotFound, toolkit.NotAuthorized):
        # The same answer to both, as CKAN's pages give it: who may not see a dataset does not learn that it exists.
        _missing()
    return dataset, resource, info


def _missing() -> NoReturn:
    toolkit.abort(404, _("There is no such table."))
    raise AssertionError  # abort has raised


def _file(
    dataset: Mapping[str, Any], resource: Mapping[str, Any], info: Mapping[str, Any], query: TableQuery, extension: str
) -> Response:
    fields = publishing_dictionary(info["fields"])
    names = [field["id"] for field in fields]
    name = _file_name(dataset, resource, extension)
    if extension == "xlsx":
        return _workbook(_rows(resource["id"], query, names, Decimal), fields, _about(dataset, resource, info), name)
    if extension == "json":
        rows = _rows(resource["id"], query, names, RawJSON)
        content = downloads.json_file(_about(dataset, resource, info), fields, rows)
    elif request.args.get("for") == "spreadsheet":
        content = downloads.spreadsheet_csv(fields, _rows(resource["id"], query, names, str), toolkit.h.lang())
    else:
        content = downloads.csv_file(fields, _rows(resource["id"], query, names, str))
    response = Response(stream_with_context(content), content_type=_MIME[extension])
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _rows(resource_id: str, query: TableQuery, names: Sequence[str], number: downloads.Number) -> Iterator[list[Any]]:
    """All rows asked for. The first page is read at once, while the answer can still be an error."""
    rows = all_rows(resource_id, query, names, number)
    try:
        first = next(rows, None)
    except toolkit.ValidationError:
        toolkit.abort(503, _("The table could not be read in time. Try again later, or with fewer rows."))
    return rows if first is None else chain((first,), rows)


def _workbook(rows: downloads.Records, fields: list[dict[str, Any]], about: downloads.About, name: str) -> Response:
    words = {
        "rows": _("Data"),
        "about": _("About the data"),
        "title": _("Title"),
        "publisher": _("Publisher"),
        "licence": _("Licence"),
        "updated": _("Updated"),
        "source": _("Source"),
        "shortened": _(
            "{count} values are longer than a spreadsheet cell allows and were cut; CSV and JSON are complete."
        ),
    }
    file = tempfile.TemporaryFile(prefix="opengov-")  # noqa: SIM115 - closed when the answer is sent
    downloads.write_xlsx(file, about, fields, rows, words=words)
    file.seek(0)
    return send_file(file, mimetype=_MIME["xlsx"], as_attachment=True, download_name=name)


def _file_name(dataset: Mapping[str, Any], resource: Mapping[str, Any], extension: str) -> str:
    title = publishing_text(dataset, "title").text
    if len(dataset["resources"]) > 1 and (own := publishing_text(resource, "name").text):
        title = f"{title} {own}"
    return file_name(title or dataset["name"], extension)


def _about(dataset: Mapping[str, Any], resource: Mapping[str, Any], info: Mapping[str, Any]) -> downloads.About:
    titles = (publishing_text(dataset, "title").text, publishing_text(resource, "name").text)
    return downloads.About(
        title=": ".join(dict.fromkeys(filter(None, titles))),
        publisher=publishing_text(dataset.get("organization") or {}, "title").text,
        licence_title=licence_in_words(dataset.get("license_title") or ""),
        licence_url=dataset.get("license_url") or "",
        source=toolkit.url_for("dataset.read", id=dataset["name"], qualified=True),
        updated=_updated(resource, info).isoformat(timespec="seconds"),
    )


def _updated(resource: Mapping[str, Any], info: Mapping[str, Any]) -> datetime:
    stored = info["merged"] or resource.get("last_modified") or resource.get("created")
    moment = datetime.fromisoformat(stored) if stored else datetime.now(UTC)
    # CKAN's own times are in UTC and do not say so.
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _etag(info: Mapping[str, Any]) -> str:
    parts = (info["state"], toolkit.h.lang(), request.full_path)
    return hashlib.sha256("\n".join(parts).encode("utf-8", "replace")).hexdigest()[:32]


def _conditional(info: Mapping[str, Any]) -> Response | None:
    """An answer without a body for a client that has this very state."""
    return Response(status=304) if request.if_none_match.contains_weak(_etag(info)) else None


def _describe(response: Response, dataset: Mapping[str, Any], info: Mapping[str, Any]) -> None:
    response.set_etag(_etag(info), weak=True)
    if info["merged"]:
        response.headers["Last-Modified"] = http_date(datetime.fromisoformat(info["merged"]))
    _describe_origin(response, dataset)


def _describe_origin(response: Response, dataset: Mapping[str, Any]) -> None:
    if dataset.get("private"):
        request.environ["__no_cache__"] = True  # CKAN then says that shared caches must not keep the answer
    page = toolkit.url_for("dataset.read", id=dataset["name"], qualified=True)
    title = quote(licence_in_words(dataset.get("license_title") or ""))
    licence = dataset.get("license_url") or f"{page}#licence"
    response.headers["Link"] = f'<{licence}>; rel="license"; title*=UTF-8\'\'{title}, <{page}>; rel="describedby"'
