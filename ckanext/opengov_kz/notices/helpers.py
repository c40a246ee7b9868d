"""What the templates ask of notices."""

from __future__ import annotations

from ckan.plugins import toolkit

from . import reading

__all__ = ["notices_unread"]


def notices_unread() -> int:
    """How many notices the reader has not read; 0 for those who have not signed in. One query."""
    return 0 if toolkit.current_user.is_anonymous else reading.unread(toolkit.current_user.id)
