"""The verbs of publishing."""

from __future__ import annotations

from typing import Any

from ckan.plugins import toolkit
from ckan.types import Action, Context, DataDict
from redis.exceptions import RedisError

from ckanext.opengov_kz.publishing import (
    changes,
    column_words,
    columns,
    exports,
    exports_queue,
    fulltext,
    runs,
    sources,
    state,
    words,
)
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
    """Bring the DataStore table of a resource into step with rows.

    :param resource_id: the resource, whose table exists
    :param rows: a list of objects, or JSON Lines in a string; the limit is opengov.publishing.merge_rows_max
    :param upload: instead of `rows`, a file of any number of rows: JSON Lines (.jsonl, .ndjson) or CSV in UTF-8, with
        the names of the columns in its first line
    :param key: names of the columns that identify a row
    :param mode: `snapshot` (default: what is absent is closed or deleted), `delta` or `append`
    :param force: take a snapshot that closes or rejects more rows than is usual
    :returns: the report: read, inserted, updated, unchanged, closed, rejected, errors, seconds

    Errors: NotAuthorized, ObjectNotFound, ValidationError with the reason in words. In each case nothing was written.
    """
    toolkit.check_access("publishing_rows_merge", context, data_dict)
    schema = schemas.rows_merge_schema()
    upload = data_dict.get("upload")
    if upload is None:
        data = _valid(context, data_dict, schema)
        return _merged(context, data, data["rows"])
    del schema["rows"]
    data = _valid(context, data_dict, schema)
    with sources.spooled(upload) as file:
        if file is None:
            raise toolkit.ValidationError({"upload": [toolkit._("Give a CSV or JSON Lines file.")]})
        return _merged(context, data, file)


