"""What a person was told, and their switches."""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa
from ckan import model
from ckan.plugins import PluginImplementations
from sqlalchemy.dialects.postgresql import insert

from .interfaces import INotices
from .model import Notice, Switch, utc_now
from .unsubscribing import EVERYTHING


def kinds() -> dict[str, str]:
    """All kinds of notices, with their names in the reader's language."""
    return {kind: name for plugin in PluginImplementations(INotices) for kind, name in plugin.notice_kinds().items()}


def listed(user_id: str, limit: int, offset: int) -> tuple[int, list[dict[str, Any]]]:
    """How many notices a person has, and some of them: unread ones first, then the latest."""
    query = model.Session.query(Notice).filter(Notice.user_id == user_id)
    rows = query.order_by(Notice.read.is_not(None), Notice.created.desc(), Notice.id.desc()).limit(limit).offset(offset)
    return query.count(), [
        {
            "id": one.id,
            "kind": one.kind,
            "title": one.title,
            "body": one.body,
            "url": one.url,
            "created": one.created.replace(tzinfo=dt.UTC).isoformat(timespec="seconds"),
            "read": one.read is not None,
        }
        for one in rows
    ]


def unread(user_id: str) -> int:
    """How many notices a person has not read."""
    query = sa.select(sa.func.count()).where(Notice.user_id == user_id, Notice.read.is_(None))
    return model.Session.scalar(query) or 0


def mark(user_id: str, ids: list[int] | None) -> int:
    """Marks notices as read, all of them without ids; how many were not before."""
    where = [Notice.user_id == user_id, Notice.read.is_(None)]
    if ids is not None:
        where.append(Notice.id.in_(ids))
    done = model.Session.execute(sa.update(Notice).where(*where).values(read=utc_now()).returning(Notice.id)).all()
    model.Session.commit()
    return len(done)


def switches(user_id: str) -> dict[str, str]:
    """How a person wants to be told of each kind."""
    query = sa.select(Switch.kind, Switch.how).where(Switch.user_id == user_id)
    return dict.fromkeys(kinds(), "now") | dict(model.Session.execute(query).tuples().all())


def switch(user_id: str, kind: str, how: str) -> None:
    """Sets one switch, or with `*` all of them."""
    for each in kinds() if kind == EVERYTHING else [kind]:
        statement = insert(Switch).values(user_id=user_id, kind=each, how=how)
        model.Session.execute(statement.on_conflict_do_update(index_elements=["user_id", "kind"], set_={"how": how}))
    model.Session.commit()
