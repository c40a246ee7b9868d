"""Accounts, and reads for the frame: a fixed number of queries however many datasets and publishers there are."""

from __future__ import annotations

import json
from typing import Any

import sqlalchemy as sa
from ckan import model
from ckan.lib.redis import connect_to_redis
from ckan.logic import guard_against_duplicated_email
from ckan.plugins import toolkit
from ckan.types import Context, Schema
from redis.exceptions import RedisError

from ckanext.opengov_kz.shared import notifications
from ckanext.opengov_kz.site import accounts
from ckanext.opengov_kz.site.logic import schema

#: What home shows of each kind.
_NEWEST = 6
_PUBLISHERS = 8
_CATEGORIES = 12
_RECENTLY = "metadata_modified:[NOW-30DAYS TO NOW]"
_CACHE_KEY = "opengov:site:home"


@toolkit.side_effect_free
def site_home_show(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Return the figures of home: two searches and one SQL query, kept for `opengov.site.home_cache_seconds`.

    - ``datasets``, ``publishers``, ``updated``: numbers of public datasets, of publishers that have some,
      and of datasets changed in the last 30 days;
    - ``newest``: the dataset dicts changed last;
    - ``categories``: all themes and regions as `site_group_list` gives them, with ``count``, in that list's order;
    - ``top_categories``: names of the fullest themes;
    - ``top_publishers``: publishers with ``count``, the most datasets first.
    """
    toolkit.check_access("site_home_show", context, data_dict)
    seconds = toolkit.config["opengov.site.home_cache_seconds"]
    kept = _kept() if seconds else None
    if kept is not None:
        return kept
    figures = _figures()
    if seconds:
        _keep(figures, seconds)
    return figures


@toolkit.side_effect_free
def site_group_list(context: Context, data_dict: dict[str, Any]) -> list[dict[str, Any]]:
    """Return names of publishers and categories in all languages, in one SQL query.

    ``names`` (list of strings) asks for these; ``categories`` (boolean) for all categories besides. Each item has
    ``name``, ``title``, ``title_translated``, ``description_translated`` (dicts by language, maybe empty), ``icon``,
    ``kind`` (of a category: theme or region) and ``is_organization``. Names that nobody bears are left out.
    """
    toolkit.check_access("site_group_list", context, data_dict)
    group = model.group_table.c
    wanted = group.name.in_(data_dict.get("names", []))
    if data_dict.get("categories"):
        wanted = sa.or_(wanted, group.is_organization.is_(False))
    query = sa.select(group.name, group.title, group.is_organization, group.extras).where(
        group.state == "active", wanted
    )
    return [_group(*row) for row in model.Session.execute(query.order_by(group.created, group.name))]


def site_account_register(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Register a person: a pending account, and a mail with the link that confirms it.

    The answer is the same whether or not the mailbox has an account already; its owner learns that by mail.

    :param fullname, email, password1, password2: as in the form
    :param language: in which mails come: kk, ru or en
    :returns: `email`
    :raises ValidationError: a field is wrong
    """
    toolkit.check_access("site_account_register", context, data_dict)
    data = _validated(data_dict, schema.registration(), context)
    user = accounts.by_email(data["email"])
    if user is not None and not accounts.awaits_confirmation(user):
        notifications.notify(user.id, "account_exists")
        return {"email": data["email"]}
    if user is None:
        made = toolkit.get_action("user_create")(
            {"ignore_auth": True, "user": ""},
            {
                "name": accounts.free_name(data["fullname"]),
                "fullname": data["fullname"],
                "email": data["email"],
                "password": data["password1"],
                "state": model.State.PENDING,
            },
        )
        user = model.User.get(made["id"])
    else:
        # Whoever registers last has the say: confirming takes the mailbox and the password together.
        user.fullname, user.password = data["fullname"], data["password1"]
    if user is not None:
        accounts.keep(user, language=data["language"])
        _send_confirmation(user)
    return {"email": data["email"]}


@toolkit.side_effect_free
def site_confirmation_show(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Tell which mailbox a link confirms.

    :param token: the text of the link
    :returns: `email`
    :raises ObjectNotFound: the link is forged, too old, replaced or used
    """
    toolkit.check_access("site_confirmation_show", context, data_dict)
    user = accounts.of_token(_validated(data_dict, schema.token(), context)["token"])
    if user is None:
        raise toolkit.ObjectNotFound(toolkit._("This link no longer works."))
    return {"email": user.email}


def site_account_confirm(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Confirm the mailbox of a new account, which makes it active. A link works once.

    The password is asked for as well: else whoever registers a stranger's mailbox would own the account that the
    stranger confirms.

    :param token: the text of the link
    :param password: the one chosen at registration
    :returns: `id` and `name` of the user
    :raises ObjectNotFound: the link is forged, too old, replaced or used
    :raises ValidationError: the password is wrong
    """
    toolkit.check_access("site_account_confirm", context, data_dict)
    data = _validated(data_dict, schema.confirmation(), context)
    user = accounts.of_token(data["token"])
    if user is None:
        raise toolkit.ObjectNotFound(toolkit._("This link no longer works."))
    if not user.validate_password(data["password"]):
        raise toolkit.ValidationError({"password": [toolkit._("This is not the password chosen at registration.")]})
    user.activate()
    accounts.keep(user, confirmation=None)
    with guard_against_duplicated_email(user.email or ""):
        model.repo.commit()
    return {"id": user.id, "name": user.name}


def site_confirmation_send(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Send the mail with the confirming link again; nobody learns whether such an account waits.

    :param email: the mailbox
    :returns: `email`
    """
    toolkit.check_access("site_confirmation_send", context, data_dict)
    email = _validated(data_dict, schema.mailbox(), context)["email"]
    user = accounts.by_email(email)
    if user is not None and accounts.awaits_confirmation(user):
        _send_confirmation(user)
    return {"email": email}


def _send_confirmation(user: model.User) -> None:
    token = accounts.new_token(user)
    user_id = user.id
    model.repo.commit()
    hours = toolkit.config["opengov.site.confirmation_hours"]
    notifications.notify(user_id, "account_confirm", token=token, hours=hours)


def _validated(data_dict: dict[str, Any], wanted: Schema, context: Context) -> dict[str, Any]:
    data, errors = toolkit.navl_validate(data_dict, wanted, context)
    if errors:
        raise toolkit.ValidationError(errors)
    return data


def _group(name: str, title: str, is_organization: bool, extras: dict[str, str] | None) -> dict[str, Any]:
    extras = extras or {}
    return {
        "name": name,
        "title": title or name,
        "title_translated": _translations(extras.get("title_translated")),
        "description_translated": _translations(extras.get("description_translated")),
        "icon": extras.get("icon", ""),
        "kind": extras.get("kind", ""),
        "is_organization": is_organization,
    }


def _translations(text: str | None) -> dict[str, str]:
    try:
        value = json.loads(text or "{}")
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def _figures() -> dict[str, Any]:
    # Home is the same for everyone: what a signed-in person may see beyond it is left out, so that it can be kept.
    public: Context = {"user": "", "ignore_auth": False}
    search = toolkit.get_action("package_search")
    found = search(
        public.copy(),
        {
            "rows": _NEWEST,
            "sort": "metadata_modified desc",
            "fq": "dataset_type:dataset",
            "facet.field": ["organization", "groups"],
            "facet.limit": -1,
        },
    )
    updated = search(public.copy(), {"rows": 0, "fq": f"dataset_type:dataset {_RECENTLY}"})["count"]
    counts = {name: facet["items"] for name, facet in found["search_facets"].items()}
    of_publishers = {item["name"]: item["count"] for item in counts.get("organization", [])}
    of_categories = {item["name"]: item["count"] for item in counts.get("groups", [])}
    top = sorted(of_publishers, key=lambda name: (-of_publishers[name], name))[:_PUBLISHERS]
    groups = toolkit.get_action("site_group_list")(public.copy(), {"names": top, "categories": True})
    categories = [
        {**group, "count": of_categories.get(group["name"], 0)} for group in groups if not group["is_organization"]
    ]
    themes = [category for category in categories if category["kind"] != "region"]
    fullest = sorted(themes, key=lambda theme: -theme["count"])
    by_name = {group["name"]: group for group in groups}
    return {
        "datasets": found["count"],
        "publishers": len(of_publishers),
        "updated": updated,
        "newest": found["results"],
        "categories": categories,
        "top_categories": [category["name"] for category in fullest[:_CATEGORIES]],
        "top_publishers": [{**by_name[name], "count": of_publishers[name]} for name in top if name in by_name],
    }


def _kept() -> dict[str, Any] | None:
    try:
        text = connect_to_redis().get(_CACHE_KEY)
    except RedisError:
        return None
    return json.loads(text) if isinstance(text, bytes) else None


def _keep(figures: dict[str, Any], seconds: int) -> None:
    try:
        connect_to_redis().setex(_CACHE_KEY, seconds, json.dumps(figures))
    except RedisError:
        # Without the cache home costs three queries, which is no reason to refuse it.
        return
