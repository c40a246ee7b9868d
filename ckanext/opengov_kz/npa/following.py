"""Who wants to be told of what, and what a person took part in."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from ckan import model
from ckan.plugins import toolkit
from sqlalchemy.dialects.postgresql import insert

from ckanext.opengov_kz.catalogue import reference
from ckanext.opengov_kz.catalogue.display import stored_text
from ckanext.opengov_kz.discussion import gathering

from . import acts, listing
from .model import Act, Follow


def spheres() -> dict[str, dict[str, str]]:
    """The spheres of acts, which are the themes of the catalogue: name → title by language."""
    return {one["name"]: one["title_translated"] for one in reference.load("categories")}


def known(what: str, value: str) -> str:
    """The lasting name of something that can be followed. Raises ValidationError where there is none."""
    if what == "sphere" and value in spheres():
        return value
    if what == "body":
        body = model.Group.get(value)
        if body is not None and body.is_organization and body.state == model.State.ACTIVE:
            return body.id
    if what == "act":
        package = model.Package.get(value)
        if package is not None and package.type == acts.TYPE and not package.private:
            return package.id
    raise toolkit.ValidationError({"value": [toolkit._("There is nothing of this name to follow.")]})


def put(user_id: str, what: str, value: str, *, is_on: bool) -> None:
    """Follows, or no longer."""
    if is_on:
        values = {"user_id": user_id, "what": what, "value": value}
        model.Session.execute(insert(Follow).values(values).on_conflict_do_nothing())
    else:
        where = (Follow.user_id == user_id, Follow.what == what, Follow.value == value)
        model.Session.execute(sa.delete(Follow).where(*where))
    model.Session.commit()


def of(user_id: str) -> list[dict[str, Any]]:
    """What a person follows, with its title."""
    query = sa.select(Follow.what, Follow.value).where(Follow.user_id == user_id).order_by(Follow.what, Follow.value)
    found = list(model.Session.execute(query))
    packages = acts.packages([value for what, value in found if what == "act"])
    bodies = sa.select(model.Group).where(model.Group.id.in_([value for what, value in found if what == "body"]))
    titles = {one.id: stored_text(one) or {"kk": one.title} for one in model.Session.scalars(bodies)}
    titles |= {one.id: acts.title(one) for one in packages.values()} | spheres()
    return [{"what": what, "value": value, "title": titles.get(value, {"kk": value})} for what, value in found]


def followers(act: Act) -> list[str]:
    """Who follows an act, its body or its sphere."""
    wanted = sa.or_(
        sa.and_(Follow.what == "act", Follow.value == act.package_id),
        sa.and_(Follow.what == "body", Follow.value == act.owner_id),
        sa.and_(Follow.what == "sphere", Follow.value == act.sphere),
    )
    return list(model.Session.scalars(sa.select(sa.distinct(Follow.user_id)).where(wanted)))


def participation(user_id: str) -> list[dict[str, Any]]:
    """The acts that a person commented or voted on, the latest first, with what became of each comment."""
    said = gathering.subjects_of(user_id, acts.TYPE)
    ids = list(dict.fromkeys([*said, *gathering.voted_on(user_id, acts.TYPE)]))
    found = {act.package_id: act for act in model.Session.scalars(sa.select(Act).where(Act.package_id.in_(ids)))}
    shown = listing.described([found[one] for one in ids if one in found])
    return [act | {"my_comments": said.get(act["id"], [])} for act in shown]


def does(user_id: str, what: str, value: str) -> bool:
    """Whether a person follows something."""
    return model.Session.get(Follow, (user_id, what, value)) is not None
