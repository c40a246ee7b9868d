"""Words of the discussion in the reader's language: kinds, states, outcomes, refusals, rules."""

from __future__ import annotations

from ckan.plugins import toolkit

from .attachment_checks import KINDS


def discussion_refusal(code: str) -> str:
    """Why something may not be said, changed or answered so; the codes stand in `rules.py`."""
    return {
        "closed": toolkit._("The discussion is closed."),
        "barred": toolkit._("You are kept from commenting for a time."),
        "identity": toolkit._("This discussion asks for a verified identity."),
        "kind": toolkit._("This kind of comment is not taken here."),
        "depth": toolkit._("Replies go two levels deep. Reply to the comment above."),
        "part": toolkit._("The text that is discussed has no such part."),
        "parent": toolkit._("The comment that you reply to is not in this discussion."),
        "state": toolkit._("The comment is no longer open to this."),
        "own": toolkit._("Nobody votes for their own comment."),
        "answered": toolkit._("The comment has an official reply and can no longer be changed."),
        "kept": toolkit._("The comment has an official reply: both stay readable, and it can no longer be withdrawn."),
        "changed": toolkit._("The author has changed the comment since. Read it again, and save the reply once more."),
        "late": toolkit._("The time for changing the comment is over. You can withdraw it."),
        "empty": toolkit._("Write something."),
        "long": toolkit._("The text is too long."),
        "links": toolkit._("There are too many links in the text."),
        "repeated": toolkit._("You have said this here already."),
        "outcome": toolkit._("Say whether the comment is accepted, partly accepted, rejected or answered."),
        "text": toolkit._("Write the reply."),
        "reason": toolkit._("Give the reason why the comment is not accepted in full."),
        "rule": toolkit._("Name the rule that the comment breaks."),
        "note": toolkit._("Write a note for readers: what was wrong."),
        "published": toolkit._("The reply is published. It can only be corrected, with a reason that everybody sees."),
        "unpublished": toolkit._("The reply is not published yet."),
    }[code]


def discussion_kind(kind: str) -> str:
    """What a comment is."""
    return {
        "remark": toolkit._("remark"),
        "proposal": toolkit._("proposal"),
        "opinion": toolkit._("opinion"),
    }.get(kind, kind)


def discussion_outcome(outcome: str) -> str:
    """What became of a comment."""
    return {
        "accepted": toolkit._("accepted"),
        "partly": toolkit._("partly accepted"),
        "rejected": toolkit._("rejected"),
        "answered": toolkit._("answered"),
        "": toolkit._("no reply yet"),
    }.get(outcome, outcome)


def discussion_sort(sort: str) -> str:
    """An order of comments."""
    return {
        "new": toolkit._("newest first"),
        "old": toolkit._("oldest first"),
        "supported": toolkit._("most supported"),
        "unanswered": toolkit._("without a reply"),
    }.get(sort, sort)


def discussion_file_refusal(code: str, name: str) -> str:
    """Why a file may not hang on a comment."""
    said = {
        "type": toolkit._("“{name}” cannot be attached. Possible are {kinds}."),
        "content": toolkit._("What is in “{name}” is not what its name says, or it is damaged."),
        "macros": toolkit._("“{name}” has macros. Save it without them."),
        "protected": toolkit._("“{name}” has a password. Save it without one."),
        "large": toolkit._("“{name}” is too large. A file may have {size} MB."),
        "empty": toolkit._("“{name}” is empty."),
        "storage": toolkit._("“{name}” could not be kept. Try again later, or send the comment without it."),
        "many": toolkit._("These are too many files. A comment may have {most}."),
    }[code]
    return said.format(
        name=name,
        kinds=", ".join(KINDS).upper(),
        size=toolkit.config["opengov.discussion.attachment_megabytes"],
        most=toolkit.config["opengov.discussion.attachments_max"],
    )


def discussion_rule(rule: str) -> str:
    """A rule under which a comment may be hidden."""
    return {
        "personal_data": toolkit._("personal data of another person"),
        "insult": toolkit._("an insult"),
        "threat": toolkit._("a threat or a call to violence"),
        "advertising": toolkit._("advertising"),
        "off_topic": toolkit._("nothing to do with the subject"),
        "repetition": toolkit._("the same many times over"),
        "unlawful": toolkit._("forbidden by law or by a court"),
    }.get(rule, rule)


def discussion_reply_state(state: str) -> str:
    """How far an official reply has come."""
    return {
        "new": toolkit._("new"),
        "taken": toolkit._("in work"),
        "drafted": toolkit._("drafted"),
        "published": toolkit._("published"),
    }.get(state, state)


def discussion_term(term: str) -> str:
    """How the term of a reply stands."""
    return {
        "overdue": toolkit._("overdue"),
        "today": toolkit._("due today"),
        "open": toolkit._("in time so far"),
        "in_time": toolkit._("answered in time"),
        "late": toolkit._("answered late"),
        "none": "",
    }.get(term, term)
