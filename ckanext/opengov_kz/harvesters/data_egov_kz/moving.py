"""Puts what was moved into the catalogue and the DataStore; each step finds what an interrupted run had made."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from ckan import model
from ckan.lib.redis import connect_to_redis
from ckan.lib.search import commit
from ckan.plugins import toolkit
from ckanext.harvest.model import HarvestObject
from werkzeug.datastructures import FileStorage

from ckanext.opengov_kz.harvesters.data_egov_kz import mapping, publishers
from ckanext.opengov_kz.harvesters.data_egov_kz.texts import Findings
from ckanext.opengov_kz.harvesters.portal import call
from ckanext.opengov_kz.harvesters.rules import Problem, Record, StageError
from ckanext.opengov_kz.publishing.columns import bring_columns
from ckanext.opengov_kz.publishing.state import table_state
from ckanext.opengov_kz.shared.languages import LANGUAGES

_COMMITTED = "opengov:moving:committed"
_COMMIT_SECONDS = 15


@contextmanager
def few_commits(harvest_object: Record) -> Iterator[None]:
    """Lets the search index commit once in a while and after the last dataset of a job, and not after each change.

    To wait for these commits was more than half of the time of a move.
    """
    before = toolkit.config["ckan.search.solr_commit"]
    toolkit.config["ckan.search.solr_commit"] = False
    try:
        yield
    finally:
        toolkit.config["ckan.search.solr_commit"] = before
        connection: Any = connect_to_redis()
        waiting = model.Session.query(HarvestObject.id).filter_by(
            harvest_job_id=harvest_object.harvest_job_id, state="WAITING"
        )
        if connection.set(_COMMITTED, 1, nx=True, ex=_COMMIT_SECONDS) or waiting.first() is None:
            commit()


def ensure_publisher(item: Mapping[str, Any], source_id: str, fallback: str, found: Findings) -> str:
    """The id of the publisher that an item's agency is here, made below the right one where it is missing.

    :param fallback: the publisher of the source, for an item that names no agency.
    """
    agency = publishers.agency(item, found)
    if agency is None:
        return fallback
    made_id = publishers.publisher_id(source_id, agency)
    known = _publishers()
    for entry in known:
        if entry.id == made_id:
            return made_id
    if entry := publishers.match(agency, known, found):
        return entry.id
    wanted = publishers.organization(agency, publishers.parent(agency, known), source_id)
    if model.Group.get(wanted["name"]) is not None:
        wanted["name"] = f"{wanted['name']}-{made_id[:8]}"
    try:
        call("organization_create", wanted)
    except toolkit.ValidationError:
        # Another consumer may have made it between the look and the deed.
        model.Session.rollback()
        if model.Group.get(made_id) is None:
            raise
    found["publisher_created"] += 1
    return made_id


def ensure_dataset(
    dataset_id: str, uri: str, passport: Mapping[str, Any], resources: Sequence[Mapping[str, Any]]
) -> bool:
    """Makes the dataset with its resources, or adds the resources that it lacks; whether it was made now.

    What a person has changed since stays. A dataset that was deleted here is not made again.
    """
    package = model.Package.get(dataset_id)
    if package is None:
        plain = mapping.dataset_name(uri)
        taken = model.Package.get(plain) is not None
        name = mapping.dataset_name(uri, other=True) if taken else plain
        groups = [group for group in passport["groups"] if model.Group.get(group["name"])]
        given = {**passport, "id": dataset_id, "name": name, "groups": groups, "private": False}
        call("package_create", {**given, "resources": [dict(resource) for resource in resources]})
        return True
    if package.state == model.State.DELETED:
        raise StageError(Problem("deleted_here", {"table": uri}))
    there = {resource.id for resource in package.resources}
    if any(resource["id"] not in there for resource in resources):
        stored = {entry["id"]: entry for entry in call("package_show", {"id": dataset_id})["resources"]}
        # The newest version first, as in the old portal; then what people have added here.
        ordered = [stored.pop(resource["id"], dict(resource)) for resource in resources]
        patch: dict[str, Any] = {"id": dataset_id, "resources": [*ordered, *stored.values()]}
        if "last_update" in passport:
            patch["last_update"] = passport["last_update"]
        call("package_patch", patch)
    return False


def ensure_file(dataset_id: str, resource: Mapping[str, Any], name: str, content: bytes) -> None:
    """Keeps the file of a dataset that is one; the stored file stays as it is when it is there."""
    if model.Resource.get(resource["id"]) is None:
        upload = FileStorage(io.BytesIO(content), filename=name, name="upload")
        call("resource_create", {**resource, "package_id": dataset_id, "upload": upload})


def ensure_table(resource_id: str, fields: Sequence[Mapping[str, Any]], key: Sequence[str]) -> None:
    """Makes the table with its dictionary, or brings its columns into step."""
    if table_state(resource_id) is not None:
        bring_columns(resource_id, fields)
        return
    given = [dict(field) for field in fields]
    call("datastore_create", {"resource_id": resource_id, "fields": given, "primary_key": list(key), "force": True})


def _publishers() -> list[publishers.Publisher]:
    """All publishers in one query."""
    table = model.group_table
    titles = table.c.extras["title_translated"].astext
    query = sa.select(
        table.c.id, table.c.name, table.c.title, titles.label("titles"), table.c.extras["kind"].astext.label("kind")
    ).where(table.c.state == model.State.ACTIVE, table.c.is_organization.is_(True))
    return [
        publishers.Publisher(row.id, row.name, _titles(row.titles, row.title), row.kind or "other")
        for row in model.Session.execute(query)
    ]


def _titles(stored: str | None, title: str) -> dict[str, str]:
    given = json.loads(stored) if stored else {}
    return given or dict.fromkeys(LANGUAGES, title)