def _merged(context: Context, data: dict[str, Any], rows: Any) -> dict[str, Any]:
    limits = Limits(rejected_share=1, closed_share=1) if data["force"] else None
    try:
        report = merge_rows(
            data["resource_id"],
            rows,
            key=data.get("key") or (),
            mode=data["mode"],
            today=words.publishing_today(),
            limits=limits,
            author=context.get("user") or "",
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


def publishing_columns_change(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Rename, remove and retype columns of the table of a resource, all or nothing.

    :param resource_id: the resource, whose table exists
    :param rename: an object, old name → new name
    :param remove: names of columns; their values are deleted, also from the list of changes
    :param types: an object, column → type: text, integer, bigint, numeric, double precision, boolean, date, timestamp
    :param confirm: without it nothing is changed, and the answer says what would be
    :returns: `done`; `lost` (removed column → number of its values)

    Errors: NotAuthorized; ObjectNotFound; ValidationError, where a value does not fit a new type with `unfit`: column,
    row (`_id`) and value of the first of them. In each case nothing was changed.
    """
    toolkit.check_access("publishing_columns_change", context, data_dict)
    data = _valid(context, data_dict, schemas.columns_change_schema())
    change = columns.Change(data["rename"], data["remove"], data["types"])
    if not (change.rename or change.remove or change.types):
        raise toolkit.ValidationError({"remove": [toolkit._("Say which columns are to be changed.")]})
    try:
        if data["confirm"]:
            found = columns.change_columns(data["resource_id"], change, context.get("user") or "")
        else:
            found = columns.consequences(data["resource_id"], change)
    except columns.ColumnsRefused as refused:
        told = [column_words.publishing_column_problem(one.code, one.column) for one in refused.problems]
        raise toolkit.ValidationError({"columns": told}) from refused
    except MergeError as error:
        if error.code == "no_table":
            raise toolkit.ObjectNotFound(toolkit._("The resource has no table.")) from error
        raise toolkit.ValidationError({"columns": [words.publishing_merge_error(error.code, error.detail)]}) from error
    if found.unfit_count:
        unfit = [{"column": column, "row": row, "value": value} for column, row, value in found.unfit]
        told = [
            toolkit._("{number} values of the column {name} do not fit the new type.").format(number=number, name=name)
            for name, number in found.unfit_count.items()
        ]
        problem: dict[str, Any] = {"types": told, "unfit": unfit}
        raise toolkit.ValidationError(problem)
    return {"done": data["confirm"], "lost": found.lost}


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
    found = state.table_state(resource_id)
    if found is None:
        raise toolkit.ObjectNotFound(toolkit._("The resource has no table."))
    info = toolkit.get_action("datastore_info")(
        {"ignore_auth": True}, {"id": resource_id, "include_meta": False, "include_fields_schema": False}
    )
    return {"fields": info["fields"], "state": found.word, "merged": found.merged}


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


@toolkit.side_effect_free
def publishing_run_list(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """List the loads into the table of a resource, the latest first.

    :param resource_id: the resource
    :param limit: how many (default 20)
    :param offset: from which on (default 0)
    :returns: `count` of all and `runs`: each with id, mode, state (running, done, held, failed), code and detail of
        what hindered it, began, ended, read, inserted, updated, unchanged, closed, rejected, seconds by stage, and
        author (only for the people of the body, as is the detail of what the database refused)

    Errors: NotAuthorized, ObjectNotFound, ValidationError.
    """
    toolkit.check_access("publishing_run_list", context, data_dict)
    data = _valid(context, data_dict, schemas.run_list_schema())
    count, found = runs.listed(data["resource_id"], data["limit"], data["offset"])
    of_the_body = _is_of_the_body(context, data["resource_id"])
    return {"count": count, "runs": [_for_reader(run, of_the_body=of_the_body) for run in found]}


@toolkit.side_effect_free
def publishing_run_show(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Show one load into the table of a resource.

    :param resource_id: the resource
    :param run_id: the load
    :returns: as one of publishing_run_list

    Errors: NotAuthorized; ObjectNotFound where this resource has no such load; ValidationError.
    """
    toolkit.check_access("publishing_run_show", context, data_dict)
    run = _run(_valid(context, data_dict, schemas.run_show_schema()))
    return _for_reader(run, of_the_body=_is_of_the_body(context, run["resource_id"]))


@toolkit.side_effect_free
def publishing_reject_list(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """List the rows that a load rejected, for the people of the body.

    :param resource_id: the resource
    :param run_id: the load
    :param limit: how many (default 20)
    :param offset: from which on (default 0)
    :returns: `count` of those that are kept and `rows`: number in the input from 1, column, value (its first 200
        characters), reason (a code) and message (the reason in words)

    Errors: NotAuthorized; ObjectNotFound where this resource has no such load; ValidationError.
    """
    toolkit.check_access("publishing_reject_list", context, data_dict)
    data = _valid(context, data_dict, schemas.reject_list_schema())
    count, rows = runs.rejected(_run(data)["id"], data["limit"], data["offset"])
    return {"count": count, "rows": [row | {"message": words.publishing_reject_reason(row["reason"])} for row in rows]}


@toolkit.side_effect_free
def publishing_change_list(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """List the rows of a table that differ between two times, or before and after one load.

    :param resource_id: the resource
    :param run_id: one load; else all loads that began after `since` and not after `until` count together
    :param since: a time in ISO 8601, or a day, whose end it is; without it, from the first load on
    :param until: the same; without it, to the last load
    :param limit: how many (default 20)
    :param offset: from which on (default 0)
    :returns: `counts` (added, changed, closed), `changes` (kind, key, columns, before, after), `runs` (the loads
        compared) and `missing` (those of them whose rows are not listed: the first load, one that changed more rows
        than are kept, and those that are too long ago; without them the list is not complete)

    Errors: NotAuthorized; ObjectNotFound where this resource has no such load; ValidationError.
    """
    toolkit.check_access("publishing_change_list", context, data_dict)
    data = _valid(context, data_dict, schemas.change_list_schema())
    resource_id = data["resource_id"]
    if data.get("run_id"):
        chosen = [run for run in [_run(data)] if run["inserted"] + run["updated"] + run["closed"]]
    else:
        chosen = runs.writing(resource_id, data.get("since"), data.get("until"))
    listed = changes.kept(resource_id, [run["id"] for run in chosen if run["changes_kept"]])
    counts, found = changes.between(resource_id, sorted(listed), data["limit"], data["offset"])
    of_the_body = _is_of_the_body(context, resource_id)
    shown = [_for_reader(run, of_the_body=of_the_body) for run in chosen]
    return {
        "counts": {kind: counts.get(kind, 0) for kind in ("added", "changed", "closed")},
        "changes": [
            {
                "kind": change.kind,
                "key": change.key,
                "columns": change.columns,
                "before": change.before,
                "after": change.after,
            }
            for change in found
        ],
        "runs": shown,
        "missing": [run for run in shown if run["id"] not in listed],
    }


def publishing_changes_forget(context: Context, data_dict: DataDict) -> dict[str, int]:
    """Delete the list of changed rows of a resource: where a value must disappear at once, also what it was before.

    :param resource_id: the resource
    :returns: `forgotten`: how many rows the list had. The rows of the table and the counts of its loads stay.

    Errors: NotAuthorized, ObjectNotFound.
    """
    toolkit.check_access("publishing_changes_forget", context, data_dict)
    return {"forgotten": changes.forget(data_dict["resource_id"])}


def _valid(context: Context, data_dict: DataDict, schema: Any) -> dict[str, Any]:
    data, errors = toolkit.navl_validate(data_dict, schema, context)
    if errors:
        raise toolkit.ValidationError(errors)
    return data


def _run(data: dict[str, Any]) -> dict[str, Any]:
    run = runs.found(data["resource_id"], data["run_id"])
    if run is None:
        raise toolkit.ObjectNotFound(toolkit._("There is no such load."))
    return run


def _for_reader(run: dict[str, Any], *, of_the_body: bool) -> dict[str, Any]:
    """Who loaded the rows, and what the database said of them, is not for everyone."""
    hidden = set() if of_the_body else {"author", "detail"} if run["code"] == "database" else {"author"}
    return {name: value for name, value in run.items() if name not in hidden}


def _is_of_the_body(context: Context, resource_id: str) -> bool:
    if context.get("ignore_auth"):
        return True
    try:
        toolkit.check_access("publishing_reject_list", dict(context), {"resource_id": resource_id})  # type: ignore[arg-type]
    except toolkit.NotAuthorized:
        return False
    return True
