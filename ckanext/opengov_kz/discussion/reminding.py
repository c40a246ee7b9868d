"""Each morning the people of a body learn how many comments are due by the next working day, and how many are late."""

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

from . import rules
from .model import Comment

log = logging.getLogger(__name__)

DUE = "discussion_due"
_TIMEOUT = 600
#: Before people come to work in Kazakhstan, which is at UTC+5.
_HOUR = 2


def remind() -> int:
    """The job: tells the people of each body that has comments due by the next working day; how many bodies had any."""
    plan()
    today = days.today()
    soon = days.current().add_working_days(today, 1)
    query = (
        sa.select(
            Comment.owner_id,
            sa.func.count().filter(Comment.due >= today),
            sa.func.count().filter(Comment.due < today),
        )
        .where(
            Comment.answered.is_(None),
            Comment.root_id.is_(None),
            Comment.state == rules.VISIBLE,
            Comment.due <= soon,
        )
        .group_by(Comment.owner_id)
    )
    waiting = model.Session.execute(query).all()
    for body, near, late in waiting:
        title = in_languages(lambda: toolkit._("Comments wait for your answer"))
        numbers = {"near": near, "late": late}
        words = in_languages(
            lambda numbers=numbers: toolkit._("Due by the next working day: {near}, overdue: {late}").format(**numbers)
        )
        key = f"{DUE}:{body}:{today:%Y-%m-%d}"
        notify(_people_of(body), DUE, key, title=title, body=words, url="/discussion/replies")
    return len(waiting)


def _people_of(body: str) -> list[str]:
    context = {"ignore_auth": True}
    found = toolkit.get_action("member_list")(context, {"id": body, "object_type": "user"})  # type: ignore[arg-type]
    return [user_id for user_id, _kind, _role in found]


def plan() -> dt.datetime | None:
    """Puts the next morning's reminder into the queue; planned by many processes, it is still one job.

    Returns when, in UTC; None while Redis is away.
    """
    now = dt.datetime.now(dt.UTC)
    due = now.replace(hour=_HOUR, minute=0, second=0, microsecond=0)
    due += dt.timedelta(days=1) if due <= now else dt.timedelta()
    name = f"opengov-discussion-reminder-{due:%Y-%m-%d}"
    try:
        jobs.get_queue().enqueue_at(
            due, remind, job_id=name, job_timeout=_TIMEOUT, meta={"title": "discussion: terms that come near"}
        )
    except RedisError as error:
        log.warning("The reminder of terms is not planned: %s", error)
        return None
    return due
