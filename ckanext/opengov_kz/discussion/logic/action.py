"""The verbs of citizens: reading, commenting, voting, what is known of oneself."""

from __future__ import annotations

from typing import Any

from ckan import model
from ckan.plugins import toolkit
from ckan.types import Context, DataDict

from ckanext.opengov_kz.discussion import comments, moderation, people, replies, rules, subjects, threads, votes
from ckanext.opengov_kz.discussion.logic import schema
from ckanext.opengov_kz.discussion.model import Bar, Comment, Template
from ckanext.opengov_kz.discussion.signals import answered, commented, voted
from ckanext.opengov_kz.discussion.words import discussion_refusal


@toolkit.side_effect_free
def discussion_thread_show(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Show a page of the discussion of a subject.

    :param subject_type: the kind of the subject, as its owner names it
    :param subject_id: the subject
    :param part_id: only comments on this part; empty for those on the whole
    :param kind: only remarks, proposals or opinions
    :param sort: `new` (default), `old`, `supported` or `unanswered`, which leaves the others out
    :param limit: how many of the first level (default 20)
    :param offset: from which on (default 0)
    :returns: `title`, `url`, `is_open`, `closed_reason`, `kinds`, `votes` (support, objection, my_vote of the subject),
        `count` and `comments`, each with id, part, kind, text, wording, author (the public name), created, edited,
        support, objection, my_vote, is_mine, state, hidden, due, official (the reply: outcome, text, reason, published),
        replies and more_replies

    Errors: NotAuthorized, ObjectNotFound, ValidationError.
    """
    toolkit.check_access("discussion_thread_show", context, _valid(context, data_dict, schema.subject()))
    data = _valid(context, data_dict, schema.thread_show())
    subject, settings = _subject(data)
    viewer, sees_waiting = _viewer(context)
    count, found = threads.page(
        subject,
        viewer_id=viewer,
        sees_waiting=sees_waiting,
        part_id=data.get("part_id"),
        kind=data.get("kind"),
        sort=data["sort"],
        limit=data["limit"],
        offset=data["offset"],
    )
    return {
        "subject_type": subject.subject_type,
        "subject_id": subject.subject_id,
        "title": dict(subject.title),
        "url": subject.url,
        "is_open": subject.is_open,
        "closed_reason": subject.closed_reason,
        "kinds": list(settings.kinds),
        "votes": threads.subject_votes(subject, viewer),
        "count": count,
        "comments": found,
    }


@toolkit.side_effect_free
def discussion_counts(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Count what is said of a subject.

    :param subject_type: the kind of the subject
    :param subject_id: the subject
    :returns: `comments`, `people`, `by_part`, `by_kind`, `by_outcome`, `unanswered` (of the first level), and
        `share_accepted` of the proposals that were answered, or None

    Errors: NotAuthorized, ObjectNotFound.
    """
    data = _valid(context, data_dict, schema.subject())
    toolkit.check_access("discussion_counts", context, data)
    return threads.counts(subjects.find(data["subject_type"], data["subject_id"]))


@toolkit.side_effect_free
def discussion_thread_export(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Give the whole discussion of a subject, for those who study it; no account and no address of anybody.

    :param subject_type: the kind of the subject
    :param subject_id: the subject
    :returns: `title`, `url` and `comments`, as in discussion_thread_show, in the order in which they were said

    Errors: NotAuthorized, ObjectNotFound.
    """
    data = _valid(context, data_dict, schema.subject())
    toolkit.check_access("discussion_thread_export", context, data)
    subject = subjects.find(data["subject_type"], data["subject_id"])
    left_out = {"my_vote", "is_mine", "replies", "more_replies"}
    plain = [
        {name: value for name, value in comment.items() if name not in left_out}
        for comment in threads.everything(subject)
    ]
    return {"title": dict(subject.title), "url": subject.url, "comments": plain}


@toolkit.side_effect_free
def discussion_comment_show(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Show a comment with all replies to it.

    :param id: the comment
    :returns: as in discussion_thread_show, and `page`: on which page of its thread, the oldest first, it stands

    Errors: NotAuthorized; ObjectNotFound, also for one that still waits for a moderator.
    """
    data = _valid(context, data_dict, schema.comment())
    toolkit.check_access("discussion_comment_show", context, data)
    comment = comments.get(data["id"])
    viewer, sees_waiting = _viewer(context)
    if comment.state == rules.WAITING and not sees_waiting and comment.author_id != viewer:
        raise toolkit.ObjectNotFound(toolkit._("There is no such comment."))
    subject = subjects.find(comment.subject_type, comment.subject_id)
    page = threads.place_of(comment, sees_waiting=sees_waiting, limit=toolkit.config["opengov.discussion.page_size"])
    return threads.one(subject, comment, viewer_id=viewer, sees_waiting=sees_waiting) | {"page": page}


@toolkit.side_effect_free
def discussion_comment_history(context: Context, data_dict: DataDict) -> list[dict[str, Any]]:
    """List what a comment and its official reply said before they were changed, the latest first.

    :param id: the comment
    :returns: each with `is_reply`, `text`, `wording`, `reason` and `until`; nothing of a comment whose words are hidden

    Errors: NotAuthorized, ObjectNotFound.
    """
    data = _valid(context, data_dict, schema.comment())
    toolkit.check_access("discussion_comment_history", context, data)
    comment = comments.get(data["id"])
    return comments.history(comment.id) if comment.state == rules.VISIBLE else []


def discussion_comment_create(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Say something about a subject, about a part of it, or to somebody who did.

    :param subject_type: the kind of the subject
    :param subject_id: the subject
    :param part_id: the part; a reply is about that of the comment it answers
    :param parent_id: the comment that this one replies to
    :param kind: `remark`, `proposal` or `opinion` (default)
    :param text: plain text; addresses of pages become links
    :param wording: the words that a proposal would put in the place of the part's
    :param author_name: the public name; kept for the next time, and needed the first
    :param language: kk, ru or en; that of the page by default
    :returns: as discussion_comment_show

    Errors: NotAuthorized, ObjectNotFound; ValidationError, naming the field, also where the discussion is closed, the
    same was said already, or too much was said in the last hour.
    """
    toolkit.check_access("discussion_comment_create", context, _valid(context, data_dict, schema.subject()))
    data = _valid(context, data_dict, schema.comment_create())
    subject, settings = _subject(data)
    user = subjects.user_of(context)
    parent = _parent(subject, data.get("parent_id"))
    barred = people.bar_of(user.id)
    refusal = rules.comment_refusal(
        subject,
        settings,
        data["kind"],
        parent.depth + 1 if parent else 0,
        people.identity_of(user),
        barred.until if barred else None,
    )
    if refusal:
        _refuse(
            "text",
            discussion_refusal(refusal)
            if refusal != "closed"
            else subject.closed_reason or discussion_refusal(refusal),
        )
    if data.get("part_id") and not parent and data["part_id"] not in subjects.parts(subject, [data["part_id"]]):
        _refuse("part_id", discussion_refusal("part"))
    name = data.get("author_name") or people.public_name(user)
    if not name:
        _refuse("author_name", toolkit._("Choose the name under which you speak; it is public."))
    if comments.is_repeated(subject, user.id, data["text"]):
        _refuse("text", discussion_refusal("repeated"))
    _limit(user)
    if data.get("author_name"):
        people.remember_name(user, name)
    if data["kind"] != "proposal":
        data["wording"] = ""
    comment = comments.add(subject, settings, user, name, data, parent)
    commented.send(comment.id, subject=subject, settings=settings)
    return toolkit.get_action("discussion_comment_show")(_again(context), {"id": comment.id})


def discussion_comment_update(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Change the words of one's own comment, within opengov.discussion.edit_minutes; what it said before stays readable.

    :param id: the comment
    :param text: the new words
    :param wording: the new wording of a proposal
    :returns: as discussion_comment_show

    Errors: NotAuthorized, ObjectNotFound; ValidationError, also where it is too late or an official reply stands.
    """
    toolkit.check_access("discussion_comment_update", context, _valid(context, data_dict, schema.comment()))
    data = _valid(context, data_dict, schema.comment_update())
    comment = comments.get(data["id"])
    refusal = rules.edit_refusal(
        comment.state,
        comment.created,
        comments.utc_now(),
        toolkit.config["opengov.discussion.edit_minutes"],
        is_answered=comment.answered is not None,
    )
    if refusal:
        _refuse("text", discussion_refusal(refusal))
    comments.change(comment, data["text"], data.get("wording", comment.wording) if comment.kind == "proposal" else "")
    return toolkit.get_action("discussion_comment_show")(_again(context), {"id": comment.id})


def discussion_comment_withdraw(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Take back one's own comment: its words are seen no more, replies to it stay.

    :param id: the comment
    :returns: as discussion_comment_show

    Errors: NotAuthorized, ObjectNotFound; ValidationError where it is withdrawn or hidden already.
    """
    data = _valid(context, data_dict, schema.comment())
    toolkit.check_access("discussion_comment_withdraw", context, data)
    comment = comments.get(data["id"])
    if comment.state not in {rules.VISIBLE, rules.WAITING}:
        _refuse("id", discussion_refusal("state"))
    comments.withdraw(comment)
    return toolkit.get_action("discussion_comment_show")(_again(context), {"id": comment.id})


def discussion_vote_set(context: Context, data_dict: DataDict) -> dict[str, int]:
    """Support (1) or object to (-1) a comment or a subject, or take one's vote back (0).

    :param target: `comment` or `subject`
    :param id: the comment; of a subject, its kind and id with a colon between
    :param value: 1, -1 or 0
    :returns: `support`, `objection`, `my_vote`

    Errors: NotAuthorized, ObjectNotFound, ValidationError.
    """
    toolkit.check_access("discussion_vote_set", context, data_dict)
    data = _valid(context, data_dict, schema.vote_set())
    user = subjects.user_of(context)
    if data["target"] == votes.COMMENT:
        row: Any = comments.get(data["id"])
        key = (row.subject_type, row.subject_id)
        is_own, state = row.author_id == user.id, row.state
    else:
        subject_type, _colon, subject_id = data["id"].partition(":")
        key, row, is_own, state = (subject_type, subject_id), None, False, rules.VISIBLE
    toolkit.check_access(
        "discussion_thread_show", _again(context), dict(zip(("subject_type", "subject_id"), key, strict=True))
    )
    subject = subjects.find(*key)
    refusal = rules.vote_refusal(
        subject, subjects.settings_of(key[0]), people.identity_of(user), is_own=is_own, state=state
    )
    if refusal:
        _refuse("value", discussion_refusal(refusal))
    counts = votes.cast(row or votes.thread(*key), user.id, data["value"])
    voted.send(data["id"], target=data["target"], subject=subject)
    return counts


def discussion_draft_save(context: Context, data_dict: DataDict) -> dict[str, bool]:
    """Keep what one is typing; nothing typed is nothing kept.

    :param subject_type: the kind of the subject
    :param subject_id: the subject
    :param part_id: the part that it is about
    :param parent_id: the comment that it replies to
    :param kind: as in discussion_comment_create
    :param text: what was typed so far
    :param wording: the same of a proposal's wording
    :returns: `saved`

    Errors: NotAuthorized, ObjectNotFound, ValidationError.
    """
    toolkit.check_access("discussion_draft_save", context, _valid(context, data_dict, schema.subject()))
    data = _valid(context, data_dict, schema.draft_save())
    longest = toolkit.config["opengov.discussion.text_max"]
    kept = {name: str(data.get(name) or "")[:longest] for name in ("text", "wording", "kind")}
    subject = subjects.find(data["subject_type"], data["subject_id"])
    place = comments.place_of(data.get("part_id"), data.get("parent_id"))
    comments.save_draft(subjects.user_of(context).id, subject, place, kept)
    return {"saved": True}


@toolkit.side_effect_free
def discussion_person_export(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Give everything that the discussion knows of the person who asks.

    :returns: `public_name`, `comments`, `votes`, `drafts`, `reports`, `bars`

    Errors: NotAuthorized.
    """
    toolkit.check_access("discussion_person_export", context, data_dict)
    return people.export(subjects.user_of(context))


def discussion_person_erase(context: Context, data_dict: DataDict) -> dict[str, int]:
    """Take the name and the account of the person who asks from all that they said; what they typed is deleted.

    :returns: `comments`: how many comments stay without a name

    Errors: NotAuthorized.
    """
    toolkit.check_access("discussion_person_erase", context, data_dict)
    return {"comments": people.erase(subjects.user_of(context))}


def discussion_report_create(context: Context, data_dict: DataDict) -> dict[str, bool]:
    """Tell moderators that a comment breaks a rule.

    :param id: the comment
    :param rule: one of personal_data, insult, threat, advertising, off_topic, repetition, unlawful
    :param note: what is wrong
    :returns: `reported`

    Errors: NotAuthorized, ObjectNotFound, ValidationError.
    """
    toolkit.check_access("discussion_report_create", context, _valid(context, data_dict, schema.comment()))
    data = _valid(context, data_dict, schema.ruled())
    comment = comments.get(data["id"])
    if comment.state != rules.VISIBLE:
        _refuse("id", discussion_refusal("state"))
    moderation.report(comment, subjects.user_of(context).id, data["rule"], rules.cleaned(data.get("note") or "")[:1000])
    return {"reported": True}


@toolkit.side_effect_free
def discussion_bar_show(context: Context, data_dict: DataDict) -> dict[str, Any] | None:
    """Show what keeps the person who asks from commenting; None where nothing does.

    :returns: `until`, `rule`, `note`, `appeal`, `decision`

    Errors: NotAuthorized.
    """
    toolkit.check_access("discussion_bar_show", context, data_dict)
    barred = people.bar_of(subjects.user_of(context).id)
    return moderation.bar_as_dict(barred) if barred else None


def discussion_bar_appeal(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Say why one should not be kept from commenting; once for each bar.

    :param text: why
    :returns: as discussion_bar_show

    Errors: NotAuthorized; ObjectNotFound where nobody is barred; ValidationError.
    """
    toolkit.check_access("discussion_bar_appeal", context, data_dict)
    data = _valid(context, data_dict, schema.appeal())
    barred = people.bar_of(subjects.user_of(context).id)
    if barred is None:
        raise toolkit.ObjectNotFound(toolkit._("You are free to comment."))
    if barred.appealed is not None:
        _refuse("text", toolkit._("You have appealed already. A moderator will answer."))
    moderation.appeal(barred, rules.cleaned(data["text"])[: toolkit.config["opengov.discussion.text_max"]])
    return moderation.bar_as_dict(barred)


# What people of bodies do.


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
    data = _valid(context, data_dict, schema.reply_queue())
    user = subjects.user_of(context)
    bodies, today = replies.bodies_of(user.name), comments.portal_today()
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
    data = _valid(context, data_dict, schema.comment())
    toolkit.check_access("discussion_reply_take", context, data)
    replies.work_on(_answerable(data["id"]), subjects.user_of(context).id)
    model.Session.commit()
    return {"state": replies.state_of(replies.of(comments.get(data["id"])))}


def discussion_reply_assign(context: Context, data_dict: DataDict) -> dict[str, str]:
    """Give a comment to an expert, who may then draft its reply.

    :param id: the comment
    :param expert: the name or id of an account; empty takes it back
    :returns: `state`

    Errors: NotAuthorized, ObjectNotFound; ValidationError for an account that is not there, or a published reply.
    """
    toolkit.check_access("discussion_reply_assign", context, _valid(context, data_dict, schema.comment()))
    data = _valid(context, data_dict, schema.reply_assign())
    comment = _unpublished(data["id"])
    expert = model.User.get(data["expert"]) if data.get("expert") else None
    if data.get("expert") and (expert is None or not expert.is_active()):
        _refuse("expert", toolkit._("There is no such account."))
    replies.assign(comment, subjects.user_of(context).id, expert.id if expert else "")
    return {"state": replies.state_of(replies.of(comment))}


def discussion_reply_draft(context: Context, data_dict: DataDict) -> dict[str, str]:
    """Keep the reply to a comment as far as it is written; nobody outside the body sees it.

    :param id: the comment
    :param outcome: `accepted`, `partly`, `rejected` or `answered`
    :param text: the reply
    :param reason: why it is not accepted in full
    :param private_note: for colleagues alone, also after publication
    :returns: `state`

    Errors: NotAuthorized, ObjectNotFound; ValidationError where the reply is published.
    """
    toolkit.check_access("discussion_reply_draft", context, _valid(context, data_dict, schema.comment()))
    data = _valid(context, data_dict, schema.reply_draft())
    comment = _unpublished(data["id"])
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

    Errors: NotAuthorized where one of them is another body's; ObjectNotFound; ValidationError, by the id of each comment
    whose reply lacks something.
    """
    data = _valid(context, data_dict, schema.comments())
    toolkit.check_access("discussion_reply_publish", context, data)
    found = [_answerable(each) for each in data["ids"]]
    problems: dict[str, Any] = {}
    for comment in found:
        reply = replies.of(comment)
        problem = rules.outcome_problem(reply.outcome, reply.text, reply.reason) if reply else "outcome"
        if problem:
            problems[comment.id] = [discussion_refusal(problem)]
    if problems:
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
    toolkit.check_access("discussion_reply_correct", context, _valid(context, data_dict, schema.comment()))
    data = _valid(context, data_dict, schema.reply_correct())
    comment = comments.get(data["id"])
    reply = replies.of(comment)
    if reply is None or reply.published is None:
        _refuse("id", discussion_refusal("unpublished"))
    given = {name: rules.cleaned(data.get(name) or "") for name in ("outcome", "text", "reason", "why")}
    if problem := rules.outcome_problem(given["outcome"], given["text"], given["reason"]):
        _refuse("reason" if problem == "reason" else "text", discussion_refusal(problem))
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
    data = _valid(context, data_dict, schema.template_create())
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
    data = _valid(context, data_dict, schema.comment())
    toolkit.check_access("discussion_template_delete", context, data)
    model.Session.delete(replies.template(data["id"]))
    model.Session.commit()


# What moderators do.


@toolkit.side_effect_free
def discussion_moderation_queue(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """List what waits for a moderator: comments not let through yet, and those that readers reported.

    :param limit: how many (default 20)
    :param offset: from which on (default 0)
    :returns: `count` and `comments`, each with `why` (waits or reported) and `reports`

    Errors: NotAuthorized, ValidationError.
    """
    toolkit.check_access("discussion_moderation_queue", context, data_dict)
    data = _valid(context, data_dict, schema.page())
    count, found = moderation.queue(data["limit"], data["offset"])
    return {"count": count, "comments": found}


def discussion_comment_let_through(context: Context, data_dict: DataDict) -> dict[str, str]:
    """Show a comment that waited, was hidden, or was reported without reason.

    :param id: the comment
    :returns: `state`

    Errors: NotAuthorized, ObjectNotFound; ValidationError for one that its author has withdrawn.
    """
    data = _valid(context, data_dict, schema.comment())
    toolkit.check_access("discussion_comment_let_through", context, data)
    comment = comments.get(data["id"])
    if comment.state == rules.WITHDRAWN:
        _refuse("id", discussion_refusal("state"))
    moderation.let_through(comment, subjects.user_of(context).id)
    return {"state": comment.state}


def discussion_comment_hide(context: Context, data_dict: DataDict) -> dict[str, str]:
    """Hide a comment under a published rule; the rule and the note stand in its place for everybody.

    :param id: the comment
    :param rule: as in discussion_report_create
    :param note: what was wrong
    :returns: `state`

    Errors: NotAuthorized, ObjectNotFound, ValidationError.
    """
    toolkit.check_access("discussion_comment_hide", context, _valid(context, data_dict, schema.comment()))
    data = _valid(context, data_dict, schema.ruled())
    comment, note = comments.get(data["id"]), rules.cleaned(data.get("note") or "")
    if problem := rules.may_hide(data["rule"], note):
        _refuse("note", discussion_refusal(problem))
    if comment.state == rules.WITHDRAWN:
        _refuse("id", discussion_refusal("state"))
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
    return moderation.trail(_valid(context, data_dict, schema.comment())["id"])


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
    data = _valid(context, data_dict, schema.bar_set())
    author = comments.get(data["id"]).author_id
    if author is None:
        _refuse("id", toolkit._("The author of this comment is not known any more."))
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
    data = _valid(context, data_dict, schema.decision())
    barred = model.Session.get(Bar, data["id"])
    if barred is None:
        raise toolkit.ObjectNotFound(toolkit._("There is no such bar."))
    moderation.decide(barred, subjects.user_of(context).id, rules.cleaned(data["note"]), lift=data["lift"])
    return moderation.bar_as_dict(barred)


def _valid(context: Context, data_dict: DataDict, wanted: Any) -> dict[str, Any]:
    # Other keys are of the schema that the caller asks next.
    asked = {name: value for name, value in data_dict.items() if name in wanted}
    data, errors = toolkit.navl_validate(asked, wanted, context)
    if errors:
        raise toolkit.ValidationError(errors)
    return data


def _refuse(name: str, message: str) -> Any:
    raise toolkit.ValidationError({name: [message]})


def _again(context: Context) -> Context:
    """A context for another action of the same person: CKAN's validators leave things in the old one."""
    return Context(user=context.get("user", ""), ignore_auth=bool(context.get("ignore_auth")))


def _viewer(context: Context) -> tuple[str | None, bool]:
    user = model.User.get(context.get("user")) if context.get("user") else None
    return (user.id if user else None), subjects.is_moderator(context.get("user"))


def _subject(data: dict[str, Any]) -> tuple[rules.Subject, rules.Settings]:
    return subjects.find(data["subject_type"], data["subject_id"]), subjects.settings_of(data["subject_type"])


def _parent(subject: rules.Subject, parent_id: str | None) -> Comment | None:
    if not parent_id:
        return None
    parent = model.Session.get(Comment, parent_id)
    key = (subject.subject_type, subject.subject_id)
    if parent is None or (parent.subject_type, parent.subject_id) != key or parent.state != rules.VISIBLE:
        _refuse("parent_id", discussion_refusal("parent"))
    return parent


def _limit(user: model.User) -> None:
    address = toolkit.request.remote_addr or "" if toolkit.request else ""
    if seconds := people.wait_seconds(user, address):
        minutes = -(-seconds // 60)
        _refuse(
            "text", toolkit._("Too much was said in the last hour. Try again in {minutes} min.").format(minutes=minutes)
        )


def _answerable(comment_id: str) -> Comment:
    comment = comments.get(comment_id)
    if comment.state != rules.VISIBLE or comment.root_id:
        _refuse("id", discussion_refusal("state"))
    return comment


def _unpublished(comment_id: str) -> Comment:
    comment = _answerable(comment_id)
    reply = replies.of(comment)
    if reply is not None and reply.published is not None:
        _refuse("id", discussion_refusal("published"))
    return comment
