"""The verbs of publishing."""

from __future__ import annotations

from typing import Any

from ckan.plugins import toolkit
from ckan.types import Action, Context, DataDict

from ckanext.opengov_kz.publishing import fulltext, table, words
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
