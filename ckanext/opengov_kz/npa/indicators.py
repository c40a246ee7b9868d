"""What became of discussions by act and by body: participants, comments, answers in time, accepted proposals, views."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from ckan import model
from ckan.plugins import toolkit

from ckanext.opengov_kz.catalogue.display import stored_text
from ckanext.opengov_kz.discussion import gathering
from ckanext.opengov_kz.discussion.rules import share

from . import acts, viewing
from .model import Act

_SUMS = ("comments", "people", "answered", "in_time", "proposals", "accepted")


def of_act(act: Act) -> dict[str, Any]:
    """The indicators of one act. Raises ObjectNotFound for one that is not public."""
    package = model.Package.get(act.package_id)
    if package is None or package.private:
        raise toolkit.ObjectNotFound(toolkit._("There is no such draft act."))
    found = gathering.figures(acts.TYPE, [act.package_id]).get(act.package_id, {})
    return _indicators(1, [found], act.views + viewing.pending(act.package_id))


def of_body(name_or_id: str) -> dict[str, Any]:
    """The indicators of one body's public acts. Raises ObjectNotFound."""
    body = model.Group.get(name_or_id)
    if body is None or not body.is_organization:
        raise toolkit.ObjectNotFound(toolkit._("There is no such body."))
    return next((one for one in of_bodies(body.id)), _indicators(0, [], 0) | _named(body))


def of_bodies(body_id: str | None = None) -> list[dict[str, Any]]:
    """The indicators of all bodies that have public acts, or of one, in three queries."""
    query = (
        sa.select(Act.owner_id, Act.package_id, Act.views)
        .join(model.Package, model.Package.id == Act.package_id)
        .where(model.Package.state == model.State.ACTIVE, model.Package.private.is_(False))
    )
    if body_id is not None:
        query = query.where(Act.owner_id == body_id)
    by_body: dict[str, list[tuple[str, int]]] = {}
    for owner, package_id, views in model.Session.execute(query):
        by_body.setdefault(owner, []).append((package_id, views))
    figures = gathering.figures(
        acts.TYPE, [one for owned in by_body.values() for one, _views in owned] if body_id else None
    )
    bodies = {one.id: one for one in model.Session.scalars(sa.select(model.Group).where(model.Group.id.in_(by_body)))}
    told = [
        _indicators(len(owned), (figures.get(one, {}) for one, _views in owned), sum(views for _one, views in owned))
        | _named(bodies[owner])
        for owner, owned in by_body.items()
        if owner in bodies
    ]
    return sorted(told, key=lambda one: (-one["comments"], one["name"]))


def _named(body: model.Group) -> dict[str, Any]:
    return {"name": body.name, "title": stored_text(body) or {"kk": body.title or body.name}}


def _indicators(number: int, figures: Iterable[dict[str, Any]], views: int) -> dict[str, Any]:
    sums = dict.fromkeys(_SUMS, 0)
    for one in figures:
        for name in _SUMS:
            sums[name] += one.get(name, 0)
    return {
        "acts": number,
        "comments": sums["comments"],
        "people": sums["people"],
        "answered": sums["answered"],
        "share_answered_in_time": share(sums["in_time"], sums["comments"]),
        "share_accepted": share(sums["accepted"], sums["proposals"]),
        "views": views,
    }
