"""What the actions of the discussion share."""

from __future__ import annotations

from typing import Any

from ckan import model
from ckan.plugins import toolkit
from ckan.types import Context
from flask import has_request_context

from ckanext.opengov_kz.discussion import attachments, comments, people, replies, rules, subjects
from ckanext.opengov_kz.discussion.attachment_checks import AttachmentRefused, Checked
from ckanext.opengov_kz.discussion.model import Comment
from ckanext.opengov_kz.discussion.words import discussion_file_refusal, discussion_refusal
from ckanext.opengov_kz.shared.actions import refuse


def again(context: Context) -> Context:
    """A context for another action of the same person: CKAN's validators leave things in the old one."""
    return Context(user=context.get("user", ""), ignore_auth=bool(context.get("ignore_auth")))


def reader(context: Context) -> tuple[str | None, bool]:
    """Who reads, if anybody has signed in, and whether as a moderator."""
    user = model.User.get(context.get("user")) if context.get("user") else None
    return (user.id if user else None), subjects.is_moderator(context.get("user"))


def subject_of(data: dict[str, Any]) -> tuple[rules.Subject, rules.Settings]:
    """The subject that was named, and how its kind is discussed."""
    return subjects.find(data["subject_type"], data["subject_id"]), subjects.settings_of(data["subject_type"])


def parent_of(subject: rules.Subject, parent_id: str | None) -> Comment | None:
    """The comment that is replied to; one of another discussion, or one that cannot be seen, is refused."""
    if not parent_id:
        return None
    parent = model.Session.get(Comment, parent_id)
    key = (subject.subject_type, subject.subject_id)
    if parent is None or (parent.subject_type, parent.subject_id) != key or parent.state != rules.VISIBLE:
        refuse("parent_id", discussion_refusal("parent"))
    return parent


def check_part(subject: rules.Subject, part_id: str | None) -> None:
    """Refuses a part that the subject does not have."""
    if part_id and part_id not in subjects.parts(subject, [part_id]):
        refuse("part_id", discussion_refusal("part"))


def check_limit(user: model.User, what: people.Counted, name: str) -> None:
    """Counts one thing that a person does, and refuses it at this field where there were too many."""
    address = toolkit.request.remote_addr or "" if has_request_context() else ""
    if seconds := people.wait_seconds(user, address, what):
        message = {
            "comments": toolkit._("Too much was said in the last hour. Try again in {minutes} min."),
            "votes": toolkit._("There were too many votes in the last hour. Try again in {minutes} min."),
            "drafts": toolkit._("Too much was kept in the last hour. Try again in {minutes} min."),
            "reports": toolkit._("Too much was reported in the last hour. Try again in {minutes} min."),
        }[what]
        refuse(name, message.format(minutes=-(-seconds // 60)))


def read_files(given: Any) -> list[Checked]:
    """The files that came with a comment, one or several. Raises ValidationError, naming the file."""
    uploads = given if isinstance(given, list) else [given]
    try:
        return attachments.read(uploads, toolkit.config["opengov.discussion.attachments_max"])
    except AttachmentRefused as refused:
        refuse("upload", discussion_file_refusal(refused.code, refused.name))


def check_words(subject: rules.Subject, settings: rules.Settings, user: model.User, kind: str, depth: int) -> None:
    """Refuses what this person may not say here now: other words for a comment are as new ones."""
    barred = people.bar_of(user.id)
    refusal = rules.comment_refusal(
        subject, settings, kind, depth, people.identity_of(user), barred.until if barred else None
    )
    if refusal == "closed" and subject.closed_reason:
        refuse("text", subject.closed_reason)
    if refusal:
        refuse("text", discussion_refusal(refusal))


def own_comment(context: Context, comment_id: str) -> Comment:
    """A comment of the person who asks, locked. CKAN lets administrators do everything; nobody speaks for another."""
    comment = comments.get(comment_id, locked=True)
    if comment.author_id is None or comment.author_id != subjects.user_of(context).id:
        raise toolkit.NotAuthorized(toolkit._("Only the author of a comment may do this."))
    return comment


def answerable(comment_id: str, *, locked: bool = True) -> Comment:
    """A comment that a body answers: one of the first level that can be seen."""
    comment = comments.get(comment_id, locked=locked)
    if comment.state != rules.VISIBLE or comment.root_id:
        refuse("id", discussion_refusal("state"))
    return comment


def unpublished(comment_id: str) -> Comment:
    """A comment whose reply may still be changed, locked."""
    comment = answerable(comment_id)
    reply = replies.of(comment)
    if reply is not None and reply.published is not None:
        refuse("id", discussion_refusal("published"))
    return comment
