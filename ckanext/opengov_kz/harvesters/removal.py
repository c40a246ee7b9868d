"""Taking away what came from a source, as a job of the queue: thousands of datasets take longer than a page may.

ckanext-harvest's own way deletes the records by SQL and leaves the tables with their rows behind.
"""

from __future__ import annotations

import logging
from typing import Any

from ckan import model
from ckan.plugins import toolkit

from ckanext.opengov_kz.harvesters.health import dataset_ids
from ckanext.opengov_kz.harvesters.model import SourceState

log = logging.getLogger(__name__)

TITLE = "harvest: take away the data of a source"
_TIMEOUT = 6 * 3600


def begin(source_id: str) -> None:
    """Queue it; what was begun and broke off goes on with the next try."""
    toolkit.enqueue_job(remove, [source_id], title=TITLE, rq_kwargs={"timeout": _TIMEOUT})


def remove(source_id: str) -> None:
    """Purge the datasets of a source with their tables, then its history; the source stays.

    Each dataset that is gone is no longer in the history, so a job that broke off goes on with the others.
    """
    datasets = dataset_ids(source_id)
    for dataset_id in datasets:
        _purge(dataset_id)
    _call("harvest_source_job_history_clear", {"id": source_id})
    state = model.Session.get(SourceState, source_id)
    if state is not None:
        state.last_success = state.failing_since = state.problem = state.judged_job_id = None
        state.owed = ""
        model.Session.commit()
    log.info("%d datasets of the harvest source %s were taken away", len(datasets), source_id)


def _purge(dataset_id: str) -> None:
    package = model.Package.get(dataset_id)
    if package is None:
        return
    for resource in package.resources_all:
        try:
            _call("datastore_delete", {"resource_id": resource.id, "force": True})
        except toolkit.ObjectNotFound:
            log.debug("The resource %s has no table", resource.id)
    _call("dataset_purge", {"id": dataset_id})


def _call(action: str, data_dict: dict[str, Any]) -> None:
    site_user = toolkit.get_action("get_site_user")({"ignore_auth": True}, {})
    context: Any = {"user": site_user["name"], "ignore_auth": True, "model": model, "session": model.Session}
    toolkit.get_action(action)(context, data_dict)
