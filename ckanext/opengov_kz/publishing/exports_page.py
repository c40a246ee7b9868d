"""The prepared files of a table as a page offers them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from babel.dates import format_datetime
from ckan.common import _, ungettext
from ckan.plugins import toolkit

from .exports import FORMATS
from .exports_store import MANIFEST
from .words import CellFormat, reader_locale

#: In this language the file for spreadsheets, with its semicolons and decimal commas, is made while it is downloaded.
_OTHER_SEPARATORS = "en"


def prepared_downloads(resource: Mapping[str, Any], dataset: Mapping[str, Any]) -> dict[str, Any]:
    """The prepared files of a resource's table, in the reader's language.

    `files` (label, url, size), `small` (the table is also offered straight from the database), `state` (of when and how
    many rows), `notes` (what is on its way), `failed` (to those who may change the resource, why there are no new
    files), `manifest_url` and `may_start`. Without files `files` is empty.
    """
    shown = toolkit.get_action("publishing_export_show")({}, {"resource_id": resource["id"]})
    manifest = shown["manifest"]
    place = {"id": dataset["name"], "resource_id": resource["id"]}
    last_run = shown.get("last_run") or {}
    prepared = {
        "files": [],
        "small": False,
        "state": "",
        "notes": _notes(shown),
        "failed": _failure(last_run),
        "may_start": "last_run" in shown,
    }
    if manifest is None:
        return prepared
    return prepared | {
        "files": [_file(file, place) for file in manifest["files"] if _suits(file)],
        "small": manifest["rows"] <= toolkit.config["opengov.publishing.export_at_once_rows"],
        "state": _state(manifest),
        "manifest_url": toolkit.url_for("opengov_publishing.export_file", name=MANIFEST, **place),
    }


def _suits(file: Mapping[str, Any]) -> bool:
    return file["format"] in FORMATS and not (
        file["format"] == "spreadsheet_csv" and toolkit.h.lang() == _OTHER_SEPARATORS
    )


def _file(file: Mapping[str, Any], place: Mapping[str, str]) -> dict[str, str]:
    label = FORMATS[file["format"]].label
    return {
        "label": _("CSV for spreadsheets") if file["format"] == "spreadsheet_csv" else label,
        "url": toolkit.url_for("opengov_publishing.export_file", name=file["name"], **place),
        "size": toolkit.h.localised_filesize(file["bytes"]),
    }


def _state(manifest: Mapping[str, Any]) -> str:
    rows = CellFormat().count(manifest["rows"])
    text = ungettext("{rows} row, as of {moment}", "{rows} rows, as of {moment}", manifest["rows"])
    return text.format(rows=rows, moment=_moment(manifest["taken"]))


def _notes(shown: Mapping[str, Any]) -> list[str]:
    notes = []
    if shown["manifest"] is not None and not shown["current"]:
        notes.append(_("The table has changed since then."))
    if shown["waiting"]:
        notes.append(_("New files are being prepared."))
    return notes


def _failure(last_run: Mapping[str, str]) -> str:
    if last_run.get("state") != "failed":
        return ""
    text = _("On {moment} the files could not be prepared: {reason} The files before them stay.")
    return text.format(moment=_moment(last_run["at"]), reason=last_run["message"])


def _moment(stored: str) -> str:
    moment = datetime.fromisoformat(stored).astimezone(toolkit.h.get_display_timezone())
    return format_datetime(moment, "medium", locale=reader_locale())
