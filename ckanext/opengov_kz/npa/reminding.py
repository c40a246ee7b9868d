"""Each morning: bodies learn whose discussion ends soon or waits for them; readers are added up."""

from __future__ import annotations

import datetime as dt
import logging

import sqlalchemy as sa
from ckan import model
from ckan.lib import jobs
from ckan.plugins import toolkit
from redis.exceptions import RedisError

from ckanext.opengov_kz.notices.sending import in_languages, notify
from ckanext.opengov_kz.worktime import days

from . import acts, viewing
from .model import Act
from .subscriptions import CLOSING

log = logging.getLogger(__name__)
_TIMEOUT = 600
#: Before people come to work in Kazakhstan, which is at UTC+5.
_HOUR = 2


def remind() -> int:
    """The job: tells the people of each body whose discussion ends by the next working day or ended; how many acts."""
    plan()
    viewing.add_up()
    today = days.today()
    soon = days.current().add_working_days(today, 1)
    query = sa.select(Act).where(Act.stage == "discussion", Act.closes <= soon)
    found = list(model.Session.scalars(query))
    for act in found:
        try:
            package = acts.package(act.package_id)
        except toolkit.ObjectNotFound:
            # Deleted by an administrator: nobody waits for it, and others still have to be told.
            continue
        is_over = act.closes is not None and act.closes < today
        title = in_languages(
            lambda over=is_over: (
                toolkit._("The discussion is over: consider the comments")
                if over
                else toolkit._("The discussion of your draft ends soon")
            )
        )
        # Told once that it ends, and once that it is over.
        key = f"{CLOSING}:{act.package_id}:{act.closes}:{'over' if is_over else 'soon'}"
        notify(
            _people_of(act.owner_id), CLOSING, key, title=title, body=acts.title(package), url=f"/npa/{package.name}"
        )
    return len(found)


def _people_of(body: str) -> list[str]:
    context = {"ignore_auth": True}
    found = toolkit.get_action("member_list")(context, {"id": body, "object_type": "user"})  # type: ignore[arg-type]
    return [user_id for user_id, _kind, _role in found]


def plan() -> dt.datetime | None:
    """Puts the next morning's round into the queue; planned by many processes, it is still one job.

    Returns when, in UTC; None while Redis is away.
    """
    now = dt.datetime.now(dt.UTC)
    due = now.replace(hour=_HOUR, minute=0, second=0, microsecond=0)
    due += dt.timedelta(days=1) if due <= now else dt.timedelta()
    name = f"opengov-npa-morning-{due:%Y-%m-%d}"
    try:
        jobs.get_queue().enqueue_at(due, remind, job_id=name, job_timeout=_TIMEOUT, meta={"title": "npa: last days"})
    except RedisError as error:
        log.warning("The morning's round of acts is not planned: %s", error)
        return None
    return due
