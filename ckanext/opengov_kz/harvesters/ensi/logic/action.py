"""The verbs of classifiers: their items as of a day, their versions, and what changed since one."""

from __future__ import annotations

from typing import Any

from ckan import model
from ckan.plugins import toolkit
from ckan.types import Context, DataDict, Schema

from ckanext.opengov_kz.harvesters.ensi import reading
from ckanext.opengov_kz.harvesters.ensi.logic import schema as schemas
from ckanext.opengov_kz.harvesters.ensi.logic.validators import harvesting_text
from ckanext.opengov_kz.harvesters.ensi.reading import Question
from ckanext.opengov_kz.publishing.words import publishing_today


@toolkit.side_effect_free
def harvesting_classifier_show(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Show the items of a classifier that were in force on a day.

    :param id: id or name of the classifier's dataset
    :param date: the day, as year-month-day; today by default
    :param parent: a code, for the items directly under it; empty for the top of the tree; left out for all items
    :param q: words or a code to search for; each item found then has its `path`, from the top down
    :param limit: how many, at most 1000 (default 100)
    :param offset: from which one on, in the order of the codes
    :returns: ``{"date", "resource_id", "total", "items": [{"id", "code", "parent_code", "name_kk", "name_ru", "level",
        "valid_from", "valid_to", "status", "since", "until", "children"}]}``: in force in [since, until), null is no
        bound; `children` is the number of items directly under it. Where periods of one code overlap, all of them come.

    Errors: NotAuthorized; ObjectNotFound for what is no classifier; ValidationError.
    """
    resource_id, data = _asked(context, data_dict, "harvesting_classifier_show", schemas.items())
    question = Question(resource_id, data.get("date") or publishing_today(), data.get("parent"), data.get("q") or "")
    total, items = reading.items(question, data["limit"], data["offset"])
    if question.search and items:
        paths = reading.paths(question, [item["code"] for item in items])
        for item in items:
            item["path"] = paths.get(item["code"], [])
    return {"date": question.day.isoformat(), "resource_id": resource_id, "total": total, "items": items}


@toolkit.side_effect_free
def harvesting_classifier_item_show(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Show where an item of a classifier stands, and all its periods.

    :param id: id or name of the classifier's dataset
    :param code: the item's code
    :param date: the day, as year-month-day; today by default
    :returns: ``{"date", "code", "path", "place", "states"}``: `path` from the top down to the item, empty when it was
        not in force on that day; `place` counts the items before it under the same parent; `states` are its periods,
        the newest first.

    Errors: NotAuthorized; ObjectNotFound for what is no classifier and for a code that it never had; ValidationError.
    """
    resource_id, data = _asked(context, data_dict, "harvesting_classifier_item_show", schemas.item())
    code, day = data["code"], data.get("date") or publishing_today()
    states = reading.states(resource_id, code)
    if not states:
        raise toolkit.ObjectNotFound(toolkit._("The classifier has no item “{code}”.").format(code=code))
    path = reading.paths(Question(resource_id, day), [code]).get(code, [])
    parent = path[-2]["code"] if len(path) > 1 else ""
    place = reading.place_of(Question(resource_id, day, parent), code)
    return {"date": day.isoformat(), "code": code, "path": path, "place": place, "states": states}


@toolkit.side_effect_free
def harvesting_classifier_version_list(context: Context, data_dict: DataDict) -> list[dict[str, Any]]:
    """List the versions of a classifier that were loaded, the newest first.

    :param id: id or name of the classifier's dataset
    :returns: ``[{"version", "in_force", "loaded", "whole_loaded", "first", "added", "changed", "closed", "findings",
        "mark"}]``: `in_force` is the agency's date or null; the counts are items; `findings` tells what is odd in the
        version as a whole, as ``{"counts": {reason: number}, "samples": [[reason, code]]}``.

    Errors: NotAuthorized; ObjectNotFound for what is no classifier.
    """
    resource_id, _data = _asked(context, data_dict, "harvesting_classifier_version_list", schemas.classifier())
    return reading.versions(resource_id)


@toolkit.side_effect_free
def harvesting_classifier_change_list(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """List what was added, changed and closed in a classifier.

    :param id: id or name of the classifier's dataset
    :param since: a version: changes that were loaded after it; by default everything, the first version as added items
    :param since_date: a day: changes that were loaded from that day on (UTC)
    :param after: the `id` of a change: those after it, to go on from the last one that is known
    :param newest_first: the newest change first, not the oldest
    :param limit: how many, at most 1000 (default 100)
    :param offset: from which one on
    :returns: ``{"version", "total", "changes": [{"id", "kind", "version", "recorded", "item", "previous"}]}``: `kind`
        is added, changed, closed, reopened, or past (a period that was told later); the outer `version` is the newest.

    Errors: NotAuthorized; ObjectNotFound for what is no classifier; ValidationError, also for an unknown version.
    """
    resource_id, data = _asked(context, data_dict, "harvesting_classifier_change_list", schemas.changes())
    versions = reading.versions(resource_id)
    after = data["after"]
    if since := data.get("since"):
        marks = [version["mark"] for version in versions if harvesting_text(version["version"]) == since]
        if not marks:
            text = toolkit._("The version “{version}” is not known here.").format(version=since)
            raise toolkit.ValidationError({"since": [text]})
        after = max(after, marks[0])
    total, changes = reading.changes(
        resource_id,
        after=after,
        since=data.get("since_date"),
        limit=data["limit"],
        offset=data["offset"],
        newest_first=data["newest_first"],
    )
    return {"version": versions[0]["version"] if versions else None, "total": total, "changes": changes}


def _asked(context: Context, data_dict: DataDict, action: str, schema: Schema) -> tuple[str, dict[str, Any]]:
    """The resource that is asked for, and the checked parameters."""
    data, errors = toolkit.navl_validate(data_dict, schema, context)
    if errors:
        raise toolkit.ValidationError(errors)
    toolkit.check_access(action, context, {"id": data["id"]})
    package = model.Package.get(data["id"])
    resource_id = reading.classifier_of(package.id) if package else None
    if resource_id is None:
        raise toolkit.ObjectNotFound(toolkit._("This dataset is not a classifier."))
    return resource_id, data
