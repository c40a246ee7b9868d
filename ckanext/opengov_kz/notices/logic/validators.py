"""Checks of what the actions of notices are given."""

from __future__ import annotations

from ckan.plugins import toolkit

from ckanext.opengov_kz.notices import reading


def notices_kind(value: str) -> str:
    """A kind of notices that somebody sends. Raises Invalid."""
    if value not in reading.kinds():
        raise toolkit.Invalid(toolkit._("There are no such notices."))
    return value
