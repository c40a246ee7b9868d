"""What publishing reacts to, as one table of signals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ckan import model
from ckan.plugins import toolkit
from flask import Flask, has_request_context

from ckanext.opengov_kz.publishing import exports_queue, runs
from ckanext.opengov_kz.publishing.words import publishing_merge_error
from ckanext.opengov_kz.shared import notifications

from .signals import columns_changed, rows_merged

if TYPE_CHECKING:
    from ckan.types import SignalMapping

    from ckanext.opengov_kz.publishing.report import MergeReport

_app: Flask | None = None


def remember_app(app: Flask) -> None:
    """Keep the application of this process: jobs have no request, and the templates of mails want one."""
    global _app  # noqa: PLW0603 - CKAN gives it once, to `make_middleware` alone
    _app = app


def get_subscriptions() -> SignalMapping:
    """Signal → who reacts."""
    done = toolkit.signals.action_succeeded
    held = toolkit.signals.ckanext.signal("opengov_publishing:merge_held")
    return {
        rows_merged: [prepare_files],
        columns_changed: [exports_queue.changed],
        held: [tell_owners],
        done: [
            {"sender": "datastore_create", "receiver": prepare_files_again},
            {"sender": "datastore_upsert", "receiver": prepare_files_again},
            {"sender": "datastore_delete", "receiver": forget_rows},
            {"sender": "datastore_records_delete", "receiver": prepare_files_again},
            {"sender": "resource_delete", "receiver": remove_files},
            {"sender": "package_delete", "receiver": remove_files_of_dataset},
        ],
    }


def prepare_files(resource_id: str, *, report: MergeReport) -> None:
    """The corridor changed rows: the files of the table are of an older state now."""
    if report.changed:
        exports_queue.changed(resource_id)


def prepare_files_again(_action: str, *, data_dict: dict[str, Any], **_rest: Any) -> None:
    """Rows came by the DataStore's own way."""
    if resource_id := data_dict.get("resource_id"):
        exports_queue.changed(resource_id)


def forget_rows(_action: str, *, data_dict: dict[str, Any], **_rest: Any) -> None:
    """Rows, or without a filter the whole table, were deleted."""
    if "filters" in data_dict:
        exports_queue.changed(data_dict["resource_id"])
    else:
        exports_queue.remove(data_dict["resource_id"])


def remove_files(_action: str, *, data_dict: dict[str, Any], **_rest: Any) -> None:
    """A resource was deleted."""
    exports_queue.remove(data_dict["id"])


def remove_files_of_dataset(_action: str, *, data_dict: dict[str, Any], **_rest: Any) -> None:
    """A dataset was deleted, with all its resources."""
    dataset = model.Package.get(data_dict["id"])
    for resource in dataset.resources_all if dataset is not None else ():
        exports_queue.remove(resource.id)


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
