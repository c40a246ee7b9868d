"""Checks of what the actions of classifiers are given."""

from __future__ import annotations

from datetime import date
from typing import Any

from ckan.plugins import toolkit

#: The most that one call gives.
_MOST = 1000
_FARTHEST = 10**9


def harvesting_day(value: Any) -> date:
    """A day written as year-month-day. Raises Invalid."""
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value).strip())
    except ValueError:
        text = toolkit._("“{value}” is not a date. Write it as year-month-day: 2026-01-31.")
        raise toolkit.Invalid(text.format(value=str(value)[:40])) from None


def harvesting_text(value: Any) -> str:
    """A line of text, as a person types it: at most 200 characters, runs of spaces as one. Raises Invalid."""
    if not isinstance(value, str):
        raise toolkit.Invalid(toolkit._("Give a text."))
    return " ".join(value.replace("\0", " ").split())[:200]


def harvesting_limit(value: Any) -> int:
    """How many entries one call gives: 0 to 1000. Raises Invalid."""
    return _within(value, _MOST)


def harvesting_offset(value: Any) -> int:
    """From which entry on, or behind which one: 0 to a milliard. Raises Invalid."""
    return _within(value, _FARTHEST)


def _within(value: Any, most: int) -> int:
    try:
        number = int(value)
    except (TypeError, ValueError, OverflowError):
        number = -1
    if not 0 <= number <= most:
        raise toolkit.Invalid(toolkit._("Give a whole number from 0 to {most}.").format(most=most))
    return number
