"""The table of a resource as a page shows it, and its rows page by page for a download."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from ckan.common import _, g, request
from ckan.lib.lazyjson import LazyJSONObject
from ckan.plugins import toolkit
from ckan.types import Context

from .exports_page import prepared_downloads
from .reading import Problem, TableQuery, pages, parse, search_parameters, sort_parameters
from .table import CLOSED
from .words import CellFormat, problem_in_words, publishing_dictionary, publishing_text, rows_in_words

#: Rows that a download asks for at once: enough to be fast, little enough to be held.
DOWNLOAD_PAGE = 5_000
EXTENSIONS = ("csv", "json", "xlsx")


def publishing_table(
    resource: Mapping[str, Any],
    dataset: Mapping[str, Any],
    base_url: str | None = None,
    page_size: int | None = None,
) -> dict[str, Any] | None:
    """The table of a resource as the address of the page asks for it; None where there is none to be seen.

    `base_url` is where the table's own links and form lead to; by default the page being made. `page_size` is the
    number of rows, by default the configured one. An address can ask for one table only: a second one on the same page
    is `{"elsewhere": address of its own page}`.
    """
    if not resource.get("datastore_active"):
        return None
    if g.setdefault("publishing_table", resource["id"]) != resource["id"]:
        return {"elsewhere": toolkit.url_for("dataset_resource.read", id=dataset["name"], resource_id=resource["id"])}
    try:
        info = toolkit.get_action("publishing_table_show")({}, {"resource_id": resource["id"]})
    except (toolkit.ObjectNotFound, toolkit.NotAuthorized):
        return None
    fields = publishing_dictionary(info["fields"])
    query = parse(request.args.items(multi=True), info["fields"])
    size = page_size or toolkit.config["opengov.publishing.table_page_size"]
    shown = _shown_rows(resource["id"], query, fields, size)
    table = {
        "fields": fields,
        "columns": [_column(field, query) for field in fields],
        "query": query,
        "base_url": base_url or _this_page(),
        "problems": [problem_in_words(problem) for problem in query.problems],
        "downloads": _downloads(resource, dataset, query),
        "prepared": prepared_downloads(resource, dataset),
        "sorted_by": _sorted_by(fields, query),
        "call_limit": toolkit.config["ckan.datastore.search.rows_max"],
        "caption": publishing_text(resource, "name").text,
    }
    return table | shown


def _this_page() -> str:
    arguments = {name: value for name, value in (request.view_args or {}).items() if name != "package_type"}
    return toolkit.url_for(request.endpoint, **arguments)


def _shown_rows(resource_id: str, query: TableQuery, fields: Sequence[Mapping[str, Any]], size: int) -> dict[str, Any]:
    try:
        result = _page(resource_id, query, size)
        place = pages(result["total"], query.page, size)
        if place.current != query.page:
            query.problems.append(Problem("page_past_end", value=str(query.page)))
            query.page = place.current
            result = _page(resource_id, query, size)
    except toolkit.ValidationError:
        # The DataStore gave up after its time limit; what the reader typed was checked before.
        return {"failed": True, "rows": [], "total": 0, "summary": "", "pages": []}
    formats = CellFormat()
    rows = [_row(record, fields, formats) for record in _decoded(result["records"])]
    return {
        "failed": False,
        "rows": rows,
        "total": result["total"],
        "summary": rows_in_words(formats, place.first_row, place.last_row, result["total"], filtered=query.filtered),
        "pages": [_page_link(number, query) for number in place.shown()] if place.last > 1 else [],
        "previous": _page_link(place.current - 1, query) if place.current > 1 else None,
        "next": _page_link(place.current + 1, query) if place.current < place.last else None,
    }


def _page(resource_id: str, query: TableQuery, size: int) -> dict[str, Any]:
    offset = (query.page - 1) * size
    return _search(resource_id, search_parameters(query), limit=size, offset=offset, sort=sort_parameters(query))


def _search(resource_id: str, parameters: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    # With an API version in the context the rows come as PostgreSQL's own JSON text: numbers keep all their digits.
    context: Context = {"api_version": 3}  # type: ignore[typeddict-unknown-key]
    request = {"resource_id": resource_id, **parameters, **more}
    return toolkit.get_action("datastore_search")(context, request)


def _decoded(records: Any, number: Callable[[str], Any] = Decimal) -> list[dict[str, Any]]:
    """The rows of an answer of `datastore_search`, with ranks of a search; `number` makes values of fractions."""
    # Asking CKAN's lazy object for its length would read its numbers as floats and forget the text.
    return json.loads(records.encoded_json, parse_float=number) if isinstance(records, LazyJSONObject) else []


def _row(record: Mapping[str, Any], fields: Sequence[Mapping[str, Any]], formats: CellFormat) -> dict[str, Any]:
    closed = "valid_to" in record and record.get("status") == CLOSED
    cells = [
        {
            **formats.cell(record[field["id"]], field["kind"], quantity=bool(field["unit"])),
            "kind": field["kind"],
            "closed": closed and field["id"] == "status",
        }
        for field in fields
    ]
    return {"cells": cells, "closed": closed}


def _column(field: Mapping[str, Any], query: TableQuery) -> dict[str, Any]:
    name = field["id"]
    sorted_by = query.sort == name
    direction = ("descending" if query.descending else "ascending") if sorted_by else ""
    return {
        **field,
        "sort": direction,
        "sort_address": query.address(sort=f"-{name}" if direction == "ascending" else name)
        if field["kind"] != "other"
        else "",
        "value": query.given.get(f"f.{name}", ""),
        "min": query.given.get(f"min.{name}", ""),
        "max": query.given.get(f"max.{name}", ""),
    }


def _sorted_by(fields: Sequence[Mapping[str, Any]], query: TableQuery) -> str:
    """By which column the rows are sorted, in words."""
    label = next((field["label"] for field in fields if field["id"] == query.sort), "")
    if not label:
        return ""
    return (_("Sorted by “{column}”, descending") if query.descending else _("Sorted by “{column}”")).format(
        column=label
    )


def _page_link(number: int | None, query: TableQuery) -> dict[str, Any]:
    return {"number": number, "current": number == query.page, "address": query.address(page=number)}


def _downloads(resource: Mapping[str, Any], dataset: Mapping[str, Any], query: TableQuery) -> list[dict[str, str]]:
    """The files: `label`, `url` of the whole table and `filtered_url` of the rows found."""
    files = (
        ("CSV", "csv", {}),
        ("JSON", "json", {}),
        ("XLSX", "xlsx", {}),
        (_("CSV for spreadsheets"), "csv", {"for": "spreadsheet"}),
    )
    links = []
    for label, extension, more in files:
        url = toolkit.url_for(
            "opengov_publishing.download_table", id=dataset["name"], resource_id=resource["id"], extension=extension
        )
        filtered = query.address(sort=None, **more)
        links.append(
            {
                "label": label,
                "url": f"{url}?{urlencode(more)}" if more else url,
                "filtered_url": f"{url}?{filtered}" if filtered else url,
            }
        )
    return links


def all_rows(
    resource_id: str, query: TableQuery, names: Sequence[str], number: Callable[[str], Any]
) -> Iterator[list[Any]]:
    """Every row asked for as a list of the named columns' values, in the order of `_id`.

    `number` makes values of fractions. The rows are read a page at a time, each from the last `_id` of the one before:
    every row comes once, however deep.
    """
    parameters = search_parameters(query)
    last_id = 0
    while True:
        result = _search(
            resource_id,
            parameters | {"filters": {**parameters.get("filters", {}), "_id": {"gt": last_id}}},
            limit=DOWNLOAD_PAGE,
            sort=["_id"],
            include_total=False,
        )
        page = _decoded(result["records"], number)
        yield from ([record[name] for name in names] for record in page)
        if len(page) < DOWNLOAD_PAGE:
            return
        last_id = page[-1]["_id"]
