"""The verbs of harvesting: what a source is doing, run it, stop it; and the check of a source's address."""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import UTC, datetime
from typing import Any

from ckan import model
from ckan.plugins import toolkit
from ckan.types import Action, Context, DataDict
from ckanext.harvest.model import (
    HarvestGatherError,
    HarvestJob,
    HarvestObject,
    HarvestObjectError,
    HarvestObjectExtra,
    HarvestSource,
)
from sqlalchemy import select

from ckanext.opengov_kz.harvesters import rules
from ckanext.opengov_kz.harvesters.logic import schema
from ckanext.opengov_kz.harvesters.rules import Record
from ckanext.opengov_kz.shared.http import UrlRefused, check_url
from ckanext.opengov_kz.shared.languages import slug

_JOBS_SHOWN = 10
_ERRORS_SHOWN = 20


@toolkit.side_effect_free
def harvesting_source_status_show(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Shows what a harvest source is doing and has done.

    :param id: id or name of the source.
    :returns: ``{"state", "url", "source_type", "frequency", "next_run", "jobs": [{"id", "state", "created", "seconds",
        "counts", "problems"}], "tables": [{"title", "version", "state", "done", "of", "percent", "report", "problems",
        "dataset"}]}``: the ten newest jobs, and the tables of the newest one. Problems are ``{"code", "details"}``;
        times are ISO with a zone.
    """
    source = _source(context, data_dict, "harvesting_source_status_show")
    now = datetime.now(UTC)
    query = select(HarvestJob).filter_by(source_id=source.id).order_by(HarvestJob.created.desc())
    jobs = _all(query.limit(_JOBS_SHOWN))
    history = _History([job.id for job in jobs])
    described = [history.describe(job, now) for job in jobs]
    return {
        "state": described[0]["state"] if described else rules.state(None),
        "url": source.url,
        "source_type": source.type,
        "frequency": source.frequency,
        "next_run": _iso(source.next_run),
        "jobs": described,
        "tables": history.tables(jobs[0].id) if jobs else [],
    }


def harvesting_source_run(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Starts a harvest now.

    :param id: id or name of the source.
    :returns: the job. 409 when one is already under way.
    """
    source = _source(context, data_dict, "harvesting_source_run")
    running = model.Session.query(HarvestJob).filter(
        HarvestJob.source_id == source.id, HarvestJob.status.in_(("New", "Running"))
    )
    if running.first() is not None:
        raise toolkit.ValidationError({"id": [toolkit._("A harvest of this source is already under way")]})
    return toolkit.get_action("harvest_job_create")({**context}, {"source_id": source.id, "run": True})


def harvesting_source_stop(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Stops the harvest that is under way; what is already stored stays.

    :param id: id or name of the source.
    :returns: the job. 409 when none is under way.
    """
    source = _source(context, data_dict, "harvesting_source_stop")
    job = model.Session.query(HarvestJob).filter_by(source_id=source.id, status="Running").first()
    if job is None:
        raise toolkit.ValidationError({"id": [toolkit._("No harvest of this source is under way")]})
    return toolkit.get_action("harvest_job_abort")({**context}, {"id": job.id})


@toolkit.chained_action
def package_create(original: Action, context: Context, data_dict: DataDict) -> Any:
    """Creates a dataset; a harvest source only with an address that may be asked (ckanext-harvest checks none)."""
    if data_dict.get("type") == "harvest" and not data_dict.get("name"):
        data_dict = {**data_dict, "name": slug(str(data_dict.get("title") or ""))}
    _check_source_url(data_dict)
    return original(context, data_dict)


@toolkit.chained_action
def package_update(original: Action, context: Context, data_dict: DataDict) -> Any:
    """Updates a dataset; a harvest source only with an address that may be asked."""
    _check_source_url(data_dict)
    return original(context, data_dict)


def _check_source_url(data_dict: DataDict) -> None:
    if data_dict.get("type") != "harvest" or data_dict.get("state") == "deleted":
        return
    try:
        check_url(str(data_dict.get("url") or ""), toolkit.config["opengov.http.allowed_private_hosts"])
    except UrlRefused as refusal:
        text = toolkit.h.harvesting_problem_text(
            {"code": "address_refused", "details": {"reason": refusal.reason_code}}
        )
        raise toolkit.ValidationError({"url": [text]}) from refusal


def _source(context: Context, data_dict: DataDict, name: str) -> Record:
    data, errors = toolkit.navl_validate(data_dict, schema.source(), context)
    if errors:
        raise toolkit.ValidationError(errors)
    package = model.Package.get(data["id"])
    source: Record = HarvestSource.get(package.id) if package else None
    if source is None:
        raise toolkit.ObjectNotFound(toolkit._("Harvest source not found"))
    toolkit.check_access(name, {**context}, {"id": source.id})
    return source


class _History:
    """What the database knows of some jobs, read in as many queries for ten jobs as for one."""

    def __init__(self, job_ids: list[str]) -> None:
        self.objects: dict[str, list[Record]] = defaultdict(list)
        query = select(HarvestObject).where(HarvestObject.harvest_job_id.in_(job_ids))
        for entry in _all(query.order_by(HarvestObject.guid)):
            self.objects[entry.harvest_job_id].append(entry)
        entries = [entry for group in self.objects.values() for entry in group]
        ids = [entry.id for entry in entries]
        extras = select(HarvestObjectExtra).where(
            HarvestObjectExtra.harvest_object_id.in_(ids), HarvestObjectExtra.key.in_(("progress", "report"))
        )
        self.notes = {(extra.harvest_object_id, extra.key): json.loads(extra.value) for extra in _all(extras)}
        self.object_problems: dict[str, list[dict[str, Any]]] = defaultdict(list)
        problems = select(HarvestObjectError).where(HarvestObjectError.harvest_object_id.in_(ids))
        for error in _all(problems.order_by(HarvestObjectError.created).limit(_JOBS_SHOWN * _ERRORS_SHOWN)):
            self.object_problems[error.harvest_object_id].append(_problem(error.message))
        self.job_problems: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for error in _all(select(HarvestGatherError).where(HarvestGatherError.harvest_job_id.in_(job_ids))):
            self.job_problems[error.harvest_job_id].append(_problem(error.message))
        packages = {entry.package_id for entry in entries if entry.package_id}
        names = select(model.Package.id, model.Package.name).where(model.Package.id.in_(packages))
        self.datasets: dict[str, str] = {row.id: row.name for row in model.Session.execute(names)}

    def state(self, entry: Record) -> str:
        """The state of a table. One that has its report is complete, whatever a message that came late made of it."""
        return "COMPLETE" if (entry.id, "report") in self.notes else entry.state

    def describe(self, job: Record, now: datetime) -> dict[str, Any]:
        objects = self.objects[job.id]
        problems = list(self.job_problems[job.id])
        for entry in objects:
            problems += self.object_problems[entry.id]
        facts = {
            "status": job.status,
            "gather_started": job.gather_started,
            "gather_finished": job.gather_finished,
            "gather_errors": len(self.job_problems[job.id]),
        }
        finished = [entry.import_finished for entry in objects if entry.import_finished]
        state = rules.state(facts, [{"state": self.state(entry)} for entry in objects])
        # ckanext-harvest marks a job only at the next periodic run; its end is that of its last table.
        is_over = state not in {"waiting", "gathering", "loading"}
        ended = _aware(job.finished or max(finished, default=None) or job.gather_finished) if is_over else None
        reports = [self.notes.get((entry.id, "report"), {}) for entry in objects]
        return {
            "id": job.id,
            "state": state,
            "created": _iso(job.created),
            "seconds": rules.duration(_aware(job.gather_started), ended, now),
            "counts": rules.total_counts(reports),
            "problems": problems[:_ERRORS_SHOWN],
        }

    def tables(self, job_id: str) -> list[dict[str, Any]]:
        described = []
        for entry in self.objects[job_id]:
            progress = self.notes.get((entry.id, "progress"), {"done": 0, "of": 0})
            about = json.loads(entry.content)
            described.append(
                {
                    "title": about["code"],
                    "version": about["version"],
                    "state": self.state(entry),
                    "done": progress["done"],
                    "of": progress["of"],
                    "percent": rules.percent(progress["done"], progress["of"]),
                    "report": self.notes.get((entry.id, "report")),
                    "problems": self.object_problems[entry.id],
                    "dataset": self.datasets.get(entry.package_id),
                }
            )
        return described


def _all(query: Any) -> list[Record]:
    return list(model.Session.scalars(query))


def _problem(message: str) -> dict[str, Any]:
    found = rules.problem(message)
    return {"code": found.code, "details": dict(found.details)}


def _aware(moment: datetime | None) -> datetime | None:
    """ckanext-harvest stores UTC without saying so."""
    return moment.replace(tzinfo=UTC) if moment is not None else None


def _iso(moment: datetime | None) -> str | None:
    aware = _aware(moment)
    return aware.isoformat() if aware else None
