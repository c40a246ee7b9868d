"""What a harvest's records mean: its state, its progress, its errors. Pure: no CKAN, "now" is passed in."""

from __future__ import annotations

import json
from calendar import monthrange
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

#: A record of ckanext-harvest: type checkers take the attributes of its models for columns, not for values.
Record = Any

State = Literal["never", "waiting", "gathering", "loading", "finished", "finished_with_errors", "failed", "stopped"]

#: The counts of a run's report, in the order in which a person reads them.
COUNTS: tuple[str, ...] = ("read", "inserted", "updated", "unchanged", "closed", "rejected")

#: The states of a job that goes on.
UNDER_WAY: frozenset[str] = frozenset({"waiting", "gathering", "loading"})

#: Approvals of a source by an administrator of the portal.
PENDING, APPROVED, REFUSED = "pending", "approved", "refused"

#: The problem that is none: a person stopped the run.
STOPPED = "stopped"

_DONE = {"COMPLETE", "ERROR"}

#: How often a source runs → from one run to the next. ckanext-harvest's own choices, and HOURLY, which it lacks; its
#: ALWAYS comes every five minutes, so that an agency is never asked without a pause. A month is a calendar month.
_PERIODS: dict[str, timedelta] = {
    "ALWAYS": timedelta(minutes=5),
    "HOURLY": timedelta(hours=1),
    "DAILY": timedelta(days=1),
    "WEEKLY": timedelta(weeks=1),
    "BIWEEKLY": timedelta(weeks=2),
    "MONTHLY": timedelta(days=31),
}
FREQUENCIES: tuple[str, ...] = ("MANUAL", *_PERIODS)
#: A run may take its time, and fail once, before its data count as late: a quarter of the period, within these bounds.
_PATIENCE = (timedelta(minutes=10), timedelta(days=3))
_EXAMPLES = 3
_FEWEST_BARS = 15


@dataclass(frozen=True)
class Problem:
    """One error of a harvest: a code to be worded in the reader's language, and what it speaks of."""

    code: str
    details: Mapping[str, str | int] = field(default_factory=dict)

    def as_message(self) -> str:
        """The form in which ckanext-harvest stores it in its error tables."""
        return json.dumps({"code": self.code, **self.details}, ensure_ascii=False)


class StageError(Exception):
    """A stage cannot go on; the problem is shown at the source."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.code)
        self.problem = problem


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

    `job` has `status` (New, Running, Finished, Aborted), `gather_started`, `gather_finished`, `gather_errors` (a
    number), and `is_stopped` where a person stopped it; each of `objects` has `state`. A job whose objects are all done
    reads as finished, although ckanext-harvest marks it so only at the next periodic run.
    """
    if job is None:
        return "never"
    states = [entry["state"] for entry in objects]
    is_over = job["status"] in {"Finished", "Aborted"}
    if is_over and (not job["gather_started"] or job.get("is_stopped")):
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


