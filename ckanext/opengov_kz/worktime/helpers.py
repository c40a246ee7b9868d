"""What the templates ask of the calendar."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from babel.dates import format_date, get_day_names, get_month_names
from ckan.plugins import toolkit

from ckanext.opengov_kz.shared.languages import pick

__all__ = ["worktime_date", "worktime_months", "worktime_weekdays", "worktime_why"]

_DAYS = 7


def worktime_months(days: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The days of a year as months, each with its name and its weeks from Monday on; None where no day stands."""
    names = get_month_names("wide", "stand-alone", locale=toolkit.h.lang())
    months = []
    for number in range(1, 13):
        found = [day for day in days if int(day["day"][5:7]) == number]
        cells: list[Any] = [None] * dt.date.fromisoformat(found[0]["day"]).weekday()
        cells += [day | {"number": int(day["day"][8:])} for day in found]
        cells += [None] * (-len(cells) % _DAYS)
        weeks = [cells[start : start + _DAYS] for start in range(0, len(cells), _DAYS)]
        months.append({"name": names[number], "weeks": weeks})
    return months


def worktime_weekdays() -> list[tuple[str, str]]:
    """The days of the week from Monday on, short and in full."""
    lang = toolkit.h.lang()
    short, whole = get_day_names("abbreviated", locale=lang), get_day_names("wide", locale=lang)
    return [(short[number], whole[number]) for number in range(_DAYS)]


def worktime_date(day: str) -> str:
    """A day as a reader of the page's language writes it."""
    return format_date(dt.date.fromisoformat(day), "full", locale=toolkit.h.lang())


def worktime_why(day: dict[str, Any]) -> str:
    """Why one works on a day, or not, in words."""
    if day["why"] == "holiday":
        return pick(day["name"], toolkit.h.lang()).text
    return {
        "working": toolkit._("working day"),
        "weekend": toolkit._("weekend"),
        "made_working": toolkit._("made a working day"),
        "made_free": toolkit._("made a day off"),
    }[day["why"]]
