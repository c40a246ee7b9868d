"""Lists of acts: filtered and counted by PostgreSQL, words found by the search; each page in as many queries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from ckan import model
from ckan.plugins import toolkit

from ckanext.opengov_kz.catalogue.display import stored_text
from ckanext.opengov_kz.discussion import gathering
from ckanext.opengov_kz.worktime import days

from . import acts
from .model import Act

#: As many of the best matches are filtered further.
_MOST_FOUND = 1000


def page(wanted: Mapping[str, Any], user: str | None) -> dict[str, Any]:
    """Some acts and how many there are; drafts that are not public for the people of their body alone."""
    where = _where(wanted, user)
    if where is None:
        return {"count": 0, "acts": []}
    joined = sa.select(Act).join(model.Package, model.Package.id == Act.package_id)
    count = model.Session.scalar(sa.select(sa.func.count()).select_from(joined.where(*where).subquery())) or 0
    query = joined.where(*where).order_by(*_order(wanted)).limit(wanted["limit"]).offset(wanted["offset"])
    return {"count": count, "acts": described(list(model.Session.scalars(query)))}


def _where(wanted: Mapping[str, Any], user: str | None) -> list[Any] | None:
    where: list[Any] = [model.Package.state == model.State.ACTIVE, model.Package.type == acts.TYPE]
    stage = wanted.get("stage")
    where.append(_drafts_of(user) if stage == "draft" else model.Package.private.is_(False))
    if stage:
        where.append(_stands(stage))
    where.extend(getattr(Act, name) == wanted[name] for name in ("kind", "sphere") if wanted.get(name))
    if wanted.get("body"):
        body = model.Group.get(wanted["body"])
        where.append(Act.owner_id == (body.id if body else ""))
    if wanted.get("call"):
        where.append(Act.call_id == wanted["call"])
    if wanted.get("q"):
        found = _found(wanted["q"])
        if not found:
            return None
        where.append(Act.package_id.in_(found))
    return where


def _stands(stage: str) -> Any:
    """An act whose last day is over is considered, also where its body has not said so yet."""
    is_over = sa.and_(Act.stage == "discussion", Act.closes < days.today())
    if stage == "discussion":
        return sa.and_(Act.stage == stage, sa.not_(is_over))
    return sa.or_(Act.stage == stage, is_over) if stage == "consideration" else Act.stage == stage


def _drafts_of(user: str | None) -> Any:
    bodies = toolkit.get_action("organization_list_for_user")(
        {"user": user or "", "ignore_auth": False}, {"permission": "update_dataset"}
    )
    return Act.owner_id.in_([body["id"] for body in bodies])


def _found(words: str) -> list[str]:
    """Acts that have the words, in their passport or in any part of their text, the best first."""
    asked = {"q": words, "fq": f"+dataset_type:{acts.TYPE}", "rows": _MOST_FOUND, "fl": "id", "facet": "false"}
    found = toolkit.get_action("package_search")({"ignore_auth": True}, asked)
    return [one["id"] for one in found["results"]]


def _order(wanted: Mapping[str, Any]) -> Sequence[Any]:
    if wanted["order"] == "closing":
        return Act.closes, Act.package_id
    if wanted["order"] == "viewed":
        return Act.views.desc(), Act.package_id
    return sa.func.coalesce(Act.published, Act.archived).desc().nulls_first(), Act.package_id


def described(found: Sequence[Act]) -> list[dict[str, Any]]:
    """Acts for a list: with name, title, body and the number of comments."""
    ids = [act.package_id for act in found]
    packages = acts.packages(ids)
    comments = gathering.counts(acts.TYPE, ids)
    bodies = _bodies({act.owner_id for act in found})
    today = days.today()
    return [
        acts.plain(act, today)
        | {
            "name": packages[act.package_id].name,
            "title": stored_text(packages[act.package_id]) or {"kk": packages[act.package_id].title or ""},
            "body": bodies.get(act.owner_id, {"name": "", "title": {}}),
            "comments": comments.get(act.package_id, 0),
        }
        for act in found
        if act.package_id in packages
    ]


def _bodies(ids: set[str]) -> dict[str, dict[str, Any]]:
    query = sa.select(model.Group).where(model.Group.id.in_(ids))
    return {
        one.id: {"name": one.name, "title": stored_text(one) or {"kk": one.title or one.name}}
        for one in model.Session.scalars(query)
    }
