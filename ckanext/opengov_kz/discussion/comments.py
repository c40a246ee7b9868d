"""Comments written, changed and taken back by their authors. Who may, the actions check before."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from ckan import model
from ckan.plugins import toolkit
from sqlalchemy.exc import SQLAlchemyError

from ckanext.opengov_kz.shared.calendar import day_of
from ckanext.opengov_kz.shared.moments import iso
from ckanext.opengov_kz.worktime import days

from . import attachments, rules
from .attachment_checks import Checked
from .model import Comment, Draft, Edit, Trail, utc_now
from .rules import Settings, Subject

#: The same words of the same person count as said twice within this time.
_SAME_DAYS = 30


def get(comment_id: str, *, locked: bool = False) -> Comment:
    """A comment in any state. Raises ObjectNotFound.

    :param locked: as it stands now, and nobody else changes it before the end of the transaction. Who decides by its
        state whether to change it asks for it so; who needs several takes them in the order of their ids.
    """
    options: dict[str, Any] = {"with_for_update": True, "populate_existing": True} if locked else {}
    found = model.Session.get(Comment, comment_id, **options)
    if found is None:
        raise toolkit.ObjectNotFound(toolkit._("There is no such comment."))
    return found


def take_turn(user_id: str) -> None:
    """What one person says and votes is done one thing after the other, until the end of the transaction.

    Otherwise the same words, sent twice at once, would each be looked for before the other was stored. To be asked
    before any comment is locked.
    """
    key = sa.func.hashtextextended(f"opengov_discussion {user_id}", 0)
    model.Session.execute(sa.select(sa.func.pg_advisory_xact_lock(key)))


def is_repeated(subject: Subject, user_id: str, text: str, but: str = "") -> bool:
    """Whether a person has said these words about this subject already, in another comment than `but`."""
    since = utc_now() - dt.timedelta(days=_SAME_DAYS)
    query = sa.select(Comment.text).where(
        Comment.author_id == user_id,
        Comment.subject_type == subject.subject_type,
        Comment.subject_id == subject.subject_id,
        Comment.created > since,
        Comment.state != rules.WITHDRAWN,
        Comment.id != but,
    )
    said = rules.plain(text)
    return any(rules.plain(other) == said for other in model.Session.scalars(query))


def add(
    subject: Subject,
    settings: Settings,
    user: model.User,
    name: str,
    data: Mapping[str, Any],
    parent: Comment | None,
    files: Sequence[Checked] = (),
) -> Comment:
    """Stores a comment with its files and forgets what was being typed at its place."""
    comment = Comment(
        subject_type=subject.subject_type,
        subject_id=subject.subject_id,
        owner_id=subject.owner_id,
        part_id=parent.part_id if parent else data.get("part_id") or None,
        version=subject.version,
        parent_id=parent.id if parent else None,
        root_id=(parent.root_id or parent.id) if parent else None,
        depth=parent.depth + 1 if parent else 0,
        kind=data["kind"],
        text=data["text"],
        wording=data.get("wording") or "",
        language=data["language"],
        author_id=user.id,
        author_name=name,
        state=rules.WAITING if settings.premoderated else rules.VISIBLE,
        created=utc_now(),
    )
    if settings.answer_days and parent is None:
        comment.due = days.current().add_working_days(days.today(), settings.answer_days)
    model.Session.add(comment)
    forget_draft(user.id, subject, place_of(data.get("part_id"), data.get("parent_id")))
    model.Session.flush()
    stored = attachments.keep(comment.id, files)
    try:
        model.Session.commit()
    except SQLAlchemyError:
        attachments.take_back(stored)
        raise
    return comment


def move_terms(settings: Mapping[str, Settings]) -> int:
    """Counts the terms of all comments without a reply anew, after the calendar changed; how many moved.

    The trail of each says so.
    """
    calendar, moved = days.current(), 0
    query = model.Session.query(Comment).filter(Comment.due.is_not(None), Comment.answered.is_(None))
    for comment in query.yield_per(500):
        term = settings[comment.subject_type].answer_days if comment.subject_type in settings else None
        due = calendar.add_working_days(day_of(comment.created), term) if term else comment.due
        if due != comment.due:
            told = f"{comment.due} → {due}"
            model.Session.add(Trail(target_type="comment", target_id=comment.id, user_id="", action="term", note=told))
            comment.due = due
            moved += 1
    model.Session.commit()
    return moved


def change(comment: Comment, settings: Settings, text: str, wording: str) -> None:
    """Gives a comment other words and keeps those it had; where a moderator looks first, they look at these again.

    Words that nobody but their author and moderators ever saw come into no history that everybody reads.
    """
    if comment.state == rules.VISIBLE:
        model.Session.add(Edit(comment_id=comment.id, is_reply=False, text=comment.text, wording=comment.wording))
    if settings.premoderated:
        comment.state = rules.WAITING
    comment.text, comment.wording, comment.edited = text, wording, utc_now()
    model.Session.commit()


def withdraw(comment: Comment) -> None:
    """Takes a comment back: its words are seen no more, its files are gone, the replies to it stay."""
    comment.state = rules.WITHDRAWN
    gone = attachments.forget([comment.id])
    model.Session.commit()
    attachments.take_back(gone)


def history(comment_id: str) -> list[dict[str, Any]]:
    """What a comment and its official reply said before, the latest first."""
    query = model.Session.query(Edit).filter(Edit.comment_id == comment_id).order_by(Edit.at.desc())
    return [
        {
            "is_reply": edit.is_reply,
            "text": edit.text,
            "wording": edit.wording,
            "reason": edit.reason,
            "until": iso(edit.at),
        }
        for edit in query
    ]


def place_of(part_id: str | None, parent_id: str | None) -> str:
    """Where a person types: below a comment, at a part, or at the whole subject."""
    return parent_id or part_id or ""


def save_draft(user_id: str, subject: Subject, place: str, data: Mapping[str, str]) -> None:
    """Keeps what a person is typing at a place; nothing typed is nothing kept."""
    if not (data.get("text") or data.get("wording")):
        forget_draft(user_id, subject, place)
        model.Session.commit()
        return
    key = (user_id, subject.subject_type, subject.subject_id, place)
    draft = model.Session.get(Draft, key) or Draft(
        user_id=user_id, subject_type=subject.subject_type, subject_id=subject.subject_id, place=place
    )
    draft.kind = data.get("kind") or "opinion"
    draft.text, draft.wording, draft.saved = data.get("text", ""), data.get("wording", ""), utc_now()
    model.Session.add(draft)
    model.Session.commit()


def drafts(user_id: str, subject: Subject) -> dict[str, dict[str, str]]:
    """What a person is typing about a subject, by place."""
    query = model.Session.query(Draft).filter_by(
        user_id=user_id, subject_type=subject.subject_type, subject_id=subject.subject_id
    )
    return {one.place: {"kind": one.kind, "text": one.text, "wording": one.wording} for one in query}


def forget_draft(user_id: str, subject: Subject, place: str) -> None:
    """Deletes what was being typed at a place; the caller commits."""
    model.Session.execute(
        sa.delete(Draft).where(
            Draft.user_id == user_id,
            Draft.subject_type == subject.subject_type,
            Draft.subject_id == subject.subject_id,
            Draft.place == place,
        )
    )
