"""What moderators do: comments let through or hidden under a published rule with a note, people barred."""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa
from ckan import model
from sqlalchemy.dialects.postgresql import insert

from ckanext.opengov_kz.shared.moments import iso

from . import rules
from .model import Bar, Comment, Report, Trail, utc_now
from .replies import note

#: Reasons for which a comment stands in the queue.
WAITS, REPORTED = "waits", "reported"


def report(comment: Comment, user_id: str, rule: str, text: str) -> None:
    """Keeps a reader's report; a second one of the same reader changes the first."""
    given = {"comment_id": comment.id, "user_id": user_id, "rule": rule, "note": text, "at": utc_now()}
    statement = insert(Report).values(given)
    changed = {name: given[name] for name in ("rule", "note", "at")} | {"settled": None}
    model.Session.execute(statement.on_conflict_do_update(index_elements=["comment_id", "user_id"], set_=changed))
    model.Session.commit()


def queue(limit: int, offset: int) -> tuple[int, list[dict[str, Any]]]:
    """Comments that wait for a moderator, the longest waiting first: those not let through yet, and those reported."""
    reported = (
        sa.select(Report.comment_id, sa.func.min(Report.at).label("since"), sa.func.count().label("number"))
        .where(Report.settled.is_(None))
        .group_by(Report.comment_id)
        .subquery()
    )
    base = (
        sa.select(Comment, reported.c.since, reported.c.number)
        .outerjoin(reported, reported.c.comment_id == Comment.id)
        .where(
            sa.or_(
                Comment.state == rules.WAITING,
                sa.and_(Comment.state == rules.VISIBLE, reported.c.number.is_not(None)),
            )
        )
    )
    count = model.Session.scalar(sa.select(sa.func.count()).select_from(base.subquery())) or 0
    since = sa.func.coalesce(reported.c.since, Comment.created)
    rows = model.Session.execute(base.order_by(since, Comment.id).limit(limit).offset(offset)).all()
    reports = _reports([comment.id for comment, *_rest in rows])
    return count, [
        {
            "id": comment.id,
            "subject_type": comment.subject_type,
            "subject_id": comment.subject_id,
            "kind": comment.kind,
            "text": comment.text,
            "wording": comment.wording,
            "author": comment.author_name,
            "author_id": comment.author_id,
            "created": iso(comment.created),
            "why": REPORTED if number else WAITS,
            "reports": reports.get(comment.id, []),
        }
        for comment, _since, number in rows
    ]


def _reports(ids: list[str]) -> dict[str, list[dict[str, Any]]]:
    query = sa.select(Report).where(Report.comment_id.in_(ids), Report.settled.is_(None)).order_by(Report.at)
    found: dict[str, list[dict[str, Any]]] = {}
    for each in model.Session.scalars(query):
        found.setdefault(each.comment_id, []).append({"rule": each.rule, "note": each.note, "at": iso(each.at)})
    return found


def let_through(comment: Comment, moderator_id: str) -> None:
    """Shows a comment that waited or was hidden, and settles what readers reported of it."""
    comment.state = rules.VISIBLE
    _settle(comment, moderator_id, "show")


def hide(comment: Comment, moderator_id: str, rule: str, text: str) -> None:
    """Hides a comment: in its place stand the rule and the note."""
    comment.state = rules.HIDDEN
    _settle(comment, moderator_id, "hide", rule, text)


def _settle(comment: Comment, moderator_id: str, action: str, rule: str = "", text: str = "") -> None:
    open_reports = sa.update(Report).where(Report.comment_id == comment.id, Report.settled.is_(None))
    model.Session.execute(open_reports.values(settled=utc_now()))
    note(comment.id, moderator_id, action, rule=rule, text=text)
    model.Session.commit()


def bar(user_id: str, moderator_id: str, days: int, rule: str, text: str) -> Bar:
    """Keeps a person from commenting for so many days."""
    made = Bar(user_id=user_id, until=utc_now() + dt.timedelta(days=days), rule=rule, note=text, by=moderator_id)
    model.Session.add(made)
    note(user_id, moderator_id, "bar", rule=rule, text=text, target="person")
    model.Session.commit()
    return made


def appeal(barred: Bar, text: str) -> None:
    """Keeps what a person says against a bar."""
    barred.appeal, barred.appealed = text, utc_now()
    model.Session.commit()


def decide(barred: Bar, moderator_id: str, text: str, *, lift: bool) -> None:
    """Answers an appeal; where it is right, the bar ends."""
    barred.decision = text
    if lift:
        barred.lifted = utc_now()
    note(barred.user_id, moderator_id, "lift" if lift else "uphold", text=text, target="person")
    model.Session.commit()


def appeals() -> list[dict[str, Any]]:
    """Bars against which something was said, and that nobody has looked at since."""
    query = (
        sa.select(Bar).where(Bar.appealed.is_not(None), Bar.decision == "", Bar.lifted.is_(None)).order_by(Bar.appealed)
    )
    return [bar_as_dict(one) for one in model.Session.scalars(query)]


def bar_as_dict(barred: Bar) -> dict[str, Any]:
    """A bar as the person concerned and moderators see it."""
    return {
        "id": barred.id,
        "until": iso(barred.until),
        "rule": barred.rule,
        "note": barred.note,
        "appeal": barred.appeal,
        "decision": barred.decision,
        "lifted": iso(barred.lifted),
    }


def trail(target_id: str) -> list[dict[str, Any]]:
    """Who did what, the latest first; for moderators."""
    query = (
        sa.select(Trail, model.User.name)
        .outerjoin(model.User, model.User.id == Trail.user_id)
        .where(Trail.target_id == target_id)
        .order_by(Trail.at.desc(), Trail.id.desc())
    )
    return [
        {"who": name or "", "action": entry.action, "rule": entry.rule, "note": entry.note, "at": iso(entry.at)}
        for entry, name in model.Session.execute(query)
    ]
