"""Words: codes, types and values as a reader of one language meets them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal
from ckan.common import _, ungettext
from ckan.plugins import toolkit

from ckanext.opengov_kz.shared.languages import LANGUAGES, Picked, pick

from .reading import Kind, Problem, kind_of


def publishing_today() -> date:
    """Today's date where the portal is."""
    return datetime.now(toolkit.h.get_display_timezone()).date()


def publishing_reject_reason(code: str) -> str:
    """Why a row was rejected, in the reader's language; the codes stand in `rules.REASONS`."""
    return {
        "required": _("The value is missing, and this column must have one."),
        "type": _("The value is not of the column's type."),
        "range": _("The number is too large for the column."),
        "too_long": _("The value is too long."),
        "character": _("The value contains a character that cannot be stored."),
        "unknown_column": _("The table has no such column."),
        "not_an_object": _("The row is not an object with named values."),
        "cells": _("The line has another number of cells than the file has columns."),
        "json": _("The line is not JSON."),
        "duplicate": _("A row with the same key has come before."),
        "exists": _("A row with the same key and other values is stored already."),
    }.get(code, code)


def publishing_merge_error(code: str, detail: str = "") -> str:
    """Why rows were not taken, in the reader's language; the codes stand in `rows.MergeError`."""
    return {
        "no_table": _("The resource has no table."),
        "no_key": _("Name the columns that identify a row."),
        "key_columns": _("The table has no column {name} to identify rows by.").format(name=detail),
        "key_mismatch": _("The rows of the table are not identified by {name}.").format(name=detail),
        "heading": _("The first line of the file does not name its columns, or names one twice: “{name}”.").format(
            name=detail
        ),
        "unknown_column": _("The file has columns that the table does not have: {names}.").format(names=detail),
        "missing_column": _("The file lacks the columns that identify a row: {names}.").format(names=detail),
        "column_type": _("Rows cannot be checked against the type of the column {name}.").format(name=detail),
        "database": _("The database refused the rows: {reason}").format(reason=detail),
        "column_used": _("Another view of the table uses this column."),
        "busy": _("Another load into this table is running. Try again when it has finished."),
        "interrupted": _("The program ended before the load did. Nothing was changed."),
        "source": _("The rows broke off before the end. Nothing was changed."),
        "rejected_limit": _("{number} rows do not fit. Nothing was changed.").format(number=detail),
        "closed_limit": _("{number} rows would be closed, far more than is usual. Nothing was changed.").format(
            number=detail
        ),
    }.get(code, code)


def publishing_export_error(code: str) -> str:
    """Why files could not be prepared, in the reader's language; the codes stand in `exports.ExportError`."""
    return {
        "no_table": _("The resource has no table."),
        "busy": _("The files of this table are being prepared already."),
        "disk_full": _("There is no room left on the disk for the files."),
        "storage": _("The files could not be written to the storage folder."),
        "database": _("The database could not give the rows."),
        "format": _("The rows could not be written in one of the formats."),
    }.get(code, code)


def publishing_run_state(state: str) -> str:
    """How a load ended, in the reader's language."""
    return {"running": _("running"), "done": _("done"), "held": _("held back"), "failed": _("failed")}.get(state, state)


def publishing_run_mode(mode: str) -> str:
    """What kind of load it was, in the reader's language; the modes are those of `report.MODES`."""
    return {
        "snapshot": _("whole table"),
        "delta": _("changes only"),
        "append": _("new rows only"),
        "columns": _("columns changed"),
    }.get(mode, mode)


def publishing_change_kind(kind: str) -> str:
    """What became of a row between two loads, in the reader's language."""
    return {"added": _("added"), "changed": _("changed"), "closed": _("closed")}.get(kind, kind)


def run_in_words(run: Mapping[str, Any]) -> str:
    """What a load changed, in a line."""
    count = CellFormat().count
    return _("{added} rows added, {changed} changed, {closed} closed").format(
        added=count(run["inserted"]), changed=count(run["updated"]), closed=count(run["closed"])
    )


def publishing_moment(iso: str) -> str:
    """A time of ISO 8601 as a reader of the page's language writes it, in the portal's zone."""
    moment = datetime.fromisoformat(iso).astimezone(toolkit.h.get_display_timezone())
    return CellFormat().moment(moment)


def publishing_number(number: int) -> str:
    """A number with its digits grouped as the reader's language does."""
    return CellFormat().count(number)


def licence_in_words(title: str) -> str:
    """The portal's own licence in the reader's language; others are called by their names."""
    return {"Free re-use without charge": _("Free re-use without charge")}.get(title, title)


