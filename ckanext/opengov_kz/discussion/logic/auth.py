"""Who may read, speak, vote, answer and moderate. Small permissions first; those of the actions delegate to them.

Whether the discussion is open and what a person's identity has to be are no permissions but rules (rules.py): the
action asks them and says in words why not.
"""

from __future__ import annotations

from ckan.plugins import toolkit
from ckan.types import AuthResult, Context, DataDict

from ckanext.opengov_kz.discussion import attachments, comments, replies, subjects

#: The small permissions are no authorization functions of CKAN's.
__all__ = [
    "discussion_appeal_list",
    "discussion_attachment_show",
    "discussion_bar_appeal",
    "discussion_bar_decide",
    "discussion_bar_set",
    "discussion_bar_show",
    "discussion_comment_create",
    "discussion_comment_hide",
    "discussion_comment_history",
    "discussion_comment_let_through",
    "discussion_comment_show",
    "discussion_comment_update",
    "discussion_comment_withdraw",
    "discussion_counts",
    "discussion_draft_list",
    "discussion_draft_save",
    "discussion_moderation_queue",
    "discussion_moderation_trail",
    "discussion_person_erase",
    "discussion_person_export",
    "discussion_reply_assign",
    "discussion_reply_correct",
    "discussion_reply_draft",
    "discussion_reply_publish",
    "discussion_reply_queue",
    "discussion_reply_show",
    "discussion_reply_take",
    "discussion_report_create",
    "discussion_template_create",
    "discussion_template_delete",
    "discussion_template_list",
    "discussion_thread_export",
    "discussion_thread_latest",
    "discussion_thread_show",
    "discussion_vote_set",
]


def _yes(allowed: object, message: str = "") -> AuthResult:
    return {"success": True} if allowed else {"success": False, "msg": message}


def _reader(context: Context, subject_type: str, subject_id: str) -> AuthResult:
    subject = subjects.find(subject_type, subject_id)
    return _yes(subjects.may_see(context, subject), toolkit._("This discussion is not public yet."))


def _reader_of_comment(context: Context, data_dict: DataDict) -> AuthResult:
    comment = comments.get(data_dict["id"])
    return _reader(context, comment.subject_type, comment.subject_id)


def _author(context: Context, data_dict: DataDict) -> AuthResult:
    author = comments.get(data_dict["id"]).author_id
    is_own = author is not None and author == subjects.user_of(context).id
    return _yes(is_own, toolkit._("Only the author of a comment may do this."))


def _officer(context: Context, data_dict: DataDict) -> AuthResult:
    owner = comments.get(data_dict["id"]).owner_id
    return _yes(
        subjects.is_officer(context.get("user"), owner), toolkit._("Only people of the body that is asked may answer.")
    )


def _moderator(context: Context) -> AuthResult:
    return _yes(subjects.is_moderator(context.get("user")), toolkit._("Only moderators may do this."))


def _person(context: Context) -> AuthResult:
    return _yes(context.get("user"), toolkit._("Sign in to take part."))


@toolkit.auth_allow_anonymous_access
def discussion_attachment_show(context: Context, data_dict: DataDict) -> AuthResult:
    """Whoever may see the subject; the action gives no file of a comment whose words are not to be read."""
    return _reader_of_comment(context, {"id": attachments.get(data_dict["id"]).comment_id})


@toolkit.auth_allow_anonymous_access
def discussion_thread_show(context: Context, data_dict: DataDict) -> AuthResult:
    """Whoever may see the subject."""
    return _reader(context, data_dict["subject_type"], data_dict["subject_id"])


@toolkit.auth_allow_anonymous_access
def discussion_thread_export(context: Context, data_dict: DataDict) -> AuthResult:
    """Whoever may see the subject."""
    return _reader(context, data_dict["subject_type"], data_dict["subject_id"])


@toolkit.auth_allow_anonymous_access
def discussion_thread_latest(context: Context, data_dict: DataDict) -> AuthResult:
    """Whoever may see the subject."""
    return _reader(context, data_dict["subject_type"], data_dict["subject_id"])


@toolkit.auth_allow_anonymous_access
def discussion_counts(context: Context, data_dict: DataDict) -> AuthResult:
    """Whoever may see the subject."""
    return _reader(context, data_dict["subject_type"], data_dict["subject_id"])


@toolkit.auth_allow_anonymous_access
def discussion_comment_show(context: Context, data_dict: DataDict) -> AuthResult:
    """Whoever may see the subject."""
    return _reader_of_comment(context, data_dict)


@toolkit.auth_allow_anonymous_access
def discussion_comment_history(context: Context, data_dict: DataDict) -> AuthResult:
    """Whoever may see the subject: what was said before is as public as what is said now."""
    return _reader_of_comment(context, data_dict)


def discussion_comment_create(context: Context, data_dict: DataDict) -> AuthResult:
    """Everybody with an account who may see the subject."""
    person = _person(context)
    return _reader(context, data_dict["subject_type"], data_dict["subject_id"]) if person.get("success") else person


