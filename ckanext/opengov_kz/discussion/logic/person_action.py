"""The verbs of a person about themselves: what is known of them, being forgotten, what keeps them from commenting."""

from __future__ import annotations

from typing import Any

from ckan.plugins import toolkit
from ckan.types import Context, DataDict

from ckanext.opengov_kz.discussion import moderation, people, rules, subjects
from ckanext.opengov_kz.discussion.logic import schema
from ckanext.opengov_kz.shared.actions import refuse, valid


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
