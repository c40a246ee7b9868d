"""The verbs of citizens: reading, commenting, voting, reporting."""

from __future__ import annotations

from typing import Any

from ckan.plugins import toolkit
from ckan.types import Context, DataDict

from ckanext.opengov_kz.discussion import comments, moderation, people, rules, subjects, threads, votes
from ckanext.opengov_kz.discussion.attachment_checks import AttachmentRefused
from ckanext.opengov_kz.discussion.logic import schema
from ckanext.opengov_kz.discussion.logic.common import (
    again,
    check_limit,
    check_part,
    check_words,
    own_comment,
    parent_of,
    read_files,
    reader,
    subject_of,
)
from ckanext.opengov_kz.discussion.signals import commented, voted
from ckanext.opengov_kz.discussion.words import discussion_file_refusal, discussion_refusal
from ckanext.opengov_kz.shared.actions import refuse, valid


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
    plain = [_impersonal(comment) for comment in threads.everything(subject)]
    return {"title": dict(subject.title), "url": subject.url, "comments": plain}


def _impersonal(comment: dict[str, Any]) -> dict[str, Any]:
    left_out = {"my_vote", "is_mine", "replies", "more_replies"}
    return {name: value for name, value in comment.items() if name not in left_out}


@toolkit.side_effect_free
def discussion_thread_latest(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """List the comments, replies to them and official replies of a subject that were written or changed last.

    :param subject_type: the kind of the subject
    :param subject_id: the subject
    :param limit: how many (default 20)
    :returns: `title`, `url` and `comments`, as in discussion_thread_show, without replies below them, the one of which
        anything changed last at first; the author's words and the official reply each have their own dates

    Errors: NotAuthorized, ObjectNotFound, ValidationError.
    """
    toolkit.check_access("discussion_thread_latest", context, valid(context, data_dict, schema.subject()))
    data = valid(context, data_dict, schema.thread_latest())
    subject = subjects.find(data["subject_type"], data["subject_id"])
    found = threads.latest(subject, data["limit"])
    return {"title": dict(subject.title), "url": subject.url, "comments": [_impersonal(one) for one in found]}


@toolkit.side_effect_free
def discussion_comment_show(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Show a comment with a page of the replies to it.

    :param id: the comment
    :param limit: how many replies (default 20)
    :param offset: from which reply on (default 0)
    :returns: as in discussion_thread_show; `reply_count`; `is_open` of its discussion; and where it stands for the
        person who asks: `page` of its thread, the oldest first, and for a reply that is not shown there `replies_page`
        of all replies to `replies_of`

    Errors: NotAuthorized; ObjectNotFound, also for one that still waits for a moderator.
    """
    toolkit.check_access("discussion_comment_show", context, valid(context, data_dict, schema.comment()))
    data = valid(context, data_dict, schema.comment_show())
    comment = comments.get(data["id"])
    viewer, sees_waiting = reader(context)
    if not threads.is_readable(comment, viewer, sees_waiting=sees_waiting):
        raise toolkit.ObjectNotFound(toolkit._("There is no such comment."))
    subject = subjects.find(comment.subject_type, comment.subject_id)
    size = toolkit.config["opengov.discussion.page_size"]
    place = threads.place_of(comment, viewer_id=viewer, sees_waiting=sees_waiting, limit=size)
    shown = threads.one(
        subject,
        comment,
        viewer_id=viewer,
        sees_waiting=sees_waiting,
        limit=data["limit"],
        offset=data["offset"],
    )
    return shown | place | {"is_open": subject.is_open}


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
    :param upload: a file, or several: PDF, DOCX, XLSX, ODT, ODS, JPEG, PNG or TXT; everybody may read them
    :returns: as discussion_comment_show

    Errors: NotAuthorized, ObjectNotFound; ValidationError, naming the field, also where the discussion is closed, the
    same was said already, or too much was said in the last hour.
    """
    toolkit.check_access("discussion_comment_create", context, valid(context, data_dict, schema.subject()))
    data = valid(context, data_dict, schema.comment_create())
    subject, settings = subject_of(data)
    user = subjects.user_of(context)
    parent = parent_of(subject, data.get("parent_id"))
    check_words(subject, settings, user, data["kind"], parent.depth + 1 if parent else 0)
    if not parent:
        check_part(subject, data.get("part_id"))
    name = data.get("author_name") or people.public_name(user)
    if not name:
        refuse("author_name", toolkit._("Choose the name under which you speak; it is public."))
    check_limit(user, "comments", "text")
    # Before the person's turn: a picture takes a second, in which nobody else should wait.
    files = read_files(data.get("upload"))
    comments.take_turn(user.id)
    if comments.is_repeated(subject, user.id, data["text"]):
        refuse("text", discussion_refusal("repeated"))
    if data.get("author_name"):
        people.remember_name(user, name)
    if data["kind"] != "proposal":
        data["wording"] = ""
    try:
        comment = comments.add(subject, settings, user, name, data, parent, files)
    except AttachmentRefused as refused:
        refuse("upload", discussion_file_refusal(refused.code, refused.name))
    commented.send(comment.id, subject=subject, settings=settings)
    return toolkit.get_action("discussion_comment_show")(again(context), {"id": comment.id})


def discussion_comment_update(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Change the words of one's own comment, within opengov.discussion.edit_minutes; its history can be read.

    All that holds for new words holds for these: where moderators look first, the comment waits for them again.

    :param id: the comment
    :param text: the new words
    :param wording: the new wording of a proposal
    :returns: as discussion_comment_show

    Errors: NotAuthorized, ObjectNotFound; ValidationError, as of discussion_comment_create, and where it is too late or
    an official reply stands.
    """
    toolkit.check_access("discussion_comment_update", context, valid(context, data_dict, schema.comment()))
    data = valid(context, data_dict, schema.comment_update())
    user = subjects.user_of(context)
    comments.take_turn(user.id)
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
    subject, settings = (
        subjects.find(comment.subject_type, comment.subject_id),
        subjects.settings_of(comment.subject_type),
    )
    check_words(subject, settings, user, comment.kind, comment.depth)
    if comments.is_repeated(subject, user.id, data["text"], but=comment.id):
        refuse("text", discussion_refusal("repeated"))
    check_limit(user, "comments", "text")
    wording = data.get("wording", comment.wording) if comment.kind == "proposal" else ""
    comments.change(comment, settings, data["text"], wording)
    return toolkit.get_action("discussion_comment_show")(again(context), {"id": comment.id})


def discussion_comment_withdraw(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Take back one's own comment: its words are seen no more, replies to it stay.

    :param id: the comment
    :returns: as discussion_comment_show

    Errors: NotAuthorized, ObjectNotFound; ValidationError where it is withdrawn or hidden already, or has an official
    reply: the two stay readable together.
    """
    data = valid(context, data_dict, schema.comment())
    toolkit.check_access("discussion_comment_withdraw", context, data)
    comment = own_comment(context, data["id"])
    subjects.find(comment.subject_type, comment.subject_id)
    if refusal := rules.withdraw_refusal(comment.state, is_answered=comment.answered is not None):
        refuse("id", discussion_refusal(refusal))
    comments.withdraw(comment)
    return toolkit.get_action("discussion_comment_show")(again(context), {"id": comment.id})


def discussion_vote_set(context: Context, data_dict: DataDict) -> dict[str, int]:
    """Support (1) or object to (-1) a comment or a subject, or take one's vote back (0).

    :param target: `comment` or `subject`
    :param id: the comment; of a subject, its kind and id with a colon between
    :param value: 1, -1 or 0
    :returns: `support`, `objection`, `my_vote`

    Errors: NotAuthorized, ObjectNotFound; ValidationError, also after too many votes in the last hour.
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
    # A subject may be named by its name as well; votes are kept under its id.
    key = (subject.subject_type, subject.subject_id)
    refusal = rules.vote_refusal(
        subject, subjects.settings_of(key[0]), people.identity_of(user), is_own=is_own, state=state
    )
    if refusal:
        refuse("value", discussion_refusal(refusal))
    check_limit(user, "votes", "value")
    comments.take_turn(user.id)
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

    Errors: NotAuthorized, ObjectNotFound; ValidationError, also after too many in the last hour.
    """
    toolkit.check_access("discussion_draft_save", context, valid(context, data_dict, schema.subject()))
    data = valid(context, data_dict, schema.draft_save())
    longest = toolkit.config["opengov.discussion.text_max"]
    kept = {name: str(data.get(name) or "")[:longest] for name in ("text", "wording", "kind")}
    subject = subjects.find(data["subject_type"], data["subject_id"])
    user = subjects.user_of(context)
    check_limit(user, "drafts", "text")
    parent_of(subject, data.get("parent_id"))
    check_part(subject, data.get("part_id"))
    place = comments.place_of(data.get("part_id"), data.get("parent_id"))
    comments.save_draft(user.id, subject, place, kept)
    return {"saved": True}


def discussion_report_create(context: Context, data_dict: DataDict) -> dict[str, bool]:
    """Tell moderators that a comment breaks a rule.

    :param id: the comment
    :param rule: one of personal_data, insult, threat, advertising, off_topic, repetition, unlawful
    :param note: what is wrong
    :returns: `reported`

    Errors: NotAuthorized, ObjectNotFound; ValidationError, also after too many reports in the last hour.
    """
    toolkit.check_access("discussion_report_create", context, valid(context, data_dict, schema.comment()))
    data = valid(context, data_dict, schema.ruled())
    comment = comments.get(data["id"])
    if comment.state != rules.VISIBLE:
        refuse("id", discussion_refusal("state"))
    user = subjects.user_of(context)
    check_limit(user, "reports", "rule")
    moderation.report(comment, user.id, data["rule"], rules.cleaned(data.get("note") or "")[:1000])
    return {"reported": True}


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
