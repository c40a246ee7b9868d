"""Checks of days and terms."""

from __future__ import annotations

import datetime as dt
from typing import Any

from ckan.plugins import toolkit

_FIRST, _LAST = 2000, 2100
_LONGEST = 366


def worktime_day(value: Any) -> dt.date:
    """A day as year-month-day. Raises Invalid."""
    try:
        day = value if isinstance(value, dt.date) else dt.date.fromisoformat(str(value).strip())
    except ValueError:
        day = None
    if day is None or not _FIRST <= day.year <= _LAST:
        message = toolkit._("“{value}” is not a date. Write it as year-month-day: 2026-01-31.")
        raise toolkit.Invalid(message.format(value=value))
    return day


def worktime_year(value: Any) -> int:
    """A year. Raises Invalid."""
    if not str(value).strip().isdecimal() or not _FIRST <= int(value) <= _LAST:
        raise toolkit.Invalid(toolkit._("Give a year from 2000 to 2100."))
    return int(value)


def worktime_days(value: Any) -> int:
    """A number of working days. Raises Invalid."""
    if not str(value).strip().isdecimal() or not 1 <= int(value) <= _LONGEST:
        raise toolkit.Invalid(toolkit._("Give a number of working days from 1 to 366."))
    return int(value)