def discussion_draft_save(context: Context, data_dict: DataDict) -> AuthResult:
    """Whoever may comment."""
    return discussion_comment_create(context, data_dict)


def discussion_draft_list(context: Context, data_dict: DataDict) -> AuthResult:
    """Whoever may comment sees what they typed themselves."""
    return discussion_comment_create(context, data_dict)


def discussion_comment_update(context: Context, data_dict: DataDict) -> AuthResult:
    """The author."""
    return _author(context, data_dict)


def discussion_comment_withdraw(context: Context, data_dict: DataDict) -> AuthResult:
    """The author."""
    return _author(context, data_dict)


def discussion_vote_set(context: Context, data_dict: DataDict) -> AuthResult:
    """Everybody with an account; whether they see the target, the action asks once it has found it."""
    return _person(context)


def discussion_report_create(context: Context, data_dict: DataDict) -> AuthResult:
    """Everybody with an account who may see the subject."""
    person = _person(context)
    return _reader_of_comment(context, data_dict) if person.get("success") else person


def discussion_person_export(context: Context, data_dict: DataDict) -> AuthResult:
    """Everybody, of themselves."""
    return _person(context)


def discussion_person_erase(context: Context, data_dict: DataDict) -> AuthResult:
    """Everybody, of themselves."""
    return _person(context)


def discussion_bar_show(context: Context, data_dict: DataDict) -> AuthResult:
    """Everybody, of themselves."""
    return _person(context)


def discussion_bar_appeal(context: Context, data_dict: DataDict) -> AuthResult:
    """Everybody, for themselves."""
    return _person(context)


def discussion_reply_take(context: Context, data_dict: DataDict) -> AuthResult:
    """People of the body that is asked."""
    return _officer(context, data_dict)


def discussion_reply_assign(context: Context, data_dict: DataDict) -> AuthResult:
    """People of the body that is asked."""
    return _officer(context, data_dict)


def discussion_reply_draft(context: Context, data_dict: DataDict) -> AuthResult:
    """People of the body that is asked, and the expert to whom the comment was given."""
    comment = comments.get(data_dict["id"])
    reply = replies.of(comment)
    if reply and reply.expert_id and reply.expert_id == subjects.user_of(context).id:
        return {"success": True}
    return _officer(context, data_dict)


def discussion_reply_show(context: Context, data_dict: DataDict) -> AuthResult:
    """Whoever may draft the reply."""
    return discussion_reply_draft(context, data_dict)


def discussion_reply_publish(context: Context, data_dict: DataDict) -> AuthResult:
    """People of the body that is asked; of several comments, of the body of each."""
    for comment_id in data_dict.get("ids") or [data_dict["id"]]:
        result = _officer(context, {"id": comment_id})
        if not result.get("success"):
            return result
    return {"success": True}


def discussion_reply_correct(context: Context, data_dict: DataDict) -> AuthResult:
    """People of the body that is asked."""
    return _officer(context, data_dict)


def discussion_reply_queue(context: Context, data_dict: DataDict) -> AuthResult:
    """Everybody with an account sees their own, possibly empty, list: of their bodies, and what was given to them."""
    return _person(context)


def discussion_template_list(context: Context, data_dict: DataDict) -> AuthResult:
    """Everybody with an account sees those of their bodies."""
    return _person(context)


def discussion_template_create(context: Context, data_dict: DataDict) -> AuthResult:
    """People of the body."""
    allowed = subjects.is_officer(context.get("user"), data_dict["owner_id"])
    return _yes(allowed, toolkit._("Only people of the body may do this."))


def discussion_template_delete(context: Context, data_dict: DataDict) -> AuthResult:
    """People of the body."""
    owner = replies.template(data_dict["id"]).owner_id
    return _yes(subjects.is_officer(context.get("user"), owner), toolkit._("Only people of the body may do this."))


def discussion_moderation_queue(context: Context, data_dict: DataDict) -> AuthResult:
    """Moderators."""
    return _moderator(context)


def discussion_moderation_trail(context: Context, data_dict: DataDict) -> AuthResult:
    """Moderators."""
    return _moderator(context)


def discussion_comment_hide(context: Context, data_dict: DataDict) -> AuthResult:
    """Moderators."""
    return _moderator(context)


def discussion_comment_let_through(context: Context, data_dict: DataDict) -> AuthResult:
    """Moderators."""
    return _moderator(context)


def discussion_bar_set(context: Context, data_dict: DataDict) -> AuthResult:
    """Moderators."""
    return _moderator(context)


def discussion_appeal_list(context: Context, data_dict: DataDict) -> AuthResult:
    """Moderators."""
    return _moderator(context)


def discussion_bar_decide(context: Context, data_dict: DataDict) -> AuthResult:
    """Moderators."""
    return _moderator(context)
