"""The verbs of publishing."""

from __future__ import annotations

from typing import Any

from ckan.plugins import toolkit
from ckan.types import Action, Context, DataDict
from redis.exceptions import RedisError

from ckanext.opengov_kz.publishing import exports, exports_queue, fulltext, table, words
from ckanext.opengov_kz.publishing.logic import schema as schemas
from ckanext.opengov_kz.publishing.rows import Limits, MergeError, merge_rows


@toolkit.side_effect_free
@toolkit.chained_action
def datastore_search(original: Action, context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Search rows as CKAN does; plain words in `q` find rows with any of their forms, in Kazakh and in Russian."""
    text = data_dict.get("q")
    own = data_dict.get("full_text") or data_dict.get("language") or not toolkit.asbool(data_dict.get("plain", True))
    if not isinstance(text, str) or own:
        return original(context, data_dict)
    words = fulltext.full_text_query(text, beginnings=False)
    return original(context, {**data_dict, "q": words, "plain": False} if words else data_dict)


def publishing_rows_merge(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Bring the DataStore table of a resource into step with rows; for small tables, as all come in one call.

    :param resource_id: the resource, whose table exists
    :param rows: a list of objects, or JSON Lines in a string; the limit is opengov.publishing.merge_rows_max
    :param key: names of the columns that identify a row
    :param mode: `snapshot` (default: what is absent is closed or deleted), `delta` or `append`
    :param force: take a snapshot that closes or rejects more rows than is usual
    :returns: the report: read, inserted, updated, unchanged, closed, rejected, errors, seconds

    Errors: NotAuthorized, ObjectNotFound, ValidationError with the reason in words. In each case nothing was written.
    """
    toolkit.check_access("publishing_rows_merge", context, data_dict)
    data, errors = toolkit.navl_validate(data_dict, schemas.rows_merge_schema(), context)
    if errors:
        raise toolkit.ValidationError(errors)
    limits = Limits(rejected_share=1, closed_share=1) if data["force"] else Limits()
    try:
        report = merge_rows(
            data["resource_id"],
            data["rows"],
            key=data.get("key") or (),
            mode=data["mode"],
            today=words.publishing_today(),
            limits=limits,
        )
    except MergeError as error:
        problem: dict[str, Any] = {"rows": [words.publishing_merge_error(error.code, error.detail)]}
        if error.report:
            problem["report"] = [error.report.as_dict()]
        raise toolkit.ValidationError(problem) from error
    result = report.as_dict()
    for row in result["errors"]:
        row["message"] = words.publishing_reject_reason(row["reason"])
    return result


@toolkit.side_effect_free
def publishing_table_show(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Show what the table of a resource is made of.

    :param resource_id: the resource
    :returns: `fields` (id, type, info: the data dictionary), `state` (changes with the rows: for ETag) and `merged`
        (when the corridor last changed the rows, ISO 8601, or None)

    Errors: NotAuthorized; ObjectNotFound where the resource has no table.
    """
    toolkit.check_access("publishing_table_show", context, data_dict)
    resource_id = data_dict["resource_id"]
    state = table.table_state(resource_id)
    if state is None:
        raise toolkit.ObjectNotFound(toolkit._("The resource has no table."))
    info = toolkit.get_action("datastore_info")(
        {"ignore_auth": True}, {"id": resource_id, "include_meta": False, "include_fields_schema": False}
    )
    return {"fields": info["fields"], "state": state.word, "merged": state.merged}


@toolkit.side_effect_free
def publishing_export_show(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Show the prepared files of a resource's table.

    :param resource_id: the resource
    :returns: `manifest` (rows, taken: the moment of the state, columns, files with name, format, media_type, bytes and
        sha256; None while no files are ready), `current` (whether the rows have not changed since), `waiting` (whether
        new files are on their way) and, for those who may change the resource, `last_run` (state, at, message)

    Errors: NotAuthorized; ObjectNotFound where the resource has no table.
    """
    toolkit.check_access("publishing_export_show", context, data_dict)
    resource_id = data_dict["resource_id"]
    state = exports.state_of(resource_id)
    if state is None:
        raise toolkit.ObjectNotFound(toolkit._("The resource has no table."))
    manifest = exports.store().manifest(resource_id)
    last_run = exports_queue.last_run(resource_id)
    try:
        waiting = exports_queue.waits(resource_id)
    except RedisError:
        waiting = False
    shown: dict[str, Any] = {
        "manifest": manifest,
        "current": manifest is not None and manifest["state"] == state,
        "waiting": waiting or last_run.get("state") == "running",
    }
    if _may_start_export(context, resource_id):
        message = words.publishing_export_error(last_run["code"]) if last_run.get("code") else ""
        shown["last_run"] = last_run | {"message": message} if last_run else {}
    return shown


def publishing_export_start(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Have the files of a resource's table prepared, as soon as the queue comes to it.

    :param resource_id: the resource
    :returns: `queued`: false where a run waits already

    Errors: NotAuthorized; ObjectNotFound where the resource has no table; ValidationError while the queue is away.
    """
    toolkit.check_access("publishing_export_start", context, data_dict)
    resource_id = data_dict["resource_id"]
    if exports.state_of(resource_id) is None:
        raise toolkit.ObjectNotFound(toolkit._("The resource has no table."))
    try:
        return {"queued": exports_queue.request_export(resource_id, at_once=True)}
    except RedisError as error:
        message = toolkit._("The queue of jobs cannot be reached. Try again in a few minutes.")
        raise toolkit.ValidationError({"resource_id": [message]}) from error


def _may_start_export(context: Context, resource_id: str) -> bool:
    try:
        toolkit.check_access("publishing_export_start", Context(**context), {"resource_id": resource_id})
    except toolkit.NotAuthorized:
        return False
    return True