def next_run(frequency: str, due: datetime | None, now: datetime) -> datetime | None:
    """When a source runs next: the first time after `now` that lies a whole number of periods after `due`.

    So a daily run that was due at 03:00 and began late is due at 03:00 again. None for a source that only people start;
    without `due`, the time it was last due, it runs at once.
    """
    if frequency not in _PERIODS:
        return None
    if due is None:
        return now
    if frequency == "MONTHLY":
        months = max(0, (now.year - due.year) * 12 + now.month - due.month)
        candidate = _months_later(due, months)
        return candidate if candidate > now else _months_later(due, months + 1)
    period = _PERIODS[frequency]
    return due + period * max(1, (now - due) // period + 1)


def _months_later(moment: datetime, months: int) -> datetime:
    """The same day of a later month; its last day where it has no such day."""
    year, month = divmod(moment.year * 12 + moment.month - 1 + months, 12)
    day = min(moment.day, monthrange(year, month + 1)[1])
    return moment.replace(year=year, month=month + 1, day=day)


def is_late(frequency: str, last_success: datetime | None, since: datetime | None, now: datetime) -> bool:
    """Whether data should have arrived by now and have not.

    They should have a period after the last time that they did (after `since`, the source's approval, before the first
    time), and a quarter of a period of patience more. What only people start is never late.
    """
    period, reference = _PERIODS.get(frequency), last_success or since
    if period is None or reference is None:
        return False
    patience = min(max(period / 4, _PATIENCE[0]), _PATIENCE[1])
    return now - reference > period + patience


def has_succeeded(state_of_job: str) -> bool | None:
    """Whether a run that is over brought all its tables; None where that says nothing, as people stopped it."""
    return {"finished": True, "finished_with_errors": False, "failed": False}.get(state_of_job)


def news(*, was_failing: bool, succeeded: bool | None) -> Literal["failing", "recovered"] | None:
    """What a source's owner is told after a run: only what is new."""
    if succeeded is None or was_failing is not succeeded:
        return None
    return "recovered" if succeeded else "failing"


def next_message(
    waiting: Sequence[tuple[str, str]], busy: AbstractSet[str], served: Mapping[str, float]
) -> tuple[str, str] | None:
    """Which message a fetch worker takes: (message, source), or None when all of them have to wait.

    `waiting` are (message, source) in the order of the queue; `busy` are sources that another worker is loading from,
    `served` says when each source last had its turn (seconds). One table of a source at a time, sources by turns:
    a source with a hundred tables does not keep one with a single table waiting.
    """
    free = [entry for entry in waiting if entry[1] not in busy]
    return min(free, key=lambda entry: served.get(entry[1], 0.0), default=None)


def lost(
    unfinished: Iterable[str], alive: AbstractSet[str], suspects: Mapping[str, float], now: float, patience: float
) -> tuple[list[str], dict[str, float]]:
    """Which pieces of work nobody has: neither in a queue nor loaded by a living worker (`alive`).

    A worker that has just taken a message, or a Redis that has just been emptied, looks the same for a moment:
    work is lost when it was found so for `patience` seconds. Returns the lost ones, and the suspects with the second
    since when, to be passed in next time.
    """
    since = {one: suspects.get(one, now) for one in unfinished if one not in alive}
    return [one for one, began in since.items() if now - began >= patience], since


def rows_so_far(progress: Mapping[str, Any]) -> tuple[int, int] | None:
    """(rows, of how many) of a table that is being loaded; None while nothing is known.

    `progress` is the note of a stage: `done` and `of` in pages, or in rows where `unit` says so, with `rows` in `pages`
    of this run, from which the rest is estimated.
    """
    if progress.get("unit") == "rows":
        return int(progress["done"]), int(progress["of"])
    rows, pages, of = (int(progress.get(name) or 0) for name in ("rows", "pages", "of"))
    if not rows or not pages or not of:
        return None
    return round(rows / pages * int(progress["done"])), max(rows, round(rows / pages * of))


def seconds_left(progress: Mapping[str, Any], now: datetime) -> int | None:
    """How long a stage will still take at its pace so far; None before there is one."""
    began, done, of = progress.get("began"), int(progress.get("done") or 0), int(progress.get("of") or 0)
    # Pages that an earlier, broken run left on disk tell nothing about this one's pace.
    here = int(progress.get("pages") or done)
    if not began or not here or not of or done > of:
        return None
    elapsed = (now - datetime.fromisoformat(str(began))).total_seconds()
    return max(0, round(elapsed / here * (of - done)))


def by_kind(problems: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Problems grouped by their code, the most frequent first: ``{"code", "count", "examples"}``, three at the most."""
    groups: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for one in problems:
        groups[str(one["code"])].append(one)
    counted = []
    for code, found in groups.items():
        examples: list[Mapping[str, Any]] = []
        for one in found:
            if one not in examples and len(examples) < _EXAMPLES:
                examples.append(one)
        counted.append({"code": code, "count": len(found), "examples": examples})
    return sorted(counted, key=lambda kind: -kind["count"])


def bars(values: Sequence[int | None], width: int, height: int) -> list[dict[str, Any]]:
    """The bars of a chart, left to right: ``{"x", "y", "width", "height", "value"}`` in a picture of that size.

    The highest value reaches the top; one that is not nought is seen, however small; None leaves a gap. A few bars are
    no broader than many.
    """
    step = width / max(_FEWEST_BARS, len(values))
    highest = max((value for value in values if value), default=0)
    drawn = []
    for number, value in enumerate(values):
        tall = max(2.0, (value or 0) / highest * height) if value else 0.0
        drawn.append(
            {
                "x": round(number * step + step * 0.1, 1),
                "y": round(height - tall, 1),
                "width": round(step * 0.8, 1),
                "height": round(tall, 1),
                "value": value,
            }
        )
    return drawn


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


def owed(before: str, new: str | None) -> str:
    """What the owner is still to be told: a failure that was made good before they heard of it is no news."""
    if new is None:
        return before
    return "" if before == "failing" and new == "recovered" else new


def needs_approval(stored: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
    """Whether a change makes another source of it, which an administrator has not seen: its address, kind or owner."""
    return any(
        name in wanted and (wanted[name] or "") != (stored.get(name) or "")
        for name in ("url", "source_type", "owner_org")
    )
