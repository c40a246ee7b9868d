"""Votes: one per person and target by the table's key, changeable; the counts are right however many come at once."""

from __future__ import annotations

import hashlib
import hmac
from typing import Any

import sqlalchemy as sa
from ckan import model
from ckan.plugins import toolkit
from sqlalchemy.dialects.postgresql import insert

from .model import Comment, Thread, Vote, utc_now

COMMENT, SUBJECT = "comment", "subject"


def subject_target(subject_type: str, subject_id: str) -> str:
    """The id of a subject as the target of a vote."""
    return f"{subject_type}:{subject_id}"


def cast(row: Comment | Thread, user_id: str, value: int) -> dict[str, int]:
    """Sets, changes or (0) takes back a person's vote; the counts afterwards.

    The caller has taken the person's turn. The row of what is voted on is locked: votes on it come one after the other,
    so that the counts stay in step. Who was forgotten and votes again changes the vote that they had.
    """
    session = model.Session
    target_type, target_id = target_of(row)
    session.refresh(row, with_for_update=True)
    nameless = nameless_voter(target_type, target_id, user_id)
    session.execute(sa.delete(Vote).where(*_of(target_type, target_id), Vote.user_id == nameless))
    if value:
        given = {
            "target_type": target_type,
            "target_id": target_id,
            "user_id": user_id,
            "value": value,
            "at": utc_now(),
        }
        statement = insert(Vote).values(given)
        key = ["target_type", "target_id", "user_id"]
        session.execute(statement.on_conflict_do_update(index_elements=key, set_={"value": value, "at": given["at"]}))
    else:
        session.execute(sa.delete(Vote).where(*_of(target_type, target_id), Vote.user_id == user_id))
    counts = sa.select(sa.func.count().filter(Vote.value > 0), sa.func.count().filter(Vote.value < 0)).where(
        *_of(target_type, target_id)
    )
    row.support, row.objection = session.execute(counts).one()
    session.commit()
    return {"support": row.support, "objection": row.objection, "my_vote": value}


def nameless_voter(target_type: str, target_id: str, user_id: str) -> str:
    """Who voted, once they are forgotten: another name for each target, of which nobody reads the account.

    Only with the site's secret and the account at hand can it be made again, so that the account has one vote.
    """
    told = f"{target_type} {target_id} {user_id}"
    digest = hmac.new(f"vote {toolkit.config['SECRET_KEY']}".encode(), told.encode(), hashlib.sha256)
    return f"erased:{digest.hexdigest()}"


def forget(user_id: str) -> None:
    """Takes a person's account from their votes, which stay counted; the caller has taken the turn, and commits."""
    for vote in model.Session.query(Vote).filter_by(user_id=user_id):
        vote.user_id = nameless_voter(vote.target_type, vote.target_id, user_id)
    model.Session.flush()


def target_of(row: Comment | Thread) -> tuple[str, str]:
    """What a vote on this row is about."""
    if isinstance(row, Comment):
        return COMMENT, row.id
    return SUBJECT, subject_target(row.subject_type, row.subject_id)


def thread(subject_type: str, subject_id: str) -> Thread:
    """The row of a subject's thread, made if it is not there; also when several make it at once."""
    key = {"subject_type": subject_type, "subject_id": subject_id}
    statement = insert(Thread).values(**key, support=0, objection=0).on_conflict_do_nothing()
    model.Session.execute(statement)
    found = model.Session.get(Thread, (subject_type, subject_id))
    assert found is not None  # noqa: S101 - it was made above
    return found


def mine(user_id: str | None, target_type: str, target_ids: list[str]) -> dict[str, int]:
    """A person's votes on these targets."""
    if not user_id or not target_ids:
        return {}
    query: Any = sa.select(Vote.target_id, Vote.value).where(
        Vote.target_type == target_type, Vote.target_id.in_(target_ids), Vote.user_id == user_id
    )
    return dict(model.Session.execute(query).tuples().all())


def _of(target_type: str, target_id: str) -> tuple[Any, Any]:
    return Vote.target_type == target_type, Vote.target_id == target_id
