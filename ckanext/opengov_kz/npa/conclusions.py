"""Conclusions of councils and experts, and the roles under which they are given."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from ckan import model

from ckanext.opengov_kz.shared.moments import iso

from .model import Act, Conclusion, Role


def of(act: Act) -> list[dict[str, Any]]:
    """The conclusions on an act, the oldest first; the account of nobody."""
    query = sa.select(Conclusion).where(Conclusion.package_id == act.package_id).order_by(Conclusion.at)
    return [
        {
            "id": one.id,
            "kind": one.kind,
            "outcome": one.outcome,
            "text": one.text,
            "language": one.language,
            "version": one.version,
            "name": one.name,
            "organisation": one.organisation,
            "at": iso(one.at),
        }
        for one in model.Session.scalars(query)
    ]


def roles(user_id: str | None = None) -> list[dict[str, Any]]:
    """Verified roles, of all people or of one."""
    query = sa.select(Role, model.User.name).join(model.User, model.User.id == Role.user_id).order_by(model.User.name)
    if user_id is not None:
        query = query.where(Role.user_id == user_id)
    return [
        {"user": name, "kind": role.kind, "organisation": role.organisation, "at": iso(role.at)}
        for role, name in model.Session.execute(query)
    ]
