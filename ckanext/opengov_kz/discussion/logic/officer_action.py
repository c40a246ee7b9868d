"""The verbs of those who answer for a body."""

from __future__ import annotations

from typing import Any

from ckan import model
from ckan.plugins import toolkit
from ckan.types import Context, DataDict

from ckanext.opengov_kz.discussion import comments, replies, rules, subjects
from ckanext.opengov_kz.discussion.logic import schema
from ckanext.opengov_kz.discussion.logic.common import answerable, unpublished
from ckanext.opengov_kz.discussion.model import Template
from ckanext.opengov_kz.discussion.signals import answered
from ckanext.opengov_kz.discussion.words import discussion_refusal
from ckanext.opengov_kz.shared.actions import refuse, valid
from ckanext.opengov_kz.worktime import days


@toolkit.side_effect_free
def discussion_reply_queue(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """List the comments that one's bodies have to answer, the most pressing first.

    :param state: `new`, `taken`, `drafted` or `published`
    :param due: `today` or `overdue`
    :param subject_id: only of this subject
    :param mine: only those that were given to the person who asks, also by other bodies
    :param limit: how many (default 20)
    :param offset: from which on (default 0)
    :returns: `count`; `numbers` (waiting, today, overdue); `comments`, with the reply as it stands and its private note

    Errors: NotAuthorized, ValidationError.
    """
    toolkit.check_access("discussion_reply_queue", context, data_dict)
    data = valid(context, data_dict, schema.reply_queue())
    user = subjects.user_of(context)
    bodies, today = replies.bodies_of(user.name), days.today()
    count, found = replies.queue(
        bodies,
        expert_id=user.id if data.get("mine") else None,
        state=data.get("state"),
        due=data.get("due"),
        subject_id=data.get("subject_id"),
        today=today,
        limit=data["limit"],
        offset=data["offset"],
    )
    return {"count": count, "numbers": replies.numbers(bodies, today), "comments": found}


def discussion_reply_take(context: Context, data_dict: DataDict) -> dict[str, str]:
    """Take a comment into work.

    :param id: the comment
    :returns: `state`

    Errors: NotAuthorized, ObjectNotFound.
    """
    data = valid(context, data_dict, schema.comment())
    toolkit.check_access("discussion_reply_take", context, data)
    replies.work_on(answerable(data["id"]), subjects.user_of(context).id)
    model.Session.commit()
    return {"state": replies.state_of(replies.of(comments.get(data["id"])))}


def discussion_reply_assign(context: Context, data_dict: DataDict) -> dict[str, str]:
    """Give a comment to an expert, who may then draft its reply.

    :param id: the comment
    :param expert: the name or id of an account; empty takes it back
    :returns: `state`

    Errors: NotAuthorized, ObjectNotFound; ValidationError for an account that is not there, or a published reply.
    """
    toolkit.check_access("discussion_reply_assign", context, valid(context, data_dict, schema.comment()))
    data = valid(context, data_dict, schema.reply_assign())
    comment = unpublished(data["id"])
    expert = model.User.get(data["expert"]) if data.get("expert") else None
    if data.get("expert") and (expert is None or expert.state != model.State.ACTIVE):
        refuse("expert", toolkit._("There is no such account."))
    replies.assign(comment, subjects.user_of(context).id, expert.id if expert else "")
    return {"state": replies.state_of(replies.of(comment))}


def discussion_reply_draft(context: Context, data_dict: DataDict) -> dict[str, str]:
    """Keep the reply to a comment as far as it is written; nobody outside the body sees it.

    :param id: the comment
    :param outcome: `accepted`, `partly`, `rejected` or `answered`
    :param text: the reply
    :param reason: why it is not accepted in full
    :param private_note: for colleagues alone, also after publication
    :param seen: `edited` of the comment as its reader saw it, empty if it was never changed
    :returns: `state`

    Errors: NotAuthorized, ObjectNotFound; ValidationError where the reply is published, or the comment says something
    else than what was seen.
    """
    toolkit.check_access("discussion_reply_draft", context, valid(context, data_dict, schema.comment()))
    data = valid(context, data_dict, schema.reply_draft())
    comment = unpublished(data["id"])
    if data.get("seen") is not None and data["seen"] != (comments.iso(comment.edited) or ""):
        refuse("text", discussion_refusal("changed"))
    longest = toolkit.config["opengov.discussion.text_max"]
    given = {
        name: rules.cleaned(str(data[name]))[:longest]
        for name in ("outcome", "text", "reason", "private_note")
        if data.get(name) is not None
    }
    replies.draft(comment, subjects.user_of(context).id, given)
    return {"state": replies.state_of(replies.of(comment))}


def discussion_reply_publish(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Publish the drafted replies of one or many comments, all or none.

    :param ids: the comments, 200 at most
    :returns: `published`: the ids of those that were not published before

    Errors: NotAuthorized where one of them is another body's; ObjectNotFound; ValidationError, by the id of each
    comment whose reply lacks something, or that its author changed since the reply was drafted.
    """
    data = valid(context, data_dict, schema.comments())
    toolkit.check_access("discussion_reply_publish", context, data)
    found = [answerable(each) for each in sorted(data["ids"])]
    problems: dict[str, Any] = {}
    for comment in found:
        if problem := replies.publish_problem(comment):
            problems[comment.id] = [discussion_refusal(problem)]
    if problems:
        model.Session.rollback()
        raise toolkit.ValidationError(problems)
    done = replies.publish(found, subjects.user_of(context).id)
    for comment in found:
        if comment.id in done:
            answered.send(comment.id)
    return {"published": done}


def discussion_reply_correct(context: Context, data_dict: DataDict) -> dict[str, str]:
    """Correct a published reply; everybody sees that, what it said before, and why.

    :param id: the comment
    :param outcome: as in discussion_reply_draft
    :param text: the reply
    :param reason: why the comment is not accepted in full
    :param why: why the reply is corrected
    :returns: `state`

    Errors: NotAuthorized, ObjectNotFound; ValidationError, also where the reply is not published yet.
    """
    toolkit.check_access("discussion_reply_correct", context, valid(context, data_dict, schema.comment()))
    data = valid(context, data_dict, schema.reply_correct())
    comment = comments.get(data["id"], locked=True)
    reply = replies.of(comment)
    if reply is None or reply.published is None:
        refuse("id", discussion_refusal("unpublished"))
    given = {name: rules.cleaned(data.get(name) or "") for name in ("outcome", "text", "reason", "why")}
    if problem := rules.outcome_problem(given["outcome"], given["text"], given["reason"]):
        refuse("reason" if problem == "reason" else "text", discussion_refusal(problem))
    replies.correct(comment, reply, subjects.user_of(context).id, given)
    return {"state": replies.state_of(reply)}


@toolkit.side_effect_free
def discussion_template_list(context: Context, data_dict: DataDict) -> list[dict[str, str]]:
    """List the ready answers of one's bodies.

    :returns: each with id, owner_id, title, text and language

    Errors: NotAuthorized.
    """
    toolkit.check_access("discussion_template_list", context, data_dict)
    return replies.templates(replies.bodies_of(subjects.user_of(context).name))


def discussion_template_create(context: Context, data_dict: DataDict) -> dict[str, str]:
    """Keep a ready answer of a body.

    :param owner_id: the body
    :param title: by which it is found
    :param text: the answer
    :param language: kk, ru or en
    :returns: `id`

    Errors: NotAuthorized, ValidationError.
    """
    data = valid(context, data_dict, schema.template_create())
    toolkit.check_access("discussion_template_create", context, data)
    made = Template(**{name: data[name] for name in ("owner_id", "title", "text", "language")})
    model.Session.add(made)
    model.Session.commit()
    return {"id": made.id}


def discussion_template_delete(context: Context, data_dict: DataDict) -> None:
    """Delete a ready answer.

    :param id: the ready answer

    Errors: NotAuthorized, ObjectNotFound.
    """
    data = valid(context, data_dict, schema.comment())
    toolkit.check_access("discussion_template_delete", context, data)
    model.Session.delete(replies.template(data["id"]))
    model.Session.commit()


@toolkit.side_effect_free
def discussion_reply_show(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Show a comment with its reply as it stands, to those who write it.

    :param id: the comment
    :returns: as one of discussion_reply_queue, and `attachments`, `part` (label, url, wording by language, or None)

    Errors: NotAuthorized; ObjectNotFound; ValidationError for one that nobody has to answer.
    """
    data = valid(context, data_dict, schema.comment())
    toolkit.check_access("discussion_reply_show", context, data)
    return replies.line(answerable(data["id"], locked=False), days.today())
