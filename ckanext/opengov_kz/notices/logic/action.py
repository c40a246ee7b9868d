"""The verbs of notices; each is about the person who asks."""

from __future__ import annotations

from typing import Any

from ckan import model
from ckan.plugins import toolkit
from ckan.types import Context, DataDict

from ckanext.opengov_kz.notices import reading, unsubscribing
from ckanext.opengov_kz.notices.logic import schema

_MOST = 100


@toolkit.side_effect_free
def notices_notice_list(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """List what one was told: unread first, then the latest.

    :param limit: how many (default 20, at most 100)
    :param offset: from which on (default 0)
    :returns: `count`, `unread` and `notices`, each with id, kind, title and body by language, url, created and read

    Errors: NotAuthorized, ValidationError.
    """
    toolkit.check_access("notices_notice_list", context, data_dict)
    data = _valid(context, data_dict, schema.notice_list())
    user_id = _user_id(context)
    count, found = reading.listed(user_id, min(data["limit"], _MOST), data["offset"])
    return {"count": count, "unread": reading.unread(user_id), "notices": found}


def notices_notice_read(context: Context, data_dict: DataDict) -> dict[str, int]:
    """Mark a notice as read, or all of them.

    :param id: the notice; without it, all
    :returns: `read`: how many were not before

    Errors: NotAuthorized, ValidationError.
    """
    toolkit.check_access("notices_notice_read", context, data_dict)
    data = _valid(context, data_dict, schema.notice_read())
    return {"read": reading.mark(_user_id(context), [data["id"]] if data.get("id") else None)}


@toolkit.side_effect_free
def notices_switch_list(context: Context, data_dict: DataDict) -> list[dict[str, str]]:
    """List how one is told of each kind of things.

    :returns: each with `kind`, `name` and `how` (now, daily or none)

    Errors: NotAuthorized.
    """
    toolkit.check_access("notices_switch_list", context, data_dict)
    names = reading.kinds()
    set_to = reading.switches(_user_id(context))
    return [{"kind": kind, "name": name, "how": set_to[kind]} for kind, name in names.items()]


def notices_switch_set(context: Context, data_dict: DataDict) -> dict[str, str]:
    """Say how one wants to be told of a kind of things.

    :param kind: one of notices_switch_list
    :param how: `now`, `daily` or `none`; in the portal it is told in any case
    :returns: `kind` and `how`

    Errors: NotAuthorized, ValidationError.
    """
    toolkit.check_access("notices_switch_set", context, data_dict)
    data = _valid(context, data_dict, schema.switch_set())
    reading.switch(_user_id(context), data["kind"], data["how"])
    return data


def notices_switch_stop(context: Context, data_dict: DataDict) -> dict[str, str]:
    """End the mails of a kind by the address that stood in one of them.

    :param token: the end of that address
    :returns: `kind`

    Errors: ObjectNotFound for an address that is not of this portal.
    """
    toolkit.check_access("notices_switch_stop", context, data_dict)
    found = unsubscribing.read(str(data_dict.get("token") or ""))
    if found is None:
        raise toolkit.ObjectNotFound(toolkit._("This address is not of a mail of ours."))
    reading.switch(found[0], found[1], "none")
    return {"kind": found[1]}


def _user_id(context: Context) -> str:
    user = model.User.get(context.get("user"))
    if user is None:
        raise toolkit.NotAuthorized(toolkit._("Sign in to see your notices."))
    return user.id


def _valid(context: Context, data_dict: DataDict, wanted: Any) -> dict[str, Any]:
    data, errors = toolkit.navl_validate({n: v for n, v in data_dict.items() if n in wanted}, wanted, context)
    if errors:
        raise toolkit.ValidationError(errors)
    return data
