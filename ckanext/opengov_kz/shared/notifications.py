"""Mails to people, each in the language that the person chose.

A mail is two templates, `emails/<name>_subject.txt` (one line) and `emails/<name>.txt`, in any plugin's templates.
"""

from __future__ import annotations

import email.policy
import logging
from email import message_from_string
from email.message import EmailMessage
from typing import Any

from ckan import model
from ckan.lib import base, mailer
from ckan.plugins import toolkit
from flask_babel import force_locale

log = logging.getLogger(__name__)

#: Where a user's own settings stand in `plugin_extras`.
EXTRAS = "opengov"


def language_of(user: model.User) -> str:
    """The language that a person chose; the portal's first one where they chose none."""
    chosen = ((user.plugin_extras or {}).get(EXTRAS) or {}).get("language")
    return str(chosen if chosen in toolkit.config["ckan.locales_offered"] else toolkit.config["ckan.locale_default"])


def notify(user_id: str, template: str, /, **facts: Any) -> bool:
    """Mails a person.

    :param user_id: id or name; nothing is sent to the deleted, the unknown and those without an address
    :param template: the name of the two templates
    :param facts: what the templates show, besides `user_name`, `site_title`, `site_url` and `language`
    :returns: whether a mail was handed on. A mail server that refuses is logged: what the person did stands.
    """
    user = model.User.get(user_id)
    if user is None or user.is_deleted() or not user.email:
        return False
    language = language_of(user)
    with force_locale(language):
        subject, body = _texts(template, facts | {"user_name": user.display_name, "language": language})
        try:
            mailer.mail_user(user, whole(subject), body)
        except mailer.MailerException:
            log.exception("The mail %s to user %s was not sent", template, user.name)
            return False
    return True


def notify_address(address: str, template: str, /, **facts: Any) -> bool:
    """Mails an address of the portal's operator, in the portal's first language; facts as in `notify`."""
    language = toolkit.config["ckan.locale_default"]
    with force_locale(language):
        subject, body = _texts(template, facts | {"user_name": address, "language": language})
        try:
            mailer.mail_recipient(address, address, whole(subject), body)
        except mailer.MailerException:
            log.exception("The mail %s to %s was not sent", template, address)
            return False
    return True


def whole(subject: str) -> str:
    """A subject that comes through with all its spaces.

    Python before 3.13 drops a space where it folds a long line of letters that are not ASCII (cpython gh-92081): "new
    version" becomes "newversion". Where that would happen, the spaces are such as are never dropped.
    """
    message = EmailMessage()
    message["Subject"] = subject
    arrived = message_from_string(message.as_string(), policy=email.policy.default)["Subject"]
    return subject if arrived == subject else subject.replace(" ", "\u00a0")


def _texts(template: str, facts: dict[str, Any]) -> tuple[str, str]:
    facts |= {"site_title": toolkit._("Open Government"), "site_url": toolkit.config["ckan.site_url"]}
    subject = " ".join(base.render(f"emails/{template}_subject.txt", facts).split())
    return subject, base.render(f"emails/{template}.txt", facts).strip() + "\n"
