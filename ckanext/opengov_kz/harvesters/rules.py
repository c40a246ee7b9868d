"""What a harvest's records mean: its state, its progress, its errors. Pure: no CKAN, "now" is passed in."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

#: A record of ckanext-harvest: type checkers take the attributes of its models for columns, not for values.
Record = Any

State = Literal["never", "waiting", "gathering", "loading", "finished", "finished_with_errors", "failed", "stopped"]

#: The counts of a run's report, in the order in which a person reads them.
COUNTS: tuple[str, ...] = ("read", "inserted", "updated", "unchanged", "closed", "rejected")

_DONE = {"COMPLETE", "ERROR"}


@dataclass(frozen=True)
class Problem:
    """One error of a harvest: a code to be worded in the reader's language, and what it speaks of."""

    code: str
    details: Mapping[str, str | int] = field(default_factory=dict)

    def as_message(self) -> str:
        """The form in which ckanext-harvest stores it in its error tables."""
        return json.dumps({"code": self.code, **self.details}, ensure_ascii=False)


def problem(message: str) -> Problem:
    """Reads a stored message back; one of another origin becomes `other` with its text."""
    try:
        stored = json.loads(message)
    except ValueError:
        stored = None
    if not isinstance(stored, dict) or not isinstance(stored.get("code"), str):
        return Problem("other", {"text": message})
    return Problem(stored.pop("code"), stored)


def state(job: Mapping[str, Any] | None, objects: Iterable[Mapping[str, Any]] = ()) -> State:
    """The state of a source's newest job.

    `job` has `status` (New, Running, Finished, Aborted), `gather_started`, `gather_finished` and `gather_errors` (a
    number); each of `objects` has `state`. A job whose objects are all done reads as finished, although
    ckanext-harvest marks it so only at the next periodic run.
    """
    if job is None:
        return "never"
    states = [entry["state"] for entry in objects]
    is_over = job["status"] in {"Finished", "Aborted"}
    if is_over and not job["gather_started"]:
        return "stopped"
    if job["status"] == "New" or not job["gather_started"]:
        return "waiting"
    if not job["gather_finished"]:
        return "stopped" if is_over else "gathering"
    if not is_over and not set(states) <= _DONE:
        return "loading"
    if (not states and job["gather_errors"]) or (states and set(states) == {"ERROR"}):
        return "failed"
    return "finished_with_errors" if "ERROR" in states or job["gather_errors"] else "finished"


def duration(started: datetime | None, finished: datetime | None, now: datetime) -> int | None:
    """Whole seconds from start to end, or to now while it goes on; None before the start."""
    if started is None:
        return None
    return max(0, round(((finished or now) - started).total_seconds()))


def percent(done: int, total: int) -> int:
    """Progress in percent; 0 while the total is unknown."""
    return min(100, done * 100 // total) if total > 0 else 0


def total_counts(reports: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    """Adds up the reports of a job's tables."""
    totals: dict[str, int] = dict.fromkeys(COUNTS, 0)
    for report in reports:
        for name in COUNTS:
            totals[name] += int(report.get(name, 0))
    return totals


def has_changed(report: Mapping[str, Any]) -> bool:
    """Whether a merge wrote anything."""
    return any(report.get(name) for name in ("inserted", "updated", "closed"))
