"""What the discussion reacts to, as one table of signals: people are told, terms follow the calendar."""

from __future__ import annotations

import datetime as dt
import logging
from typing import Any

from ckan.plugins import toolkit
from ckan.types import SignalMapping

from ckanext.opengov_kz.notices.sending import in_languages, notify
from ckanext.opengov_kz.worktime.days import worktime_changed

from . import comments, rules, subjects
from .reminding import DUE
from .signals import answered, commented, let_through

log = logging.getLogger(__name__)

ANSWERED, REPLIED = "discussion_answered", "discussion_replied"


def get_subscriptions() -> SignalMapping:
    """Signal → who reacts."""
    return {
        worktime_changed: [move_terms],
        answered: [tell_of_answer],
        commented: [tell_of_reply],
        let_through: [tell_of_reply],
    }


def notice_kinds() -> dict[str, str]:
    """What people are told of, in the reader's language."""
    return {
        ANSWERED: toolkit._("A body has answered my comment"),
        REPLIED: toolkit._("Somebody has replied to my comment"),
        DUE: toolkit._("Comments that my body has to answer soon"),
    }


def move_terms(day: dt.date) -> None:
    """The calendar changed: the terms of what waits for a reply follow it."""
    log.info("The calendar changed at %s: %d terms moved", day, comments.move_terms(subjects.types()))


def tell_of_answer(comment_id: str) -> None:
    """An official reply was published: the author learns of it, once."""
    comment = comments.get(comment_id)
    if comment.author_id:
        _tell(comment.author_id, ANSWERED, f"{ANSWERED}:{comment_id}", comment)


def tell_of_reply(comment_id: str, **_rest: Any) -> None:
    """Somebody replied, and it can be read: the author of the comment above learns of it, unless they replied."""
    comment = comments.get(comment_id)
    if comment.state != rules.VISIBLE:
        return
    above = comments.get(comment.parent_id) if comment.parent_id else None
    if above is not None and above.author_id and above.author_id != comment.author_id:
        _tell(above.author_id, REPLIED, f"{REPLIED}:{comment_id}", comment)


def _tell(user_id: str, kind: str, key: str, comment: Any) -> None:
    try:
        subject = subjects.find(comment.subject_type, comment.subject_id)
    except toolkit.ObjectNotFound:
        # What was discussed is deleted: there is no page to lead to.
        return
    title = in_languages(lambda: notice_kinds()[kind])
    url = f"/discussion/comment/{comment.id}"
    notify([user_id], kind, key, title=title, body=dict(subject.title), url=url)
