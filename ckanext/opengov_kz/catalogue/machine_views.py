"""Addresses for machines: the sitemap, and the licence that descriptions of datasets name."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from ckan.plugins import toolkit
from ckan.types import Context
from ckanext.dcat.utils import CONTENT_TYPES
from flask import Blueprint, Response

from ckanext.opengov_kz.catalogue import display, sitemap
from ckanext.opengov_kz.shared.languages import LANGUAGES, pick

machine = Blueprint("catalogue_machine", __name__)

_STATIC: Final = ("/", "/dataset/", "/organization/", "/group/", "/navigator", "/about", "/licence/kz-open")
_DATASETS: Final = "dataset_type:dataset"
# What CKAN gives at once: ckan.search.rows_max and ckan.group_and_organization_list_max.
_BATCH: Final = 1_000
_HOUR: Final = 3_600
_PER_PART: Final = sitemap.pages_per_part(len(LANGUAGES))


@machine.before_app_request
def refuse_unknown_forms() -> None:
    """Answer 404 where a dataset or the catalogue is asked for in a form that there is none of.

    ckanext-dcat takes whatever stands after the dot for a serialiser of rdflib and fails with HTTP 500.
    """
    request = toolkit.request
    if (request.endpoint or "").startswith("dcat."):
        wanted = (request.view_args or {}).get("_format")
        if wanted is not None and wanted not in CONTENT_TYPES:
            toolkit.abort(404)


@machine.route("/licence/<id>")
def licence(id: str) -> str:  # noqa: A002  # CKAN's word for it in every address
    """Show the terms of a licence in the reader's language: descriptions of datasets name this address."""
    found = toolkit.get_action("license_list")({}, {})
    chosen = next((item for item in found if item["id"] == id), None)
    if chosen is None:
        return toolkit.abort(404)
    lang = display.reader_language()
    words = {
        "title": pick(chosen.get("title_translated") or chosen["title"], lang),
        "description": pick(chosen.get("description_translated"), lang),
    }
    return toolkit.render("catalogue/licence.html", {"licence": chosen, **words})


@machine.route("/sitemap.xml")
def sitemap_index() -> Response:
    """List the parts of the sitemap."""
    parts = sitemap.part_count(sum(_counts().values()), _PER_PART)
    addresses = (
        toolkit.url_for("catalogue_machine.sitemap_part", part=part, locale="default", _external=True)
        for part in range(1, parts + 1)
    )
    return _xml(sitemap.index_xml(addresses))


@machine.route("/sitemap-<int:part>.xml")
def sitemap_part(part: int) -> Response:
    """Give one part of the sitemap: the queries come first, the XML is written while it is sent."""
    counts = _counts()
    if not 1 <= part <= sitemap.part_count(sum(counts.values()), _PER_PART):
        return toolkit.abort(404)
    pages = [page for piece in sitemap.slices(counts, part, _PER_PART) for page in _pages(piece)]
    prefixes = {lang: _prefix(lang) for lang in LANGUAGES}
    return _xml(sitemap.part_xml(pages, prefixes, _prefix("default")))


def _counts() -> dict[str, int]:
    return {
        "static": len(_STATIC),
        "group": sum(1 for _name in _names("group")),
        "organization": sum(1 for _name in _names("organization")),
        "dataset": _searched({"rows": 0})["count"],
    }


def _pages(piece: sitemap.Slice) -> Iterator[sitemap.Page]:
    end = piece.offset + piece.limit
    if piece.kind == "static":
        yield from (sitemap.Page(path) for path in _STATIC[piece.offset : end])
    elif piece.kind == "dataset":
        yield from _datasets(piece.offset, end)
    else:
        names = list(_names(piece.kind))[piece.offset : end]
        yield from (sitemap.Page(f"/{piece.kind}/{name}") for name in names)


def _datasets(start: int, end: int) -> Iterator[sitemap.Page]:
    for offset in range(start, end, _BATCH):
        query = {"rows": min(_BATCH, end - offset), "start": offset, "sort": "id asc", "fl": "name,metadata_modified"}
        for found in _searched(query)["results"]:
            yield sitemap.Page(f"/dataset/{found['name']}", found["metadata_modified"])


def _names(kind: str) -> Iterator[str]:
    """Yield the names of all publishers or categories, a batch for a query."""
    offset = 0
    while True:
        batch = toolkit.get_action(f"{kind}_list")(
            _anyone(), {"limit": _BATCH, "offset": offset, "sort": "name asc", "type": kind}
        )
        yield from batch
        offset += len(batch)
        if len(batch) < _BATCH:
            return


def _searched(query: dict[str, Any]) -> dict[str, Any]:
    return toolkit.get_action("package_search")(_anyone(), {"fq": _DATASETS, **query})


def _anyone() -> Context:
    """Make the context of a person who is not signed in: the sitemap is the same for everyone."""
    return Context(user="", ignore_auth=False)


def _prefix(locale: str) -> str:
    return toolkit.h.url_for("/", locale=locale, qualified=True).rstrip("/")


def _xml(lines: Iterator[str]) -> Response:
    response = Response(lines, mimetype="application/xml")
    response.cache_control.public = True
    response.cache_control.max_age = _HOUR
    return response
