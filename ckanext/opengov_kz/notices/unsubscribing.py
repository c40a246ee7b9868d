"""The address in each mail that ends mails of its kind, also for those who have not signed in (RFC 8058)."""

from __future__ import annotations

from ckan.plugins import toolkit
from itsdangerous import BadSignature, URLSafeSerializer

#: Of all kinds: the digest has many.
EVERYTHING = "*"


def address(user_id: str, kind: str) -> str:
    """The whole address; nobody can make one for another person or kind."""
    return f"{toolkit.config['ckan.site_url']}/notices/stop/{_serializer().dumps([user_id, kind])}"


def read(token: str) -> tuple[str, str] | None:
    """The person and the kind of an address; None for one that is not of this portal."""
    try:
        user_id, kind = _serializer().loads(token)
    except (BadSignature, ValueError):
        return None
    return str(user_id), str(kind)


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(toolkit.config["SECRET_KEY"], salt="opengov notices")
