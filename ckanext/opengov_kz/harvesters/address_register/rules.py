"""When a table is loaded whole and when by what was modified; when its quality is looked at again. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal

from ckanext.opengov_kz.harvesters.address_register.client import MOMENT, read_moment

Kind = Literal["full", "increment"]

#: Above so many rows the quality of a table is looked at once a day at the most, except after a whole load.
LARGE_TABLE = 200_000


@dataclass(frozen=True, slots=True)
class State:
    """What the last good load of a table left.

    `mark` is the agency's newest `modified` from before it; `full_on` and `fulls` the day and number of whole loads.
    """

    mark: str | None = None
    full_on: str | None = None
    fulls: int = 0

    def as_dict(self) -> dict[str, Any]:
        """Plain values, fit for JSON."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Plan:
    """How a table is to be loaded: whole, or what was modified since a moment; `version` names the pages on disk."""

    kind: Kind
    since: str | None
    version: str


def plan(
    state: State, newest: str | None, *, today: date, full_every_days: int, overlap_minutes: int, exists: bool
) -> Plan:
    """Decides between a whole load and an increment.

    Whole: the first time, where the dataset is gone (`exists`), after `full_every_days`, where the table has no dates,
    and where the agency's newest date is older than the one already seen, as it is after a restored backup. An
    increment begins `overlap_minutes` before what was seen, because rows become visible later than they are dated.
    """
    seen = read_moment(state.mark) if state.mark else None
    now_newest = read_moment(newest) if newest else None
    is_due = state.full_on is None or (today - date.fromisoformat(state.full_on)).days >= full_every_days
    if not exists or seen is None or now_newest is None or now_newest < seen or is_due:
        return Plan("full", None, f"data/{state.fulls + 1}")
    since = (seen - timedelta(minutes=overlap_minutes)).strftime(MOMENT)
    return Plan("increment", since, f"data/{state.fulls} ≥ {since}")


def after_load(state: State, kind: Kind, mark: str | None, today: date) -> State:
    """The state after a good load; `mark` is the agency's newest date from before it began."""
    if kind == "full":
        return State(mark, today.isoformat(), state.fulls + 1)
    return State(mark or state.mark, state.full_on, state.fulls)


def quality_is_due(
    last: Mapping[str, Any] | None, basis: Mapping[str, str], *, kind: Kind, rows: int, now: datetime
) -> bool:
    """Whether a table's quality has to be looked at: it or a table that it points to has changed since.

    `last` is the stored quality with `basis` and `at` (ISO with a zone); a large table waits for a whole load or a day.
    """
    if last is None:
        return True
    if last["basis"] == dict(basis):
        return False
    if kind == "full" or rows <= LARGE_TABLE:
        return True
    return now - datetime.fromisoformat(last["at"]) >= timedelta(days=1)
