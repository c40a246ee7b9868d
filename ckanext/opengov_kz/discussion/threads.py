"""Threads as readers meet them: pages of comments with their replies, and the counts. In a fixed number of queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from ckan import model
from sqlalchemy.orm import aliased

from ckanext.opengov_kz.shared.moments import iso

from . import attachments, rules, subjects, votes
from .model import Comment, Reply, Thread, Trail
from .rules import Sort, Subject

#: So many replies stand below a comment on a page; all of them on the comment's own.
REPLIES_SHOWN = 20
SAID = (rules.VISIBLE, rules.WAITING)
_SEEN = (rules.VISIBLE, rules.HIDDEN, rules.WITHDRAWN)


def page(
    subject: Subject,
    *,
    viewer_id: str | None,
    sees_waiting: bool,
    part_id: str | None,
    kind: str | None,
    sort: Sort,
    limit: int,
    offset: int,
) -> tuple[int, list[dict[str, Any]]]:
    """How many comments of the first level there are, and some of them with their replies."""
    where = [*_of(subject), Comment.root_id.is_(None), _readable(viewer_id, sees_waiting=sees_waiting)]
    if part_id is not None:
        where.append(Comment.part_id == part_id if part_id else Comment.part_id.is_(None))
    if kind:
        where.append(Comment.kind == kind)
    if sort == "unanswered":
        # As `counts` has it: nobody answers what is hidden, withdrawn, or not let through yet.
        where += [Comment.answered.is_(None), Comment.state == rules.VISIBLE]
    count = model.Session.scalar(sa.select(sa.func.count()).select_from(Comment).where(*where)) or 0
    order: Mapping[Sort, Sequence[Any]] = {
        "new": (Comment.created.desc(),),
        "old": (Comment.created,),
        "supported": ((Comment.support - Comment.objection).desc(), Comment.created.desc()),
        "unanswered": (Comment.created,),
    }
    query = sa.select(Comment).where(*where).order_by(*order[sort], Comment.id).limit(limit).offset(offset)
    found = list(model.Session.scalars(query))
    return count, describe(subject, found, viewer_id=viewer_id, sees_waiting=sees_waiting)


def one(
    subject: Subject, comment: Comment, *, viewer_id: str | None, sees_waiting: bool, limit: int, offset: int
) -> dict[str, Any]:
    """A comment of the first level with some of its replies and `reply_count`, or a reply by itself."""
    (shown,) = describe(
        subject, [comment], viewer_id=viewer_id, sees_waiting=sees_waiting, replies=limit, offset=offset
    )
    return shown | {"reply_count": len(shown["replies"]) + shown["more_replies"]}


def describe(
    subject: Subject,
    comments: Sequence[Comment],
    *,
    viewer_id: str | None,
    sees_waiting: bool,
    replies: int = REPLIES_SHOWN,
    offset: int = 0,
) -> list[dict[str, Any]]:
    """Comments as plain values, each with `replies` and `more_replies`, how many of them are left out."""
    roots = [comment.id for comment in comments if comment.root_id is None]
    below, counts = _replies(roots, viewer_id, sees_waiting=sees_waiting, most=replies, offset=offset)
    told = {comment["id"]: comment for comment in _flat(subject, [*comments, *below], viewer_id)}
    for comment in below:
        if comment.root_id in told:
            told[comment.root_id]["replies"].append(told[comment.id])
    for root in roots:
        told[root]["more_replies"] = counts.get(root, 0) - len(told[root]["replies"])
    return [told[comment.id] for comment in comments]


def _flat(subject: Subject, comments: Sequence[Comment], viewer_id: str | None = None) -> list[dict[str, Any]]:
    ids = [comment.id for comment in comments]
    shared = {
        "votes": votes.mine(viewer_id, votes.COMMENT, ids),
        "official": _official(ids),
        "attachments": attachments.of([one.id for one in comments if one.state in SAID]),
        "parts": subjects.parts(subject, _places(comments)),
        "hidden": _hidden([one.id for one in comments if one.state == rules.HIDDEN]),
    }
    return [_plain(comment, viewer_id, shared) for comment in comments]


def _replies(
    roots: Sequence[str], viewer_id: str | None, *, sees_waiting: bool, most: int, offset: int
) -> tuple[list[Comment], dict[str, int]]:
    if not roots:
        return [], {}
    where = (Comment.root_id.in_(roots), _readable(viewer_id, sees_waiting=sees_waiting))
    place = sa.func.row_number().over(partition_by=Comment.root_id, order_by=(Comment.created, Comment.id))
    of_all = sa.func.count().over(partition_by=Comment.root_id)
    numbered = sa.select(Comment, place.label("place"), of_all.label("of_all")).where(*where).subquery()
    # Out of the numbered rows themselves: joined to the table once more, PostgreSQL may read the whole of it.
    reply = aliased(Comment, numbered)
    # The first of each is asked for its count alone where the page begins behind it.
    query = (
        sa.select(reply, numbered.c.of_all, numbered.c.place)
        .where(sa.or_(numbered.c.place == 1, numbered.c.place.between(offset + 1, offset + most)))
        .order_by(numbered.c.created, numbered.c.id)
    )
    found = model.Session.execute(query).all()
    shown = [comment for comment, _of_all, place_of_it in found if offset < place_of_it <= offset + most]
    return shown, {comment.root_id: of_all for comment, of_all, _place in found}


def _places(comments: Iterable[Comment]) -> list[str]:
    """The parts that comments are about, and those that they were written about."""
    return sorted({part for one in comments for part in (one.part_id, one.first_part_id) if part})


def _official(ids: Sequence[str]) -> dict[str, dict[str, Any]]:
    query = sa.select(Reply).where(Reply.comment_id.in_(ids), Reply.published.is_not(None))
    return {
        reply.comment_id: {
            "outcome": reply.outcome,
            "text": reply.text,
            "reason": reply.reason,
            "published": iso(reply.published),
            "corrected": iso(reply.corrected),
        }
        for reply in model.Session.scalars(query)
    }


def _hidden(ids: Sequence[str]) -> dict[str, dict[str, str]]:
    if not ids:
        return {}
    query = sa.select(Trail).where(Trail.target_id.in_(ids), Trail.action == "hide").order_by(Trail.at)
    return {entry.target_id: {"rule": entry.rule, "note": entry.note} for entry in model.Session.scalars(query)}


def _plain(comment: Comment, viewer_id: str | None, shared: Mapping[str, Any]) -> dict[str, Any]:
    """What everybody may know of a comment; `is_mine` is for its author alone. No account, no address of anybody."""
    part, first = (shared["parts"].get(one) for one in (comment.part_id, comment.first_part_id))
    is_said = comment.state in SAID
    return {
        "id": comment.id,
        "subject_type": comment.subject_type,
        "subject_id": comment.subject_id,
        "part_id": comment.part_id,
        "part": {"label": dict(part.label), "url": part.url} if part else None,
        "version": comment.version,
        "first_part": dict(first.label) if first else None,
        "parent_id": comment.parent_id,
        "depth": comment.depth,
        "kind": comment.kind,
        "text": comment.text if is_said else "",
        "wording": comment.wording if is_said else "",
        "attachments": shared["attachments"].get(comment.id, []),
        "language": comment.language,
        "author": comment.author_name if is_said else "",
        "state": comment.state,
        "hidden": shared["hidden"].get(comment.id),
        "created": iso(comment.created),
        "edited": iso(comment.edited),
        "support": comment.support,
        "objection": comment.objection,
        "due": comment.due.isoformat() if comment.due else None,
        "official": shared["official"].get(comment.id),
        "my_vote": shared["votes"].get(comment.id, 0),
        "is_mine": viewer_id is not None and comment.author_id == viewer_id,
        "replies": [],
        "more_replies": 0,
    }


def place_of(comment: Comment, *, viewer_id: str | None, sees_waiting: bool, limit: int) -> dict[str, Any]:
    """Where a comment stands for this reader, of pages with so many comments; the pages are counted from 1.

    - `page`: of its thread sorted by age, the page of the comment, or of the one that it replies to;
    - `replies_of`, `replies_page`: where a reply is none of those shown there, the comment whose replies have a page
      of their own, and which of these; else None. Below a comment that this reader does not see, it stands alone.
    """
    readable = _readable(viewer_id, sees_waiting=sees_waiting)
    root = model.Session.get(Comment, comment.root_id) if comment.root_id else comment
    assert root is not None  # noqa: S101 - a reply's root stays
    key = (Comment.subject_type == root.subject_type, Comment.subject_id == root.subject_id)
    page = _number_before(root, *key, Comment.root_id.is_(None), readable) // limit + 1
    if comment.root_id is None:
        return {"page": page, "replies_of": None, "replies_page": None}
    if not is_readable(root, viewer_id, sees_waiting=sees_waiting):
        return {"page": page, "replies_of": comment.id, "replies_page": 1}
    before = _number_before(comment, Comment.root_id == root.id, readable)
    if before < REPLIES_SHOWN:
        return {"page": page, "replies_of": None, "replies_page": None}
    return {"page": page, "replies_of": root.id, "replies_page": before // limit + 1}


def _number_before(comment: Comment, *among: Any) -> int:
    earlier = sa.tuple_(Comment.created, Comment.id) < (comment.created, comment.id)
    return model.Session.scalar(sa.select(sa.func.count()).where(*among, earlier)) or 0


def counts(subject: Subject) -> dict[str, Any]:
    """What a subject's page says of its discussion, in two queries: by part, by kind, by outcome."""
    rows = model.Session.execute(
        sa.select(Comment.part_id, Comment.kind, Comment.outcome, Comment.depth, sa.func.count())
        .where(*_of(subject), Comment.state == rules.VISIBLE)
        .group_by(Comment.part_id, Comment.kind, Comment.outcome, Comment.depth)
    ).all()
    people = sa.select(sa.func.count(sa.distinct(Comment.author_id))).where(
        *_of(subject), Comment.state == rules.VISIBLE
    )
    by_part: dict[str, int] = defaultdict(int)
    by_kind: dict[str, int] = dict.fromkeys(rules.KINDS, 0)
    by_outcome: dict[str, int] = dict.fromkeys(rules.OUTCOMES, 0)
    proposals = accepted = answerable = 0
    for part_id, kind, outcome, depth, number in rows:
        by_part[part_id or ""] += number
        by_kind[kind] += number
        if depth == 0:
            answerable += number
        if outcome:
            by_outcome[outcome] += number
        if kind == "proposal" and outcome:
            proposals += number
            accepted += number if outcome in {"accepted", "partly"} else 0
    return {
        "comments": sum(by_part.values()),
        "people": model.Session.scalar(people) or 0,
        "by_part": dict(by_part),
        "by_kind": by_kind,
        "by_outcome": by_outcome,
        "unanswered": answerable - sum(by_outcome.values()),
        "share_accepted": rules.share(accepted, proposals),
    }


