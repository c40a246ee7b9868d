"""Telling people, and sending the mails: one worker takes each, and tries again while the server refuses."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from ckan import model
from ckan.lib import jobs, mailer
from ckan.plugins import toolkit
from flask import Flask, has_request_context
from flask_babel import force_locale
from redis.exceptions import RedisError
from sqlalchemy.dialects.postgresql import insert

from ckanext.opengov_kz.shared.languages import LANGUAGES
from ckanext.opengov_kz.shared.notifications import language_of, whole

from . import rules, unsubscribing
from .model import Notice, Switch, utc_now

log = logging.getLogger(__name__)

_TITLE = "notices: send mails"
_TIMEOUT = 600
#: At 8 o'clock in Kazakhstan, which is at UTC+5.
_DIGEST_HOUR = 3


_app: Flask | None = None


def remember_app(app: Flask) -> None:
    """Keeps the application of this process: jobs have no request, and gettext wants one."""
    global _app  # noqa: PLW0603 - CKAN gives it once, to `make_middleware` alone
    _app = app


@contextmanager
def _words() -> Iterator[None]:
    """Gettext works inside, in a job too."""
    if has_request_context() or _app is None:
        yield
        return
    with _app.test_request_context():
        yield


def in_languages(words: Callable[[], str]) -> dict[str, str]:
    """The same words in each of the portal's languages; `words` is called once for each, with gettext set to it."""
    found = {}
    with _words():
        for language in LANGUAGES:
            with force_locale(language):
                found[language] = str(words())
    return found


def notify(
    user_ids: Iterable[str], kind: str, key: str, *, title: Mapping[str, str], body: Mapping[str, str], url: str
) -> list[str]:
    """Tells people of something, each once: those whom this key was told already are passed over.

    :param kind: one of the kinds of INotices
    :param title: one line by language; it stands as the mail's subject, so nothing private belongs there
    :param url: the page that it leads to, without the language's prefix
    :returns: the ids of those who were told
    """
    told = []
    wanted = list(dict.fromkeys(user_ids))
    switches = _switches(wanted, kind)
    for user_id in wanted:
        user = model.User.get(user_id)
        if user is None or user.state != model.State.ACTIVE:
            continue
        values = {
            "user_id": user.id,
            "kind": kind,
            "key": key,
            "title": dict(title),
            "body": dict(body),
            "url": url,
            "created": utc_now(),
            "due": utc_now(),
            "tries": 0,
            "mail": rules.mail_state(switches.get(user.id, "now"), has_address=bool(user.email)),
        }
        statement = insert(Notice).values(values).on_conflict_do_nothing().returning(Notice.id)
        if model.Session.execute(statement).first():
            told.append(user.id)
    model.Session.commit()
    if told:
        _enqueue(None)
    return told


def _switches(user_ids: list[str], kind: str) -> dict[str, str]:
    query = sa.select(Switch.user_id, Switch.how).where(Switch.user_id.in_(user_ids), Switch.kind == kind)
    return dict(model.Session.execute(query).tuples().all())


def _enqueue(later: dt.timedelta | None) -> None:
    try:
        if later is None:
            toolkit.enqueue_job(deliver, title=_TITLE, rq_kwargs={"timeout": _TIMEOUT})
        else:
            jobs.get_queue().enqueue_in(later, deliver, job_timeout=_TIMEOUT, meta={"title": _TITLE})
    except RedisError as error:
        # The notice stands in the portal; the next one, or the morning, brings its mail along.
        log.warning("The mails of notices are not queued: %s", error)


def deliver() -> int:
    """The job: sends the mails that are due; how many were sent. Those refused come back by a job of their own."""
    sent = 0
    while (notice := _take()) is not None:
        sent += _send([notice], notice.title, notice.body)
    waiting = model.Session.scalar(sa.select(sa.func.min(Notice.due)).where(Notice.mail == rules.WAITING))
    if waiting is not None:
        _enqueue(max(waiting - utc_now(), dt.timedelta(seconds=1)))
    return sent