def publishing_dictionary(fields: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The data dictionary for a reader: id, label, its language where it is another, type in words, unit, notes."""
    return [_described(field) for field in fields]


def _described(field: Mapping[str, Any]) -> dict[str, Any]:
    language = toolkit.h.lang()
    info = field.get("info") or {}
    label = pick({code: info.get(f"label_{code}") or "" for code in LANGUAGES}, language)
    notes = pick({code: info.get(f"notes_{code}") or "" for code in LANGUAGES}, language)
    kind = kind_of(field["type"])
    return {
        "id": field["id"],
        "label": label.text or info.get("label") or field["id"],
        "label_lang": label.lang if label.is_fallback else "",
        "notes": notes.text or info.get("notes") or "",
        "notes_lang": notes.lang if notes.is_fallback else "",
        "unit": str(info.get("unit") or ""),
        "kind": kind,
        "type": _type_in_words(kind, field["type"]),
    }


def _type_in_words(kind: Kind, column_type: str) -> str:
    words = {
        "text": _("text"),
        "number": _("whole number") if column_type.startswith("int") else _("number"),
        "date": _("date"),
        "moment": _("date and time"),
        "flag": _("yes or no"),
    }
    return words.get(kind, _("structured value"))


def problem_in_words(problem: Problem) -> str:
    """What was wrong in the address of a table, in the reader's language."""
    message = {
        "unknown_column": _("The table has no column “{column}”."),
        "not_filterable": _("The column “{column}” cannot be filtered in this way."),
        "not_sortable": _("The table cannot be sorted by the column “{column}”."),
        "bad_number": _("“{value}” in the column “{column}” is not a number."),
        "bad_date": _("“{value}” in the column “{column}” is not a date. Write it as year-month-day: 2026-01-31."),
        "bad_flag": _("Choose yes or no in the column “{column}”."),
        "bad_page": _("“{value}” is not the number of a page. The first page is shown."),
        "page_past_end": _("There is no page {value}. The last page is shown."),
    }[problem.code]
    return message.format(column=problem.column, value=problem.value)


#: A page shows the beginning of longer texts, so that it stays light; the downloads have all of it.
LONG_CELL = 400


def reader_locale() -> Locale:
    """How the reader's language writes numbers and dates."""
    try:
        return Locale.parse(toolkit.h.lang())
    except (ValueError, UnknownLocaleError):
        return Locale("en")


class CellFormat:
    """Writes values for a reader of one language. Text is never touched: codes are read as they are."""

    def __init__(self) -> None:
        self._locale = reader_locale()

    def cell(self, value: Any, kind: Kind, *, quantity: bool) -> dict[str, str]:
        """`text` to show and, for a time, `datetime` for machines.

        Only a quantity has its digits grouped: a year or a number that names something has no unit.
        """
        if value is None:
            return {"text": ""}
        if kind == "number":
            return {"text": self._number(value, quantity=quantity)}
        if kind == "flag":
            return {"text": _("yes") if value else _("no")}
        if kind in {"date", "moment"}:
            return self._time(str(value), kind)
        text = value if isinstance(value, str) else toolkit.h.dump_json(value, ensure_ascii=False)
        return {"text": text if len(text) <= LONG_CELL else text[:LONG_CELL] + "…"}

    def count(self, number: int) -> str:
        """A number of rows with its digits grouped."""
        return format_decimal(number, locale=self._locale)

    def moment(self, value: datetime) -> str:
        """A date with its time."""
        return format_datetime(value, "medium", locale=self._locale, tzinfo=value.tzinfo)

    def _number(self, value: Any, *, quantity: bool) -> str:
        decimals = max(0, -int(Decimal(value).as_tuple().exponent)) if isinstance(value, Decimal) else 0
        pattern = ("#,##0" if quantity else "0") + ("." + "0" * decimals if decimals else "")
        return format_decimal(value, format=pattern, locale=self._locale)

    def _time(self, value: str, kind: Kind) -> dict[str, str]:
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:  # a year that Python's calendar does not have
            return {"text": value}
        if kind == "date":
            return {"text": format_date(moment, "medium", locale=self._locale), "datetime": value}
        return {"text": format_datetime(moment, "medium", locale=self._locale), "datetime": value}


def publishing_cell(value: Any, field: Mapping[str, Any]) -> str:
    """A value of a column, described as `publishing_dictionary` does, for a reader of the page's language."""
    return CellFormat().cell(value, field["kind"], quantity=bool(field["unit"]))["text"]


def rows_in_words(count: CellFormat, first: int, last: int, total: int, *, filtered: bool) -> str:
    """Which rows are shown of how many."""
    if not total:
        return _("No rows match.") if filtered else _("The table has no rows yet.")
    if filtered:
        text = ungettext(
            "Rows {first}–{last} of {total} matching row", "Rows {first}–{last} of {total} matching rows", total
        )
    else:
        text = ungettext("Rows {first}–{last} of {total} row", "Rows {first}–{last} of {total} rows", total)
    return text.format(first=count.count(first), last=count.count(last), total=count.count(total))


def publishing_text(record: Mapping[str, Any], field: str) -> Picked:
    """A translated field of a dataset or a resource, for the reader: text, its language, whether it is another one."""
    return pick(record.get(f"{field}_translated") or record.get(field), toolkit.h.lang() or LANGUAGES[0])
