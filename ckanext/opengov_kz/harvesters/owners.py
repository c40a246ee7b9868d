"""Mails about harvest sources: to the people of the body that owns one, and to the portal's administrators."""

from __future__ import annotations

from typing import Any

from ckan import model
from ckanext.harvest.model import HarvestSource
from sqlalchemy import select

from ckanext.opengov_kz.harvesters.model import SourceState
from ckanext.opengov_kz.shared import notifications


def tell_all() -> None:
    """Sends what owners have not been told yet: that a source fails, once, and that it works again.

    What nobody's mail server took is owed still, and sent with the next round. Needs a request, for the templates.
    """
    for state in model.Session.scalars(select(SourceState).where(SourceState.owed != "")).all():
        source: Any = HarvestSource.get(state.source_id)
        package = model.Package.get(state.source_id)
        people = people_of(package.owner_org) if package else []
        facts = {
            "source": {"name": package.name, "title": source.title or package.name} if package else {},
            "problem": state.problem,
        }
        if not package or not people or tell(people, f"source_{state.owed}", **facts):
            state.owed = ""
        model.Session.commit()


def tell(people: list[str], template: str, /, **facts: Any) -> bool:
    """Mails each of these people in their language; whether at least one mail was handed on."""
    handed_on = [notifications.notify(user_id, template, **facts) for user_id in people]
    return any(handed_on)


def people_of(body: str | None) -> list[str]:
    """The officers, editors and administrators of a body who can be mailed; those of the portal where it has none."""
    members = (
        select(model.User.id)
        .join(model.Member, model.Member.table_id == model.User.id)
        .where(
            model.Member.group_id == body,
            model.Member.table_name == "user",
            model.Member.state == model.State.ACTIVE,
            model.User.state == model.State.ACTIVE,
            model.User.email.is_not(None),
            model.User.email != "",
        )
        .order_by(model.User.name)
        .distinct()
    )
    found = list(model.Session.scalars(members.add_columns(model.User.name))) if body else []
    return found or administrators()


def administrators() -> list[str]:
    """The administrators of the portal who can be mailed."""
    query = select(model.User.id).where(
        model.User.sysadmin.is_(True),
        model.User.state == model.State.ACTIVE,
        model.User.email.is_not(None),
        model.User.email != "",
    )
    return list(model.Session.scalars(query.order_by(model.User.name)))
