"""The verbs of citizens: reading, commenting, voting, what is known of oneself."""

from __future__ import annotations

from typing import Any

from ckan.plugins import toolkit
from ckan.types import Context, DataDict

from ckanext.opengov_kz.discussion import comments, moderation, people, rules, subjects, threads, votes
from ckanext.opengov_kz.discussion.logic import schema
from ckanext.opengov_kz.discussion.logic.common import (
    again,
    check_limit,
    own_comment,
    parent_of,
    reader,
    refuse,
    subject_of,
    valid,
)
from ckanext.opengov_kz.discussion.signals import commented, voted
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
        support, objection, my_vote, is_mine, state, hidden, due, official (the reply: outcome, text, reason,
        published), replies and more_replies

    Errors: NotAuthorized, ObjectNotFound, ValidationError.
    """
    toolkit.check_access("discussion_thread_show", context, valid(context, data_dict, schema.subject()))
    data = valid(context, data_dict, schema.thread_show())
    subject, settings = subject_of(data)
    viewer, sees_waiting = reader(context)
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
    data = valid(context, data_dict, schema.subject())
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
    data = valid(context, data_dict, schema.subject())
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
    data = valid(context, data_dict, schema.comment())
    toolkit.check_access("discussion_comment_show", context, data)
    comment = comments.get(data["id"])
    viewer, sees_waiting = reader(context)
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
    data = valid(context, data_dict, schema.comment())
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
    toolkit.check_access("discussion_comment_create", context, valid(context, data_dict, schema.subject()))
    data = valid(context, data_dict, schema.comment_create())
    subject, settings = subject_of(data)
    user = subjects.user_of(context)
    parent = parent_of(subject, data.get("parent_id"))
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
        refuse(
            "text",
            discussion_refusal(refusal)
            if refusal != "closed"
            else subject.closed_reason or discussion_refusal(refusal),
        )
    if data.get("part_id") and not parent and data["part_id"] not in subjects.parts(subject, [data["part_id"]]):
        refuse("part_id", discussion_refusal("part"))
    name = data.get("author_name") or people.public_name(user)
    if not name:
        refuse("author_name", toolkit._("Choose the name under which you speak; it is public."))
    if comments.is_repeated(subject, user.id, data["text"]):
        refuse("text", discussion_refusal("repeated"))
    check_limit(user)
    if data.get("author_name"):
        people.remember_name(user, name)
    if data["kind"] != "proposal":
        data["wording"] = ""
    comment = comments.add(subject, settings, user, name, data, parent)
    commented.send(comment.id, subject=subject, settings=settings)
    return toolkit.get_action("discussion_comment_show")(again(context), {"id": comment.id})


def discussion_comment_update(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Change the words of one's own comment, within opengov.discussion.edit_minutes; its history can be read.

    :param id: the comment
    :param text: the new words
    :param wording: the new wording of a proposal
    :returns: as discussion_comment_show

    Errors: NotAuthorized, ObjectNotFound; ValidationError, also where it is too late or an official reply stands.
    """
    toolkit.check_access("discussion_comment_update", context, valid(context, data_dict, schema.comment()))
    data = valid(context, data_dict, schema.comment_update())
    comment = own_comment(context, data["id"])
    refusal = rules.edit_refusal(
        comment.state,
        comment.created,
        comments.utc_now(),
        toolkit.config["opengov.discussion.edit_minutes"],
        is_answered=comment.answered is not None,
    )
    if refusal:
        refuse("text", discussion_refusal(refusal))
    comments.change(comment, data["text"], data.get("wording", comment.wording) if comment.kind == "proposal" else "")
    return toolkit.get_action("discussion_comment_show")(again(context), {"id": comment.id})


def discussion_comment_withdraw(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Take back one's own comment: its words are seen no more, replies to it stay.

    :param id: the comment
    :returns: as discussion_comment_show

    Errors: NotAuthorized, ObjectNotFound; ValidationError where it is withdrawn or hidden already.
    """
    data = valid(context, data_dict, schema.comment())
    toolkit.check_access("discussion_comment_withdraw", context, data)
    comment = own_comment(context, data["id"])
    if comment.state not in {rules.VISIBLE, rules.WAITING}:
        refuse("id", discussion_refusal("state"))
    comments.withdraw(comment)
    return toolkit.get_action("discussion_comment_show")(again(context), {"id": comment.id})


def discussion_vote_set(context: Context, data_dict: DataDict) -> dict[str, int]:
    """Support (1) or object to (-1) a comment or a subject, or take one's vote back (0).

    :param target: `comment` or `subject`
    :param id: the comment; of a subject, its kind and id with a colon between
    :param value: 1, -1 or 0
    :returns: `support`, `objection`, `my_vote`

    Errors: NotAuthorized, ObjectNotFound, ValidationError.
    """
    toolkit.check_access("discussion_vote_set", context, data_dict)
    data = valid(context, data_dict, schema.vote_set())
    user = subjects.user_of(context)
    if data["target"] == votes.COMMENT:
        row: Any = comments.get(data["id"])
        key = (row.subject_type, row.subject_id)
        is_own, state = row.author_id == user.id, row.state
    else:
        subject_type, _colon, subject_id = data["id"].partition(":")
        key, row, is_own, state = (subject_type, subject_id), None, False, rules.VISIBLE
    toolkit.check_access(
        "discussion_thread_show", again(context), dict(zip(("subject_type", "subject_id"), key, strict=True))
    )
    subject = subjects.find(*key)
    refusal = rules.vote_refusal(
        subject, subjects.settings_of(key[0]), people.identity_of(user), is_own=is_own, state=state
    )
    if refusal:
        refuse("value", discussion_refusal(refusal))
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
    toolkit.check_access("discussion_draft_save", context, valid(context, data_dict, schema.subject()))
    data = valid(context, data_dict, schema.draft_save())
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
    toolkit.check_access("discussion_report_create", context, valid(context, data_dict, schema.comment()))
    data = valid(context, data_dict, schema.ruled())
    comment = comments.get(data["id"])
    if comment.state != rules.VISIBLE:
        refuse("id", discussion_refusal("state"))
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
    data = valid(context, data_dict, schema.appeal())
    barred = people.bar_of(subjects.user_of(context).id)
    if barred is None:
        raise toolkit.ObjectNotFound(toolkit._("You are free to comment."))
    if barred.appealed is not None:
        refuse("text", toolkit._("You have appealed already. A moderator will answer."))
    moderation.appeal(barred, rules.cleaned(data["text"])[: toolkit.config["opengov.discussion.text_max"]])
    return moderation.bar_as_dict(barred)


@toolkit.side_effect_free
def discussion_draft_list(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Show what one is typing about a subject, and the public name that one has chosen.

    :param subject_type: the kind of the subject
    :param subject_id: the subject
    :returns: `drafts`: by part, by comment that is replied to, or by an empty text for the whole; `public_name`

    Errors: NotAuthorized, ObjectNotFound.
    """
    data = valid(context, data_dict, schema.subject())
    toolkit.check_access("discussion_draft_list", context, data)
    user = subjects.user_of(context)
    subject = subjects.find(data["subject_type"], data["subject_id"])
    return {"drafts": comments.drafts(user.id, subject), "public_name": people.public_name(user)}
