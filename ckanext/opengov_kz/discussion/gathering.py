"""What the owners of subjects ask of the discussion: counts of many at once, who took part, comments led on."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import sqlalchemy as sa
from ckan import model

from . import rules
from .model import Comment, Vote
from .votes import SUBJECT, subject_target


def counts(subject_type: str, subject_ids: Collection[str]) -> dict[str, int]:
    """How many comments can be seen of each subject that has any, in one query."""
    query = (
        sa.select(Comment.subject_id, sa.func.count())
        .where(
            Comment.subject_type == subject_type, Comment.subject_id.in_(subject_ids), Comment.state == rules.VISIBLE
        )
        .group_by(Comment.subject_id)
    )
    return dict(model.Session.execute(query).tuples().all())


def people(subject_type: str, subject_id: str) -> list[str]:
    """The accounts that commented on a subject or voted on it."""
    authors = sa.select(Comment.author_id).where(
        Comment.subject_type == subject_type,
        Comment.subject_id == subject_id,
        Comment.author_id.is_not(None),
        Comment.state != rules.HIDDEN,
    )
    voters = sa.select(Vote.user_id).where(
        Vote.target_type == SUBJECT, Vote.target_id == subject_target(subject_type, subject_id)
    )
    return sorted({str(one) for one in model.Session.scalars(authors.union(voters)) if one})


def subjects_of(user_id: str, subject_type: str) -> dict[str, list[dict[str, Any]]]:
    """What a person said of each subject of a kind, the latest first: id → text, part, outcome of each comment."""
    query = (
        sa.select(Comment)
        .where(Comment.author_id == user_id, Comment.subject_type == subject_type)
        .order_by(Comment.created.desc())
    )
    found: dict[str, list[dict[str, Any]]] = {}
    for one in model.Session.scalars(query):
        said = {"id": one.id, "text": one.text, "part_id": one.part_id, "state": one.state, "outcome": one.outcome}
        found.setdefault(one.subject_id, []).append(said)
    return found


def voted_on(user_id: str, subject_type: str) -> list[str]:
    """The subjects of a kind on which a person voted."""
    start = subject_target(subject_type, "")
    query = sa.select(Vote.target_id).where(
        Vote.user_id == user_id, Vote.target_type == SUBJECT, Vote.target_id.startswith(start, autoescape=True)
    )
    return [target[len(start) :] for target in model.Session.scalars(query)]


def lead(subject_type: str, subject_id: str, targets: Mapping[str, str | None]) -> int:
    """Hangs comments on parts that are gone onto others, or (None) onto the whole; how many. No commit.

    Each keeps the part that it was written about in `first_part_id`, and its version.
    """
    led = 0
    for old, new in targets.items():
        statement = (
            sa.update(Comment)
            .where(Comment.subject_type == subject_type, Comment.subject_id == subject_id, Comment.part_id == old)
            .values(part_id=new, first_part_id=sa.func.coalesce(Comment.first_part_id, Comment.part_id))
        )
        led += model.Session.execute(statement).rowcount  # type: ignore[attr-defined]
    return led


def figures(subject_type: str, subject_ids: Collection[str] | None = None) -> dict[str, dict[str, Any]]:
    """What became of the comments of each subject, in one query: comments, people, answered (in time), accepted.

    `comments` counts those of the first level, which a body has to answer; `proposals` those that were answered.
    """
    answered, first = Comment.answered.is_not(None), Comment.root_id.is_(None)
    day = sa.cast(Comment.answered, sa.Date)
    in_time = sa.and_(answered, sa.or_(Comment.due.is_(None), day <= Comment.due))
    proposal = sa.and_(Comment.kind == "proposal", answered)
    query = (
        sa.select(
            Comment.subject_id,
            sa.func.count().filter(first).label("comments"),
            sa.func.count(sa.distinct(Comment.author_id)).label("people"),
            sa.func.count().filter(first, answered).label("answered"),
            sa.func.count().filter(first, in_time).label("in_time"),
            sa.func.count().filter(proposal).label("proposals"),
            sa.func.count().filter(proposal, Comment.outcome.in_(("accepted", "partly"))).label("accepted"),
        )
        .where(Comment.subject_type == subject_type, Comment.state == rules.VISIBLE)
        .group_by(Comment.subject_id)
    )
    if subject_ids is not None:
        query = query.where(Comment.subject_id.in_(subject_ids))
    return {row["subject_id"]: dict(row) for row in model.Session.execute(query).mappings()}
