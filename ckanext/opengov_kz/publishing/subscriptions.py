"""What publishing reacts to, as one table of signals."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ckan import model
from ckan.plugins import toolkit
from flask import Flask, has_request_context

from ckanext.opengov_kz.publishing import runs
from ckanext.opengov_kz.publishing.words import publishing_merge_error
from ckanext.opengov_kz.shared import notifications

if TYPE_CHECKING:
    from ckan.types import SignalMapping

_app: Flask | None = None


def remember_app(app: Flask) -> None:
    """Keep the application of this process: jobs have no request, and the templates of mails want one."""
    global _app  # noqa: PLW0603 - CKAN gives it once, to `make_middleware` alone
    _app = app


def get_subscriptions() -> SignalMapping:
    """Signal → who reacts."""
    held = toolkit.signals.ckanext.signal("opengov_publishing:merge_held")
    return {held: [tell_owners]}


def tell_owners(resource_id: str, *, run_id: str) -> None:
    """A load was held back: everyone of the body that owns the table learns of it."""
    resource = model.Resource.get(resource_id)
    run = runs.found(resource_id, run_id)
    if resource is None or run is None or not resource.package.owner_org:
        return
    if has_request_context() or _app is None:
        _mail(resource.package, resource_id, run)
        return
    with _app.test_request_context():
        _mail(resource.package, resource_id, run)


def _mail(package: model.Package, resource_id: str, run: dict[str, object]) -> None:
    context = {"ignore_auth": True}
    dataset = toolkit.get_action("package_show")(context, {"id": package.id})  # type: ignore[arg-type]
    members = toolkit.get_action("member_list")({"ignore_auth": True}, {"id": package.owner_org, "object_type": "user"})
    for user_id, _kind, _role in members:
        notifications.notify(
            user_id,
            "rows_held",
            dataset=dataset,
            resource_id=resource_id,
            run=run,
            reason=lambda: publishing_merge_error(str(run["code"]), str(run["detail"])),
        )
