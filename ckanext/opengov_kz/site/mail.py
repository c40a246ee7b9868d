"""Sends mails in the background: no page waits for the mail server, nor tells by its speed whether a mail was sent."""

from __future__ import annotations

from typing import Any

from ckan.lib import mailer
from ckan.plugins import toolkit
from rq import Retry, get_current_job

from ckanext.opengov_kz.shared.notifications import whole

#: Seconds between attempts, for a mail server that is away for a while.
_AGAIN = [60, 300, 1800, 7200]
#: A mail server that says nothing ends the job, not the worker.
_SECONDS = 60


def hand_over(already_notified: bool, *mail: Any) -> bool:
    """Queues a mail; CKAN's mailer asks this first (INotifier). True when it is taken care of.

    Inside the job the answer is False, and CKAN's mailer sends it. Attachments, open files, are left to it as well.
    """
    name, address, subject, body, body_html, headers, attachments = mail
    if already_notified or attachments or get_current_job() is not None:
        return already_notified
    toolkit.enqueue_job(
        deliver,
        [name, address, subject, body, body_html, headers],
        title="mail",
        rq_kwargs={"retry": Retry(max=len(_AGAIN), interval=_AGAIN), "timeout": _SECONDS},
    )
    return True


def deliver(
    name: str, address: str, subject: str, body: str, body_html: str | None, headers: dict[str, Any] | None
) -> None:
    """Sends one mail; the job of the queue. Raises MailerException, after which the queue tries again."""
    mailer.mail_recipient(name, address, whole(subject), body, body_html=body_html, headers=headers)
