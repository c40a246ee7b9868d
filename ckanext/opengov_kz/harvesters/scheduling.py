"""Sources start by themselves: each has its next run planned as one job of rq's scheduler, under `ckan jobs worker`.

The round (rounds.py) plans again and again, which changes nothing while a plan stands; so a plan survives that Redis
is emptied. A plan is named after source and time: planned by many processes, it is one run.
"""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from typing import Any

from ckan import model
from ckan.lib import jobs
from ckan.plugins import toolkit
from ckanext.harvest.logic import HarvestJobExists
from ckanext.harvest.model import HarvestJob, HarvestSource
from rq.exceptions import NoSuchJobError
from rq.job import Job, JobStatus
from sqlalchemy import select

from ckanext.opengov_kz.harvesters import rules
from ckanext.opengov_kz.harvesters.model import SourceState

log = logging.getLogger(__name__)

TITLE = "harvest: start a source"
_TIMEOUT = 300
_STANDING = {JobStatus.SCHEDULED, JobStatus.QUEUED, JobStatus.STARTED, JobStatus.DEFERRED}


def plan_all(now: datetime) -> None:
    """Plan the next run of every approved source that has a schedule, and give one to those without."""
    query = (
        select(HarvestSource, SourceState)
        .filter_by(active=True)
        .join(SourceState, SourceState.source_id == HarvestSource.id)
        .where(SourceState.approval == rules.APPROVED, SourceState.frequency != "MANUAL")
    )
    for source, state in model.Session.execute(query).all():
        due = aware(source.next_run) or rules.next_run(state.frequency, None, now.replace(microsecond=0))
        if due is not None:
            source.next_run = naive(due)
            model.Session.commit()
            plan(source.id, due, now)


def plan(source_id: str, due: datetime, now: datetime) -> None:
    """Put one run into rq's schedule, or into the queue where it is due; an equal plan that stands is left alone."""
    queue = jobs.get_queue()
    name = f"opengov-harvest-{source_id}-{due:%Y%m%dT%H%M%S}"
    try:
        known = Job.fetch(name, connection=queue.connection)
    except NoSuchJobError:
        known = None
    if known is not None:
        if known.get_status() in _STANDING:
            return
        known.delete()
    # A plain tuple of JSON values, so that a job planned by an older version can still be read.
    given: dict[str, Any] = {"job_id": name, "meta": {"title": TITLE}, "job_timeout": _TIMEOUT}
    if due > now:
        queue.enqueue_at(due, start, source_id, due.isoformat(), **given)
    else:
        queue.enqueue(start, source_id, due.isoformat(), **given)


def start(source_id: str, due: str) -> None:
    """Start a source whose time has come, and note when it is due next; the round plans that.

    A plan that no longer holds, as the schedule, the approval or the source itself has changed, does nothing.
    """
    now = datetime.now(UTC)
    source: Any = HarvestSource.get(source_id)
    state = model.Session.get(SourceState, source_id)
    if source is None or state is None or not source.active or state.approval != rules.APPROVED:
        return
    if source.next_run is None or aware(source.next_run) != datetime.fromisoformat(due):
        return
    site_user = toolkit.get_action("get_site_user")({"ignore_auth": True}, {})
    context: Any = {"user": site_user["name"], "ignore_auth": True, "model": model, "session": model.Session}
    try:
        toolkit.get_action("harvest_job_create")(context, {"source_id": source_id})
    except HarvestJobExists:
        log.info("The source %s is due while its last harvest still goes on", source_id)
    source = HarvestSource.get(source_id)
    following = rules.next_run(state.frequency, datetime.fromisoformat(due), now)
    source.next_run = naive(following)
    model.Session.commit()
    if following is not None:
        plan(source_id, following, now)


def reschedule(source_id: str, frequency: str, now: datetime) -> None:
    """Give a source the next run of a new schedule, counted from its last run; the caller commits."""
    source: Any = HarvestSource.get(source_id)
    if source is None:
        return
    last = model.Session.scalar(
        select(HarvestJob.created).where(HarvestJob.source_id == source_id).order_by(HarvestJob.created.desc()).limit(1)
    )
    source.next_run = naive(rules.next_run(frequency, aware(last), now))


def aware(moment: datetime | None) -> datetime | None:
    """A time of ckanext-harvest, which stores UTC without saying so."""
    return moment.replace(tzinfo=UTC) if moment is not None else None


def naive(moment: datetime | None) -> datetime | None:
    """A time as ckanext-harvest stores it."""
    return moment.astimezone(UTC).replace(tzinfo=None) if moment is not None else None
