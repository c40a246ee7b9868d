"""Words about the columns of a table and their changes."""

from __future__ import annotations

import json

from ckan.common import _

from .column_rules import type_name


def publishing_columns_note(detail: str) -> list[str]:
    """What a change of columns did, a line each; `detail` as `columns.py` writes it down."""
    try:
        note = json.loads(detail)
    except ValueError:  # the note was too long and is cut
        return []
    lines = [_("Column added: {name}").format(name=name) for name in note.get("add", ())]
    lines += [_("Column removed: {name}").format(name=name) for name in note.get("remove", ())]
    lines += [
        _("Column {old} renamed to {new}").format(old=old, new=new) for old, new in note.get("rename", {}).items()
    ]
    return lines + [
        _("Type of the column {name} is now: {type}").format(name=name, type=publishing_column_type(kind))
        for name, kind in note.get("types", {}).items()
    ]


def publishing_column_type(kind: str) -> str:
    """A type of a column in the reader's language; `kind` as PostgreSQL or a dictionary writes it."""
    kind = type_name(kind)
    return {
        "integer": _("whole number"),
        "bigint": _("large whole number"),
        "numeric": _("number"),
        "double precision": _("number with a floating point"),
        "boolean": _("yes or no"),
        "date": _("date"),
        "timestamp without time zone": _("date and time"),
        "text": _("text"),
    }.get(kind, kind)


def publishing_column_problem(code: str, column: str) -> str:
    """Why a change of columns is refused, in the reader's language; the codes stand in `column_rules.problems`."""
    return {
        "no_column": _("The table has no column {name}."),
        "key": _("The column {name} tells rows apart and cannot be removed."),
        "twice": _("The column {name} is to be removed and changed at once."),
        "bad_name": _("“{name}” cannot be the name of a column: no quotes, no %, no underscore or blank in front."),
        "taken": _("The table has a column {name} already."),
        "bad_type": _("The column {name} cannot be given this type."),
        "last": _("At least one column has to stay."),
    }[code].format(name=column)
