"""When files are prepared: a job for each table after its rows changed, in a queue of its own.

However often a table changes, one run waits for it: a change during a run makes one more run, and large tables gather
their changes for a while. A run that failed or whose worker was killed is repeated by the queue; what became of the
last one stands in CKAN's task_status.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta
from typing import Any

from ckan import model
from ckan.lib import jobs
from ckan.lib.redis import connect_to_redis
from ckan.plugins import toolkit
from ckan.types import Context
from redis.exceptions import RedisError
from rq import Retry

from ckanext.opengov_kz.shared.languages import LANGUAGES

from .exports import FORMATS, ExportError, columns_of, export_table, state_of, store
from .exports_arrow import ExportAbout

log = logging.getLogger(__name__)

QUEUE = "exports"
_TIMEOUT = 6 * 3600
_AGAIN = (60, 600, 3600)
_WAITING_STATES = {"queued", "scheduled", "deferred"}
_TASK = {"entity_type": "resource", "task_type": "opengov_publishing", "key": "export"}


def request_export(resource_id: str, *, at_once: bool = False) -> bool:
    """Queues a run for a table, unless one waits already; whether it was queued.

    A table of more rows than `opengov.publishing.export_at_once_rows` waits for further changes, unless `at_once`.
    Raises RedisError while Redis is away.
    """
    if waits(resource_id):
        return False
    large = _rows(resource_id) > toolkit.config["opengov.publishing.export_at_once_rows"]
    pause = 0 if at_once or not large else toolkit.config["opengov.publishing.export_wait_seconds"]
    _enqueue(resource_id, pause)
    return True


def waits(resource_id: str) -> bool:
    """Whether a run waits in the queue; one that is going on waits no longer."""
    name = connect_to_redis().get(_note(resource_id))
    if name is None:
        return False
    try:
        return jobs.job_from_id(name.decode()).get_status() in _WAITING_STATES  # type: ignore[union-attr]
    except KeyError:  # the queue was emptied
        return False


def _enqueue(resource_id: str, pause: int) -> None:
    more: dict[str, Any] = {"retry": Retry(max=len(_AGAIN), interval=list(_AGAIN))}
    title = f"prepared downloads: {resource_id}"
    if pause:
        more |= {"job_timeout": _TIMEOUT, "meta": {"title": title}}
        job = jobs.get_queue(QUEUE).enqueue_in(timedelta(seconds=pause), run, resource_id, **more)
    else:
        job = toolkit.enqueue_job(run, [resource_id], title=title, queue=QUEUE, rq_kwargs=more | {"timeout": _TIMEOUT})
    connect_to_redis().set(_note(resource_id), job.id, ex=7 * 24 * 3600)


def _note(resource_id: str) -> str:
    return f"{toolkit.config['ckan.site_id']}:opengov-export:{resource_id}"


def _rows(resource_id: str) -> int:
    return (store().manifest(resource_id) or {}).get("rows", 0)


def run(resource_id: str) -> None:
    """The job: prepares a table's files, unless they are of its present state already.

    Raises ExportError, so that the queue repeats it; what happened is noted before.
    """
    if is_current(resource_id):
        return
    try:
        prepare(resource_id)
    except ExportError as error:
        if error.code == "busy":
            _enqueue(resource_id, 60)
            return
        if error.code == "no_table":
            store().remove(resource_id)
            return
        raise


def is_current(resource_id: str) -> bool:
    """Whether the prepared files are of the table's present rows and columns, in the formats that are switched on."""
    manifest = store().manifest(resource_id)
    return (
        manifest is not None
        and manifest["state"] == state_of(resource_id)
        and [file["format"] for file in manifest["files"]] == formats()
        and manifest["columns"] == columns_of(resource_id)
    )


def formats() -> list[str]:
    """The formats that are switched on, in the order of `FORMATS`."""
    chosen = toolkit.config["opengov.publishing.export_formats"]
    return [name for name in FORMATS if name in chosen]


def prepare(resource_id: str) -> dict[str, Any]:
    """Prepares a table's files now, and notes what became of it; the manifest. Raises ExportError."""
    dataset, resource = _found(resource_id)
    if resource is None:
        raise ExportError("no_table", resource_id)
    _note_state(resource_id, "running")
    try:
        manifest = export_table(resource_id, lambda taken: _about(dataset, resource, taken), formats(), store())
    except ExportError as error:
        if error.code != "busy":
            log.exception("The files of the table %s could not be prepared", resource_id)
            _note_state(resource_id, "failed", error.code)
        raise
    _note_state(resource_id, "ready")
    return manifest


def last_run(resource_id: str) -> dict[str, str]:
    """What became of the last run: `state` (running, failed, ready), `code` of the failure, `at` (ISO 8601, UTC)."""
    try:
        task = toolkit.get_action("task_status_show")(_site(), {"entity_id": resource_id, **_TASK})
    except toolkit.ObjectNotFound:
        return {}
    at = datetime.fromisoformat(task["last_updated"]).replace(tzinfo=UTC).isoformat(timespec="seconds")
    return {"state": task["state"], "code": json.loads(task["error"] or '""'), "at": at}


