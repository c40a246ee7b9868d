"""What the discussion knows of a person: a public name, a level of identity, a bar. And how it forgets."""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal

import sqlalchemy as sa
from ckan import model
from ckan.lib.redis import connect_to_redis
from ckan.plugins import toolkit
from sqlalchemy.dialects.postgresql import insert

from ckanext.opengov_kz.shared import limiting
from ckanext.opengov_kz.shared.notifications import EXTRAS

from . import attachments, comments, votes
from .model import Bar, Comment, Draft, Person, Report, Vote, utc_now

_HOUR = 3600
Counted = Literal["comments", "votes", "drafts", "reports"]
#: The options that say how many of these one person may have in an hour, and one network address.
_LIMITS: dict[Counted, tuple[str, str]] = {
    "comments": ("opengov.discussion.comments_per_hour", "opengov.discussion.comments_per_hour_address"),
    "votes": ("opengov.discussion.votes_per_hour", "opengov.discussion.votes_per_hour_address"),
    "drafts": ("opengov.discussion.drafts_per_hour", "opengov.discussion.drafts_per_hour_address"),
    "reports": ("opengov.discussion.reports_per_hour", "opengov.discussion.reports_per_hour_address"),
}


def identity_of(user: model.User) -> str:
    """How well a person is known: "verified" once an identity provider has said who it is, else "email"."""
    return str(((user.plugin_extras or {}).get(EXTRAS) or {}).get("identity") or "email")


def public_name(user: model.User) -> str:
    """The name under which a person speaks; empty until it was chosen."""
    stored = model.Session.get(Person, user.id)
    return stored.public_name if stored else ""


def remember_name(user: model.User, name: str) -> None:
    """Keeps a person's public name for the next time; what was said before keeps the name that it was said under."""
    values = {"user_id": user.id, "public_name": name}
    statement = insert(Person).values(values)
    model.Session.execute(statement.on_conflict_do_update(index_elements=["user_id"], set_={"public_name": name}))


def bar_of(user_id: str) -> Bar | None:
    """The bar that keeps a person from commenting now."""
    query = model.Session.query(Bar).filter(Bar.user_id == user_id, Bar.lifted.is_(None), Bar.until > utc_now())
    return query.order_by(Bar.until.desc()).first()


def wait_seconds(user: model.User, address: str, what: Counted) -> int:
    """Counts one thing of a person from an address; in how many seconds the next is allowed, 0 if this one is."""
    redis, (by_person, by_address) = connect_to_redis(), _LIMITS[what]
    counters = [(f"user:{user.id}", by_person)]
    if address:
        counters.append((f"address:{address}", by_address))
    return max(
        limiting.wait_seconds(redis, f"{what}:{name}", toolkit.config[option], _HOUR) for name, option in counters
    )


def export(user: model.User) -> dict[str, Any]:
    """Everything that the discussion knows of a person, as plain values."""
    session = model.Session
    said = session.query(Comment).filter_by(author_id=user.id).order_by(Comment.created)
    given = session.query(Vote).filter_by(user_id=user.id).order_by(Vote.at)
    drafts = session.query(Draft).filter_by(user_id=user.id).order_by(Draft.saved)
    reports = session.query(Report).filter_by(user_id=user.id).order_by(Report.at)
    bars = session.query(Bar).filter_by(user_id=user.id).order_by(Bar.at)
    said = said.all()
    hanging = attachments.of([one.id for one in said])
    return {
        "public_name": public_name(user),
        "comments": [
            _record(one, without={"author_id", "owner_id"}) | {"attachments": hanging.get(one.id, [])} for one in said
        ],
        "votes": [_record(one, without={"user_id"}) for one in given],
        "drafts": [_record(one, without={"user_id"}) for one in drafts],
        "reports": [_record(one, without={"user_id", "id"}) for one in reports],
        "bars": [_record(one, without={"user_id", "by"}) for one in bars],
    }


def _record(row: Any, without: set[str]) -> dict[str, Any]:
    found = {column.name: getattr(row, column.name) for column in row.__table__.columns if column.name not in without}
    return {
        name: value.replace(tzinfo=dt.UTC).isoformat()
        if isinstance(value, dt.datetime)
        else value.isoformat()
        if isinstance(value, dt.date)
        else value
        for name, value in found.items()
    }


def erase(user: model.User) -> int:
    """Takes a person's name and account from what they said, and deletes the rest; how many comments were theirs.

    Comments, which others have answered and which stand in reports, stay without a name; files, in which there may be
    one, are deleted; votes stay counted, once: see `votes.forget`.
    """
    session = model.Session
    comments.take_turn(user.id)
    # Locked in the order of their ids, as everywhere: two who each wait for the other would never end.
    locked = sa.select(Comment.id).where(Comment.author_id == user.id).order_by(Comment.id).with_for_update()
    mine = session.scalars(locked).all()
    session.execute(sa.update(Comment).where(Comment.id.in_(mine)).values(author_id=None, author_name=""))
    for table in (Draft, Person):
        session.execute(sa.delete(table).where(table.user_id == user.id))
    session.execute(sa.update(Report).where(Report.user_id == user.id).values(user_id=None))
    votes.forget(user.id)
    gone = attachments.forget(mine)
    session.commit()
    attachments.take_back(gone)
    return len(mine)
