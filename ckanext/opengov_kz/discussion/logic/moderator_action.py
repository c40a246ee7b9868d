"""The verbs of moderators."""

from __future__ import annotations

from typing import Any

from ckan import model
from ckan.plugins import toolkit
from ckan.types import Context, DataDict

from ckanext.opengov_kz.discussion import comments, moderation, rules, subjects
from ckanext.opengov_kz.discussion.logic import schema
from ckanext.opengov_kz.discussion.model import Bar
from ckanext.opengov_kz.discussion.signals import let_through
from ckanext.opengov_kz.discussion.words import discussion_refusal
from ckanext.opengov_kz.shared.actions import refuse, valid


@toolkit.side_effect_free
def discussion_moderation_queue(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """List what waits for a moderator: comments not let through yet, and those that readers reported.

    :param limit: how many (default 20)
    :param offset: from which on (default 0)
    :returns: `count` and `comments`, each with `why` (waits or reported) and `reports`

    Errors: NotAuthorized, ValidationError.
    """
    toolkit.check_access("discussion_moderation_queue", context, data_dict)
    data = valid(context, data_dict, schema.page())
    count, found = moderation.queue(data["limit"], data["offset"])
    return {"count": count, "comments": found}


def discussion_comment_let_through(context: Context, data_dict: DataDict) -> dict[str, str]:
    """Show a comment that waited, was hidden, or was reported without reason.

    :param id: the comment
    :returns: `state`

    Errors: NotAuthorized, ObjectNotFound; ValidationError for one that its author has withdrawn.
    """
    data = valid(context, data_dict, schema.comment())
    toolkit.check_access("discussion_comment_let_through", context, data)
    comment = comments.get(data["id"], locked=True)
    if comment.state == rules.WITHDRAWN:
        refuse("id", discussion_refusal("state"))
    moderation.let_through(comment, subjects.user_of(context).id)
    let_through.send(comment.id)
    return {"state": comment.state}


def discussion_comment_hide(context: Context, data_dict: DataDict) -> dict[str, str]:
    """Hide a comment under a published rule; the rule and the note stand in its place for everybody.

    :param id: the comment
    :param rule: as in discussion_report_create
    :param note: what was wrong
    :returns: `state`

    Errors: NotAuthorized, ObjectNotFound, ValidationError.
    """
    toolkit.check_access("discussion_comment_hide", context, valid(context, data_dict, schema.comment()))
    data = valid(context, data_dict, schema.ruled())
    comment, note = comments.get(data["id"], locked=True), rules.cleaned(data.get("note") or "")
    if problem := rules.may_hide(data["rule"], note):
        refuse("note", discussion_refusal(problem))
    if comment.state == rules.WITHDRAWN:
        refuse("id", discussion_refusal("state"))
    moderation.hide(comment, subjects.user_of(context).id, data["rule"], note)
    return {"state": comment.state}


@toolkit.side_effect_free
def discussion_moderation_trail(context: Context, data_dict: DataDict) -> list[dict[str, Any]]:
    """List who did what to a comment or a person, the latest first.

    :param id: the comment, or the account
    :returns: each with who, action, rule, note and at

    Errors: NotAuthorized.
    """
    toolkit.check_access("discussion_moderation_trail", context, data_dict)
    return moderation.trail(valid(context, data_dict, schema.comment())["id"])


def discussion_bar_set(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Keep the author of a comment from commenting for a time.

    :param id: the comment
    :param days: for how many days, 365 at most
    :param rule: as in discussion_report_create
    :param note: what was wrong; the person reads it
    :returns: as discussion_bar_show

    Errors: NotAuthorized, ObjectNotFound; ValidationError, also where nobody knows any more who the author was.
    """
    toolkit.check_access("discussion_bar_set", context, data_dict)
    data = valid(context, data_dict, schema.bar_set())
    author = comments.get(data["id"]).author_id
    if author is None:
        refuse("id", toolkit._("The author of this comment is not known any more."))
    made = moderation.bar(author, subjects.user_of(context).id, data["days"], data["rule"], rules.cleaned(data["note"]))
    return moderation.bar_as_dict(made)


@toolkit.side_effect_free
def discussion_appeal_list(context: Context, data_dict: DataDict) -> list[dict[str, Any]]:
    """List the bars against which something was said, and that nobody has looked at since.

    :returns: each with id, until, rule, note, appeal

    Errors: NotAuthorized.
    """
    toolkit.check_access("discussion_appeal_list", context, data_dict)
    return moderation.appeals()


def discussion_bar_decide(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Answer an appeal.

    :param id: the bar
    :param lift: whether it ends now
    :param note: the answer; the person reads it
    :returns: as discussion_bar_show

    Errors: NotAuthorized, ObjectNotFound, ValidationError.
    """
    toolkit.check_access("discussion_bar_decide", context, data_dict)
    data = valid(context, data_dict, schema.decision())
    barred = model.Session.get(Bar, data["id"])
    if barred is None:
        raise toolkit.ObjectNotFound(toolkit._("There is no such bar."))
    moderation.decide(barred, subjects.user_of(context).id, rules.cleaned(data["note"]), lift=data["lift"])
    return moderation.bar_as_dict(barred)
