"""What the catalogue reacts to, as one table of signals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ckan.authz import get_roles_with_permission
from ckan.plugins import toolkit

from ckanext.opengov_kz.catalogue.logic.auth import PUBLISH
from ckanext.opengov_kz.shared import notifications

if TYPE_CHECKING:
    from ckan.types import SignalMapping


def get_subscriptions() -> SignalMapping:
    """Signal → who reacts."""
    reviewed = toolkit.signals.ckanext.signal("opengov_catalogue:reviewed")
    return {
        reviewed: [
            {"sender": "submit", "receiver": tell_editors},
            {"sender": "publish", "receiver": tell_author},
            {"sender": "return", "receiver": tell_author},
            {"sender": "withdraw", "receiver": tell_author},
        ]
    }


def tell_editors(_step: str, *, dataset: dict[str, Any], event: dict[str, Any], **_rest: Any) -> None:
    """A dataset waits: everyone who may publish it learns of it, apart from who submitted it."""
    for role in get_roles_with_permission(PUBLISH):
        members = toolkit.get_action("member_list")(
            {"ignore_auth": True}, {"id": dataset["owner_org"], "object_type": "user", "capacity": role}
        )
        for user_id, _kind, _role in members:
            if user_id != event["user_id"]:
                notifications.notify(user_id, "dataset_submit", dataset=dataset, event=event)


def tell_author(step: str, *, dataset: dict[str, Any], event: dict[str, Any], author_id: str) -> None:
    """What happened to a dataset, to its author, unless they did it themselves."""
    if author_id != event["user_id"]:
        notifications.notify(author_id, f"dataset_{step}", dataset=dataset, event=event)