def _note_state(resource_id: str, state: str, code: str = "") -> None:
    status: dict[str, Any] = {"entity_id": resource_id, **_TASK, "value": "", "state": state, "error": json.dumps(code)}
    status["last_updated"] = datetime.now(UTC).replace(tzinfo=None).isoformat()
    context = _site()
    try:
        # It leaves the stored status in the context, where the update looks for it.
        toolkit.get_action("task_status_show")(context, {"entity_id": resource_id, **_TASK})
    except toolkit.ObjectNotFound:
        context = _site()
    toolkit.get_action("task_status_update")(context, status)


def remove(resource_id: str) -> None:
    """Removes the files of a table and what is noted of them; what the disk refuses, the nightly round tries again."""
    try:
        store().remove(resource_id)
    except OSError as error:
        log.warning("The files of the table %s are not removed yet: %s", resource_id, error)
    try:
        task = toolkit.get_action("task_status_show")(_site(), {"entity_id": resource_id, **_TASK})
    except toolkit.ObjectNotFound:
        return
    toolkit.get_action("task_status_delete")(_site(), {"id": task["id"]})


def clean() -> dict[str, list[str]]:
    """Brings files and tables into step: what a lost job, another writer of the DataStore or a deletion left behind.

    Returns the ids of resources: `removed` (no longer there, files removed) and `queued` (files of an older state).
    """
    there = _resources_with_tables()
    removed = [resource_id for resource_id in store().resources() if resource_id not in there]
    for resource_id in removed:
        remove(resource_id)
    outdated = [resource_id for resource_id in sorted(there) if formats() and not is_current(resource_id)]
    return {"removed": removed, "queued": [name for name in outdated if request_export(name, at_once=True)]}


def plan() -> datetime | None:
    """Puts the next night's `clean` into the queue; planned by many processes, it is still one job.

    Returns when, in UTC: at midnight there, which is early morning in Kazakhstan; None while Redis is away.
    """
    tomorrow = datetime.now(UTC).date() + timedelta(days=1)
    due = datetime.combine(tomorrow, time(), UTC)
    name = f"opengov-exports-clean-{tomorrow:%Y-%m-%d}"
    title = {"title": "prepared downloads: nightly round"}
    try:
        jobs.get_queue(QUEUE).enqueue_at(due, _nightly, job_id=name, job_timeout=_TIMEOUT, meta=title)
    except RedisError as error:
        log.warning("The nightly round of the prepared downloads is not planned: %s", error)
        return None
    return due


def _nightly() -> None:
    # First of all: whatever happens tonight, tomorrow comes.
    plan()
    log.info("Prepared downloads: %s", {name: len(ids) for name, ids in clean().items()})


def _resources_with_tables() -> set[str]:
    resources = model.Session.query(model.Resource).join(model.Package)
    active = resources.filter(model.Resource.state == model.State.ACTIVE, model.Package.state == model.State.ACTIVE)
    return {found.id for found in active.yield_per(1000) if (found.extras or {}).get("datastore_active")}


def changed(resource_id: str) -> None:
    """Asks for a run after rows changed. Whatever is away: the rows stand, and the nightly round comes."""
    resource = model.Resource.get(resource_id)
    if resource is None or resource.state != model.State.ACTIVE or not formats():
        return
    try:
        request_export(resource_id)
    except RedisError as error:
        log.warning("The files of the table %s are not asked for: %s", resource_id, error)


def _found(resource_id: str) -> tuple[dict[str, Any], dict[str, Any] | None]:
    resource = model.Resource.get(resource_id)
    if resource is None or resource.state != model.State.ACTIVE:
        return {}, None
    try:
        dataset = toolkit.get_action("package_show")(_site(), {"id": resource.package_id})
    except toolkit.ObjectNotFound:
        return {}, None
    return dataset, next((one for one in dataset["resources"] if one["id"] == resource_id), None)


def _about(dataset: Mapping[str, Any], resource: Mapping[str, Any], taken: str) -> ExportAbout:
    titles = [_texts(dataset, "title"), _texts(resource, "name")]
    joined = {
        language: ": ".join(dict.fromkeys(filter(None, (texts.get(language) for texts in titles))))
        for language in LANGUAGES
    }
    publisher: Mapping[str, Any] = {}
    if dataset.get("owner_org"):
        asked = {"id": dataset["owner_org"], "include_users": False, "include_dataset_count": False}
        publisher = toolkit.get_action("organization_show")(_site(), asked)
    licence = " ".join(filter(None, (dataset.get("license_title"), dataset.get("license_url"))))
    source = f"{toolkit.config['ckan.site_url']}/dataset/{dataset['name']}"
    return ExportAbout(joined, _texts(publisher, "title"), licence, source, taken)


def _texts(record: Mapping[str, Any], name: str) -> dict[str, str]:
    translated = record.get(f"{name}_translated")
    if not isinstance(translated, Mapping):
        translated = {LANGUAGES[0]: record.get(name)}
    return {language: str(translated.get(language) or "") for language in LANGUAGES}


def _site() -> Context:
    return Context(ignore_auth=True, user=toolkit.get_action("get_site_user")(Context(ignore_auth=True), {})["name"])
