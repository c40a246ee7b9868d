"""What publishing reacts to, as one table of signals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ckan import model
from ckan.plugins import toolkit

from . import exports_queue
from .signals import rows_merged

if TYPE_CHECKING:
    from ckan.types import SignalMapping

    from .rows import MergeReport


def get_subscriptions() -> SignalMapping:
    """Signal → who reacts."""
    done = toolkit.signals.action_succeeded
    return {
        rows_merged: [prepare_files],
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
