"""How all sources are doing, in so many queries for any number of them."""

from __future__ import annotations

from collections import defaultdict
from contextlib import closing
from datetime import datetime
from typing import Any

from ckan import model
from ckanext.datastore.backend.postgres import get_write_engine
from ckanext.harvest.model import HarvestObject, HarvestSource
from sqlalchemy import select

from ckanext.opengov_kz.harvesters import rules
from ckanext.opengov_kz.harvesters.history import History, iso, newest_jobs
from ckanext.opengov_kz.harvesters.model import SourceState
from ckanext.opengov_kz.harvesters.scheduling import aware


def health(now: datetime, approvals: set[str]) -> list[dict[str, Any]]:
    """The active sources with one of these approvals, those that need somebody first.

    :returns: ``{"id", "name", "title", "owner_org", "approval", "state", "frequency", "last_success", "next_run",
        "is_late", "failing_since", "problem", "datasets", "rows", "url", "asked_by", "asked_at"}`` each
    """
    query = (
        select(HarvestSource, model.Package)
        .filter_by(active=True)
        .join(model.Package, model.Package.id == HarvestSource.id)
        .where(model.Package.state == model.State.ACTIVE)
    )
    found: list[tuple[Any, model.Package]] = [(row[0], row[1]) for row in model.Session.execute(query)]
    ids = [source.id for source, _package in found]
    states = SourceState.of_all(ids)
    newest = newest_jobs(ids)
    history = History(list(newest.values()))
    resources = _resources(ids)
    counts = _row_counts([one for tables in resources.values() for one in tables])
    datasets = _datasets(ids)
    described = []
    for source, package in found:
        state = states.get(source.id)
        approval = state.approval if state else rules.PENDING
        if approval not in approvals:
            continue
        job = newest.get(source.id)
        described.append(
            {
                "id": source.id,
                "name": package.name,
                "title": source.title or package.name,
                "owner_org": package.owner_org,
                "url": source.url,
                "state": history.describe(job, now)["state"] if job else rules.state(None),
                "datasets": datasets[source.id],
                "rows": sum(counts.get(one, 0) for one in resources[source.id]),
                **describe(state, source, now),
            }
        )
    return sorted(described, key=lambda one: (not one["failing_since"], not one["is_late"], one["title"]))


def describe(state: SourceState | None, source: Any, now: datetime) -> dict[str, Any]:
    """What stands in a source's state, with times as text, and whether its data are late."""
    if state is None:
        state = SourceState(source_id=source.id, frequency="MANUAL", approval=rules.PENDING, reason="", asked_by="")
    last_success = aware(state.last_success)
    since = aware(state.decided_at or state.asked_at)
    runs = state.approval == rules.APPROVED
    return {
        "approval": state.approval,
        "reason": state.reason,
        "asked_by": state.asked_by,
        "asked_at": iso(state.asked_at),
        "frequency": state.frequency,
        "next_run": iso(source.next_run) if runs and state.frequency != "MANUAL" else None,
        "last_success": iso(state.last_success),
        "failing_since": iso(state.failing_since),
        "problem": state.problem,
        "is_late": runs and rules.is_late(state.frequency, last_success, since, now),
    }


def dataset_ids(source_id: str) -> list[str]:
    """The datasets that came from a source."""
    query = select(HarvestObject.package_id).where(
        HarvestObject.harvest_source_id == source_id, HarvestObject.package_id.is_not(None)
    )
    return list(model.Session.scalars(query.distinct()))


def _datasets(source_ids: list[str]) -> dict[str, int]:
    found: dict[str, int] = defaultdict(int)
    pairs = _current(source_ids).distinct().subquery()
    for source_id in model.Session.scalars(select(pairs.c.harvest_source_id)):
        found[source_id] += 1
    return found


def _resources(source_ids: list[str]) -> dict[str, list[str]]:
    pairs = _current(source_ids).distinct().subquery()
    query = select(pairs.c.harvest_source_id, model.Resource.id).join(
        model.Resource, model.Resource.package_id == pairs.c.package_id
    )
    found: dict[str, list[str]] = defaultdict(list)
    for source_id, resource_id in model.Session.execute(query.where(model.Resource.state == model.State.ACTIVE)):
        found[source_id].append(resource_id)
    return found


def _current(source_ids: list[str]) -> Any:
    return select(HarvestObject.harvest_source_id, HarvestObject.package_id).where(
        HarvestObject.harvest_source_id.in_(source_ids),
        HarvestObject.current.is_(True),
        HarvestObject.package_id.is_not(None),
    )


def _row_counts(resource_ids: list[str]) -> dict[str, int]:
    """Rows by table, as the DataStore keeps them; counting millions of rows would take seconds."""
    # The read-only role may not read _table_stats.
    with closing(get_write_engine().raw_connection()) as connection, closing(connection.cursor()) as cursor:
        cursor.execute(
            "SELECT resource_id, (stats->>'rows')::bigint FROM _table_stats WHERE resource_id = ANY(%s)",
            (resource_ids,),
        )
        return {resource: int(rows or 0) for resource, rows in cursor.fetchall()}
