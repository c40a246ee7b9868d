"""Official replies, from taking a comment into work to publishing, and the workplace of those who answer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from ckan import model
from ckan.plugins import toolkit

from ckanext.opengov_kz.shared.moments import iso

from . import attachments, rules, subjects
from .model import Comment, Edit, Reply, Template, Trail, utc_now

#: What a person of a body is shown of a comment's way to its answer.
STATES = ("new", "taken", "drafted", "published")


def of(comment: Comment) -> Reply | None:
    """The reply of a comment in whatever state, as it stands now."""
    return model.Session.get(Reply, comment.id, populate_existing=True)


def work_on(comment: Comment, user_id: str) -> Reply:
    """The reply of a comment, locked until the end of the transaction; begun by this person if nobody has."""
    reply = model.Session.get(Reply, comment.id, with_for_update=True, populate_existing=True)
    if reply is None:
        reply = Reply(comment_id=comment.id, taken_by=user_id)
        model.Session.add(reply)
        note(comment.id, user_id, "take")
    return reply


def draft(comment: Comment, user_id: str, data: Mapping[str, str]) -> None:
    """Keeps a reply that is not published yet; only what is given changes."""
    reply = work_on(comment, user_id)
    for name in ("outcome", "text", "reason", "private_note"):
        if name in data:
            setattr(reply, name, data[name])
    reply.changed = utc_now()
    note(comment.id, user_id, "draft")
    model.Session.commit()


def assign(comment: Comment, user_id: str, expert_id: str) -> None:
    """Gives a comment to an expert, who may then draft its reply; to nobody with an empty id."""
    reply = work_on(comment, user_id)
    reply.expert_id = expert_id
    note(comment.id, user_id, "assign", text=expert_id)
    model.Session.commit()


def publish_problem(comment: Comment) -> str | None:
    """Why the reply of a comment, which is locked, cannot be published: a code, or None."""
    reply = of(comment)
    if reply is None:
        return "outcome"
    if reply.published is None and rules.was_changed_since(comment.edited, reply.changed):
        return "changed"
    return rules.outcome_problem(reply.outcome, reply.text, reply.reason)


def publish(comments: Sequence[Comment], user_id: str) -> list[str]:
    """Publishes the drafted replies of these comments, all or none; the ids of those that were not published before."""
    now, done = utc_now(), []
    for comment in comments:
        reply = work_on(comment, user_id)
        if reply.published is not None:
            continue
        reply.published, reply.published_by = now, user_id
        comment.answered, comment.outcome = now, reply.outcome
        note(comment.id, user_id, "publish")
        done.append(comment.id)
    model.Session.commit()
    return done


def correct(comment: Comment, reply: Reply, user_id: str, data: Mapping[str, str]) -> None:
    """Changes a published reply; what it said before, and why it was changed, can be read by all."""
    old = "\n\n".join(text for text in (reply.text, reply.reason) if text)
    model.Session.add(Edit(comment_id=comment.id, is_reply=True, text=old, reason=data["why"]))
    reply.text, reply.reason, reply.outcome = data["text"], data.get("reason", ""), data["outcome"]
    reply.corrected = reply.changed = utc_now()
    comment.outcome = reply.outcome
    note(comment.id, user_id, "correct", text=data["why"])
    model.Session.commit()


def note(target_id: str, user_id: str, action: str, *, rule: str = "", text: str = "", target: str = "comment") -> None:
    """A line of the trail; the caller commits."""
    model.Session.add(
        Trail(target_type=target, target_id=target_id, user_id=user_id, action=action, rule=rule, note=text)
    )


def queue(
    owner_ids: Sequence[str],
    *,
    expert_id: str | None,
    state: str | None,
    due: str | None,
    subject_id: str | None,
    today: dt.date,
    limit: int,
    offset: int,
) -> tuple[int, list[dict[str, Any]]]:
    """Comments that bodies have to answer, the most pressing first, with what an officer sees of them.

    :param owner_ids: the bodies whose comments are wanted
    :param expert_id: only those given to this person
    :param state: one of `STATES`
    :param due: `overdue` or `today`
    """
    where: list[Any] = [Comment.root_id.is_(None), Comment.state == rules.VISIBLE]
    where.append(Reply.expert_id == expert_id if expert_id else Comment.owner_id.in_(owner_ids))
    if state:
        where.append(_in_state(state))
    if due == "overdue":
        where += [Comment.answered.is_(None), Comment.due < today]
    elif due == "today":
        where += [Comment.answered.is_(None), Comment.due == today]
    if subject_id:
        where.append(Comment.subject_id == subject_id)
    base = sa.select(Comment, Reply).outerjoin(Reply, Reply.comment_id == Comment.id).where(*where)
    count = model.Session.scalar(sa.select(sa.func.count()).select_from(base.subquery())) or 0
    pressing = (Comment.answered.is_not(None), Comment.due.asc().nulls_last(), Comment.created, Comment.id)
    rows = model.Session.execute(base.order_by(*pressing).limit(limit).offset(offset)).all()
    found = _subjects([comment for comment, _reply in rows])
    people = _names({person for _c, reply in rows if reply for person in (reply.taken_by, reply.expert_id) if person})
    return count, [_line(comment, reply, found, people, today) for comment, reply in rows]


def line(comment: Comment, today: dt.date) -> dict[str, Any]:
    """One comment as `queue` lists it, with its `attachments` and the `part` it is about: label, url, wording."""
    reply = of(comment)
    people = _names({reply.taken_by, reply.expert_id} if reply else set())
    found = _subjects([comment])
    shown = _line(comment, reply, found, people, today)
    subject = found.get((comment.subject_type, comment.subject_id))
    known = subjects.parts(subject, [comment.part_id]) if subject and comment.part_id else {}
    part = known.get(comment.part_id or "")
    return shown | {
        "attachments": attachments.of([comment.id]).get(comment.id, []),
        "part": {"label": dict(part.label), "url": part.url, "wording": dict(part.wording)} if part else None,
    }


def numbers(owner_ids: Sequence[str], today: dt.date) -> dict[str, int]:
    """How many comments wait, are due today and are overdue, in one query."""
    waits = sa.and_(
        Comment.owner_id.in_(owner_ids),
        Comment.root_id.is_(None),
        Comment.state == rules.VISIBLE,
        Comment.answered.is_(None),
    )
    waiting, due_today, overdue = model.Session.execute(
        sa.select(
            sa.func.count(),
            sa.func.count().filter(Comment.due == today),
            sa.func.count().filter(Comment.due < today),
        ).where(waits)
    ).one()
    return {"waiting": waiting, "today": due_today, "overdue": overdue}


def templates(owner_ids: Sequence[str]) -> list[dict[str, str]]:
    """The ready answers of these bodies."""
    query = sa.select(Template).where(Template.owner_id.in_(owner_ids)).order_by(Template.title, Template.id)
    names = ("id", "owner_id", "title", "text", "language")
    return [{name: getattr(one, name) for name in names} for one in model.Session.scalars(query)]


def template(template_id: str) -> Template:
    """A ready answer. Raises ObjectNotFound."""
    found = model.Session.get(Template, template_id)
    if found is None:
        raise toolkit.ObjectNotFound(toolkit._("There is no such ready answer."))
    return found


def bodies_of(user: str) -> list[str]:
    """The bodies for which a person answers."""
    asked = {"id": user, "permission": "update_dataset"}
    found = toolkit.get_action("organization_list_for_user")({"user": user, "ignore_auth": True}, asked)
    return [body["id"] for body in found]


def _in_state(state: str) -> Any:
    return {
        "new": Reply.comment_id.is_(None),
        "taken": sa.and_(Reply.comment_id.is_not(None), Reply.text == "", Reply.published.is_(None)),
        "drafted": sa.and_(Reply.text != "", Reply.published.is_(None)),
        "published": Reply.published.is_not(None),
    }[state]


def state_of(reply: Reply | None) -> str:
    """One of `STATES`."""
    if reply is None:
        return "new"
    if reply.published:
        return "published"
    return "drafted" if reply.text else "taken"


def _line(
    comment: Comment, reply: Reply | None, found: Mapping[Any, Any], people: Mapping[str, str], today: dt.date
) -> dict[str, Any]:
    subject = found.get((comment.subject_type, comment.subject_id))
    answered = comment.answered.date() if comment.answered else None
    return {
        "id": comment.id,
        "subject_type": comment.subject_type,
        "subject_id": comment.subject_id,
        "subject_title": dict(subject.title) if subject else {},
        "part_id": comment.part_id,
        "kind": comment.kind,
        "text": comment.text,
        "wording": comment.wording,
        "language": comment.language,
        "author": comment.author_name,
        "created": iso(comment.created),
        "edited": iso(comment.edited),
        "support": comment.support,
        "objection": comment.objection,
        "due": comment.due.isoformat() if comment.due else None,
        "term": rules.term(comment.due, answered, today),
        "state": state_of(reply),
        "taken_by": people.get(reply.taken_by, "") if reply else "",
        "expert": people.get(reply.expert_id, "") if reply else "",
        "outcome": reply.outcome if reply else "",
        "reply": reply.text if reply else "",
        "reason": reply.reason if reply else "",
        "private_note": reply.private_note if reply else "",
    }


def _subjects(comments: Sequence[Comment]) -> dict[tuple[str, str], rules.Subject]:
    found = {}
    for key in dict.fromkeys((one.subject_type, one.subject_id) for one in comments):
        try:
            found[key] = subjects.find(*key)
        except toolkit.ObjectNotFound:  # the subject was deleted, what was said of it stays
            continue
    return found


def _names(ids: set[str]) -> dict[str, str]:
    query = sa.select(model.User.id, model.User.name).where(model.User.id.in_(ids))
    return dict(model.Session.execute(query).tuples().all())
