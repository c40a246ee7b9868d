"""The upkeep in the queue of jobs: rebuilds in turns, and the comparison of every night."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from typing import Any

from ckan import model
from ckan.lib import jobs
from ckan.plugins import toolkit
from flask import Flask
from redis.exceptions import RedisError

from ckanext.opengov_kz.search import notes, rebuilding, rules, upkeep
from ckanext.opengov_kz.shared import notifications

log = logging.getLogger(__name__)

REBUILD = "search index: rebuild"
COMPARE = "search index: comparison"
#: A turn of a rebuild, in seconds: then mails and other jobs come first, and the next turn stands at the queue's end.
_TURN = 45
_TIMEOUT = 6 * 3600


_app: Flask | None = None


def remember_app(app: Flask) -> None:
    """Keep the application of this process, for the mails of its jobs."""
    global _app  # noqa: PLW0603 - CKAN gives it once, to `make_middleware` alone
    _app = app


def start_rebuild(*, fresh: bool = False) -> bool:
    """Queue a rebuild, unless one waits already; whether it was queued."""
    return _enqueue(rebuild, REBUILD, fresh)


def start_comparison() -> bool:
    """Queue a comparison, unless one waits already; whether it was queued."""
    return _enqueue(compare, COMPARE, False)


def waits(title: str) -> bool:
    """Say whether such a job waits in the queue."""
    return any(job.meta.get("title") == title for job in jobs.get_queue().jobs)


def rebuild(fresh: bool) -> None:
    """Take one turn of a rebuild, and queue the next."""
    try:
        told = rebuilding.rebuild(fresh=fresh, seconds=_TURN)
    except notes.BusyError:
        log.info("The search index is being looked after already")
    except rebuilding.NotPossibleError as error:
        notes.write(notes.REBUILD, rebuilding.refused(error))
        log.warning("%s", error)
    else:
        if told["state"] == "running":
            start_rebuild()


def compare(nightly: bool) -> None:
    """Compare; of what a night found, people are told."""
    if nightly:
        # First of all: whatever happens tonight, tomorrow comes.
        plan()
    try:
        report = upkeep.compare(reason="nightly" if nightly else "manual")
    except notes.BusyError:
        log.info("No comparison: the search index is being looked after already")
        return
    if nightly and (report.get("error") or upkeep.faults_of(report)):
        tell(report)


def plan() -> datetime | None:
    """Put the next night's comparison into the queue; planned by many processes, it is still one job.

    :returns: when, in UTC; None where `opengov.search.compare_at` is empty, no time, or Redis is away
    """
    clock, zone = toolkit.config["opengov.search.compare_at"], toolkit.config["ckan.display_timezone"] or "UTC"
    try:
        due = rules.next_time(datetime.now(UTC), clock, "UTC" if zone == "server" else zone)
        if due is not None:
            title = {"title": COMPARE}
            name = f"opengov-search-compare-{due:%Y-%m-%d}"
            jobs.get_queue().enqueue_at(due, compare, True, job_id=name, job_timeout=_TIMEOUT, meta=title)
    except ValueError:
        log.warning("opengov.search.compare_at is %r, which is no time such as 03:00", clock)
    except RedisError as error:
        log.warning("The nightly comparison of the search index is not planned: %s", error)
    else:
        return due
    return None


def tell(report: dict[str, Any]) -> None:
    """Mail the report to `email_to`, or to the administrators of the portal where it is empty."""
    assert _app is not None, "this process has made no application"  # noqa: S101
    # Templates want a request, and a job has none.
    with _app.test_request_context():
        _mail(report)


def _mail(report: dict[str, Any]) -> None:
    facts = {"report": report, "kinds": rules.KINDS}
    address = toolkit.config.get("email_to")
    if address:
        notifications.notify_address(address, "search_differences", **facts)
        return
    people = model.Session.query(model.User.id).filter_by(sysadmin=True, state=model.State.ACTIVE)
    for (user_id,) in people.all():
        notifications.notify(user_id, "search_differences", **facts)


def _enqueue(job: Any, title: str, argument: bool) -> bool:
    if waits(title):
        return False
    toolkit.enqueue_job(job, [argument], title=title, rq_kwargs={"timeout": _TIMEOUT})
    return True