def _take() -> Notice | None:
    """One notice whose mail is due, taken by this worker alone."""
    due = (
        sa.select(Notice.id)
        .where(Notice.mail == rules.WAITING, Notice.due <= utc_now())
        .order_by(Notice.id)
        .limit(1)
        .with_for_update(skip_locked=True)
        .scalar_subquery()
    )
    taken = sa.update(Notice).where(Notice.id == due).values(mail=rules.SENDING).returning(Notice.id)
    found = model.Session.scalar(taken)
    model.Session.commit()
    return model.Session.get(Notice, found) if found else None


def _send(notices: list[Notice], title: Mapping[str, str], body: Mapping[str, str]) -> int:
    user = model.User.get(notices[0].user_id)
    if user is None or user.state != model.State.ACTIVE or not user.email:
        return _end(notices, rules.NONE)
    language = language_of(user)
    kind = notices[0].kind if len(notices) == 1 else unsubscribing.EVERYTHING
    stop = unsubscribing.address(user.id, kind)
    with _words(), force_locale(language):
        lines = [_in(body, language), "", *([_link(notices[0].url, language), ""] if len(notices) == 1 else [])]
        lines += [toolkit._("To get no more mails of this kind: {address}").format(address=stop)]
        headers = {"List-Unsubscribe": f"<{stop}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
        try:
            mailer.mail_recipient(
                user.display_name, user.email, whole(_in(title, language)), "\n".join(lines), headers=headers
            )
        except mailer.MailerException as error:
            log.warning("A mail of a notice was refused: %s", error)
            return _again(notices)
    return _end(notices, rules.SENT)


def _in(texts: Mapping[str, str], language: str) -> str:
    return texts.get(language) or next((text for text in texts.values() if text), "")


def _link(url: str, language: str) -> str:
    prefix = "" if language == toolkit.config["ckan.locale_default"] else f"/{language}"
    return f"{toolkit.config['ckan.site_url']}{prefix}{url}"


def _again(notices: list[Notice]) -> int:
    for notice in notices:
        notice.tries += 1
        due = rules.next_try(notice.tries, utc_now())
        notice.mail, notice.due = (rules.WAITING, due) if due else (rules.FAILED, notice.due)
    model.Session.commit()
    return 0


def _end(notices: list[Notice], state: str) -> int:
    for notice in notices:
        notice.mail = state
    model.Session.commit()
    return len(notices) if state == rules.SENT else 0


def digest() -> int:
    """The job of each morning: one mail to each person with what they want to be told once a day; how many mails."""
    plan()
    waiting = sa.update(Notice).where(Notice.mail == rules.DAILY).values(mail=rules.SENDING).returning(Notice.id)
    ids = list(model.Session.scalars(waiting))
    model.Session.commit()
    by_person: dict[str, list[Notice]] = {}
    for notice in model.Session.query(Notice).filter(Notice.id.in_(ids)).order_by(Notice.id):
        by_person.setdefault(notice.user_id, []).append(notice)
    sent = 0
    for notices in by_person.values():
        title = in_languages(lambda: toolkit._("What is new for you"))
        body = {
            language: "\n\n".join(f"{_in(one.title, language)}\n{_link(one.url, language)}" for one in notices)
            for language in LANGUAGES
        }
        sent += bool(_send(notices, title, body))
    return sent


def plan() -> dt.datetime | None:
    """Puts the next morning's digest into the queue; planned by many processes, it is still one job.

    Returns when, in UTC; None while Redis is away.
    """
    now = dt.datetime.now(dt.UTC)
    due = now.replace(hour=_DIGEST_HOUR, minute=0, second=0, microsecond=0)
    due += dt.timedelta(days=1) if due <= now else dt.timedelta()
    name = f"opengov-notices-digest-{due:%Y-%m-%d}"
    try:
        options: dict[str, Any] = {"job_id": name, "job_timeout": _TIMEOUT, "meta": {"title": "notices: digest"}}
        jobs.get_queue().enqueue_at(due, digest, **options)
    except RedisError as error:
        log.warning("The digest of notices is not planned: %s", error)
        return None
    return due
