"""What the actions of the discussion share."""

from __future__ import annotations

from typing import Any, NoReturn

from ckan import model
from ckan.plugins import toolkit
from ckan.types import Context, DataDict
from flask import has_request_context

from ckanext.opengov_kz.discussion import comments, people, replies, rules, subjects
from ckanext.opengov_kz.discussion.model import Comment
from ckanext.opengov_kz.discussion.words import discussion_refusal


def valid(context: Context, data_dict: DataDict, wanted: Any) -> dict[str, Any]:
    """Checks what came in against a schema; other keys are of the schema that the caller asks next."""
    asked = {name: value for name, value in data_dict.items() if name in wanted}
    data, errors = toolkit.navl_validate(asked, wanted, context)
    if errors:
        raise toolkit.ValidationError(errors)
    return data


def refuse(name: str, message: str) -> NoReturn:
    """Says of a field what is wrong with it. Raises ValidationError always."""
    raise toolkit.ValidationError({name: [message]})


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


def check_limit(user: model.User) -> None:
    """Counts one comment, and refuses it where there were too many."""
    address = toolkit.request.remote_addr or "" if has_request_context() else ""
    if seconds := people.wait_seconds(user, address):
        minutes = -(-seconds // 60)
        refuse(
            "text", toolkit._("Too much was said in the last hour. Try again in {minutes} min.").format(minutes=minutes)
        )


def own_comment(context: Context, comment_id: str) -> Comment:
    """A comment of the person who asks. CKAN lets system administrators do everything; nobody speaks for another."""
    comment = comments.get(comment_id)
    if comment.author_id is None or comment.author_id != subjects.user_of(context).id:
        raise toolkit.NotAuthorized(toolkit._("Only the author of a comment may do this."))
    return comment


def answerable(comment_id: str) -> Comment:
    """A comment that a body answers: one of the first level that can be seen."""
    comment = comments.get(comment_id)
    if comment.state != rules.VISIBLE or comment.root_id:
        refuse("id", discussion_refusal("state"))
    return comment


def unpublished(comment_id: str) -> Comment:
    """A comment whose reply may still be changed."""
    comment = answerable(comment_id)
    reply = replies.of(comment)
    if reply is not None and reply.published is not None:
        refuse("id", discussion_refusal("published"))
    return comment
