"""Checks of what the actions of publishing are given."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from ckan.plugins import toolkit


def publishing_names(value: Any) -> list[str]:
    """Names of columns: a list of them, or one string of names separated by commas. Raises Invalid."""
    names = [name.strip() for name in value.split(",")] if isinstance(value, str) else value
    if not isinstance(names, list) or not all(isinstance(name, str) and name for name in names):
        raise toolkit.Invalid(toolkit._("Give the names of columns as a list."))
    return names


def publishing_pairs(value: Any) -> dict[str, str]:
    """Names of columns, each with a word: an object, or JSON of one. Raises Invalid."""
    try:
        pairs = json.loads(value) if isinstance(value, str) else value
    except (ValueError, RecursionError):
        pairs = None
    if not isinstance(pairs, dict) or not all(isinstance(word, str) and word for word in (*pairs, *pairs.values())):
        raise toolkit.Invalid(toolkit._('Give an object like {"column": "word"}.'))
    return pairs


def publishing_moment(value: Any) -> datetime:
    """A time in ISO 8601; one without a zone, and a day, are the portal's: a day stands for its end. Raises Invalid."""
    zone = toolkit.h.get_display_timezone()
    try:
        day = date.fromisoformat(str(value).strip())
    except ValueError:
        pass
    else:
        return (
            datetime.combine(day, time.min, zone) + timedelta(days=1)
            if day < date.max
            else datetime.max.replace(tzinfo=UTC)
        )
    try:
        moment = datetime.fromisoformat(str(value).strip())
    except ValueError:
        raise toolkit.Invalid(
            toolkit._("“{value}” is not a date. Write it as year-month-day: 2026-01-31.").format(value=value)
        ) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)


def publishing_rows(value: Any) -> list[Any]:
    """Rows of a small table: a list of objects, or JSON Lines in one string. Raises Invalid, naming the line."""
    if isinstance(value, str):
        value = [_parsed(number, line) for number, line in enumerate(value.split("\n"), start=1) if line.strip()]
    if not isinstance(value, list):
        raise toolkit.Invalid(toolkit._("Give the rows as a list of objects or as JSON Lines."))
    limit = toolkit.config["opengov.publishing.merge_rows_max"]
    if len(value) > limit:
        raise toolkit.Invalid(
            toolkit._("There are too many rows for one call; the limit is {limit}.").format(limit=limit)
        )
    return value


def _parsed(number: int, line: str) -> Any:
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        raise toolkit.Invalid(toolkit._("Line {number} is not JSON.").format(number=number)) from None