def subject_votes(subject: Subject, viewer_id: str | None) -> dict[str, int]:
    """The votes on a subject itself."""
    thread = model.Session.get(Thread, (subject.subject_type, subject.subject_id))
    target = votes.subject_target(subject.subject_type, subject.subject_id)
    my_vote = votes.mine(viewer_id, votes.SUBJECT, [target]).get(target, 0)
    return {
        "support": thread.support if thread else 0,
        "objection": thread.objection if thread else 0,
        "my_vote": my_vote,
    }


def everything(subject: Subject) -> Iterable[dict[str, Any]]:
    """Every public comment of a subject in the order in which they were said, a thousand at a time, for researchers."""
    last: tuple[Any, str] | None = None
    while True:
        where = [*_of(subject), Comment.state.in_(_SEEN)]
        if last:
            where.append(sa.tuple_(Comment.created, Comment.id) > last)
        query = sa.select(Comment).where(*where).order_by(Comment.created, Comment.id).limit(1000)
        found = list(model.Session.scalars(query))
        if not found:
            return
        last = (found[-1].created, found[-1].id)
        yield from _flat(subject, found)


def latest(subject: Subject, limit: int) -> list[dict[str, Any]]:
    """Comments and replies in sight of which the words or the official reply changed last, the last change first."""
    changed = sa.func.greatest(Comment.created, Comment.edited, Reply.published, Reply.corrected)
    query = (
        sa.select(Comment)
        .outerjoin(Reply, sa.and_(Reply.comment_id == Comment.id, Reply.published.is_not(None)))
        .where(*_of(subject), Comment.state == rules.VISIBLE)
        .order_by(changed.desc(), Comment.id)
        .limit(limit)
    )
    return _flat(subject, list(model.Session.scalars(query)))


def _of(subject: Subject) -> tuple[Any, Any]:
    return Comment.subject_type == subject.subject_type, Comment.subject_id == subject.subject_id


def _readable(viewer_id: str | None, *, sees_waiting: bool) -> Any:
    """What is public; one's own comment that waits; and for moderators all that wait."""
    if sees_waiting:
        return Comment.state.in_((*_SEEN, rules.WAITING))
    if viewer_id is None:
        return Comment.state.in_(_SEEN)
    return sa.or_(Comment.state.in_(_SEEN), sa.and_(Comment.state == rules.WAITING, Comment.author_id == viewer_id))


def is_readable(comment: Comment, viewer_id: str | None, *, sees_waiting: bool) -> bool:
    """The same of one comment."""
    is_own = viewer_id is not None and comment.author_id == viewer_id
    return comment.state in _SEEN or sees_waiting or is_own
