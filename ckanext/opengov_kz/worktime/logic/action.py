"""The verbs of the calendar."""

from __future__ import annotations

import datetime as dt
from typing import Any

from ckan import model
from ckan.plugins import toolkit
from ckan.types import Context, DataDict

from ckanext.opengov_kz.shared.calendar import Day, holiday_name
from ckanext.opengov_kz.worktime import days
from ckanext.opengov_kz.worktime.logic import schema

_CHANGES = 50


@toolkit.side_effect_free
def worktime_calendar_show(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Show the days of a year.

    :param year: from 2000 to 2100
    :returns: `days`: each with `day`, `works`, `why` (working, weekend, holiday, made_working, made_free) and `name` by
        language; `working`: how many of them one works on; `overrides` with their reasons

    Errors: ValidationError.
    """
    toolkit.check_access("worktime_calendar_show", context, data_dict)
    year = _valid(context, data_dict, schema.calendar_show())["year"]
    calendar = days.current()
    first = dt.date(year, 1, 1)
    found = [first + dt.timedelta(days=n) for n in range((dt.date(year + 1, 1, 1) - first).days)]
    told = [
        {
            "day": day.isoformat(),
            "works": calendar.is_working(day),
            "why": calendar.why(day),
            "name": holiday_name(day) if calendar.why(day) == "holiday" else {},
        }
        for day in found
    ]
    working = sum(1 for day in told if day["works"])
    return {"year": year, "days": told, "working": working, "overrides": days.overrides(year)}


@toolkit.side_effect_free
def worktime_term_show(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Show how a term is counted: from the day after receipt.

    :param received: the day of receipt, as year-month-day
    :param days: of how many working days the term is
    :returns: `last`: its last day; `days`: each with `day`, `number` (None where it does not count), `why` and `name`

    Errors: ValidationError.
    """
    toolkit.check_access("worktime_term_show", context, data_dict)
    data = _valid(context, data_dict, schema.term_show())
    told = days.current().explain(data["received"], data["days"])
    return {"last": told[-1].day.isoformat(), "days": [_plain(one) for one in told]}


@toolkit.side_effect_free
def worktime_change_list(context: Context, data_dict: DataDict) -> list[dict[str, Any]]:
    """List who changed the calendar, the latest first.

    :returns: the last 50, each with day, works (None where an override was taken away), who and at

    Errors: NotAuthorized.
    """
    toolkit.check_access("worktime_change_list", context, data_dict)
    return days.changes(_CHANGES)


def worktime_override_set(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Say of a day that one works on it, or not, whatever the week and the holidays say. Open terms follow.

    :param day: as year-month-day
    :param works: whether one works
    :param reason_kk: why, in Kazakh: the decree
    :param reason_ru: the same in Russian
    :returns: `day` and `works`

    Errors: NotAuthorized, ValidationError.
    """
    toolkit.check_access("worktime_override_set", context, data_dict)
    data = _valid(context, data_dict, schema.override_set())
    values = {name: data[name] for name in ("works", "reason_kk", "reason_ru")}
    days.put(data["day"], _user_id(context), values)
    return {"day": data["day"].isoformat(), "works": data["works"]}


def worktime_override_remove(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Let a day be again what the week and the holidays say. Open terms follow.

    :param day: as year-month-day
    :returns: `day`

    Errors: NotAuthorized, ValidationError.
    """
    toolkit.check_access("worktime_override_remove", context, data_dict)
    day = _valid(context, data_dict, schema.day())["day"]
    days.put(day, _user_id(context), None)
    return {"day": day.isoformat()}


def _plain(one: Day) -> dict[str, Any]:
    return {"day": one.day.isoformat(), "number": one.number, "why": one.why, "name": dict(one.name)}


def _user_id(context: Context) -> str:
    user = model.User.get(context.get("user"))
    return user.id if user else ""


def _valid(context: Context, data_dict: DataDict, wanted: Any) -> dict[str, Any]:
    data, errors = toolkit.navl_validate({n: v for n, v in data_dict.items() if n in wanted}, wanted, context)
    if errors:
        raise toolkit.ValidationError(errors)
    return data
