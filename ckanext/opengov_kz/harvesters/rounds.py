"""The round of all harvests: plan, queue again what was lost, mark what is over, judge it, tell the owners.

It is a process of its own (`ckan harvesting run-periodically`) and no job of rq's: it is what brings the plans of rq
and the queues back after Redis was emptied, and no long job of the portal may stand before it.
"""

from __future__ import annotations

import json
import logging
import time
from datetime import UTC, datetime
from typing import Any

from ckan import model
from ckan.lib.redis import connect_to_redis
from ckan.lib.search.common import SearchError, SearchIndexError
from ckan.plugins import toolkit
from ckan.types import Action
from ckanext.harvest import queue
from ckanext.harvest.model import (
    HarvestGatherError,
    HarvestJob,
    HarvestObject,
    HarvestObjectError,
    HarvestObjectExtra,
    HarvestSource,
)
from redis.exceptions import LockNotOwnedError
from sqlalchemy import delete, select

from ckanext.opengov_kz.harvesters import liveness, owners, pruning, rules, scheduling
from ckanext.opengov_kz.harvesters.history import History
from ckanext.opengov_kz.harvesters.model import SourceState

log = logging.getLogger(__name__)

_LOCK = "opengov:harvesting:round"
_LOCK_SECONDS = 600
_PRUNED = "opengov:harvesting:pruned"
_PRUNE_EVERY_SECONDS = 3600
_SUSPECTS = "opengov:harvesting:suspects"


def go_round(finish: Action, context: dict[str, Any]) -> None:
    """One round; nothing where another process is at it.

    :param finish: ckanext-harvest's `harvest_jobs_run`, which marks the jobs of one source that are over
    """
    redis: Any = connect_to_redis()
    lock = redis.lock(_LOCK, timeout=_LOCK_SECONDS, blocking=False)
    if not lock.acquire():
        return
    try:
        scheduling.plan_all(datetime.now(UTC))
        queue_lost_again(time.time())
        finish_jobs(finish, context)
        judge(datetime.now(UTC))
        owners.tell_all()
        if redis.set(_PRUNED, "1", nx=True, ex=_PRUNE_EVERY_SECONDS):
            pruning.prune(toolkit.config["opengov.harvesting.runs_kept"])
    finally:
        try:
            lock.release()
        except LockNotOwnedError:
            log.warning("A round of all harvests took longer than %d s, or Redis was emptied", _LOCK_SECONDS)


def finish_jobs(finish: Action, context: dict[str, Any]) -> None:
    """Has ckanext-harvest mark the jobs that are over, source by source: for one source it starts no schedule."""
    running = select(HarvestJob.source_id).where(HarvestJob.status == "Running").distinct()
    for source_id in list(model.Session.scalars(running)):
        finish_source(finish, context, source_id)


def finish_source(finish: Action, context: dict[str, Any], source_id: str) -> None:
    """Has ckanext-harvest mark a source's job, if it is over."""
    try:
        finish({**context}, {"source_id": source_id})  # type: ignore[arg-type]
    except (SearchError, SearchIndexError) as error:
        # The job is marked by then; what the index lacks of its source, the nightly comparison mends.
        model.Session.rollback()
        log.warning("The harvest source %s was not indexed: %s", source_id, error)


def queue_lost_again(now: float) -> None:
    """Queues again what no queue has and no living worker works on: after a kill, a crash, or an emptied Redis.

    :param now: in seconds
    """
    redis: Any = connect_to_redis()
    jobs = _jobs_being_gathered()
    tables = _unfinished_tables()
    alive = liveness.living([*jobs, *tables])
    alive |= _queued(queue.get_gather_routing_key(), "harvest_job_id")
    alive |= _queued(queue.get_fetch_routing_key(), "harvest_object_id")
    # A killed worker's lock of its table outlives it a little: until then another could only fail.
    alive |= {one for one, guid in tables.items() if redis.exists(f"opengov:harvesting:{guid}")}
    known = {one.decode(): float(since) for one, since in redis.hgetall(_SUSPECTS).items()}
    patience = float(toolkit.config["opengov.harvesting.lost_seconds"])
    lost, suspects = rules.lost([*jobs, *tables], alive, known, now, patience)
    redis.delete(_SUSPECTS)
    if suspects:
        redis.hset(_SUSPECTS, mapping=suspects)
    gather, fetch = queue.get_gather_publisher(), queue.get_fetch_publisher()
    assert gather is not None  # noqa: S101 - None with a kind of queue that the portal does not use
    assert fetch is not None  # noqa: S101
    for one in lost:
        log.warning("Nobody works on %s: it is queued again", one)
        if one in jobs:
            _forget_tables(one)
            gather.send({"harvest_job_id": one})
        else:
            fetch.send({"harvest_object_id": one})


def judge(now: datetime) -> None:
    """Looks at the runs that ended since the last round: what succeeded, what fails and since when, who is to hear."""
    newest = (
        select(HarvestJob)
        .join(HarvestSource, HarvestSource.id == HarvestJob.source_id)
        .filter_by(active=True)
        .where(HarvestJob.status == "Finished")
        .order_by(HarvestJob.source_id, HarvestJob.created.desc())
        .distinct(HarvestJob.source_id)
    )
    jobs: list[Any] = list(model.Session.scalars(newest))
    states = SourceState.of_all([job.source_id for job in jobs])
    jobs = [job for job in jobs if job.source_id not in states or states[job.source_id].judged_job_id != job.id]
    history = History(jobs)
    for job in jobs:
        told = history.describe(job, now)
        state = SourceState.of(job.source_id)
        succeeded = rules.has_succeeded(told["state"])
        state.judged_job_id = job.id
        state.owed = rules.owed(state.owed, rules.news(was_failing=bool(state.failing_since), succeeded=succeeded))
        if succeeded:
            state.last_success, state.failing_since, state.problem = job.finished or job.created, None, None
        elif succeeded is False:
            state.failing_since = state.failing_since or job.created
            state.problem = told["problems"][0] if told["problems"] else None
        model.Session.commit()


def _jobs_being_gathered() -> list[str]:
    query = select(HarvestJob.id).where(HarvestJob.status == "Running", HarvestJob.gather_finished.is_(None))
    return list(model.Session.scalars(query))


def _unfinished_tables() -> dict[str, str]:
    query = (
        select(HarvestObject.id, HarvestObject.guid)
        .join(HarvestJob, HarvestJob.id == HarvestObject.harvest_job_id)
        .where(
            HarvestJob.status == "Running",
            HarvestJob.gather_finished.is_not(None),
            HarvestObject.state.in_(("WAITING", "FETCH", "IMPORT")),
        )
    )
    return {row.id: row.guid for row in model.Session.execute(query)}


def _queued(key: str, name: str) -> set[str]:
    redis: Any = connect_to_redis()
    return {str(json.loads(body)[name]) for body in redis.lrange(key, 0, -1)}


def _forget_tables(job_id: str) -> None:
    """What a gather stage that was killed has found: it finds all of it once more."""
    ids = select(HarvestObject.id).where(HarvestObject.harvest_job_id == job_id).scalar_subquery()
    for kind in (HarvestObjectError, HarvestObjectExtra):
        model.Session.execute(delete(kind).where(kind.harvest_object_id.in_(ids)))
    model.Session.execute(delete(HarvestObject).where(HarvestObject.harvest_job_id == job_id))
    model.Session.execute(delete(HarvestGatherError).where(HarvestGatherError.harvest_job_id == job_id))
    model.Session.commit()
