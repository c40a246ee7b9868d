"""What harvesters do in the portal, as the portal itself: a table's dataset and its resource with a dictionary."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ckan import model
from ckan.plugins import toolkit


def call(action: str, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Calls an action as the portal itself; what it publishes may lack a language."""
    site_user = toolkit.get_action("get_site_user")({"ignore_auth": True}, {})
    context: Any = {"user": site_user["name"], "ignore_auth": True, "opengov_import": True}
    return toolkit.get_action(action)(context, data_dict)


def ensure_package(wanted: dict[str, Any]) -> dict[str, Any]:
    """The dataset of a table; made if it is not there, left as its publisher edited it otherwise."""
    try:
        return call("package_show", {"id": wanted["name"]})
    except toolkit.ObjectNotFound:
        groups = [group for group in wanted.get("groups", []) if model.Group.get(group["name"])]
        return call("package_create", {**wanted, "groups": groups, "private": False})


def ensure_resource(
    package: dict[str, Any], wanted: dict[str, Any], fields: list[dict[str, Any]], key: Iterable[str]
) -> dict[str, Any]:
    """The dataset's table, with its dictionary."""
    for resource in package["resources"]:
        if resource.get("datastore_active"):
            return resource
    made = call(
        "datastore_create",
        {
            "resource": {"package_id": package["id"], **wanted},
            "fields": fields,
            "primary_key": list(key),
            "force": True,
        },
    )
    return call("resource_show", {"id": made["resource_id"]})
