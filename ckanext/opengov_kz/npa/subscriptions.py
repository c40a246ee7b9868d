"""What draft acts react to, as one table of signals: those who took part are told, last days follow the calendar."""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa
from ckan import model
from ckan.plugins import toolkit
from ckan.types import SignalMapping
from rq import Retry

from ckanext.opengov_kz.discussion import gathering
from ckanext.opengov_kz.notices.sending import in_languages, notify
from ckanext.opengov_kz.worktime import days
from ckanext.opengov_kz.worktime.days import worktime_changed

from . import acts, following, rules
from .model import Act
from .signals import act_moved, version_published

_AGAIN = [60, 600, 3600]
_SECONDS = 3600
PUBLISHED, VERSION, REPORT, CLOSING = "npa_published", "npa_version", "npa_report", "npa_closing"


def get_subscriptions() -> SignalMapping:
    """Signal → who reacts."""
    return {worktime_changed: [move_closings], act_moved: [tell_of_stage], version_published: [tell_of_version]}


def notice_kinds() -> dict[str, str]:
    """What people are told of, in the reader's language."""
    return {
        PUBLISHED: toolkit._("A draft act that I follow is open for discussion"),
        VERSION: toolkit._("An act that I discussed or follow has a new version"),
        REPORT: toolkit._("The report on a discussion that I took part in or follow is published"),
        CLOSING: toolkit._("The discussion of my body's draft ends soon or is over"),
    }


def tell_of_stage(package_id: str, stage: str) -> None:
    """Published: those who follow the body or the sphere; reported: also those who took part."""
    if stage == "discussion":
        _in_turn(package_id, PUBLISHED)
    elif stage == "report":
        _in_turn(package_id, REPORT, page="/report")


def tell_of_version(package_id: str, version: int) -> None:
    """A new version: those who took part or follow."""
    _in_turn(package_id, VERSION, turn=f":{version}")


def _in_turn(package_id: str, kind: str, **more: str) -> None:
    """In the queue: thousands may follow, and the officer who published does not wait for them."""
    toolkit.enqueue_job(
        tell,
        [package_id, kind],
        more,
        title=kind,
        rq_kwargs={"retry": Retry(max=len(_AGAIN), interval=_AGAIN), "timeout": _SECONDS},
    )


def tell(package_id: str, kind: str, turn: str = "", page: str = "") -> None:
    """The job: tells everybody whom it concerns, each once; one that was broken off tells the rest."""
    try:
        package = acts.package(package_id)
    except toolkit.ObjectNotFound:
        return
    whom = set(following.followers(acts.of(package)))
    if kind != PUBLISHED:
        whom |= set(gathering.people(acts.TYPE, package_id))
    title = in_languages(lambda: notice_kinds()[kind])
    url = f"/npa/{package.name}{page}"
    notify(sorted(whom), kind, f"{kind}:{package_id}{turn}", title=title, body=acts.title(package), url=url)


def move_closings(day: dt.date, **_rest: Any) -> None:
    """The calendar changed: last days of open discussions follow it, and the act's steps say so.

    A discussion that was made longer keeps its day, unless nobody works on it now.
    """
    calendar, today = days.current(), days.today()
    for act in model.Session.scalars(sa.select(Act).where(Act.stage == "discussion", Act.closes >= today)):
        assert act.published is not None and act.closes is not None  # noqa: S101, PT018 - both are set on publication
        first = rules.closing_day(act.published, act.term_days or 0, calendar) if act.term_days else act.closes
        is_extended = any(step["what"] == "extended" for step in acts.steps(act))
        closes = calendar.next_working_day(act.closes) if is_extended else first
        if closes != act.closes:
            change = {"old": act.closes.isoformat(), "new": closes.isoformat(), "day": day.isoformat()}
            acts.note_step(act, "calendar", "", details=change)
            act.closes = closes
    model.Session.commit()
