"""What the database knows of some runs, added up there: in as many queries for one run as for thirty."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from ckan import model
from ckanext.harvest.model import (
    HarvestGatherError,
    HarvestJob,
    HarvestObject,
    HarvestObjectError,
    HarvestObjectExtra,
    HarvestSource,
)
from sqlalchemy import Select, and_, case, func, select, text

from ckanext.opengov_kz.harvesters import rules
from ckanext.opengov_kz.harvesters.rules import Record
from ckanext.opengov_kz.harvesters.scheduling import aware

_ERRORS_SHOWN = 20
_TABLES_SHOWN = 60
#: What is under way or failed comes first.
_ORDER = {"FETCH": 0, "IMPORT": 0, "ERROR": 1, "WAITING": 2, "COMPLETE": 3}
#: After so many tries ckanext-harvest gives an object up, without a word.
_GIVEN_UP = 5
_NOTES = ("progress", "report", "broke_off")

_COUNTED = ", ".join(f"coalesce(sum((x.value::jsonb->>'{name}')::bigint), 0) AS {name}" for name in rules.COUNTS)
# The names are constants of ours; the identifiers of jobs are passed as values.
_TOTALS = text(
    f"SELECT o.harvest_job_id AS job_id, {_COUNTED} FROM harvest_object o"  # noqa: S608
    " JOIN harvest_object_extra x ON x.harvest_object_id = o.id AND x.key = 'report'"
    " WHERE o.harvest_job_id = ANY(:jobs) GROUP BY o.harvest_job_id"
)

_report = HarvestObjectExtra.__table__.alias("report")
#: A table that has its report is complete, whatever a message that came late made of it.
_STATE = case((_report.c.id.is_not(None), "COMPLETE"), else_=HarvestObject.state)


class History:
    """Some jobs of ckanext-harvest with their tables, counts and problems."""

    def __init__(self, jobs: Sequence[Record]) -> None:
        self._jobs = [job.id for job in jobs]
        self._states: dict[str, dict[str, int]] = defaultdict(dict)
        self._ends: dict[str, datetime] = {}
        grouped = _with_reports(
            HarvestObject.harvest_job_id,
            _STATE,
            func.count(),
            func.max(func.greatest(HarvestObject.fetch_finished, HarvestObject.import_finished)),
        ).where(HarvestObject.harvest_job_id.in_(self._jobs))
        for job_id, state, number, end in model.Session.execute(grouped.group_by(HarvestObject.harvest_job_id, _STATE)):
            self._states[job_id][state] = number
            if end is not None:
                self._ends[job_id] = max(end, self._ends.get(job_id, end))
        self._totals = {row["job_id"]: row for row in model.Session.execute(_TOTALS, {"jobs": self._jobs}).mappings()}
        self._gather_problems: dict[str, list[dict[str, Any]]] = defaultdict(list)
        errors = select(HarvestGatherError).where(HarvestGatherError.harvest_job_id.in_(self._jobs))
        for error in _all(errors.order_by(HarvestGatherError.created)):
            self._gather_problems[error.harvest_job_id].append(_problem(error.message))
        self._problems = self._read_problems()

    def describe(self, job: Record, now: datetime) -> dict[str, Any]:
        """One run: ``{"id", "state", "created", "seconds", "counts", "problems", "tables"}``.

        `problems` are the first twenty, `tables` is their number.
        """
        gathered = [problem for problem in self._gather_problems[job.id] if problem["code"] != rules.STOPPED]
        facts = {
            "status": job.status,
            "gather_started": job.gather_started,
            "gather_finished": job.gather_finished,
            "gather_errors": len(gathered),
            "is_stopped": len(gathered) < len(self._gather_problems[job.id]),
        }
        state = rules.state(facts, [{"state": state} for state in self._states[job.id]])
        # ckanext-harvest marks a job only at the next periodic run; its end is that of its last table.
        is_over = state not in rules.UNDER_WAY
        # Its own mark is the end of the gather stage where no table came to its import.
        ends = [moment for moment in (job.gather_finished, self._ends.get(job.id), job.finished) if moment]
        ended = aware(max(ends, default=None)) if is_over else None
        problems = gathered + self._problems[job.id]
        return {
            "id": job.id,
            "state": state,
            "created": iso(job.created),
            "seconds": rules.duration(aware(job.gather_started), ended, now),
            "counts": {name: int(self._totals[job.id][name]) for name in rules.COUNTS}
            if job.id in self._totals
            else dict.fromkeys(rules.COUNTS, 0),
            "problems": problems[:_ERRORS_SHOWN],
            "tables": sum(self._states[job.id].values()),
        }

    def _read_problems(self) -> dict[str, list[dict[str, Any]]]:
        """The problems of the tables by job, so many of each job; one for each table that was given up silently."""
        place = func.row_number().over(partition_by=HarvestObject.harvest_job_id, order_by=HarvestObjectError.created)
        ranked = (
            select(HarvestObject.harvest_job_id, HarvestObjectError.message, place.label("place"))
            .join(HarvestObject, HarvestObject.id == HarvestObjectError.harvest_object_id)
            .where(HarvestObject.harvest_job_id.in_(self._jobs))
            .subquery()
        )
        found: dict[str, list[dict[str, Any]]] = defaultdict(list)
        rows = select(ranked).where(ranked.c.place <= _ERRORS_SHOWN).order_by(ranked.c.place)
        for job_id, message, _place in model.Session.execute(rows):
            found[job_id].append(_problem(message))
        broke_off = HarvestObjectExtra.__table__.alias("broke_off")
        silent = (
            select(HarvestObject.harvest_job_id, broke_off.c.value)
            .outerjoin(HarvestObjectError, HarvestObjectError.harvest_object_id == HarvestObject.id)
            .outerjoin(broke_off, _is_note(broke_off, "broke_off"))
            .where(
                HarvestObject.harvest_job_id.in_(self._jobs),
                HarvestObject.state == "ERROR",
                HarvestObjectError.id.is_(None),
                HarvestObject.retry_times >= _GIVEN_UP,
            )
            .limit(10 * _ERRORS_SHOWN)
        )
        for job_id, note in model.Session.execute(silent):
            found[job_id].append({"code": "gave_up", "details": json.loads(note or "{}")})
        return found


def tables(job_id: str, now: datetime) -> list[dict[str, Any]]:
    """The tables of a run, those under way first, sixty at the most.

    :returns: ``{"title", "version", "state", "done", "of", "percent", "rows", "rows_of", "seconds_left", "report",
        "problems", "dataset"}`` each
    """
    query = (
        _with_reports(HarvestObject, _STATE.label("state"))
        .where(HarvestObject.harvest_job_id == job_id)
        .order_by(case(_ORDER, value=_STATE, else_=4), HarvestObject.guid)
        .limit(_TABLES_SHOWN)
    )
    found: list[tuple[Record, str]] = [(row[0], row[1]) for row in model.Session.execute(query)]
    ids = [entry.id for entry, _state in found]
    extras = select(HarvestObjectExtra).where(
        HarvestObjectExtra.harvest_object_id.in_(ids), HarvestObjectExtra.key.in_(_NOTES)
    )
    notes = {(extra.harvest_object_id, extra.key): json.loads(extra.value) for extra in _all(extras)}
    problems: dict[str, list[dict[str, Any]]] = defaultdict(list)
    errors = select(HarvestObjectError).where(HarvestObjectError.harvest_object_id.in_(ids))
    for error in _all(errors.order_by(HarvestObjectError.created).limit(_TABLES_SHOWN * _ERRORS_SHOWN)):
        problems[error.harvest_object_id].append(_problem(error.message))
    packages = {entry.package_id for entry, _state in found if entry.package_id}
    names = select(model.Package.id, model.Package.name).where(model.Package.id.in_(packages))
    datasets = {row.id: row.name for row in model.Session.execute(names)}
    described = []
    for entry, state in found:
        progress = notes.get((entry.id, "progress"), {"done": 0, "of": 0})
        about = json.loads(entry.content or "{}")
        rows = rules.rows_so_far(progress)
        described.append(
            {
                "title": about.get("code", entry.guid),
                "version": about.get("version", ""),
                "state": state,
                "done": progress["done"],
                "of": progress["of"],
                "unit": progress.get("unit", "pages"),
                "percent": rules.percent(progress["done"], progress["of"]),
                "rows": rows[0] if rows else None,
                "rows_of": rows[1] if rows else None,
                "seconds_left": rules.seconds_left(progress, now),
                "report": notes.get((entry.id, "report")),
                "problems": problems[entry.id],
                "dataset": datasets.get(entry.package_id),
            }
        )
    return described


def newest_jobs(source_ids: Sequence[str]) -> dict[str, Record]:
    """The newest run of each of these sources."""
    query = (
        select(HarvestJob)
        .where(HarvestJob.source_id.in_(source_ids))
        .order_by(HarvestJob.source_id, HarvestJob.created.desc())
        .distinct(HarvestJob.source_id)
    )
    return {job.source_id: job for job in _all(query)}


def jobs_of(source_id: str, number: int) -> list[Record]:
    """The newest runs of a source, the newest first."""
    query = select(HarvestJob).where(HarvestJob.source_id == source_id).order_by(HarvestJob.created.desc())
    return _all(query.limit(number))


def origin(package_id: str) -> tuple[Record, datetime | None] | None:
    """The source that a dataset came from, and when it was last brought whole; None for one that was not harvested."""
    whole = func.max(func.coalesce(HarvestObject.import_finished, HarvestObject.fetch_finished)).filter(
        HarvestObject.state == "COMPLETE"
    )
    query = (
        select(HarvestObject.harvest_source_id, whole, func.max(HarvestObject.gathered))
        .where(HarvestObject.package_id == package_id)
        .group_by(HarvestObject.harvest_source_id)
        .order_by(func.max(HarvestObject.gathered).desc())
        .limit(1)
    )
    found = model.Session.execute(query).first()
    return (HarvestSource.get(found[0]), aware(found[1])) if found else None


def iso(moment: datetime | None) -> str | None:
    """A stored time with its zone, as text."""
    known = aware(moment)
    return known.isoformat() if known else None


def _with_reports(*columns: Any) -> Select[Any]:
    return select(*columns).select_from(HarvestObject).outerjoin(_report, _is_note(_report, "report"))


def _is_note(alias: Any, key: str) -> Any:
    return and_(alias.c.harvest_object_id == HarvestObject.id, alias.c.key == key)


def _all(query: Any) -> list[Record]:
    return list(model.Session.scalars(query))


def _problem(message: str) -> dict[str, Any]:
    found = rules.problem(message)
    return {"code": found.code, "details": dict(found.details)}
