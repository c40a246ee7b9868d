"""The calendar as it stands, with its overrides; read once for each request."""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa
from ckan import model
from ckan.plugins import toolkit
from flask import g, has_app_context

from ckanext.opengov_kz.shared.calendar import WorkCalendar, day_of

from .model import Change, Override

#: Sent after an override was set or taken away: `send(day)`.
worktime_changed = toolkit.signals.ckanext.signal("opengov_worktime:changed")


def current() -> WorkCalendar:
    """The calendar by which terms are counted now."""
    if has_app_context() and "worktime_calendar" in g:
        return g.worktime_calendar
    calendar = WorkCalendar(dict(model.Session.execute(sa.select(Override.day, Override.works)).tuples().all()))
    if has_app_context():
        g.worktime_calendar = calendar
    return calendar


def today() -> dt.date:
    """Today's date in Kazakhstan."""
    return day_of(dt.datetime.now(dt.UTC))


def put(day: dt.date, user_id: str, values: dict[str, Any] | None) -> None:
    """Sets an override, or takes it away, and writes down who did; then those who count terms are told."""
    stored = model.Session.get(Override, day)
    if values is None:
        if stored is not None:
            model.Session.delete(stored)
    else:
        stored = stored or Override(day=day)
        for name, value in values.items():
            setattr(stored, name, value)
        model.Session.add(stored)
    model.Session.add(Change(day=day, works=values["works"] if values else None, user_id=user_id))
    model.Session.commit()
    if has_app_context():
        g.pop("worktime_calendar", None)
    worktime_changed.send(day)


def overrides(year: int) -> list[dict[str, Any]]:
    """The overrides of a year, by day."""
    query = sa.select(Override).where(sa.extract("year", Override.day) == year).order_by(Override.day)
    return [
        {
            "day": one.day.isoformat(),
            "works": one.works,
            "reason": {"kk": one.reason_kk, "ru": one.reason_ru},
        }
        for one in model.Session.scalars(query)
    ]


def changes(limit: int) -> list[dict[str, Any]]:
    """Who changed the calendar, the latest first."""
    query = (
        sa.select(Change, model.User.name)
        .outerjoin(model.User, model.User.id == Change.user_id)
        .order_by(Change.at.desc(), Change.id.desc())
        .limit(limit)
    )
    return [
        {
            "day": change.day.isoformat(),
            "works": change.works,
            "who": name or "",
            "at": change.at.replace(tzinfo=dt.UTC).isoformat(timespec="seconds"),
        }
        for change, name in model.Session.execute(query)
    ]
