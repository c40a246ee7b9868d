"""Accounts behind the pages: pending ones, the links that confirm them, and keys for a new password."""

from __future__ import annotations

import secrets
import time
from typing import Any

import sqlalchemy as sa
from ckan import model
from ckan.plugins import toolkit
from itsdangerous import BadData, URLSafeTimedSerializer
from passlib.context import CryptContext

from ckanext.opengov_kz.shared import languages, notifications

_HOUR = 3600
_NAME_LENGTH = 60
#: As CKAN hashes passwords; here only to spend as much time.
_HASHES = CryptContext(schemes=["pbkdf2_sha512"])


def by_email(email: str) -> model.User | None:
    """The account of a mailbox, an active one first; deleted accounts leave their address to others."""
    return (
        model.Session.query(model.User)
        .filter(sa.func.lower(model.User.email) == email.strip().lower(), model.User.state != model.State.DELETED)
        .order_by(sa.case((model.User.state == model.State.ACTIVE, 0), else_=1))
        .first()
    )


def active(user_id: str) -> model.User | None:
    """The account, if it may sign in."""
    user = model.User.get(user_id)
    return user if user is not None and user.is_active else None


def free_name(fullname: str) -> str:
    """A user name that nobody bears, made of the person's name; it ends at random, so it tells nothing of others."""
    stem = languages.slug(fullname, _NAME_LENGTH)
    while True:
        name = f"{stem}-{secrets.token_hex(3)}"
        if model.User.check_name_available(name):
            return name


def awaits_confirmation(user: model.User | None) -> bool:
    """Whether somebody registered this account here and has not confirmed the mailbox yet."""
    return user is not None and user.is_pending() and bool(_settings(user).get("confirmation"))


def new_token(user: model.User) -> str:
    """The text of a new link that confirms the account; older links no longer do."""
    nonce = secrets.token_urlsafe(16)
    keep(user, confirmation=nonce)
    return _serializer().dumps([user.id, nonce])


def of_token(token: str) -> model.User | None:
    """The account that a link confirms; None when the link is forged, too old, replaced or used."""
    try:
        user_id, nonce = _serializer().loads(token, max_age=toolkit.config["opengov.site.confirmation_hours"] * _HOUR)
    except (BadData, ValueError, TypeError):
        return None
    user = model.User.get(str(user_id))
    if user is None or not awaits_confirmation(user):
        return None
    return user if secrets.compare_digest(str(nonce), _settings(user)["confirmation"]) else None


def keep(user: model.User, **settings: Any) -> None:
    """Keeps our own settings of a user; None removes one. The caller commits."""
    ours = {name: value for name, value in (_settings(user) | settings).items() if value is not None}
    # A new dict: SQLAlchemy sees no change inside a nested one.
    user.plugin_extras = {**(user.plugin_extras or {}), notifications.EXTRAS: ours}


def unconfirmed(login: str, password: str) -> str:
    """The mailbox to confirm, when the password is right and only that is missing; otherwise empty.

    Takes as long for unknown names as for known ones.
    """
    user = model.User.by_name(login) or by_email(login)
    if user is None or not user.is_active:
        known = user is not None and awaits_confirmation(user) and user.validate_password(password)
        if user is None or not user.password:
            _HASHES.dummy_verify()
        return user.email or "" if known and user else ""
    return ""


def send_reset_key(user: model.User) -> None:
    """Mails a link to choose a new password; older links no longer work."""
    user_id, key = user.id, f"{secrets.token_hex(16)}-{int(time.time())}"
    user.reset_key = key
    model.repo.commit_and_remove()
    notifications.notify(user_id, "account_reset", key=key, user_id=user_id, hours=_reset_hours())


def notify_about_topic(topic: str, details: dict[str, Any]) -> bool:
    """Mails a link for a new password in the person's language instead of the page's (INotifier)."""
    if topic != "request_password_reset":
        return False
    send_reset_key(details["user"])
    return True


def may_reset(user_id: str, key: str) -> bool:
    """Whether this link still lets a person choose a new password.

    Keys of CKAN's own invitations bear no time and do not expire.
    """
    user = model.User.get(user_id)
    if (
        user is None
        or user.is_deleted()
        or not user.reset_key
        or not secrets.compare_digest(key.encode(), user.reset_key.encode())
    ):
        return False
    made = key.partition("-")[2]
    return not made.isdigit() or time.time() - int(made) < _reset_hours() * _HOUR


def _reset_hours() -> int:
    return toolkit.config["opengov.site.reset_hours"]


def _settings(user: model.User) -> dict[str, Any]:
    return dict((user.plugin_extras or {}).get(notifications.EXTRAS) or {})


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(toolkit.config["SECRET_KEY"], salt="opengov-site-confirmation")
